//! `MIXMONITOR`

use crate::applications::monitoring::{CallRecorder, Track};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a fact of a recording of MixMonitor by its id: `filename`.
pub static MIXMONITOR: Function = Function::new(
    "MIXMONITOR",
    "A fact of a recording of this channel",
    &[Argument::required("id", Kind::Text), Argument::required("key", Kind::Text)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(id), Some(key)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("an id and a key are needed"));
    };
    if key != "filename" {
        return Err(FunctionError::arguments(format!("the key is filename, not `{key}`")));
    }
    let recorders = context.channel.map(|channel| channel.taps::<CallRecorder>()).unwrap_or_default();
    let recorder = recorders.into_iter().find(|recorder| recorder.id() == id);
    let recorder = recorder.ok_or_else(|| FunctionError::not_found(format!("there is no recording {id}")))?;
    if let Some(path) = recorder.path(Track::Both) {
        out.push_str(&path.to_string_lossy());
    }
    Ok(())
}
