//! `BlindTransfer` and `AttendedTransfer`

use std::sync::Arc;

use crate::bridging::transfer;
use crate::channel::{Channel, Event, Position};
use crate::interpreter::{Application, Argument, Arguments, Call, Context, Kind, Outcome, Run, Sets, split};

/// Sends whom the channel talks with to an extension, of the channel's own context where none is named.
///
/// It is meant for a feature of `features.conf`, which runs it while the two talk.
pub static BLIND_TRANSFER: Application = Application {
    name: "BlindTransfer",
    synopsis: "Sends whom the channel talks with to an extension",
    arguments: &[Argument::required("extension", Kind::Text), Argument::optional("context", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "BLINDTRANSFERSTATUS", values: &["SUCCESS", "FAILURE", "INVALID", "NOTPERMITTED"] }],
    run: Run::Compute(blind),
};

/// Begins an attended transfer to an extension of `TRANSFER_CONTEXT`, as if the party had keyed the code of `atxfer` in
/// `features.conf` and the number.
///
/// It is meant for a feature of `features.conf`, which runs it while the two talk.
pub static ATTENDED_TRANSFER: Application = Application {
    name: "AttendedTransfer",
    synopsis: "Begins an attended transfer",
    arguments: &[Argument::required("extension", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "ATTENDEDTRANSFERSTATUS", values: &["SUCCESS", "FAILURE", "NOTPERMITTED"] }],
    run: Run::Wait(|call, arguments| Box::pin(attended(call, arguments))),
};

/// Whom the channel talks with, also while a feature has taken it out of the bridge.
fn peer(context: &mut Context<'_>) -> Option<Arc<Channel>> {
    let channels = &context.exchange.channels;
    let bridged = context.channel.and_then(|channel| channel.bridged_with());
    let name = bridged.map(|name| name.to_string()).or_else(|| context.get("BRIDGEPEER"))?;
    channels.find(&name)
}

fn blind(context: &mut Context<'_>, arguments: &str) -> Outcome {
    let fields = split(arguments, ',');
    let field = |at: usize| fields.get(at).map(|text| text.trim()).filter(|text| !text.is_empty());
    let status = match field(0) {
        None => {
            context.warn("BlindTransfer needs an extension");
            "FAILURE"
        }
        Some(extension) => {
            let target = field(1).unwrap_or(&context.state.position.context).to_owned();
            send_peer(context, &Position::new(&target, extension, 1))
        }
    };
    context.set("BLINDTRANSFERSTATUS", status);
    Outcome::Continue
}

fn send_peer(context: &mut Context<'_>, to: &Position) -> &'static str {
    let caller = context.state.caller.number().to_owned();
    let exists = context.lookup().exists(&to.context, &to.extension, to.priority, &caller);
    let Some((peer, channel)) = peer(context).zip(context.channel).filter(|_| exists) else { return "INVALID" };
    // The transfer is told by what is known of the channel, which is in hand here.
    let (transferer, to) = (Arc::clone(channel), to.clone());
    tokio::spawn(async move { transfer::send(&transferer, &peer, &to, false) });
    "SUCCESS"
}

async fn attended(call: &mut Call, arguments: Arguments) -> Outcome {
    let extension = arguments.get(0).trim();
    let code = call.exchange.plan().features.map.atxfer.clone();
    let is_bridged = peer(&mut call.context()).is_some();
    let status = match () {
        () if extension.is_empty() => {
            call.context().warn("AttendedTransfer needs an extension");
            "FAILURE"
        }
        () if code.is_empty() || !is_bridged => "NOTPERMITTED",
        () => {
            code.chars().chain(extension.chars()).for_each(|key| call.channel.report(Event::Digit(key)));
            "SUCCESS"
        }
    };
    call.context().set("ATTENDEDTRANSFERSTATUS", status);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn outside_of_a_talk_there_is_nobody_to_transfer() {
        let status = |step: &str, variable: &str| Trial::of(step).run().value(variable).map(str::to_owned);
        assert_eq!(status("BlindTransfer(100)", "BLINDTRANSFERSTATUS").as_deref(), Some("INVALID"));
        assert_eq!(status("BlindTransfer()", "BLINDTRANSFERSTATUS").as_deref(), Some("FAILURE"));
        assert_eq!(status("AttendedTransfer(100)", "ATTENDEDTRANSFERSTATUS").as_deref(), Some("NOTPERMITTED"));
        assert_eq!(status("AttendedTransfer()", "ATTENDEDTRANSFERSTATUS").as_deref(), Some("FAILURE"));
    }

    #[test]
    fn a_feature_sends_the_peer_elsewhere() {
        let told = Trial::of(
            "Set(__DYNAMIC_FEATURES=away)\nDial(SIP/carl,9,g)\nNoOp(alone ${DIALSTATUS})\n\
             exten => 200,1,NoOp(peer)\nexten => 200,n,Wait(1)",
        );
        let told = told
            .file("features.conf", "[applicationmap]\naway => 7,self/caller,BlindTransfer,200\n")
            .answers("carl", 1)
            .press("www7")
            .run();
        assert_eq!(told.value("BLINDTRANSFERSTATUS"), Some("SUCCESS"), "{:?}", told.lines);
        assert!(told.has("200@default:1 NoOp peer"), "{:?}", told.lines);
    }
}
