//! `core show threads`, `core show taskprocessors`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command};

pub static THREADS: Command =
    Command::now("core show threads", "", "Lists the threads of the process", |_| Answer::of(Threads(threads())));

pub static TASKPROCESSORS: Command = Command::now(
    "core show taskprocessors",
    "",
    "Lists Asterisk's queues of work; exten's calls are tasks of one runtime, so there are none",
    |_| Answer::of(TaskProcessors { taskprocessors: 0 }),
);

/// What the system calls them.
fn threads() -> Vec<Thread> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let mut threads: Vec<Thread> = tasks
        .filter_map(|task| {
            let id = task.file_name().to_string_lossy().parse().ok()?;
            let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            Some(Thread { id, name: name.trim().to_owned() })
        })
        .collect();
    threads.sort_by_key(|thread| thread.id);
    threads
}

#[derive(Serialize)]
struct Thread {
    id: u32,
    name: String,
}

#[derive(Serialize)]
struct Threads(Vec<Thread>);

impl Display for Threads {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for Thread { id, name } in &self.0 {
            writeln!(formatter, "{id:>10} {name}")?;
        }
        writeln!(formatter, "{} threads listed.", self.0.len())
    }
}

#[derive(Serialize)]
struct TaskProcessors {
    taskprocessors: u32,
}

impl Display for TaskProcessors {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let columns = ["Processor", "Processed", "In Queue", "Max Depth", "Low water", "High water"];
        let [name, processed, queued, deepest, low, high] = columns;
        writeln!(formatter, "\n{name:<70} {processed:>10} {queued:>10} {deepest:>10} {low:>10} {high:>10}")?;
        writeln!(formatter, "{} taskprocessors", self.taskprocessors)
    }
}
