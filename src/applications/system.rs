//! `System`, `TrySystem`

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::channel::Variables;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Runs a command of the operating system and waits for its end.
///
/// The text goes to `/bin/sh -c` as it stands. Never put into it what a caller can choose, such as `CALLERID(name)`,
/// without `FILTER()`. A command that cannot be run ends the call.
pub static SYSTEM: Application = Application {
    name: "System",
    synopsis: "Runs a command of the operating system",
    arguments: &[Argument::required("command", Kind::Program)],
    options: &[],
    sets: &[Sets { variable: "SYSTEMSTATUS", values: &["SUCCESS", "APPERROR", "FAILURE"] }],
    run: Run::Work(|call, arguments| Box::pin(system(call, arguments, Outcome::Hangup))),
};

/// Runs a command of the operating system; as `System`, but the call goes on when it cannot be run.
pub static TRY_SYSTEM: Application = Application {
    name: "TrySystem",
    synopsis: "Runs a command of the operating system and goes on in any case",
    arguments: &[Argument::required("command", Kind::Program)],
    options: &[],
    sets: &[Sets { variable: "SYSTEMSTATUS", values: &["SUCCESS", "APPERROR", "FAILURE"] }],
    run: Run::Work(|call, arguments| Box::pin(system(call, arguments, Outcome::Continue))),
};

async fn system(call: &mut Call, arguments: Arguments, on_failure: Outcome) -> Outcome {
    let code = match arguments.is_empty() {
        true => None,
        // A blocking task holds a virtual clock while the command runs.
        false => {
            let environment = call.exchange.environment.lock().clone();
            let ran = tokio::task::spawn_blocking(move || run(arguments.text(), &environment));
            ran.await.ok().flatten()
        }
    };
    let (status, outcome) = match code {
        Some(0) => ("SUCCESS", Outcome::Continue),
        Some(code) if code != 127 => ("APPERROR", Outcome::Continue),
        _ => ("FAILURE", on_failure),
    };
    let mut context = call.context();
    if status == "FAILURE" {
        context.warn("System: the command could not be run");
    }
    context.set("SYSTEMSTATUS", status);
    outcome
}

/// The exit code; `None` where the command did not start or was killed.
fn run(command: &str, environment: &Variables) -> Option<i32> {
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(command)
        .envs(environment.iter())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    shell.status().ok()?.code()
}

/// A word of a shell command, whatever is in it.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Starts a command with this on its standard input, and does not wait for it.
pub fn start(command: String, input: Vec<u8>) {
    let run = move || {
        if let Err(error) = feed(&command, &input) {
            tracing::warn!(target: "exten::plan", "{command}: {error}");
        }
    };
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => _ = runtime.spawn_blocking(run),
        Err(_) => run(),
    }
}

fn feed(command: &str, input: &[u8]) -> std::io::Result<()> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let fed = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(input));
    let status = child.wait()?;
    match status.success() {
        // A command that does not read its input need not.
        true => Ok(()),
        false => fed.and(Err(std::io::Error::other(status.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_exit_code_becomes_a_status() {
        let status = |step| {
            let trial = Trial::run(&format!("exten => 1,1,{step}\nsame => n,NoOp(${{SYSTEMSTATUS}})\n"));
            trial.last_step().to_owned()
        };
        assert_eq!(status("System(true)"), "1@default:2 NoOp SUCCESS");
        assert_eq!(status("System(false)"), "1@default:2 NoOp APPERROR");
        assert_eq!(status("TrySystem(exit 127)"), "1@default:2 NoOp FAILURE");
        assert_eq!(status("System()"), "1@default:1 System");
    }
}
