//! Buffers for the text of nested substitutions, kept from one expansion to the next.

use std::cell::RefCell;
use std::mem;
use std::ops::{Deref, DerefMut};

use super::{MAX_DEPTH, MAX_VALUE};

thread_local! {
    static SPARE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// An empty text that goes back to its thread's store when dropped.
pub(super) struct Buffer(String);

impl Buffer {
    pub fn take() -> Self {
        Self(SPARE.with_borrow_mut(Vec::pop).unwrap_or_default())
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut text = mem::take(&mut self.0);
        text.clear();
        // One huge text must not be kept for the life of the thread.
        if text.capacity() <= 2 * MAX_VALUE {
            SPARE.with_borrow_mut(|spare| {
                if spare.len() < MAX_DEPTH {
                    spare.push(text);
                }
            });
        }
    }
}

impl Deref for Buffer {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}
