//! A blind transfer: the other party is sent to a number at once.

use std::sync::Arc;

use super::asking::{ask, setting};
use super::{Roles, Transferred};
use crate::applications::talk::{Callee, Ended, Side};
use crate::applications::{music, playing};
use crate::bridging::transfer;
use crate::bridging::two_party::Bridge;
use crate::interpreter::Call;

pub async fn blind(call: &mut Call, callee: Callee, side: Side, bridge: &mut Option<Bridge>) -> Transferred {
    bridge.iter_mut().for_each(Bridge::pause);
    let roles = Roles::of(call, &callee, side);
    let context = roles.context();
    let peer = Arc::clone(callee.channel());
    let holding = music::hold(call, &roles.transferee, "");
    let mut asked = Call::new(Arc::clone(&call.exchange), Arc::clone(&roles.transferer));
    let number = tokio::select! {
        biased;
        () = peer.interrupted() => {
            *bridge = None;
            drop(callee.follow_redirect());
            return Transferred::Over(Ended::CalleeLeft);
        }
        number = ask(&mut asked, &context) => number,
    };
    let Some(position) = number else {
        let sound = setting(&asked, "xferfailsound");
        tokio::select! {
            () = peer.interrupted() => {}
            () = playing::play(&mut asked, &sound) => {}
        }
        roles.transferee.discard_digits();
        return Transferred::Back(callee);
    };
    drop(holding);
    let now = tokio::time::Instant::now();
    roles.transferee.state().records.lengthen(roles.transferer.name(), now, Some(&position));
    roles.transferer.state().records.lengthen(roles.transferee.name(), now, None);
    transfer::note_blind(&roles.transferer, &roles.transferee, &position, false);
    bridge.iter_mut().for_each(|bridge| bridge.lets_leave_first(&roles.transferer));
    *bridge = None;
    match side {
        Side::Caller => callee.send_to(&position),
        Side::Callee => {
            drop(callee);
            call.channel.state().jump(&position.context, &position.extension, position.priority);
        }
    }
    Transferred::Over(Ended::Transferred)
}
