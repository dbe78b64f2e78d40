//! The talk between who transfers and whom the number reached, while the third one waits.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::asking::setting;
use super::recall::Recall;
use super::{Roles, Transferred, pair};
use crate::applications::spying::{Third, join_talk};
use crate::applications::talk::{Called, Callee, Ended, Side};
use crate::applications::{music, playing};
use crate::bridging::codes::{Codes, Decision};
use crate::bridging::holding::Holding;
use crate::bridging::transfer;
use crate::bridging::two_party::Bridge;
use crate::channel::{Channel, Event};
use crate::interpreter::{Call, Exchange};

/// How long a key that passes through sounds.
const KEY: Duration = Duration::from_millis(100);

/// Where a consultation goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Answered,
    /// The two of before talk on.
    Back,
    /// Who waits gets the target.
    HandOver,
    /// Who waited has gone: the transferer keeps the target.
    TransfereeLeft,
}

/// What the codes mean, in the order in which they stand.
const MEANINGS: [&str; 4] = ["atxferabort", "atxfercomplete", "atxferthreeway", "atxferswap"];

/// A consultation. Dropping it hands over, if it was the transferer who hung up.
pub(super) struct Consult {
    exchange: Arc<Exchange>,
    roles: Roles,
    /// Whom the caller had called.
    callee: Option<Callee>,
    /// Whom the number reaches; at most one.
    target: Vec<Called<()>>,
    is_answered: bool,
    codes: Codes,
    holding: Option<Holding>,
    /// All three talk with each other.
    three: Option<Third>,
    recall: Recall,
    /// What tells the target that it talks with somebody else now (`xfersound`).
    sound: String,
}

impl Consult {
    pub fn new(
        asked: &Call,
        roles: Roles,
        callee: Callee,
        target: Called<()>,
        resource: &str,
        holding: Holding,
    ) -> Self {
        let codes = MEANINGS.iter().map(|name| setting(asked, name)).collect();
        let timeout = asked.plan().features.digit_timeout;
        Self {
            exchange: Arc::clone(&asked.exchange),
            roles,
            callee: Some(callee),
            target: vec![target],
            is_answered: false,
            codes: Codes::new(codes, timeout),
            holding: Some(holding),
            three: None,
            recall: Recall::of(asked, resource),
            sound: setting(asked, "xfersound"),
        }
    }

    pub fn side(&self) -> Side {
        self.roles.side
    }

    pub fn transferee(&self) -> &Arc<Channel> {
        &self.roles.transferee
    }

    pub fn target(&mut self) -> &mut [Called<()>] {
        &mut self.target
    }

    pub fn note_answered(&mut self) {
        self.is_answered = true;
    }

    /// Takes a key of the transferer while the target rings; keys that mean nothing are lost.
    pub fn press(&mut self, digit: char) -> Option<Step> {
        match self.codes.press(digit, Instant::now()) {
            Decision::Code(0) => Some(Step::Back),
            Decision::Code(1) => Some(Step::HandOver),
            _ => None,
        }
    }

    /// Lets the transferer talk with the target, and with who waits when it swaps the two, until it is clear how it goes
    /// on.
    pub async fn converse(&mut self, asked: &Call) -> Step {
        let Some(target) = self.target.first().map(|target| Arc::clone(target.channel())) else { return Step::Back };
        let (transferer, transferee) = (Arc::clone(&self.roles.transferer), Arc::clone(&self.roles.transferee));
        let mut partner = Arc::clone(&target);
        loop {
            let bridge = Bridge::join(&transferer, &partner);
            let step = self.talk_with(&partner, &target).await;
            self.three = None;
            drop(bridge);
            if let Some(step) = step {
                return step;
            }
            // Swapped.
            let waits = if Arc::ptr_eq(&partner, &target) { &target } else { &transferee };
            self.holding = None;
            self.holding = Some(music::hold(asked, waits, ""));
            partner = if Arc::ptr_eq(&partner, &target) { Arc::clone(&transferee) } else { Arc::clone(&target) };
        }
    }

    /// One of the talks; `None` where the transferer wants the other one.
    async fn talk_with(&mut self, partner: &Arc<Channel>, target: &Arc<Channel>) -> Option<Step> {
        let (transferer, transferee) = (Arc::clone(&self.roles.transferer), Arc::clone(&self.roles.transferee));
        let is_caller = self.roles.side == Side::Caller;
        loop {
            let deadline = self.codes.deadline();
            let key_timeout = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let decision = tokio::select! {
                biased;
                event = transferer.event() => match event {
                    Event::Digit(digit) => self.codes.press(digit, Instant::now()),
                    _ => continue,
                },
                event = partner.event() => {
                    if let Event::Digit(digit) = event {
                        transferer.send_digit(digit, KEY);
                    }
                    continue;
                }
                () = target.interrupted() => return Some(Step::Back),
                () = transferer.interrupted(), if !is_caller => return Some(Step::HandOver),
                () = transferee.interrupted(), if is_caller => return Some(Step::TransfereeLeft),
                () = key_timeout => self.codes.expire(),
            };
            match decision {
                Decision::Code(0) => return Some(Step::Back),
                Decision::Code(1) => return Some(Step::HandOver),
                Decision::Code(2) => {
                    self.holding = None;
                    let waits = if Arc::ptr_eq(partner, target) { &transferee } else { target };
                    self.three = Some(join_talk(waits, &transferer));
                }
                Decision::Code(_) if self.three.is_some() => {}
                Decision::Code(_) => return None,
                Decision::Pass(keys) => keys.chars().for_each(|key| partner.send_digit(key, KEY)),
                Decision::Wait => {}
            }
        }
    }

    /// The transferer takes its wish back: whom the number reached is hung up.
    pub fn give_up(mut self) -> (Roles, Option<Callee>) {
        self.target.clear();
        self.holding = None;
        let callee = self.callee.take();
        let Roles { side, transferer, transferee } = &self.roles;
        (Roles { side: *side, transferer: Arc::clone(transferer), transferee: Arc::clone(transferee) }, callee)
    }

    /// Who waits gets the target; the transferer is done.
    pub async fn hand_over(mut self, call: &Call) -> Transferred {
        let (Some(callee), Some(target)) = (self.callee.take(), self.target.pop()) else {
            return Transferred::Over(Ended::CalleeLeft);
        };
        transfer::note_attended(
            [&self.roles.transferer, &self.roles.transferer],
            &self.roles.transferee,
            target.channel(),
            false,
        );
        let (exchange, is_answered) = (Arc::clone(&self.exchange), self.is_answered);
        let (recall, sound) = (self.recall.clone(), std::mem::take(&mut self.sound));
        match self.roles.side {
            Side::Caller => {
                let holding = self.holding.take();
                tokio::spawn(Reunion { exchange, waited: callee, is_answered, holding, recall, sound }.connect(target));
                Transferred::Over(Ended::Transferred)
            }
            Side::Callee => {
                drop(callee);
                let target = if is_answered { Some(target.callee) } else { recall.reach(call, target).await };
                self.holding = None;
                if let Some(target) = &target {
                    announce(exchange, Arc::clone(target.channel()), sound);
                }
                target.map_or(Transferred::Over(Ended::CalleeLeft), Transferred::Replaced)
            }
        }
    }

    /// Who waited has gone: the caller keeps the target.
    pub fn stay(mut self) -> Transferred {
        drop(self.callee.take().and_then(Callee::follow_redirect));
        match self.target.pop().filter(|_| self.is_answered) {
            Some(target) => Transferred::Replaced(target.callee),
            None => Transferred::Over(Ended::CalleeLeft),
        }
    }
}

/// Plays the sound to who talks with somebody else from now on.
fn announce(exchange: Arc<Exchange>, channel: Arc<Channel>, sound: String) {
    if sound.is_empty() {
        return;
    }
    tokio::spawn(async move {
        if let Err(error) = playing::announce(&exchange, &channel, &sound).await {
            tracing::warn!("xfersound: {error}");
        }
    });
}

/// Who waited, on its way to the target after the transferer has left.
struct Reunion {
    exchange: Arc<Exchange>,
    waited: Callee,
    is_answered: bool,
    holding: Option<Holding>,
    recall: Recall,
    sound: String,
}

impl Reunion {
    /// Joins who waited with the target once that answers, or with the transferer if that takes the call back.
    async fn connect(self, target: Called<()>) {
        let Self { exchange, waited, is_answered, holding, recall, sound } = self;
        let target = match is_answered {
            true => Some(target.callee),
            false => {
                let call = Call::new(Arc::clone(&exchange), Arc::clone(waited.channel()));
                let channel = Arc::clone(waited.channel());
                tokio::select! {
                    biased;
                    () = channel.interrupted() => None,
                    target = recall.reach(&call, target) => target,
                }
            }
        };
        drop(holding);
        if let Some(target) = target {
            announce(Arc::clone(&exchange), Arc::clone(target.channel()), sound);
            pair(exchange, waited, target).await;
        }
    }
}

impl Drop for Consult {
    /// The caller's task left in the middle.
    fn drop(&mut self) {
        let (Some(callee), Some(target)) = (self.callee.take(), self.target.pop()) else { return };
        let exchange = Arc::clone(&self.exchange);
        let has_hung_up = |channel: &Channel| channel.hangup_cause().is_some();
        match self.roles.side {
            // The transferer hung up: that hands over.
            Side::Caller if has_hung_up(&self.roles.transferer) => {
                let Roles { transferer, transferee, .. } = &self.roles;
                transfer::note_attended([transferer, transferer], transferee, target.channel(), false);
                let reunion = Reunion {
                    exchange,
                    waited: callee,
                    is_answered: self.is_answered,
                    holding: self.holding.take(),
                    recall: self.recall.clone(),
                    sound: std::mem::take(&mut self.sound),
                };
                tokio::spawn(reunion.connect(target));
            }
            // Who waited hung up: the transferer and the target talk on.
            Side::Callee if self.is_answered => {
                tokio::spawn(pair(exchange, callee, target.callee));
            }
            // Both are hung up.
            Side::Caller | Side::Callee => {}
        }
    }
}
