//! An attended transfer: the transferer calls a number, and hands over who waits when it likes.

use std::sync::Arc;

use super::asking::{ask, seconds, setting};
use super::consult::{Consult, Step};
use super::{Roles, Transferred};
use crate::applications::talk::{Called, Callee, Ended, News, Side, adopt, first_news, outgoing, prepare};
use crate::applications::{music, playing};
use crate::channel::{Event, State};
use crate::interpreter::Call;

pub async fn attended(call: &mut Call, callee: Callee, side: Side) -> Transferred {
    let roles = Roles::of(call, &callee, side);
    let peer = Arc::clone(callee.channel());
    let holding = music::hold(call, &roles.transferee, "");
    let mut asked = Call::new(Arc::clone(&call.exchange), Arc::clone(&roles.transferer));
    let context = roles.context();
    let number = tokio::select! {
        biased;
        () = peer.interrupted() => {
            drop(callee.follow_redirect());
            return Transferred::Over(Ended::CalleeLeft);
        }
        number = ask(&mut asked, &context) => number,
    };
    let target = number.and_then(|position| {
        let resource = format!("{}@{}", position.extension, position.context);
        Some((place(&asked, "Local", &resource)?, resource))
    });
    let Some((target, resource)) = target else { return fail(&mut asked, &roles, callee).await };
    let mut consult = Consult::new(&asked, roles, callee, target, &resource, holding);
    match ring(&mut asked, &mut consult).await {
        Step::Answered => {}
        Step::Back => return back(&mut asked, consult).await,
        Step::HandOver => return consult.hand_over(call).await,
        Step::TransfereeLeft => return consult.stay(),
    }
    match consult.converse(&asked).await {
        Step::HandOver => consult.hand_over(call).await,
        Step::TransfereeLeft => consult.stay(),
        Step::Back | Step::Answered => back(&mut asked, consult).await,
    }
}

/// Calls a destination for a party.
pub(super) fn place(asked: &Call, technology: &str, resource: &str) -> Option<Called<()>> {
    let transferer = &asked.channel;
    let shown = transferer.state().caller.clone();
    let prepare = |state: &mut State| prepare(transferer, state);
    let channel = match asked.exchange.channels.request(technology, resource, &prepare) {
        Ok(mut channels) => channels.pop()?,
        Err(error) => {
            asked.context().warn(&format!("attended transfer: {error}"));
            return None;
        }
    };
    adopt(transferer, &channel, &shown, None, "AppDial");
    let called = Called::new(Callee::new(&asked.exchange, Arc::clone(&channel)), ());
    channel.call(&outgoing(transferer, &shown));
    Some(called)
}

/// The number cannot be called: the two talk on.
async fn fail(asked: &mut Call, roles: &Roles, callee: Callee) -> Transferred {
    let sound = setting(asked, "xferfailsound");
    let peer = Arc::clone(callee.channel());
    tokio::select! {
        () = peer.interrupted() => {}
        () = playing::play(asked, &sound) => {}
    }
    roles.transferee.discard_digits();
    Transferred::Back(callee)
}

async fn back(asked: &mut Call, consult: Consult) -> Transferred {
    let (roles, callee) = consult.give_up();
    match callee {
        Some(callee) => fail(asked, &roles, callee).await,
        None => Transferred::Over(Ended::CalleeLeft),
    }
}

/// The target rings. The transferer may take its wish back, hand over already, or hang up.
async fn ring(asked: &mut Call, consult: &mut Consult) -> Step {
    let ringing = music::tone(asked, &asked.channel, "ring");
    let deadline = tokio::time::Instant::now() + seconds(asked, "atxfernoanswertimeout");
    let transferer = Arc::clone(&asked.channel);
    let transferee = Arc::clone(consult.transferee());
    let is_caller = consult.side() == Side::Caller;
    loop {
        let step = tokio::select! {
            biased;
            (_, news) = first_news(consult.target()) => match news {
                News::Event(Event::Answered) => Step::Answered,
                News::Event(Event::Busy | Event::Congestion) | News::Gone(_) => Step::Back,
                News::Event(_) => {
                    consult.target().iter_mut().for_each(Called::listen_again);
                    continue;
                }
            },
            event = transferer.event() => match event {
                Event::Digit(digit) => match consult.press(digit) {
                    Some(step @ (Step::Back | Step::HandOver)) => step,
                    _ => continue,
                },
                _ => continue,
            },
            // Who has charge of the call notices of itself when the caller goes.
            () = transferer.interrupted(), if !is_caller => Step::HandOver,
            () = transferee.interrupted(), if is_caller => Step::TransfereeLeft,
            () = tokio::time::sleep_until(deadline) => Step::Back,
        };
        drop(ringing);
        if matches!(step, Step::Answered) {
            consult.note_answered();
        }
        return step;
    }
}
