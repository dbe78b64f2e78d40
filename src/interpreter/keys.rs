//! Keys that a party presses: waiting for them, and turning them into an extension.

use std::time::Duration;

use super::Call;
use crate::channel::Event;

/// What waiting for a key gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    Key(char),
    TimedOut,
}

impl Call {
    /// Waits for a key.
    pub async fn key(&self, timeout: Duration) -> Keyed {
        let key = async {
            loop {
                if let Event::Digit(digit) = self.channel.event().await {
                    return Keyed::Key(digit);
                }
            }
        };
        tokio::time::timeout(timeout, key).await.unwrap_or(Keyed::TimedOut)
    }

    /// Adds keys to those already pressed until they make an extension that no longer number could be, and goes there;
    /// or to `i`. False if there is nowhere to go.
    pub(super) async fn collect_extension(&mut self) -> bool {
        let (context, caller, mut keyed, timeout) = {
            let mut state = self.channel.state();
            let keyed = std::mem::take(&mut state.keyed);
            (state.position.context.clone(), state.caller.number().to_owned(), keyed, state.timeouts.digit)
        };
        while self.lookup(|lookup| lookup.matches_more(&context, &keyed, &caller)) {
            match self.key(timeout).await {
                Keyed::Key(digit) => keyed.push(digit),
                Keyed::TimedOut => break,
            }
        }
        let exists = |extension: &str| self.lookup(|lookup| lookup.exists(&context, extension, 1, &caller));
        let is_extension = exists(&keyed);
        let has_invalid = exists("i");
        let has_exception = exists("e");
        let mut state = self.channel.state();
        if is_extension {
            state.jump(&context, &keyed, 1);
        } else if has_invalid {
            state.variables.set("INVALID_EXTEN", &keyed);
            state.jump(&context, "i", 1);
        } else if has_exception {
            super::ending::raise(&mut state, "INVALID");
        } else {
            return false;
        }
        state.has_jumped = false;
        true
    }
}
