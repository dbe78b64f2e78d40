//! `CHANNEL`

use super::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets facts about the channel.
///
/// To read: `name`, `uniqueid`, `linkedid`, `callid`, `state`, `channeltype`, `exten`, `context`, `peer` (the channel
/// that it talks with), `checkhangup`, `hangupsource`, `audioreadformat`, `audiowriteformat`, `audionativeformat`, and
/// what the technology knows, such as `peername`, `peerip`, `recvip`, `useragent`, and `pjsip,call-id` with its like
/// (`secure`, `target_uri`, `local_uri`, `local_tag`, `remote_uri`, `remote_tag`, `local_addr`, `remote_addr`).
///
/// To read and set: `language`, `musicclass`, `accountcode`, `peeraccount`, `userfield`, `amaflags` (by name or
/// number), `tonezone`, `parkinglot`, `callgroup`, `pickupgroup`, `namedcallgroup`, `namedpickupgroup`,
/// `max_forwards`, `transfercapability`, `dtmf_features`, `secure_bridge_signaling`, `secure_bridge_media`.
///
/// To set: `hangup_handler_push`, a subroutine that runs after the call, the last one pushed first;
/// `hangup_handler_pop` takes the last one away and `hangup_handler_wipe` all, before a new one is pushed.
pub static CHANNEL: Function =
    Function::new("CHANNEL", "A fact about the channel", &[Argument::required("item", Kind::Text)])
        .reads(read)
        .writes(write);

fn read(context: &mut Context<'_>, item: &str, out: &mut String) -> Result<(), FunctionError> {
    let value = fields::read(context, item)
        .ok_or_else(|| FunctionError::not_found(format!("the channel knows nothing about `{item}`")))?;
    out.push_str(&value);
    Ok(())
}

fn write(context: &mut Context<'_>, item: &str, value: &str) -> Result<(), FunctionError> {
    fields::write(context, item.trim(), value)
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn facts() {
        let bench = Bench::new("");
        assert_eq!(
            bench.value("${CHANNEL(exten)}@${CHANNEL(context)} ${CHANNEL(state)} ${CHANNEL(channeltype)}"),
            "100@default Ring SIP"
        );
        assert_eq!(
            bench.value("$[\"${CHANNEL(name)}\" = \"${CHANNEL}\"]$[\"${CHANNEL(uniqueid)}\" = \"${UNIQUEID}\"]"),
            "11"
        );
        assert_eq!(bench.value("${LEN(${CHANNEL(callid)})} [${CHANNEL(nonsense)}] [${CHANNEL(peer)}]"), "12 [] []");
    }

    #[tokio::test]
    async fn settings() {
        let bench = Bench::new("");
        let change = |item: &str, value: &str| {
            let before = bench.value(&format!("${{CHANNEL({item})}}"));
            bench.set(&format!("CHANNEL({item})"), value);
            format!("{before}>{}", bench.value(&format!("${{CHANNEL({item})}}")))
        };
        assert_eq!(change("language", "de"), "en>de");
        assert_eq!(change("amaflags", "BILLING"), "3>2");
        assert_eq!(change("max_forwards", "3"), "20>3");
        assert_eq!(change("namedcallgroup", "sales,support"), ">sales, support");
        assert_eq!(change("callgroup", "3,1-2"), ">1, 2, 3");
        assert_eq!(change("tonezone", "atlantis"), ">");
        assert_eq!(change("tonezone", "de"), ">de");
        assert_eq!(change("LANGUAGE", "fr"), "de>fr");
        assert_eq!(change("max_forwards", "few"), "3>3");
        assert_eq!(change("amaflags", "nonsense"), "2>0");
        assert_eq!(change("secure_bridge_media", "yes"), ">1");
        assert_eq!(change("txgain", "3"), ">");
    }

    #[tokio::test]
    async fn hangup_handlers_are_a_stack() {
        let bench = Bench::new("");
        bench.set("CHANNEL(hangup_handler_push)", "bye,s,1(a)");
        bench.set("CHANNEL(hangup_handler_push)", "1");
        assert_eq!(bench.with(|context| context.state.hangup_handlers.clone()), ["bye,s,1(a)", "default,100,1"]);
        bench.set("CHANNEL(hangup_handler_pop)", "");
        bench.set("CHANNEL(hangup_handler_wipe)", "other,1");
        assert_eq!(bench.with(|context| context.state.hangup_handlers.clone()), ["default,other,1"]);
    }
}
