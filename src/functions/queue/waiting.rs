//! `QUEUE_EXISTS`, `QUEUE_WAITING_COUNT`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("queue", Kind::Text)];

/// Gives 1 if there is such a queue, else 0.
pub static QUEUE_EXISTS: Function = Function::new("QUEUE_EXISTS", "Whether there is a queue", ARGUMENTS).reads(exists);

/// Gives how many callers wait in a queue; 0 where there is none.
pub static QUEUE_WAITING_COUNT: Function =
    Function::new("QUEUE_WAITING_COUNT", "How many callers wait in a queue", ARGUMENTS).reads(count);

fn exists(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::arguments("the name of a queue is needed"));
    }
    out.push(if context.exchange.queues.find(name).is_some() { '1' } else { '0' });
    Ok(())
}

fn count(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::arguments("the name of a queue is needed"));
    }
    let queue = context.exchange.queues.find(name);
    if queue.is_none() {
        context.warn(&format!("there is no queue {name}"));
    }
    out.push_str(&queue.map_or(0, |queue| queue.count()).to_string());
    Ok(())
}
