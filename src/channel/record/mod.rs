//! Call detail records: what a channel's calls were, as they go on.
//!
//! A channel has at least one record of which it is the first party. Each leg that it dials gets one, and so does what
//! the plan does after a talk; the rules are those of Asterisk's records since version 12. The records stand in the
//! channel's state: the plan's steps note themselves there, [`Ledger`] notes what happens between channels, and when the
//! channel is gone the [`Finished`] records are told to all observers.

mod disposition;
mod entry;
mod ledger;
#[cfg(test)]
mod tests;

pub use disposition::Disposition;
pub use entry::{Entry, Owner, Peer, Stage};
pub use ledger::{Ledger, Settings};

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::{Channel, Position, State, Variables};

/// The records of one channel.
#[derive(Clone, Debug)]
pub struct Records {
    /// Never empty.
    chain: Vec<Entry>,
    /// The plan asked for no record.
    pub is_disabled: bool,
    /// The channel is the first party wherever it has the choice (`CDR_PROP(party_a)`).
    pub is_first_party: bool,
    /// Whether it is there only because another dialled it, where that is not how it began.
    is_called: Option<bool>,
    /// Channels with a record of a talk with this one.
    seen_by: Vec<Weak<Channel>>,
    counter: Arc<AtomicU64>,
}

/// How `ForkCDR` makes the new record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fork {
    /// `a`: it counts as answered now.
    pub answers: bool,
    /// `e`: the one before is closed.
    pub ends: bool,
    /// `r`: its times begin anew.
    pub resets: bool,
    /// `v`: it keeps the plan's own fields.
    pub keeps_fields: bool,
}

/// A step of the plan, as a record notes it.
pub struct Step<'a> {
    pub application: &'static str,
    pub arguments: &'a str,
    pub channel: Option<&'a Channel>,
    /// `h` or a hangup handler runs.
    pub is_ending: bool,
}

impl Records {
    pub fn new(now: Instant) -> Self {
        Self::counted(Arc::default(), now)
    }

    /// Records that count on with others.
    pub(super) fn counted(counter: Arc<AtomicU64>, now: Instant) -> Self {
        let first = Entry::new(counter.fetch_add(1, Ordering::Relaxed), now);
        Self {
            chain: vec![first],
            is_disabled: false,
            is_first_party: false,
            is_called: None,
            seen_by: Vec::new(),
            counter,
        }
    }

    /// Notes that somebody calls the channel: it was called for nothing that the plan knows.
    pub fn note_called(&mut self, application: &'static str) {
        self.note_application(application, "(Outgoing Line)");
        // A queue's member keeps the number of its caller.
        if application == "AppDial" {
            self.last_mut().extension.clear();
        }
    }

    /// Notes that a talk went on until now: who transferred it keyed the number meanwhile. `place` is where the party
    /// goes, if it is the one that was transferred.
    pub fn lengthen(&mut self, peer: &str, now: Instant, place: Option<&Position>) {
        let entry = self.last_mut();
        if !entry.is_final() || entry.peer.as_ref().is_none_or(|known| *known.name != *peer) {
            return;
        }
        entry.end = Some(now);
        if let Some(place) = place {
            entry.context.clone_from(&place.context);
            entry.extension.clone_from(&place.extension);
        }
    }

    /// Notes whether the channel goes its own way in the plan, or is there from now on because another dialled it.
    pub fn set_called(&mut self, is_called: bool) {
        self.is_called = Some(is_called);
    }

    /// Notes where the call enters the plan.
    pub fn note_entry(&mut self, position: &Position) {
        let entry = self.last_mut();
        entry.context.clone_from(&position.context);
        entry.extension.clone_from(&position.extension);
    }

    /// Notes where the call goes on, in all records that are still open: also in that of a talk which it leaves.
    pub fn note_place(&mut self, position: &Position) {
        for entry in self.chain.iter_mut().filter(|entry| entry.end.is_none()) {
            entry.context.clone_from(&position.context);
            entry.extension.clone_from(&position.extension);
        }
    }

    /// The newest record: the one that `CDR()` reads.
    pub fn last(&self) -> &Entry {
        &self.chain[self.chain.len() - 1]
    }

    fn last_mut(&mut self) -> &mut Entry {
        let last = self.chain.len() - 1;
        &mut self.chain[last]
    }

    /// Notes what the channel does, where that is another application than the plan's step.
    pub fn note_application(&mut self, application: &'static str, arguments: &str) {
        for entry in self.chain.iter_mut().filter(|entry| entry.end.is_none()) {
            entry.application = application;
            arguments.clone_into(&mut entry.arguments);
        }
    }

    /// Gives a field that the plan set.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.last().fields.get(name)
    }

    /// Sets a field of the newest record, and of all others that are still open, as after `ForkCDR`.
    pub fn set_field(&mut self, name: &str, value: &str) {
        let last = self.chain.len() - 1;
        for (_, entry) in self.chain.iter_mut().enumerate().filter(|(at, entry)| *at == last || !entry.is_final()) {
            entry.fields.set(name, value);
        }
    }

    /// Names whom the channel called, in the record of that leg.
    pub fn name_called(&mut self, leg: &str, name: &str) {
        let entries = self.chain.iter_mut().filter(|entry| !entry.is_final());
        for entry in entries.filter(|entry| entry.peer.as_ref().is_some_and(|peer| &*peer.name == leg)) {
            entry.called = Some(name.into());
        }
    }

    /// Begins another record of the same channel.
    fn append(&mut self, now: Instant, is_up: bool) -> &mut Entry {
        let mut entry = Entry::new(self.counter.fetch_add(1, Ordering::Relaxed), now);
        let last = self.last_mut();
        entry.context.clone_from(&last.context);
        entry.extension.clone_from(&last.extension);
        entry.application = last.application;
        entry.arguments.clone_from(&last.arguments);
        entry.answer = is_up.then_some(now);
        entry.fields.clone_from(&last.fields);
        self.chain.push(entry);
        self.last_mut()
    }

    /// The channel was answered.
    pub(super) fn answer(&mut self, now: Instant) {
        for entry in self.chain.iter_mut().filter(|entry| !entry.is_final()) {
            entry.answer.get_or_insert(now);
        }
    }

    /// Begins the times of all records anew (`ResetCDR`).
    pub fn reset(&mut self, now: Instant, is_up: bool, keeps_fields: bool) {
        for entry in &mut self.chain {
            (entry.start, entry.end, entry.answer) = (now, None, is_up.then_some(now));
            if !keeps_fields {
                forget_fields(&mut entry.fields);
            }
        }
    }
}

/// Forgets what the plan set by names of its own: `userfield` stays.
fn forget_fields(fields: &mut Variables) {
    let user_field = fields.get("userfield").map(str::to_owned);
    fields.clear();
    if let Some(user_field) = user_field {
        fields.set("userfield", &user_field);
    }
}

impl State {
    /// Whether the channel is there only because another dialled it.
    fn is_dialed(&self) -> bool {
        self.records.is_called.unwrap_or(self.is_outgoing && !self.is_originated)
    }

    /// Notes that the plan takes a step.
    pub fn note_step(&mut self, step: &Step<'_>, settings: &Settings) {
        let is_over = step.is_ending && settings.ends_before_h;
        let is_inside = !self.frames.is_empty() && !step.is_ending;
        let mut is_noted = false;
        for at in 0..self.records.chain.len() {
            let is_answered = self.records.chain[at].stage == Stage::Answered;
            let talks_no_more = is_answered && self.records.chain[at].peer.is_some();
            let owner = (is_over || talks_no_more).then(|| Owner::of(self));
            let entry = &mut self.records.chain[at];
            if entry.is_final() {
                continue;
            }
            if let Some(owner) = owner {
                entry.close(owner, Instant::now(), settings);
                if talks_no_more && !is_over {
                    entry.stage = Stage::Final;
                    continue;
                }
            } else {
                if is_answered {
                    entry.stage = Stage::Single;
                }
                entry.note(&self.position, is_inside, step.application, step.arguments);
            }
            is_noted = true;
        }
        if !is_noted && !is_over {
            let entry = self.records.append(Instant::now(), step.channel.is_some_and(Channel::is_up));
            entry.note(&self.position, is_inside, step.application, step.arguments);
        }
    }

    /// Ends all records: what comes next has one of its own.
    pub fn end_records(&mut self, now: Instant, settings: &Settings) {
        let owner = Owner::of(self);
        for entry in &mut self.records.chain {
            entry.close(owner.clone(), now, settings);
            entry.stage = Stage::Final;
        }
    }

    /// Begins a second record beside the newest (`ForkCDR`); false where that is closed already.
    pub fn fork_record(&mut self, fork: Fork, now: Instant, is_up: bool, settings: &Settings) -> bool {
        if self.records.last().is_final() {
            return false;
        }
        let before = self.records.last().clone();
        let entry = self.records.append(now, is_up);
        entry.stage = before.stage;
        entry.peer = before.peer;
        entry.is_application_kept = before.is_application_kept;
        entry.disposition = before.disposition;
        if !fork.resets {
            (entry.start, entry.answer) = (before.start, before.answer);
        }
        if fork.answers && entry.answer.is_some() {
            entry.answer = Some(now);
        }
        if !fork.keeps_fields {
            forget_fields(&mut entry.fields);
        }
        if fork.ends {
            let owner = Owner::of(self);
            let at = self.records.chain.len() - 2;
            let original = &mut self.records.chain[at];
            original.close(owner, now, settings);
            original.stage = Stage::Final;
        }
        true
    }
}

/// A record as it is handed on.
#[derive(Clone, Debug)]
pub struct Finished {
    pub account: String,
    pub source: String,
    pub extension: String,
    pub context: String,
    pub clid: String,
    pub channel: Arc<str>,
    pub destination_channel: Option<Arc<str>>,
    pub application: &'static str,
    pub arguments: String,
    pub start: Instant,
    pub answer: Option<Instant>,
    pub end: Instant,
    pub disposition: Option<Disposition>,
    pub ama_flags: u8,
    pub unique_id: Arc<str>,
    pub linked_id: Arc<str>,
    pub peer_account: String,
    pub sequence: u64,
    pub user_field: String,
    /// The plan's own fields.
    pub fields: Vec<(String, String)>,
    /// A second that began counts.
    pub rounds_up: bool,
}

impl Finished {
    /// Whole seconds from the start to the end.
    pub fn duration(&self) -> u64 {
        self.end.saturating_duration_since(self.start).as_secs()
    }

    /// Whole seconds from the answer to the end.
    pub fn billed(&self) -> u64 {
        let Some(answer) = self.answer else { return 0 };
        let time = self.end.saturating_duration_since(answer);
        time.as_secs() + u64::from(self.rounds_up && time.subsec_millis() >= 500)
    }
}

/// A closed record, with what is known of the channel and the other party; nothing for one that nobody wants to see.
fn finish(channel: &Channel, state: &State, entry: &Entry, settings: &Settings) -> Option<Finished> {
    let is_answered = matches!(entry.disposition, Some(Disposition::Answered | Disposition::Congestion));
    if !settings.tells_unanswered && !is_answered && entry.peer.is_none() {
        return None;
    }
    let owner = entry.owner.clone().unwrap_or_else(|| Owner::of(state));
    if owner.is_dialed && entry.peer.is_none() {
        return None;
    }
    let own = &entry.fields;
    let mut user_field = own.get("userfield").unwrap_or_default().to_owned();
    let mut fields: Vec<(String, String)> = Vec::new();
    let theirs = entry.peer.iter().flat_map(|peer| peer.fields.iter());
    for (name, value) in theirs.chain(own.iter()).filter(|(name, _)| *name != "userfield") {
        match fields.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, known)) => value.clone_into(known),
            None => fields.push((name.to_owned(), value.to_owned())),
        }
    }
    if let Some(theirs) = entry.peer.as_ref().and_then(|peer| peer.fields.get("userfield")).filter(|it| !it.is_empty())
    {
        user_field.push(';');
        user_field.push_str(theirs);
    }
    Some(Finished {
        account: owner.account,
        source: owner.source,
        extension: entry.extension.clone(),
        context: entry.context.clone(),
        clid: owner.clid,
        channel: Arc::clone(channel.name()),
        destination_channel: entry.called.clone().or_else(|| entry.peer.as_ref().map(|peer| Arc::clone(&peer.name))),
        application: entry.application,
        arguments: entry.arguments.clone(),
        start: entry.start,
        answer: entry.answer,
        end: entry.end.unwrap_or(entry.start),
        disposition: entry.disposition,
        ama_flags: owner.ama_flags,
        unique_id: Arc::clone(channel.unique_id()),
        linked_id: channel.linked_id(),
        peer_account: entry.peer.as_ref().map(|peer| peer.account.clone()).unwrap_or_default(),
        sequence: entry.sequence,
        user_field,
        fields,
        rounds_up: settings.rounds_up,
    })
}
