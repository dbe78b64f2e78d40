//! Transfers by keys: the party that talks is sent to a number (blind), or first asked about (attended).

mod asking;
mod attended;
mod blind;
mod consult;
mod park;
mod recall;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::sync::Arc;

use super::Callee;
use super::talking::{Ended, Side, Terms, introduce, talk};
use crate::channel::Channel;
use crate::interpreter::{Call, Exchange, Options};

pub(super) use attended::attended;
pub(super) use blind::blind;
pub(super) use park::park;

/// What a transfer came to.
pub(super) enum Transferred {
    /// Nothing: the two talk on.
    Back(Callee),
    /// The caller talks with somebody else from now on.
    Replaced(Callee),
    /// The talk is over.
    Over(Ended),
}

/// Who transfers whom.
struct Roles {
    side: Side,
    transferer: Arc<Channel>,
    /// The other one, who waits.
    transferee: Arc<Channel>,
}

impl Roles {
    fn of(call: &Call, callee: &Callee, side: Side) -> Self {
        let (caller, callee) = (Arc::clone(&call.channel), Arc::clone(callee.channel()));
        match side {
            Side::Caller => Self { side, transferer: caller, transferee: callee },
            Side::Callee => Self { side, transferer: callee, transferee: caller },
        }
    }

    /// The context in which the number is looked up.
    fn context(&self) -> String {
        let of = |channel: &Channel| {
            let state = channel.state();
            state.variables.get("TRANSFER_CONTEXT").filter(|context| !context.is_empty()).map(str::to_owned)
        };
        let own = || self.transferer.state().position.context.clone();
        of(&self.transferer).or_else(|| of(&self.transferee)).unwrap_or_else(own)
    }
}

/// Lets two parties talk of whom nobody has charge any more. `first` is hung up at the end, or goes on with its plan.
///
/// The talk may come to transfers itself, so the future is boxed.
pub fn pair(exchange: Arc<Exchange>, first: Callee, second: Callee) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        introduce(first.channel(), second.channel());
        let mut call = Call::new(exchange, Arc::clone(first.channel()));
        let options = Options::default();
        let terms = Terms { options: &options, limit: None };
        call.unless_interrupted(async |call| talk(call, second, &terms).await).await;
        drop(first);
    })
}
