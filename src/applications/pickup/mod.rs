//! Taking calls that ring elsewhere: `Pickup` and `PickupChan`.

pub mod pickup_chan;
pub mod pickup_extension;

use std::sync::Arc;
use std::time::Duration;

use crate::applications::playing;
use crate::applications::talk::PICKABLE;
use crate::channel::{Channel, Event, Happening, Phase, snapshot};
use crate::interpreter::Call;

/// Who rings somebody gets so long to hand the call over.
const HANDING_OVER: Duration = Duration::from_secs(2);

/// Where a channel notes that somebody is taking its call.
const TAKEN: &str = "PICKUP/taken";

/// The channels that ring and whose call can be taken, oldest first.
fn ringing(call: &Call) -> Vec<Arc<Channel>> {
    let mut all = call.exchange.channels.all();
    all.retain(|channel| {
        let is_other = !Arc::ptr_eq(channel, &call.channel);
        is_other && channel.phase() == Phase::Ringing && channel.hangup_cause().is_none() && {
            let state = channel.state();
            state.settings.get(PICKABLE).is_some() && state.settings.get(TAKEN).is_none()
        }
    });
    all
}

/// A sound of `features.conf`; empty where none is to be heard.
fn sound(call: &Call, setting: &str) -> String {
    call.plan().features.setting(setting).to_owned()
}

/// Takes the call that rings at a channel, after a sound if there is one. Who called it claims this channel, which drops this
/// future; it returns only where nobody did.
async fn take(call: &mut Call, target: &Arc<Channel>, sound: &str) {
    target.state().settings.set(TAKEN, "yes");
    call.answer(Duration::ZERO).await;
    if !sound.is_empty() {
        playing::play(call, sound).await;
    }
    let fields = snapshot::fields(target, "Target");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let happening =
        Happening::Manager { channel: Some(&call.channel), event: "Pickup", privilege: "call", fields: &fields };
    call.exchange.channels.publish(&happening);
    target.report(Event::PickedUp(Arc::clone(call.channel.name())));
    tokio::time::sleep(HANDING_OVER).await;
    target.state().settings.remove(TAKEN);
    call.context().warn(&format!("{} could not be picked up", target.name()));
}

/// Whether one of the groups that a channel belongs to is one that the other may pick up.
fn shares_group(taker: &Channel, target: &Channel) -> bool {
    let groups = |channel: &Channel, name: &str| {
        let state = channel.state();
        let text = state.settings.get(&format!("CHANNEL/{name}")).unwrap_or("").to_owned();
        text.split(',').map(|group| group.trim().to_owned()).filter(|group| !group.is_empty()).collect::<Vec<_>>()
    };
    [("pickupgroup", "callgroup"), ("namedpickupgroup", "namedcallgroup")].into_iter().any(|(takes, is_in)| {
        let own = groups(taker, takes);
        groups(target, is_in).iter().any(|group| own.contains(group))
    })
}
