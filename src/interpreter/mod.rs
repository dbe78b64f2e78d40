//! One call walking one plan.
//!
//! [`Call`] takes the steps: those that only compute run in a plain loop over a [`Context`]; those that wait are
//! futures, and dropping one cancels it. [`Exchange`] is what all calls share.

mod active;
mod answering;
mod application;
mod arguments;
mod call;
pub mod condition;
mod context;
mod counts;
pub mod dangerous;
mod device_state;
mod elsewhere;
mod ending;
mod exchange;
mod function;
mod kept;
mod keys;
mod locks;
mod mailboxes;
pub mod narration;
mod outside;
mod own_functions;
mod pickup;
mod remote;
mod steps;
mod subroutine;
mod tables;
mod target;
mod trace;
#[cfg(test)]
pub(crate) mod trial;
mod watching;

pub use active::{ActivePlan, Lookup};
pub use application::{Application, Argument, Kind, Letter, Outcome, Run, Sets, Waiting};
pub use arguments::{
    Arguments, Options, leading_integer, leading_number, seconds, split, split_at_byte, split_once_raw, split_raw,
    whole_integer,
};
pub use call::Call;
pub use condition::holds;
pub use context::{Context, StateGuard};
pub use counts::Limits;
pub use exchange::{Audio, Clock, Exchange, Library, Parts, PlanArrivals, Reload};
pub use function::{Function, FunctionError};
pub use keys::Keyed;
pub use narration::Narration;
pub use own_functions::OwnFunctions;
pub use remote::{NotTaken, RemoteCommand, RemoteCommands};
pub use subroutine::macro_depth;
pub use target::Target;
pub use trace::{ChannelTrace, Trace};
pub use watching::{Watching, device_of};
