//! Waiting for what a story expects, and saying what was there instead.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::log::{Entry, Event};
use super::performance::{ABSENCE, GLANCE, PATIENCE, Performance};
use super::statement::{Assignment, Expectation, Heard, Order, Parties, PartyState, Step};
use crate::channel::{Cause, Channel, Phase};
use crate::interpreter::Context;

/// What was there instead, in words.
pub(super) type Instead = String;

impl Performance {
    /// Waits until it is so, or makes sure that it is not.
    pub(super) async fn expect(&mut self, expectation: &Expectation, within: Option<Duration>) -> Result<(), String> {
        match expectation {
            Expectation::Party { parties, state, negated } => {
                let names = self.names(parties);
                if names.is_empty() {
                    return Err("nobody is in a call".to_owned());
                }
                if *negated || state.is_absence() {
                    self.expect_absence(&names, state, *negated, within.unwrap_or(ABSENCE)).await
                } else {
                    self.expect_state(names, parties, state, within.unwrap_or(PATIENCE)).await
                }
            }
            other => {
                let patience = within.unwrap_or(PATIENCE);
                let deadline = Instant::now() + patience;
                loop {
                    match self.look(other) {
                        Ok(()) => return Ok(()),
                        Err(instead) if Instant::now() >= deadline => return Err(waited(&instead, patience)),
                        Err(_) => tokio::time::sleep(GLANCE).await,
                    }
                }
            }
        }
    }

    async fn expect_state(
        &mut self,
        mut pending: Vec<String>,
        parties: &Parties,
        state: &PartyState,
        patience: Duration,
    ) -> Result<(), String> {
        let all = self.names(parties);
        let deadline = Instant::now() + patience;
        loop {
            let found = if state.is_heard() {
                self.listen_for(&pending, &all, state, false).await
            } else {
                pending.iter().map(|name| self.check(name, state)).collect()
            };
            let is_late = Instant::now() >= deadline;
            let mut waiting = Vec::new();
            for (name, found) in pending.into_iter().zip(found) {
                match found {
                    Ok(()) => {}
                    Err(instead) if is_late => return Err(waited(&instead, patience)),
                    Err(_) => waiting.push(name),
                }
            }
            if waiting.is_empty() {
                return Ok(());
            }
            pending = waiting;
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// It must not be so, from now on for the whole while.
    async fn expect_absence(
        &mut self,
        names: &[String],
        state: &PartyState,
        negated: bool,
        during: Duration,
    ) -> Result<(), String> {
        let deadline = Instant::now() + during;
        // What was done just before takes effect first.
        tokio::time::sleep(GLANCE * 2).await;
        loop {
            for state in state.apart() {
                self.be_absent(names, &state, negated).await?;
            }
            if Instant::now() >= deadline {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn be_absent(&mut self, names: &[String], state: &PartyState, negated: bool) -> Result<(), String> {
        if state.is_heard() {
            let found = self.listen_for(names, names, state, true).await;
            for (name, found) in names.iter().zip(found) {
                match (found, negated) {
                    (Ok(()), true) => return Err(format!("{name} {}", state.as_it_is())),
                    (Err(instead), false) => return Err(instead),
                    _ => {}
                }
            }
        } else if let Some(name) = names.iter().find(|name| self.is_now(name, state)) {
            return Err(format!("{name} {}", state.as_it_is()));
        }
        Ok(())
    }

    /// What is no phone's affair.
    fn look(&mut self, expectation: &Expectation) -> Result<(), Instead> {
        match expectation {
            Expectation::Step { step, order } => self.look_for_step(step, *order),
            Expectation::Members { room, count } => match self.stage.exchange.rooms.count(room) {
                found if found == *count => Ok(()),
                0 => Err(format!("nobody is in room {room}")),
                found => Err(format!("{found} are in room {room}")),
            },
            Expectation::Global(wanted) => {
                let plan = self.stage.exchange.plan();
                let context = Context::without_channel(&self.stage.exchange, &plan);
                compare(wanted, context)
            }
            Expectation::Warning(text) => {
                let wanted = text.as_deref().unwrap_or("");
                let warnings = self.log.all(0, |entry| match &entry.event {
                    Event::Warning(text) => Some(text.clone()),
                    _ => None,
                });
                if warnings.iter().any(|warning| warning.contains(wanted)) {
                    return Ok(());
                }
                Err(match warnings.is_empty() {
                    true => "the plan warned of nothing".to_owned(),
                    false => format!("the plan warned of something else: {}", warnings.join("; ")),
                })
            }
            Expectation::Party { .. } => Ok(()),
        }
    }

    fn look_for_step(&mut self, step: &Step, order: Order) -> Result<(), Instead> {
        let found = match (order, &self.found_step) {
            (Order::Anywhere, _) => {
                self.log.find(0, |entry| entry.event.is_step(step).then(|| Arc::clone(&entry.channel)))
            }
            (_, None) => return Err("there is no step before it: the line above names none".to_owned()),
            (Order::Then, Some((at, channel))) => self.log.find(at + 1, |entry| {
                (entry.channel == *channel && entry.event.is_step(step)).then(|| Arc::clone(channel))
            }),
            (Order::Next, Some((at, channel))) => {
                let next = self.log.find(at + 1, |entry| match &entry.event {
                    Event::Step { .. } if entry.channel == *channel => Some(entry.event.clone()),
                    _ => None,
                });
                match next {
                    Some((at, event)) if event.is_step(step) => Some((at, Arc::clone(channel))),
                    Some((_, event)) => return Err(format!("the next step was {}", told(&event))),
                    None => None,
                }
            }
        };
        match found {
            Some(found) => {
                self.found_step = Some(found);
                Ok(())
            }
            None => Err(self.nearest_step(step)),
        }
    }

    /// What was run at the place of a step, or else that nothing was.
    fn nearest_step(&self, step: &Step) -> Instead {
        let there = self.log.find(0, |entry| match &entry.event {
            Event::Step { position, .. } if *position == step.position => Some(told(&entry.event)),
            _ => None,
        });
        match there {
            Some((_, there)) => format!("{step} was not run there; this was: {there}"),
            None => format!("{} was not reached", step.position),
        }
    }

    /// Looks whether a phone's state is as wanted, or was since its last line.
    fn check(&mut self, name: &str, state: &PartyState) -> Result<(), Instead> {
        if self.is_now(name, state) {
            return Ok(());
        }
        let was = match state {
            PartyState::Rings => self.since(name, |event| *event == Event::Phase(Phase::Ringing)),
            PartyState::IsAnswered => self.since(name, |event| *event == Event::Phase(Phase::Up)),
            PartyState::IsHungUp(cause) => self.since(
                name,
                |event| matches!(event, Event::HungUp(found) if cause.is_none_or(|wanted| wanted == *found)),
            ),
            _ => false,
        };
        if was { Ok(()) } else { Err(self.instead(name, state)) }
    }

    /// Whether something happened to the phone since its last line; the next look begins behind it.
    pub(super) fn since(&mut self, name: &str, wanted: impl Fn(&Event) -> bool) -> bool {
        let channels = self.channels(name);
        let seen = self.role(name).seen;
        let found = self.log.find(seen, |entry| (channels.contains(&entry.ear) && wanted(&entry.event)).then_some(()));
        if let Some((at, ())) = found {
            self.role(name).seen = at + 1;
        }
        found.is_some()
    }

    /// The names of the phone's channels, those of calls that are over too.
    pub(super) fn channels(&self, name: &str) -> Vec<Arc<str>> {
        self.stage.phones.calls(name).iter().map(|call| Arc::clone(call.channel.name())).collect()
    }

    /// What happened to a phone since a place in the log.
    pub(super) fn happened<T>(&self, name: &str, from: usize, find: impl Fn(&Entry) -> Option<T>) -> Vec<T> {
        let channels = self.channels(name);
        self.log.all(from, |entry| if channels.contains(&entry.ear) { find(entry) } else { None })
    }

    fn is_now(&self, name: &str, state: &PartyState) -> bool {
        match state {
            PartyState::Rings => self.ringing(name).is_some(),
            PartyState::StopsRinging => self.ringing(name).is_none() && !self.channels(name).is_empty(),
            PartyState::IsAnswered => self.live(name).is_ok_and(|call| call.channel.is_up()),
            PartyState::IsHungUp(cause) => {
                self.live(name).is_err()
                    && self.last_cause(name).is_some_and(|found| cause.is_none_or(|wanted| wanted == found))
            }
            PartyState::IsInRoom(room) => self.room_of(name).is_some_and(|found| found == *room),
            PartyState::Runs(step) => {
                !self.happened(name, 0, |entry| entry.event.is_step(step).then_some(())).is_empty()
            }
            PartyState::Shows { name: wanted, number } => {
                let Some(party) = self.stage.phones.party(name) else { return false };
                let display = party.display();
                wanted.as_ref().is_none_or(|wanted| *wanted == display.name)
                    && number.as_ref().is_none_or(|wanted| *wanted == display.number)
            }
            PartyState::Has(wanted) => self.compare(name, wanted).is_ok(),
            PartyState::Talks(_) | PartyState::Hears(_) => false,
        }
    }

    fn last_cause(&self, name: &str) -> Option<Cause> {
        let causes = self.happened(name, 0, |entry| match entry.event {
            Event::HungUp(cause) => Some(cause),
            _ => None,
        });
        causes.last().copied()
    }

    /// What is the case with a phone that is not as wanted.
    fn instead(&self, name: &str, state: &PartyState) -> Instead {
        if self.channels(name).is_empty() {
            return format!("{name} was in no call so far");
        }
        match state {
            PartyState::IsHungUp(Some(_)) if self.live(name).is_err() => match self.last_cause(name) {
                Some(cause) => format!("{name} was hung up with cause {cause} ({})", cause.words()),
                None => format!("{name} is hung up"),
            },
            PartyState::IsHungUp(_) => format!("{name} is still in its call"),
            PartyState::IsInRoom(_) => match self.room_of(name) {
                Some(room) => format!("{name} is in room {room}"),
                None => format!("{name} is in no room"),
            },
            PartyState::Runs(step) => self.nearest_step(step),
            PartyState::Shows { .. } => {
                let display = self.stage.phones.party(name).map(|party| party.display()).unwrap_or_default();
                format!("{name} shows \"{}\" <{}>", display.name, display.number)
            }
            PartyState::Has(wanted) => self.compare(name, wanted).err().unwrap_or_default(),
            PartyState::StopsRinging => format!("{name} still rings"),
            _ => match self.live(name) {
                Ok(call) => format!("{name} {}", doing(&call.channel)),
                Err(in_no_call) => in_no_call,
            },
        }
    }

    fn room_of(&self, name: &str) -> Option<String> {
        let call = self.live(name).ok()?;
        let rooms = self.stage.exchange.rooms.all();
        let is_mine = |member: &Arc<Channel>| self.log.ear(member.name()) == *call.channel.name();
        let room = rooms.iter().find(|room| room.members().iter().any(|member| is_mine(&member.channel)))?;
        Some(room.name().to_owned())
    }

    fn compare(&self, name: &str, wanted: &Assignment) -> Result<(), Instead> {
        let calls = self.stage.phones.calls(name);
        let call = calls.last().ok_or_else(|| format!("{name} was in no call so far"))?;
        let plan = self.stage.exchange.plan();
        compare(wanted, Context::new(&self.stage.exchange, &plan, &call.channel))
    }
}

impl PartyState {
    /// What is known by listening.
    fn is_heard(&self) -> bool {
        matches!(self, PartyState::Hears(_) | PartyState::Talks(_))
    }

    /// One by one what is heard by several names: none of them is to be heard where the line says not.
    fn apart(&self) -> Vec<Self> {
        match self {
            PartyState::Hears(Heard::Names { names, only: false }) => {
                let one = |name: &String| PartyState::Hears(Heard::Names { names: vec![name.clone()], only: false });
                names.iter().map(one).collect()
            }
            whole => vec![whole.clone()],
        }
    }

    /// What is true by itself as long as nothing happens.
    fn is_absence(&self) -> bool {
        matches!(self, PartyState::Hears(Heard::Nobody | Heard::Nothing))
    }

    /// What is the case, of something that was not to be.
    fn as_it_is(&self) -> String {
        match self {
            PartyState::Rings => "rings".to_owned(),
            PartyState::StopsRinging => "does not ring any more".to_owned(),
            PartyState::IsAnswered => "is answered".to_owned(),
            PartyState::IsHungUp(_) => "is hung up".to_owned(),
            PartyState::IsInRoom(room) => format!("is in room {room}"),
            PartyState::Runs(step) => format!("runs {step}"),
            PartyState::Hears(Heard::Names { names, .. }) => format!("hears {}", names.join(", ")),
            PartyState::Hears(_) => "hears it".to_owned(),
            PartyState::Talks(_) => "talks".to_owned(),
            PartyState::Shows { .. } => "shows it".to_owned(),
            PartyState::Has(assignment) => format!("has {} = \"{}\"", assignment.name, assignment.value),
        }
    }
}

fn compare(wanted: &Assignment, mut context: Context<'_>) -> Result<(), Instead> {
    let value = context.value_of(&wanted.name);
    if value == wanted.value { Ok(()) } else { Err(format!("{} is \"{value}\"", wanted.name)) }
}

fn doing(channel: &Channel) -> &'static str {
    match channel.phase() {
        Phase::Up => "is in an answered call",
        Phase::Ringing => "rings",
        _ => "waits for an answer",
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::Step { position, application, arguments, .. } => {
            format!("{position} {application} {arguments}").trim_end().to_owned()
        }
        _ => String::new(),
    }
}

fn waited(instead: &str, patience: Duration) -> String {
    format!("{instead} (waited {} s)", patience.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_to_hear_several_is_to_hear_none_of_them() {
        let names = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            PartyState::Hears(Heard::Names { names, only: false })
        };
        assert_eq!(names(&["2001", "beep"]).apart(), [names(&["2001"]), names(&["beep"])]);
        assert_eq!(PartyState::Rings.apart(), [PartyState::Rings]);
    }
}
