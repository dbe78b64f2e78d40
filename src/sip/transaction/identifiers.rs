//! Branches, tags and Call-IDs.

use std::collections::hash_map::{DefaultHasher, RandomState};
use std::hash::{BuildHasher, Hasher};

use crate::sip::wire::MAGIC_COOKIE;

/// A source of identifiers that do not repeat: keyed by the system's randomness so that no peer can guess them, or
/// by a seed so that a simulation says the same twice.
#[derive(Debug, Clone)]
pub struct Identifiers {
    source: Source,
    count: u64,
}

#[derive(Debug, Clone)]
enum Source {
    System(RandomState),
    Seed(u64),
}

impl Default for Identifiers {
    fn default() -> Self {
        Identifiers { source: Source::System(RandomState::new()), count: 0 }
    }
}

impl Identifiers {
    /// A source whose whole sequence follows from the seed.
    pub fn seeded(seed: u64) -> Identifiers {
        Identifiers { source: Source::Seed(seed), count: 0 }
    }

    /// Another source that says other things; from a seeded one, always the same other things.
    #[must_use]
    pub fn split(&mut self) -> Identifiers {
        match self.source {
            Source::System(_) => Identifiers::default(),
            Source::Seed(_) => Identifiers::seeded(self.next()),
        }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        match &self.source {
            Source::System(state) => state.hash_one(self.count),
            Source::Seed(seed) => {
                let mut hasher = DefaultHasher::new();
                hasher.write_u64(*seed);
                hasher.write_u64(self.count);
                hasher.finish()
            }
        }
    }

    /// A branch for a new transaction.
    pub fn branch(&mut self) -> String {
        format!("{MAGIC_COOKIE}{:016x}", self.next())
    }

    /// A tag for From or To.
    pub fn tag(&mut self) -> String {
        format!("{:016x}", self.next())
    }

    /// A Call-ID.
    pub fn call_id(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_sequence_and_the_system_does_not() {
        let (mut a, mut b) = (Identifiers::seeded(1), Identifiers::seeded(1));
        assert_eq!(a.branch(), b.branch());
        assert_ne!(a.tag(), a.tag());
        assert_ne!(Identifiers::default().call_id(), Identifiers::default().call_id());
    }
}
