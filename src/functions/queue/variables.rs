//! `QUEUE_VARIABLES`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};
use crate::queues::report::figures;

/// Sets the variables QUEUEMAX, QUEUESTRATEGY, QUEUECALLS, QUEUEHOLDTIME, QUEUETALKTIME, QUEUECOMPLETED, QUEUEABANDONED,
/// QUEUESRVLEVEL and QUEUESRVLEVELPERF to a queue's figures, where it has `setqueuevar`. Gives 0, or -1 where it has not.
pub static QUEUE_VARIABLES: Function = Function::new(
    "QUEUE_VARIABLES",
    "Sets variables to the figures of a queue",
    &[Argument::required("queue", Kind::Text)],
)
.reads(read);

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::arguments("the name of a queue is needed"));
    }
    let Some(queue) = context.exchange.queues.find(name) else {
        context.warn(&format!("there is no queue {name}"));
        out.push_str("-1");
        return Ok(());
    };
    if !queue.settings().set_queue_var {
        out.push_str("-1");
        return Ok(());
    }
    for (variable, value) in figures(&queue).into_iter().skip(1) {
        context.set(variable, &value);
    }
    out.push('0');
    Ok(())
}
