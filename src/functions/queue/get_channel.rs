//! `QUEUE_GET_CHANNEL`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind, whole_integer};

/// Gives the channel that waits at a place of a queue, the first unless another is named; empty if nobody waits there.
pub static QUEUE_GET_CHANNEL: Function = Function::new(
    "QUEUE_GET_CHANNEL",
    "The channel at a place of a queue",
    &[Argument::required("queue", Kind::Text), Argument::optional("position", Kind::Number)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, position] = fields::standard(arguments);
    let queue = super::find(context, name.as_deref().unwrap_or(""))?;
    let position = match position.as_deref().filter(|text| !text.is_empty()) {
        None => 1,
        Some(text) => whole_integer(text)
            .and_then(|position| usize::try_from(position).ok())
            .filter(|position| *position > 0)
            .ok_or_else(|| FunctionError::arguments(format!("`{text}` is no position: write a number from 1")))?,
    };
    if let Some(entry) = queue.callers().into_iter().find(|entry| entry.position == position) {
        out.push_str(entry.channel.name());
    }
    Ok(())
}
