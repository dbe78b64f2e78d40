//! How many calls walk a plan, and how many may.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many calls walk a plan, and have done so.
#[derive(Debug, Default)]
pub struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Counts {
    /// Calls that walk a plan now.
    pub fn active(&self) -> u64 {
        let ended = self.ended.load(Ordering::Relaxed);
        self.begun.load(Ordering::Relaxed).saturating_sub(ended)
    }

    /// Calls that ever began to.
    pub fn processed(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Counts a call for as long as the guard lives.
    pub(super) fn begin(&self) -> Counted<'_> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Counted(self)
    }
}

/// A call that is counted.
pub(super) struct Counted<'a>(&'a Counts);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// When new calls are turned away (`maxcalls`, `maxload`, `minmemfree` of asterisk.conf); 0 sets no limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// How many calls walk a plan at most.
    pub most_calls: u64,
    /// The highest load average of the last minute.
    pub most_load: f64,
    /// How much memory has to be free, in MiB.
    pub least_memory: u64,
}

impl Limits {
    /// Why a call that is about to begin is turned away while `active` others are there.
    pub fn refusal(&self, active: u64) -> Option<String> {
        if self.most_calls > 0 && active >= self.most_calls {
            return Some(format!("the limit of {} calls is reached (maxcalls of asterisk.conf)", self.most_calls));
        }
        if self.most_load <= 0.0 && self.least_memory == 0 {
            return None;
        }
        let machine = rustix::system::sysinfo();
        // The kernel's unit of load (sysinfo(2)).
        let load = machine.loads[0] as f64 / 65_536.0;
        if self.most_load > 0.0 && load >= self.most_load {
            return Some(format!("the load is {load:.2}, the limit {} (maxload of asterisk.conf)", self.most_load));
        }
        let free = (machine.freeram + machine.bufferram).saturating_mul(u64::from(machine.mem_unit)) >> 20;
        (free < self.least_memory).then(|| {
            format!("{free} MiB of memory are free, {} have to be (minmemfree of asterisk.conf)", self.least_memory)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_turns_calls_away() {
        assert_eq!(Limits::default().refusal(1_000_000), None);
        let calls = Limits { most_calls: 2, ..Limits::default() };
        assert_eq!(calls.refusal(1), None);
        assert!(calls.refusal(2).is_some_and(|why| why.contains("maxcalls")));
        let memory = Limits { least_memory: u64::MAX, ..Limits::default() };
        assert!(memory.refusal(0).is_some_and(|why| why.contains("minmemfree")));
        assert_eq!(Limits { most_load: 1e9, ..Limits::default() }.refusal(0), None);
    }
}
