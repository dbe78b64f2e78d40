//! The talk: two parties hear each other, and what their keys ask for is done.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::callee::Callee;
use super::keys::{self, Action, Chosen, Keys};
use super::limit::{Due, Limit};
use super::optimizing::Shortcut;
use super::record;
use super::transfer::{self, Transferred};
use crate::applications::music;
use crate::bridging::codes::Decision;
use crate::bridging::holding::Holding;
use crate::bridging::two_party::Bridge;
use crate::channel::{Cause, Channel, Event, Interrupt};
use crate::dialplan::features::{Feature, Target};
use crate::interpreter::{Call, Exchange, Options, Outcome};

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
    /// The Local channel on this side can be left out.
    Shortcut(Side, Shortcut),
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
pub async fn talk(call: &mut Call, callee: Callee, terms: &Terms<'_>) -> Ended {
    talk_in(call, callee, terms, None).await
}

/// The same where the two may be in a bridge already.
async fn talk_in(call: &mut Call, mut callee: Callee, terms: &Terms<'_>, mut known: Option<Bridge>) -> Ended {
    let begun = Instant::now();
    callee.set_cause(Cause::NORMAL);
    if let Some(limit) = terms.limit {
        limit.begin(call, callee.channel());
    }
    let mut peer = Arc::clone(callee.channel());
    if !terms.options.has('I') && known.is_none() {
        show_callee(call, &peer);
    }
    // What the keys mean is settled when the talk begins.
    let mut keys = [Keys::of(call, terms, Side::Caller, &peer), Keys::of(call, terms, Side::Callee, &peer)];
    loop {
        // A tone or music from before the call ends where the talk begins.
        call.background = None;
        let mut bridge = known.take().or_else(|| Some(Bridge::join(&call.channel, &peer)));
        let (side, kind) = loop {
            let turn = converse(call, &peer, &mut keys, terms.limit, begun).await;
            note_cause(call, &peer);
            match turn {
                Turn::Transfer(side, kind) => break (side, kind),
                Turn::Over(ended) => {
                    if ended == Ended::TimeIsUp {
                        bridge.iter_mut().for_each(|bridge| bridge.lets_leave_first(&peer));
                    }
                    drop(bridge);
                    // The callee was sent elsewhere, or it hung up.
                    drop(callee.follow_redirect());
                    return ended;
                }
                Turn::Shortcut(side, shortcut) => {
                    let exchange = Arc::clone(&call.exchange);
                    let Some(mut joined) = bridge.take() else { continue };
                    let taken = shortcut.take(&exchange, &mut joined).await;
                    match (taken, side) {
                        (Some(mut source), Side::Callee) => {
                            peer = Arc::clone(source.channel());
                            source.set_cause(Cause::NORMAL);
                            source.take_successor_of(&mut callee);
                            callee = source;
                            keys = [
                                Keys::of(call, terms, Side::Caller, &peer),
                                Keys::of(call, terms, Side::Callee, &peer),
                            ];
                        }
                        (Some(source), Side::Caller) => {
                            call.channel.interrupt(Interrupt::Hangup(Cause::NORMAL));
                            tokio::spawn(talk_on(exchange, source, callee, joined));
                            return Ended::CalleeLeft;
                        }
                        (None, side) => {
                            drop(joined);
                            match side {
                                Side::Caller => call.channel.interrupt(Interrupt::Hangup(Cause::NORMAL)),
                                Side::Callee => drop(callee),
                            }
                            return Ended::CalleeLeft;
                        }
                    }
                    bridge = Some(joined);
                }
                Turn::Feature(side, feature) => {
                    let run = match side {
                        Side::Caller => run_on_caller(call, callee, &mut bridge, &feature).await,
                        Side::Callee => run_on_callee(call, callee, &mut bridge, &feature).await,
                    };
                    match run {
                        Ok(back) => callee = back,
                        Err(ended) => return ended,
                    }
                }
            }
        };
        let transferred = match kind {
            Transfer::Blind => transfer::blind(call, callee, side, &mut bridge).await,
            Transfer::Attended => {
                drop(bridge.take());
                transfer::attended(call, callee, side).await
            }
            Transfer::Park => {
                drop(bridge.take());
                transfer::park(call, callee, side).await
            }
        };
        match transferred {
            Transferred::Back(back) => {
                callee = back;
                bridge.iter_mut().for_each(Bridge::resume);
                known = bridge;
            }
            Transferred::Replaced(other) => {
                callee = other;
                callee.set_cause(Cause::NORMAL);
                peer = Arc::clone(callee.channel());
                introduce(&call.channel, &peer);
                keys = [Keys::of(call, terms, Side::Caller, &peer), Keys::of(call, terms, Side::Callee, &peer)];
            }
            Transferred::Over(ended) => return ended,
        }
    }
}

/// Two parties of whom nobody has charge any more talk on in their bridge.
fn talk_on(
    exchange: Arc<Exchange>,
    first: Callee,
    second: Callee,
    bridge: Bridge,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let mut call = Call::new(exchange, Arc::clone(first.channel()));
        let options = Options::default();
        let terms = Terms { options: &options, limit: None };
        call.unless_interrupted(async |call| talk_in(call, second, &terms, Some(bridge)).await).await;
        drop(first);
    })
}

/// The caller is told who answered, where the technology or the plan knows more than the number that was dialled.
pub fn show_callee(call: &Call, callee: &Channel) {
    let (is_known, party) = {
        let state = callee.state();
        (state.is_caller_known, state.caller.clone())
    };
    if is_known && call.channel.state().connected != party {
        call.channel.connect_with(&party);
    }
}

/// Each is told of the other, as after a transfer.
pub fn introduce(first: &Channel, second: &Channel) {
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
            shortcut = Shortcut::past(peer) => return Turn::Shortcut(Side::Callee, shortcut),
            shortcut = Shortcut::past(caller) => return Turn::Shortcut(Side::Caller, shortcut),
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
async fn run_on_caller(
    call: &mut Call,
    callee: Callee,
    bridge: &mut Option<Bridge>,
    feature: &Feature,
) -> Result<Callee, Ended> {
    let peer = Arc::clone(callee.channel());
    bridge.iter_mut().for_each(Bridge::pause);
    let music = feature.music.as_deref().map(|class| music::hold(call, &peer, class));
    let mut callee = Some(callee);
    let outcome = {
        let mut run = std::pin::pin!(keys::run(call, feature));
        loop {
            tokio::select! {
                biased;
                () = peer.interrupted(), if callee.is_some() => {
                    *bridge = None;
                    // Sent elsewhere, or it hung up: then dropping it tells its leg.
                    drop(callee.take().and_then(Callee::follow_redirect));
                }
                outcome = &mut run => break outcome,
            }
        }
    };
    drop(music);
    if outcome == Outcome::Hangup || peer.is_interrupted() {
        *bridge = None;
    }
    // The feature may have sent the peer elsewhere, or hung it up, with its last step.
    let callee = if peer.is_interrupted() { callee.and_then(Callee::follow_redirect).and(None) } else { callee };
    match (outcome, callee) {
        (Outcome::Hangup, _) => Err(Ended::HangsUp),
        (_, Some(callee)) => {
            bridge.iter_mut().for_each(Bridge::resume);
            Ok(callee)
        }
        (_, None) => Err(Ended::CalleeLeft),
    }
}

/// Runs a feature on the callee. It goes on by itself when the caller leaves meanwhile.
async fn run_on_callee(
    call: &Call,
    callee: Callee,
    bridge: &mut Option<Bridge>,
    feature: &Arc<Feature>,
) -> Result<Callee, Ended> {
    let peer = Arc::clone(callee.channel());
    bridge.iter_mut().for_each(Bridge::pause);
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
                *bridge = None;
                drop(callee.follow_redirect());
                return Err(Ended::CalleeLeft);
            }
            bridge.iter_mut().for_each(Bridge::resume);
            Ok(callee)
        }
        _ => {
            *bridge = None;
            Err(Ended::CalleeLeft)
        }
    }
}
