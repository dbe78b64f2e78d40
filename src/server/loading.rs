//! What `[globals]`, names of extensions and includes may use while a plan is loaded: there is no call yet.

use std::sync::Arc;

use super::LIBRARY;
use crate::conf::Directories;
use crate::dialplan::compile::Resolver;
use crate::interpreter::{ActivePlan, Clock, Context, Exchange, Parts};

/// The library, the folders of the PBX, and functions that need no channel.
pub(super) struct Loading<'a> {
    directories: &'a Directories,
    clock: &'a Clock,
    /// What functions look at; made when the first is called.
    exchange: Option<Arc<Exchange>>,
}

impl<'a> Loading<'a> {
    pub fn new(directories: &'a Directories, clock: &'a Clock) -> Self {
        Self { directories, clock, exchange: None }
    }
}

impl Resolver for Loading<'_> {
    fn application(&mut self, key: &str) -> Option<usize> {
        LIBRARY.application_index(key)
    }

    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        // To look at a plan must not run programs: `check` loads plans, too.
        if LIBRARY.function(name).is_none_or(|function| function.is_dangerous && name != "ENV") {
            return false;
        }
        let new = || {
            let parts = Parts::new(ActivePlan::default(), &LIBRARY);
            Exchange::new(Parts { clock: self.clock.clone(), ..parts })
        };
        let exchange = self.exchange.get_or_insert_with(new);
        let plan = exchange.plan();
        Context::without_channel(exchange, &plan).read_function(name, arguments, out)
    }

    fn global(&mut self, name: &str, out: &mut String) -> bool {
        if name == "EPOCH" {
            out.push_str(&self.clock.now().timestamp().as_second().to_string());
            return true;
        }
        let directory = self.directories.variable(name);
        out.extend(directory.map(|path| path.to_string_lossy()));
        directory.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn folders_and_functions_are_there_before_any_call() {
        let directories = Directories::within(std::path::Path::new("/srv/pbx"));
        let clock = Clock::starting(jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0));
        let mut loading = Loading::new(&directories, &clock);
        let mut out = String::new();
        assert!(loading.global("ASTETCDIR", &mut out) && loading.function("LEN", "abc", &mut out));
        assert_eq!(out, format!("{}3", directories.variable("ASTETCDIR").unwrap().display()));
        assert!(!loading.function("SHELL", "echo no", &mut out) && !loading.global("NONE", &mut out));
        let mut time = String::new();
        assert!(loading.global("EPOCH", &mut time) && loading.function("STRFTIME", ",,%H:%M", &mut time));
        assert_eq!(time, "177244200009:00");
    }
}
