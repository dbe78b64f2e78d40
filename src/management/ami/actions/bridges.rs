//! Bridges, and joining channels.

use std::sync::Arc;

use super::{Action, Answer, Answering, Asked, Run};
use crate::applications::talk::{self, Callee, Terms};
use crate::channel::{Bridge, Cause};
use crate::interpreter::{Call, Options};
use crate::management::ami::events::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

/// Everybody may look at bridges, and take them apart.
const ANY: Privilege = Privilege::NONE;

pub static BRIDGE_LIST: Action =
    Action::new("BridgeList", ANY, "Get a list of bridges in the system.", Run::Compute(list));

fn list(asked: &Asked<'_>) -> Answer {
    let kind = asked.get("BridgeType");
    let mut reply = Reply::list("Bridge listing will follow", "BridgeListComplete");
    let bridges = asked.exchange().channels.bridges().into_iter();
    for bridge in bridges.filter(|bridge| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(bridge.kind().word()))) {
        reply.event("BridgeListItem", lines(&bridge));
    }
    Ok(reply)
}

pub static BRIDGE_INFO: Action = Action::new("BridgeInfo", ANY, "Get information about a bridge.", Run::Compute(info));

fn info(asked: &Asked<'_>) -> Answer {
    let bridge = bridge(asked)?;
    let mut reply = Reply::list("Bridge channel listing will follow", "BridgeInfoComplete");
    for member in bridge.members() {
        let mut fields = Fields::new();
        snapshot::channel(&mut fields, "", &member, None, &asked.manager.settings().channel_variables);
        reply.event("BridgeInfoChannel", fields);
    }
    Ok(lines(&bridge)
        .as_str()
        .lines()
        .filter_map(|line| line.split_once(": "))
        .fold(reply, |reply, (name, value)| reply.ending_with(name, value)))
}

pub static BRIDGE_KICK: Action = Action::new("BridgeKick", ANY, "Kick a channel from a bridge.", Run::Compute(kick));

fn kick(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "Channel must be provided")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("Channel does not exist"))?;
    if let Some(id) = asked.get("BridgeUniqueid")
        && channel.bridge_id().as_deref() != Some(id)
    {
        return Err(Reply::error("Channel is not in the bridge"));
    }
    if channel.bridge_id().is_none() {
        return Err(Reply::error("Channel is not in a bridge"));
    }
    channel.soft_hang_up(Cause::NORMAL);
    Ok(Reply::done("Channel has been kicked"))
}

pub static BRIDGE_DESTROY: Action = Action::new("BridgeDestroy", ANY, "Destroy a bridge.", Run::Compute(destroy));

fn destroy(asked: &Asked<'_>) -> Answer {
    let bridge = bridge(asked)?;
    bridge.members().iter().for_each(|member| member.soft_hang_up(Cause::NORMAL));
    Ok(Reply::done("Bridge has been destroyed"))
}

pub static BRIDGE_TECHNOLOGY_LIST: Action = Action::new(
    "BridgeTechnologyList",
    ANY,
    "List available bridging technologies and their statuses.",
    Run::Compute(technologies),
);

fn technologies(_: &Asked<'_>) -> Answer {
    let mut reply = Reply::list("Bridge technology listing will follow", "BridgeTechnologyListComplete").with_id_last();
    for (name, kind, priority) in TECHNOLOGIES {
        reply.event(
            "BridgeTechnologyListItem",
            Fields::new()
                .with("BridgeTechnology", name)
                .with("BridgeType", kind)
                .with("BridgePriority", priority)
                .with("BridgeSuspended", "No"),
        );
    }
    Ok(reply)
}

/// The technologies of bridges, their kind and priority.
const TECHNOLOGIES: [(&str, &str, u8); 3] =
    [("holding_bridge", "Holding", 50), ("simple_bridge", "1to1Mix", 50), ("softmix", "MultiMix", 10)];

/// There is one technology for each kind of bridge: none can do without.
pub static BRIDGE_TECHNOLOGY_SUSPEND: Action = Action::new(
    "BridgeTechnologySuspend",
    ANY,
    "Suspend a bridging technology.",
    Run::Compute(|asked| {
        let name = technology(asked)?;
        Err(Reply::error(format_args!("Bridge technology {name} cannot be suspended: there is no other in its place")))
    }),
);

/// Nothing is suspended: nothing is to be done.
pub static BRIDGE_TECHNOLOGY_UNSUSPEND: Action = Action::new(
    "BridgeTechnologyUnsuspend",
    ANY,
    "Unsuspend a bridging technology.",
    Run::Compute(|asked| technology(asked).map(|_| Reply::done("Unsuspended bridge technology"))),
);

fn technology<'a>(asked: &Asked<'a>) -> Result<&'a str, Reply> {
    let name = asked.need("BridgeTechnology", "BridgeTechnology must be provided")?;
    let is_known = TECHNOLOGIES.iter().any(|(known, ..)| known.eq_ignore_ascii_case(name));
    if is_known { Ok(name) } else { Err(Reply::error("BridgeTechnology not found")) }
}

/// Takes two channels out of what they do and lets them talk. When they are done, both are hung up.
pub static BRIDGE: Action =
    Action::new("Bridge", Privilege::CALL, "Bridge two channels already in the PBX.", Run::Wait(|asked| join(asked)));

fn join<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let first = asked.need("Channel1", "Missing channel parameter in request")?;
        let second = asked.need("Channel2", "Missing channel parameter in request")?;
        let find = |key: &str, name: &str| {
            asked.find(name).ok_or_else(|| Reply::error(format_args!("{key} does not exist: {name}")))
        };
        let (one, two) = (find("Channel1", first)?, find("Channel2", second)?);
        if Arc::ptr_eq(&one, &two) {
            return Err(Reply::error("Unable to bridge a channel with itself"));
        }
        let exchange = Arc::clone(asked.exchange());
        let gone = |_| Reply::error("Unable to bridge: a channel is gone");
        let one = Callee::claim(&exchange, one).await.ok_or(()).map_err(gone)?;
        let two = Callee::claim(&exchange, two).await.ok_or(()).map_err(gone)?;
        tokio::spawn(talk_of(exchange, one, two));
        Ok(Reply::done("Channels have been bridged"))
    })
}

/// The talk of two channels that have nothing else to do.
async fn talk_of(exchange: Arc<crate::interpreter::Exchange>, mut one: Callee, two: Callee) {
    let channel = Arc::clone(one.channel());
    channel.answer();
    two.channel().answer();
    one.set_cause(Cause::NORMAL);
    let mut call = Call::new(exchange, Arc::clone(&channel));
    let options = Options::parse("");
    let terms = Terms { options: &options, limit: None };
    call.unless_interrupted(async |call| _ = talk::talk(call, two, &terms).await).await;
    drop(one);
}

fn bridge(asked: &Asked<'_>) -> Result<Arc<Bridge>, Reply> {
    let id = asked.need("BridgeUniqueid", "BridgeUniqueid must be provided")?;
    let found = asked.exchange().channels.find_bridge(id);
    found.ok_or_else(|| Reply::error("Specified BridgeUniqueid not found"))
}

fn lines(bridge: &Bridge) -> Fields {
    let mut fields = Fields::new();
    snapshot::bridge(&mut fields, bridge);
    fields
}
