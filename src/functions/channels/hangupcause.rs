//! `HANGUPCAUSE`, `HANGUPCAUSE_KEYS`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives why a channel that this one called hung up: `tech`, in the words of its technology, or `ast`, in general ones.
pub static HANGUPCAUSE: Function = Function::new(
    "HANGUPCAUSE",
    "Why a called channel hung up",
    &[Argument::required("channel", Kind::Channel), Argument::optional("tech|ast", Kind::Text)],
)
.reads(read);

/// Lists the called channels that `HANGUPCAUSE` knows, with commas between them.
pub static HANGUPCAUSE_KEYS: Function =
    Function::new("HANGUPCAUSE_KEYS", "The called channels whose hang-up cause is known", &[]).reads(read_keys);

/// Where the state keeps causes: a technology's words behind the channel's name and a blank.
const PREFIX: &str = "HANGUPCAUSE/";

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [channel, kind] = fields::standard(arguments);
    let channel = channel.unwrap_or_default();
    let kind = kind.unwrap_or_else(|| "tech".to_owned());
    let cause = context.state.settings.get(&format!("{PREFIX}{channel} {kind}"));
    out.push_str(cause.ok_or_else(|| FunctionError::not_found(format!("nothing is known about `{channel}`")))?);
    Ok(())
}

fn read_keys(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    let settings = context.state.settings.iter();
    let names: Vec<&str> = settings.filter_map(|(name, _)| name.strip_prefix(PREFIX)?.strip_suffix(" ast")).collect();
    out.push_str(&names.join(","));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn causes_of_called_channels() {
        let bench = Bench::new("");
        bench.with(|context| {
            context.state.settings.set("HANGUPCAUSE/SIP/1-0 ast", "Call Rejected");
            context.state.settings.set("HANGUPCAUSE/SIP/1-0 tech", "SIP 603 Decline");
        });
        assert_eq!(
            bench.value("${HANGUPCAUSE_KEYS()} ${HANGUPCAUSE(SIP/1-0)} ${HANGUPCAUSE(SIP/1-0,ast)}"),
            "SIP/1-0 SIP 603 Decline Call Rejected"
        );
    }
}
