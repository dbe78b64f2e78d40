//! How many calls walk a plan, and have done so.

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
