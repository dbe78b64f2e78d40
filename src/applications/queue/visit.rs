//! A caller's stay in a queue: waiting for its turn, then for a member who answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::offer::{self, Offered};
use super::place::Place;
use super::{Wish, connect};
use crate::applications::music;
use crate::bridging::holding::Holding;
use crate::channel::caller_id::Presentation;
use crate::channel::{DeviceState, Indication};
use crate::interpreter::{Call, Keyed, leading_integer};
use crate::queues::rules::Rule;
use crate::queues::{Member, Queue, Refusal, Settings};

/// How often a caller looks whether it is its turn, at the least.
const GLANCE: Duration = Duration::from_secs(1);

/// How the stay ended.
pub(super) enum Exit {
    TimedOut,
    Empty,
    /// A key leads elsewhere.
    Key,
    /// A program wanted the caller to leave.
    Withdrawn,
    /// A member talked with the caller.
    Served {
        hangs_up: bool,
    },
}

/// Whom the caller reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Penalties {
    pub max: Option<i32>,
    pub min: Option<i32>,
    pub raise: Option<i32>,
}

/// A caller in a queue.
pub(super) struct Visit {
    pub place: Place,
    pub penalties: Penalties,
    /// Where the members are asked in order: at whom this caller stands.
    pub turn: usize,
    /// When the caller's time is over.
    expires: Option<Instant>,
    rules: Vec<Rule>,
    digits: String,
    sound: Option<Holding>,
    pub(super) announced: super::announce::Announced,
}

impl Visit {
    pub fn join(call: &Call, name: &str, wish: &Wish) -> Result<Self, Refusal> {
        let exchange = &call.exchange;
        let queue = exchange.queues.find(name).ok_or(Refusal::Unknown)?;
        let settings = queue.settings();
        let variable = |name: &str| call.context().get(name).filter(|value| !value.is_empty());
        let bound = |name: &str| {
            let text = variable(name)?;
            let number = leading_integer(&text);
            if number.is_none() {
                call.context().warn(&format!("{name} is no number but `{text}`: it does not count"));
            }
            number
        };
        let priority = bound("QUEUE_PRIO").unwrap_or(0);
        let penalties = Penalties {
            max: bound("QUEUE_MAX_PENALTY"),
            min: bound("QUEUE_MIN_PENALTY"),
            raise: bound("QUEUE_RAISE_PENALTY"),
        };
        if settings.join_empty.is_set() && is_empty(call, &queue, settings.join_empty, penalties) {
            return Err(Refusal::Empty);
        }
        let entry = queue.join(&call.channel, priority, wish.position)?;
        let place = Place::take(exchange, &queue, &entry);
        let caller = call.channel.state().caller.clone();
        let is_logged = |presentation: Presentation| settings.logs_restricted || presentation.is_allowed();
        let number = if is_logged(caller.number_presentation) { caller.number() } else { "" };
        let name = if is_logged(caller.name_presentation) { caller.name() } else { "" };
        let mut data = format!("{}|{number}|{}", wish.url, entry.original_position);
        if exchange.queues.general().logs_caller_names {
            data = format!("{data}|{name}");
        }
        place.log("NONE", "ENTERQUEUE", &data);
        let rule = wish.rule.clone().unwrap_or_else(|| settings.default_rule.clone());
        Ok(Self {
            expires: wish.timeout.map(|seconds| entry.joined + Duration::from_secs(seconds)),
            place,
            penalties,
            turn: 0,
            rules: exchange.queues.rule(&rule),
            digits: String::new(),
            sound: None,
            announced: super::announce::Announced::default(),
        })
    }

    pub fn queue(&self) -> &Arc<Queue> {
        &self.place.queue
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.place.queue.settings()
    }

    /// Stays until a member has talked with the caller, or there is no more to wait for.
    pub async fn stay(&mut self, call: &mut Call, wish: &Wish) -> Exit {
        let mut tries = 0;
        loop {
            self.begin_sound(call, wish);
            if let Some(exit) = self.wait_for_turn(call, wish).await {
                return exit;
            }
            let mut is_later = false;
            loop {
                if let Some(exit) = self.withdraw() {
                    return exit;
                }
                if self.has_expired() {
                    return self.time_out();
                }
                let is_told = is_later || self.settings().announce_to_first_user;
                if is_told && self.say_position(call, wish).await {
                    return self.leave_by_key();
                }
                is_later = true;
                if self.say_periodic(call, wish).await {
                    return self.leave_by_key();
                }
                if self.has_expired() {
                    return self.time_out();
                }
                self.follow_rules();
                tries += 1;
                self.queue().set_pending(self.place.id, true);
                let offered = offer::offer(call, self, wish).await;
                match offered {
                    Offered::Answered(answered) => {
                        if let Some(exit) = connect::connect(call, self, wish, *answered).await {
                            return exit;
                        }
                        // The member hung up before it talked with the caller.
                        self.queue().set_pending(self.place.id, false);
                        self.begin_sound(call, wish);
                    }
                    Offered::Nobody => self.queue().set_pending(self.place.id, false),
                    Offered::Key => return self.leave_by_key(),
                }
                if self.is_deserted(call) {
                    return self.leave_empty();
                }
                let members = self.queue().members().len();
                let is_round_over = !self.settings().strategy.is_in_turn() || tries >= members;
                if wish.options.has('n') && is_round_over {
                    self.place.give_up("EXITWITHTIMEOUT");
                    return Exit::TimedOut;
                }
                if self.has_expired() {
                    return self.time_out();
                }
                if self.wait_for_key(call, Duration::from_secs(self.settings().retry)).await {
                    return self.leave_by_key();
                }
                if !self.is_our_turn(call) {
                    break;
                }
            }
        }
    }

    /// The wait of those who are not the first, or while no member is free.
    async fn wait_for_turn(&mut self, call: &mut Call, wish: &Wish) -> Option<Exit> {
        loop {
            if let Some(exit) = self.withdraw() {
                return Some(exit);
            }
            if self.is_our_turn(call) {
                return None;
            }
            if self.has_expired() {
                return Some(self.time_out());
            }
            if self.is_deserted(call) {
                return Some(self.leave_empty());
            }
            if self.say_position(call, wish).await || self.say_periodic(call, wish).await {
                return Some(self.leave_by_key());
            }
            if self.has_expired() {
                return Some(self.time_out());
            }
            self.follow_rules();
            if self.is_our_turn(call) {
                return None;
            }
            if self.wait_for_key(call, self.until_expiry().min(GLANCE)).await {
                return Some(self.leave_by_key());
            }
        }
    }

    fn is_our_turn(&self, call: &Call) -> bool {
        let members = members_with_states(call, self.queue());
        let free = self.queue().free_members(&members, call.exchange.epoch());
        self.queue().is_turn_of(self.place.id, free)
    }

    /// Waits so long, or until something changes in the queue; true where a key leads elsewhere.
    async fn wait_for_key(&mut self, call: &mut Call, time: Duration) -> bool {
        match call.key(time).await {
            Keyed::Key(key) => self.press(call, key),
            Keyed::TimedOut => false,
        }
    }

    /// Takes a key: true if it leads to an extension of the queue's context, where the call goes.
    pub fn press(&mut self, call: &Call, key: char) -> bool {
        let context = self.settings().context.clone();
        if context.is_empty() {
            return false;
        }
        self.digits.push(key);
        let caller = call.channel.state().caller.number().to_owned();
        let (can_match, exists) = call.lookup(|lookup| {
            let can_match = lookup.can_match(&context, &self.digits, &caller);
            (can_match, lookup.exists(&context, &self.digits, 1, &caller))
        });
        if !can_match {
            self.digits.clear();
        } else if exists {
            call.channel.state().jump(&context, &self.digits, 1);
        }
        can_match && exists
    }

    pub fn has_expired(&self) -> bool {
        self.until_expiry().is_zero()
    }

    /// How long the caller may still stay.
    pub fn until_expiry(&self) -> Duration {
        self.expires.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
    }

    fn time_out(&mut self) -> Exit {
        self.place.give_up("EXITWITHTIMEOUT");
        Exit::TimedOut
    }

    fn leave_empty(&mut self) -> Exit {
        self.place.give_up("EXITEMPTY");
        Exit::Empty
    }

    /// Leaves where a program wants it.
    fn withdraw(&mut self) -> Option<Exit> {
        let words = self.queue().entry(self.place.id)?.withdrawn?;
        if !words.is_empty() {
            self.place.set("QUEUE_WITHDRAW_INFO", &words);
        }
        self.place.withdraw(&words);
        Some(Exit::Withdrawn)
    }

    fn leave_by_key(&mut self) -> Exit {
        self.place.leave_by_key(&self.digits);
        Exit::Key
    }

    fn is_deserted(&self, call: &Call) -> bool {
        let condition = self.settings().leave_when_empty;
        condition.is_set() && is_empty(call, self.queue(), condition, self.penalties)
    }

    /// Whom the caller reaches may change with the time it has waited.
    fn follow_rules(&mut self) {
        while let Some(rule) = self.rules.first().copied().filter(|rule| self.place.waited() > rule.after) {
            self.rules.remove(0);
            let Penalties { max, min, raise } = &mut self.penalties;
            let changes = [
                ("QUEUE_MAX_PENALTY", rule.max, max),
                ("QUEUE_MIN_PENALTY", rule.min, min),
                ("QUEUE_RAISE_PENALTY", rule.raise, raise),
            ];
            for (name, change, bound) in changes {
                if let Some(change) = change {
                    let value = change.apply(*bound);
                    *bound = Some(value);
                    self.place.set(name, &value.to_string());
                }
            }
        }
    }

    /// Music, or the ring tone where option `r` says so.
    pub fn begin_sound(&mut self, call: &mut Call, wish: &Wish) {
        call.background = None;
        if self.sound.is_some() {
            return;
        }
        if wish.options.has('r') {
            self.begin_ringing(call);
            return;
        }
        let of_queue = self.settings().music_class.clone();
        let class = wish.options.argument('m').filter(|class| !class.is_empty()).unwrap_or(&of_queue);
        self.sound = Some(music::hold(call, &call.channel, class));
        if !call.channel.is_up() {
            call.channel.indicate(Indication::Progress);
        }
    }

    /// The caller hears that a telephone rings.
    pub fn begin_ringing(&mut self, call: &Call) {
        self.sound = None;
        if call.channel.is_up() {
            self.sound = Some(music::tone(call, &call.channel, "ring"));
        } else {
            call.channel.indicate(Indication::Ringing);
        }
    }

    pub fn end_sound(&mut self) {
        self.sound = None;
    }
}

/// The members with what their devices do.
pub(super) fn members_with_states(call: &Call, queue: &Queue) -> Vec<(Member, DeviceState)> {
    let members = queue.members_as_called().into_iter();
    let with_state = |member: Member| {
        let state = call.exchange.state_for_calling(&member.state_interface);
        (member, state)
    };
    members.map(with_state).collect()
}

fn is_empty(call: &Call, queue: &Queue, condition: crate::queues::Conditions, penalties: Penalties) -> bool {
    let members = members_with_states(call, queue);
    queue.is_empty_by(condition, &members, penalties.max, penalties.min, call.exchange.epoch())
}
