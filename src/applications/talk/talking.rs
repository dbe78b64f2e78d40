//! The talk: two parties hear each other, and what their keys ask for is done.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::callee::Callee;
use super::keys::{self, Action, Chosen, Keys};
use super::limit::{Due, Limit};
use super::record;
use super::transfer::{self, Transferred};
use crate::applications::music;
use crate::bridging::codes::Decision;
use crate::bridging::holding::Holding;
use crate::bridging::two_party::Bridge;
use crate::channel::{Cause, Channel, Event};
use crate::dialplan::features::{Feature, Target};
use crate::interpreter::{Call, Options, Outcome};

/// How long a key that passes through sounds.
const KEY: Duration = Duration::from_millis(100);

/// How the talk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The called party left, or was sent elsewhere.
    CalleeLeft,
    /// A party ended the talk with the disconnect code.
    Disconnected(Side),
    /// The time that the talk was given is over.
    TimeIsUp,
    /// One of the two was sent elsewhere by the other.
    Transferred,
    /// A feature that ran on the caller wants its call to end.
    HangsUp,
}

/// Which party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Caller,
    Callee,
}

/// What a talk goes by.
pub struct Terms<'a> {
    /// Which keys mean something: `h`, `H`, `t`, `T` of the application's options.
    pub options: &'a Options,
    /// The time that it is given.
    pub limit: Option<&'a Limit>,
}

/// What interrupts the talk.
enum Turn {
    Over(Ended),
    Feature(Side, Arc<Feature>),
    Transfer(Side, Transfer),
}

/// Which transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    Blind,
    Attended,
    /// Into a parking lot.
    Park,
}

/// Lets the two hear each other until they part. The callee is hung up then, unless it was sent elsewhere; where the
/// caller hangs up, this future is dropped.
pub async fn talk(call: &mut Call, mut callee: Callee, terms: &Terms<'_>) -> Ended {
    let begun = Instant::now();
    callee.set_cause(Cause::NORMAL);
    if let Some(limit) = terms.limit {
        limit.begin(call, callee.channel());
    }
    let mut peer = Arc::clone(callee.channel());
    if !terms.options.has('I') {
        show_callee(call, &peer);
    }
    // What the keys mean is settled when the talk begins.
    let mut keys = [Keys::of(call, terms, Side::Caller, &peer), Keys::of(call, terms, Side::Callee, &peer)];
    loop {
        set_bridge_peers(call, &peer);
        // A tone or music from before the call ends where the talk begins.
        call.background = None;
        let bridge = Bridge::join(&call.channel, &peer);
        let turn = converse(call, &peer, &mut keys, terms.limit, begun).await;
        note_cause(call, &peer);
        drop(bridge);
        let (side, feature) = match turn {
            Turn::Feature(side, feature) => (side, feature),
            Turn::Transfer(side, kind) => {
                clear_bridge_peers(call, &peer);
                let transferred = match kind {
                    Transfer::Blind => transfer::blind(call, callee, side).await,
                    Transfer::Attended => transfer::attended(call, callee, side).await,
                    Transfer::Park => transfer::park(call, callee, side).await,
                };
                match transferred {
                    Transferred::Back(back) => callee = back,
                    Transferred::Replaced(other) => {
                        callee = other;
                        callee.set_cause(Cause::NORMAL);
                        peer = Arc::clone(callee.channel());
                        introduce(&call.channel, &peer);
                        keys = [Keys::of(call, terms, Side::Caller, &peer), Keys::of(call, terms, Side::Callee, &peer)];
                    }
                    Transferred::Over(ended) => return ended,
                }
                continue;
            }
            Turn::Over(ended) => {
                clear_bridge_peers(call, &peer);
                // The callee was sent elsewhere, or it hung up.
                drop(callee.follow_redirect());
                return ended;
            }
        };
        let run = match side {
            Side::Caller => run_on_caller(call, callee, &feature).await,
            Side::Callee => run_on_callee(call, callee, &feature).await,
        };
        match run {
            Ok(back) => callee = back,
            Err(ended) => {
                clear_bridge_peers(call, &peer);
                return ended;
            }
        }
    }
}

/// The caller is told who answered, where the technology or the plan knows more than the number that was dialled.
fn show_callee(call: &Call, callee: &Channel) {
    let (is_known, party) = {
        let state = callee.state();
        (state.is_caller_known, state.caller.clone())
    };
    if is_known && call.channel.state().connected != party {
        call.channel.connect_with(&party);
    }
}

/// Each is told of the other, as after a transfer.
pub(super) fn introduce(first: &Channel, second: &Channel) {
    let (one, other) = (first.state().caller.clone(), second.state().caller.clone());
    first.connect_with(&other);
    second.connect_with(&one);
}

/// The caller's `HANGUPCAUSE` is the callee's, unless an earlier one is known.
fn note_cause(call: &Call, peer: &Channel) {
    let mut state = call.channel.state();
    if state.hangup_cause == Cause::NONE {
        state.hangup_cause = peer.hangup_cause().unwrap_or(Cause::NONE);
    }
}

fn set_bridge_peers(call: &Call, peer: &Channel) {
    call.channel.set_variable("BRIDGEPEER", peer.name());
    peer.set_variable("BRIDGEPEER", call.channel.name());
}

fn clear_bridge_peers(call: &Call, peer: &Channel) {
    call.channel.unset_variable("BRIDGEPEER");
    peer.unset_variable("BRIDGEPEER");
}

/// Lets the two talk until something has to be done.
async fn converse(
    call: &Call,
    peer: &Arc<Channel>,
    keys: &mut [Keys; 2],
    limit: Option<&Limit>,
    begun: Instant,
) -> Turn {
    let caller = &call.channel;
    let mut on_hold: [Option<Holding>; 2] = [None, None];
    // Leaving a talk for a feature does not begin the time anew.
    let mut elapsed = begun.elapsed();
    loop {
        let limited = limit.map(|limit| limit.next(begun, elapsed));
        let until = async {
            match limited {
                Some((at, _)) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let waiting_keys = keys.iter().filter_map(|keys| keys.codes.deadline()).min();
        let key_timeout = async {
            match waiting_keys {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let (side, event) = tokio::select! {
            biased;
            event = caller.event() => (Side::Caller, event),
            event = peer.event() => (Side::Callee, event),
            () = peer.interrupted() => return Turn::Over(Ended::CalleeLeft),
            () = key_timeout => {
                let now = Instant::now();
                for side in [Side::Caller, Side::Callee] {
                    let keys = &mut keys[side as usize];
                    if keys.codes.deadline().is_some_and(|deadline| deadline <= now) {
                        let decision = keys.codes.expire();
                        pass(decision, other(side, caller, peer));
                    }
                }
                continue;
            }
            () = until => {
                match limited {
                    Some((at, Due::Warning(left))) => {
                        elapsed = at - begun;
                        if let Some(limit) = limit {
                            limit.warn(call, peer, left);
                        }
                    }
                    _ => return Turn::Over(Ended::TimeIsUp),
                }
                continue;
            }
        };
        match event {
            Event::Digit(digit) => match keys[side as usize].press(digit) {
                Chosen::Action(Action::Disconnect) => return Turn::Over(Ended::Disconnected(side)),
                Chosen::Action(Action::Record(kind)) => record::toggle(call, other(side, peer, caller), kind),
                Chosen::Action(Action::Transfer(kind)) => return Turn::Transfer(side, kind),
                Chosen::Action(Action::Feature(feature)) => {
                    return Turn::Feature(feature_side(&feature, side), feature);
                }
                Chosen::Decided(decision) => pass(decision, other(side, caller, peer)),
            },
            Event::Held => {
                on_hold[side as usize] = Some(music::hold(call, other(side, caller, peer), ""));
            }
            Event::Resumed => on_hold[side as usize] = None,
            _ => {}
        }
    }
}

fn other<'a>(side: Side, caller: &'a Arc<Channel>, callee: &'a Arc<Channel>) -> &'a Arc<Channel> {
    match side {
        Side::Caller => callee,
        Side::Callee => caller,
    }
}

/// `self` and the old `caller` mean who pressed, `peer` and the old `callee` the other.
fn feature_side(feature: &Feature, pressed: Side) -> Side {
    match (feature.target, pressed) {
        (Target::Presser, side) => side,
        (Target::Peer, Side::Caller) => Side::Callee,
        (Target::Peer, Side::Callee) => Side::Caller,
    }
}

fn pass(decision: Decision, to: &Channel) {
    if let Decision::Pass(keys) = decision {
        keys.chars().for_each(|key| to.send_digit(key, KEY));
    }
}

/// Runs a feature on the caller, which has its channel to itself meanwhile. Gives the callee back if it is still there.
async fn run_on_caller(call: &mut Call, callee: Callee, feature: &Feature) -> Result<Callee, Ended> {
    let peer = Arc::clone(callee.channel());
    let music = feature.music.as_deref().map(|class| music::hold(call, &peer, class));
    let mut callee = Some(callee);
    let outcome = {
        let mut run = std::pin::pin!(keys::run(call, feature));
        loop {
            tokio::select! {
                biased;
                () = peer.interrupted(), if callee.is_some() => {
                    // Sent elsewhere, or it hung up: then dropping it tells its leg.
                    drop(callee.take().and_then(Callee::follow_redirect));
                }
                outcome = &mut run => break outcome,
            }
        }
    };
    drop(music);
    // The feature may have sent the peer elsewhere, or hung it up, with its last step.
    let callee = if peer.is_interrupted() { callee.and_then(Callee::follow_redirect).and(None) } else { callee };
    match (outcome, callee) {
        (Outcome::Hangup, _) => Err(Ended::HangsUp),
        (_, Some(callee)) => Ok(callee),
        (_, None) => Err(Ended::CalleeLeft),
    }
}

/// Runs a feature on the callee. It goes on by itself when the caller leaves meanwhile.
async fn run_on_callee(call: &Call, callee: Callee, feature: &Arc<Feature>) -> Result<Callee, Ended> {
    let peer = Arc::clone(callee.channel());
    let _music = feature.music.as_deref().map(|class| music::hold(call, &call.channel, class));
    let (done, finished) = oneshot::channel();
    let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(&peer));
    let feature = Arc::clone(feature);
    tokio::spawn(async move {
        let channel = Arc::clone(&theirs.channel);
        let outcome = tokio::select! {
            biased;
            () = channel.interrupted() => Outcome::Continue,
            outcome = keys::run(&mut theirs, &feature) => outcome,
        };
        // If the caller has left, dropping what comes back hangs the callee up or lets it go on where it jumped to.
        let _ = done.send((callee, outcome));
    });
    match finished.await {
        Ok((callee, Outcome::Continue | Outcome::Collect)) => {
            if peer.is_interrupted() {
                drop(callee.follow_redirect());
                return Err(Ended::CalleeLeft);
            }
            Ok(callee)
        }
        _ => Err(Ended::CalleeLeft),
    }
}
