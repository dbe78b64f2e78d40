//! Named locks that calls take with `LOCK()`.

use parking_lot::Mutex;

/// All locks that are held.
#[derive(Default)]
pub struct Locks {
    held: Mutex<Vec<Held>>,
}

struct Held {
    name: String,
    /// The unique id of the channel that holds it.
    holder: String,
    /// How often it took the lock.
    depth: u32,
}

impl Locks {
    /// Takes a lock for a channel, or takes it once more. False while another live channel holds it.
    pub fn take(&self, name: &str, holder: &str, is_alive: impl Fn(&str) -> bool) -> bool {
        let mut held = self.held.lock();
        // A channel that is gone holds nothing.
        held.retain(|lock| is_alive(&lock.holder));
        match held.iter_mut().find(|lock| lock.name == name) {
            Some(lock) if lock.holder == holder => lock.depth = lock.depth.saturating_add(1),
            Some(_) => return false,
            None => held.push(Held { name: name.to_owned(), holder: holder.to_owned(), depth: 1 }),
        }
        true
    }

    /// Gives a lock back once. False if the channel does not hold it.
    pub fn give_back(&self, name: &str, holder: &str) -> bool {
        let mut held = self.held.lock();
        let Some(at) = held.iter().position(|lock| lock.name == name && lock.holder == holder) else { return false };
        if let Some(lock) = held.get_mut(at) {
            lock.depth -= 1;
            if lock.depth == 0 {
                held.remove(at);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_has_one_holder_at_a_time() {
        let locks = Locks::default();
        let alive = |_: &str| true;
        assert!(locks.take("l", "1", alive) && locks.take("l", "1", alive));
        assert!(!locks.take("l", "2", alive) && !locks.give_back("l", "2"));
        assert!(locks.give_back("l", "1") && !locks.take("l", "2", alive));
        assert!(locks.give_back("l", "1") && locks.take("l", "2", alive));
        assert!(locks.take("l", "3", |holder| holder != "2"));
    }
}
