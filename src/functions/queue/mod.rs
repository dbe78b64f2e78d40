//! Call queues: `QUEUE_EXISTS`, `QUEUE_MEMBER`, `QUEUE_WAITING_COUNT` and their like.

pub mod agent;
pub mod get_channel;
pub mod member;
pub mod member_list;
pub mod variables;
pub mod waiting;

use std::sync::Arc;

use crate::interpreter::{Context, FunctionError};
use crate::queues::Queue;

/// The queue of this name.
fn find(context: &Context<'_>, name: &str) -> Result<Arc<Queue>, FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::arguments("the name of a queue is needed"));
    }
    context.exchange.queues.find(name).ok_or_else(|| FunctionError::value(format!("there is no queue {name}")))
}
