//! `ChannelRedirect`, and `AsyncGoto` as it was called before

use crate::channel::state::Position;
use crate::channel::{Channel, Interrupt};
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets};

/// Sends a channel to another place of the plan.
///
/// What the channel does is cut short, a bridge included; the rest of the bridge is not ended by it. The place is written
/// as for `Goto`; what is left out is taken from where that channel is.
pub static CHANNEL_REDIRECT: Application = redirect("ChannelRedirect");

/// Sends a channel to another place of the plan: the older name of `ChannelRedirect`.
pub static ASYNC_GOTO: Application = redirect("AsyncGoto");

const ARGUMENTS: &[Argument] =
    &[Argument::required("channel", Kind::Channel), Argument::required("[[context,]extension,]priority", Kind::Target)];

const SETS: &[Sets] = &[Sets { variable: "CHANNELREDIRECT_STATUS", values: &["SUCCESS", "NOCHANNEL"] }];

const fn redirect(name: &'static str) -> Application {
    Application {
        name,
        synopsis: "Sends a channel to another place of the plan",
        arguments: ARGUMENTS,
        options: &[],
        sets: SETS,
        run: Run::Compute(channel_redirect),
    }
}

fn channel_redirect(context: &mut Context<'_>, text: &str) -> Outcome {
    let (name, target) = text.split_once(',').unwrap_or((text, ""));
    if name.is_empty() || target.is_empty() {
        context.warn("ChannelRedirect: it wants a channel and a place for it to go to");
        return Outcome::Hangup;
    }
    // Unlike elsewhere, the counter belongs to the name.
    let is_meant = |channel: &Channel| channel.name().eq_ignore_ascii_case(name) || **channel.unique_id() == *name;
    let Some(channel) = context.exchange.channels.find(name).filter(|channel| is_meant(channel)) else {
        context.warn(&format!("ChannelRedirect: there is no channel {name}"));
        context.set("CHANNELREDIRECT_STATUS", "NOCHANNEL");
        return Outcome::Continue;
    };
    let is_own = context.channel.is_some_and(|own| own.name() == channel.name());
    let place: Option<Position> = if is_own {
        context.resolve(target)
    } else {
        let (exchange, plan) = (context.exchange, context.plan);
        context.unlocked(|| Context::new(exchange, plan, &channel).resolve(target))
    };
    match place {
        Some(place) => {
            channel.interrupt(Interrupt::Goto(place));
            context.set("CHANNELREDIRECT_STATUS", "SUCCESS");
            Outcome::Continue
        }
        None => Outcome::Hangup,
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn a_channel_may_send_itself() {
        let trial =
            Trial::run("exten => 1,1,ChannelRedirect(${CHANNEL},2,1)\nsame => n,NoOp\nexten => 2,1,NoOp(here)\n");
        assert_eq!(trial.last_step(), "2@default:1 NoOp here");
        let trial = Trial::run("exten => 1,1,AsyncGoto(SIP/none,2,1)\nsame => n,NoOp(${CHANNELREDIRECT_STATUS})\n");
        assert_eq!(trial.last_step(), "1@default:2 NoOp NOCHANNEL");
    }
}
