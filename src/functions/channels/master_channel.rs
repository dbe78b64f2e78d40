//! `MASTER_CHANNEL`

use std::sync::Arc;

use crate::channel::Channel;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets a variable, or a function, of the channel that the call began with.
///
/// Where that channel is gone, or this one is it, this channel's own is meant.
pub static MASTER_CHANNEL: Function = Function::new(
    "MASTER_CHANNEL",
    "A variable of the channel that the call began with",
    &[Argument::required("variable", Kind::Variable)],
)
.reads(read)
.writes(write);

fn master(context: &Context<'_>) -> Option<Arc<Channel>> {
    let own = context.channel?;
    Some(context.exchange.channels.find(&own.linked_id()).unwrap_or_else(|| Arc::clone(own)))
}

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    if let Some(master) = master(context) {
        let value = context.as_channel(&master, |context| context.value_of(name));
        out.push_str(&value);
    }
    Ok(())
}

fn write(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    if let Some(master) = master(context) {
        context.as_channel(&master, |context| context.set(name, value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn the_first_channel_of_the_call_is_meant() {
        let bench = Bench::new("");
        let first = bench.call("2002");
        bench.set("MASTER_CHANNEL(X)", "own");
        assert_eq!(bench.value("${X}"), "own");
        bench.channel.link_with(&first);
        bench.set("MASTER_CHANNEL(X)", "theirs");
        bench.set("MASTER_CHANNEL(CALLERID(num))", "7");
        assert_eq!(bench.value("${X} ${MASTER_CHANNEL(X)} ${MASTER_CHANNEL(CALLERID(num))}"), "own theirs 7");
    }
}
