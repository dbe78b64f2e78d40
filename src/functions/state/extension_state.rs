//! `EXTENSION_STATE`

use crate::channel::DeviceState;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives what the devices in the hint of an extension do, all taken together; UNKNOWN without a hint. Devices of which
/// nothing is known count as free, those that are not there as unavailable.
pub static EXTENSION_STATE: Function = Function::new(
    "EXTENSION_STATE",
    "What the devices of an extension do",
    &[Argument::required("extension@context", Kind::Text)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (extension, place) = arguments.split_once('@').unwrap_or((arguments, "default"));
    if extension.is_empty() {
        return Err(FunctionError::arguments("an extension is needed"));
    }
    let hint = context.exchange.hint(place, extension);
    let state = hint.map(|hint| context.exchange.hint_state(&hint));
    out.push_str(match state {
        None => "UNKNOWN",
        Some(DeviceState::Unknown) => DeviceState::NotInUse.word(),
        Some(DeviceState::Invalid) => DeviceState::Unavailable.word(),
        Some(state) => state.word(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn the_hint_decides() {
        let bench = Bench::new("");
        bench.set("DEVICE_STATE(Custom:lamp)", "NOT_INUSE");
        assert_eq!(
            bench.value("${EXTENSION_STATE(200@default)} ${EXTENSION_STATE(200)} ${EXTENSION_STATE(300@default)}"),
            "NOT_INUSE NOT_INUSE UNKNOWN"
        );
    }
}
