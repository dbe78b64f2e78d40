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
    /// or to `i`, or to `t` where nothing was pressed. False if there is nowhere to go.
    pub(super) async fn collect_extension(&mut self) -> bool {
        let (context, caller, mut keyed, timeout) = {
            let mut context = self.context();
            context.end_macros();
            let state = &mut *context.state;
            let keyed = std::mem::take(&mut state.keyed);
            (state.position.context.clone(), state.caller.number().to_owned(), keyed, state.timeouts.digit)
        };
        while self.lookup(|lookup| lookup.matches_more(&context, &keyed, &caller)) {
            match self.unless_interrupted(async |call| call.key(timeout).await).await {
                Some(Keyed::Key(digit)) => keyed.push(digit),
                Some(Keyed::TimedOut) => break,
                // The step loop finds out by whom.
                None => return true,
            }
        }
        if keyed.is_empty() {
            return self.turn(|context| context.jump_to_timeout());
        }
        if self.lookup(|lookup| lookup.exists(&context, &keyed, 1, &caller)) {
            return self.turn(|here| {
                here.state.jump(&context, &keyed, 1);
                true
            });
        }
        self.turn(|here| here.jump_to_invalid(&keyed))
    }
}
