//! `DEVICE_STATE`

use crate::channel::DeviceState;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives what a device does, and sets it for devices of the kind `Custom:name`.
///
/// UNKNOWN, NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE or ONHOLD.
pub static DEVICE_STATE: Function =
    Function::new("DEVICE_STATE", "What a device does", &[Argument::required("device", Kind::Text)])
        .reads(read)
        .writes(write);

fn read(context: &mut Context<'_>, device: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(context.exchange.device_state(device).word());
    Ok(())
}

fn write(context: &mut Context<'_>, device: &str, value: &str) -> Result<(), FunctionError> {
    let name = device.split_once(':').filter(|(provider, _)| provider.eq_ignore_ascii_case("custom"));
    let (_, name) = name.ok_or_else(|| FunctionError::arguments("only `Custom:` devices can be set"))?;
    let state = DeviceState::parse(value)
        .ok_or_else(|| FunctionError::value(format!("`{value}` is no state of a device, such as INUSE")))?;
    context.exchange.set_custom_state(name, state).map_err(|error| FunctionError::value(error.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn custom_devices_are_as_they_are_set() {
        let bench = Bench::new("");
        bench.set("DEVICE_STATE(Custom:a)", "BUSY");
        bench.set("DEVICE_STATE(Custom:b)", "SLEEPING");
        bench.set("DEVICE_STATE(PJSIP/x)", "BUSY");
        assert_eq!(
            bench
                .value("${DEVICE_STATE(Custom:a)} ${DEVICE_STATE(Custom:b)} ${DEVICE_STATE(None/x)} ${DEVICE_STATE()}"),
            "BUSY UNKNOWN INVALID INVALID"
        );
    }

    #[tokio::test]
    async fn telephones_are_as_their_calls() {
        let bench = Bench::new("");
        let _other = bench.call("2002");
        assert_eq!(
            bench.value("${DEVICE_STATE(SIP/2002)} ${DEVICE_STATE(SIP/200)} ${DEVICE_STATE(confbridge:7)}"),
            "INUSE INVALID NOT_INUSE"
        );
    }
}
