//! What happens between channels, as their records note it.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::entry::{Entry, Owner, Peer, Stage};
use super::{Disposition, Finished, Records, finish};
use crate::channel::{BridgeKind, Cause, Channel, Happening, Phase, State};

/// What `cdr.conf` says of the records themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// There are records (`enable`).
    pub is_enabled: bool,
    /// Also of calls that called nobody and were not answered (`unanswered`).
    pub tells_unanswered: bool,
    /// Congestion is told apart from failure (`congestion`).
    pub tells_congestion: bool,
    /// Records end before `h` runs (`endbeforehexten`).
    pub ends_before_h: bool,
    /// A second that began is billed (`initiatedseconds`).
    pub rounds_up: bool,
    /// Channels have records unless the plan says otherwise (`channeldefaultenabled`).
    pub is_default: bool,
    /// They wait until there are many (`batch`).
    pub is_batched: bool,
    /// Where they go.
    pub backends: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_enabled: true,
            tells_unanswered: false,
            tells_congestion: false,
            ends_before_h: true,
            rounds_up: false,
            is_default: true,
            is_batched: false,
            backends: Vec::new(),
        }
    }
}

/// Keeps the records of all channels in step with what happens between them.
#[derive(Default)]
pub struct Ledger {
    settings: ArcSwap<Settings>,
    counter: Arc<AtomicU64>,
    /// Who is in which bridge or room.
    bridges: Mutex<HashMap<String, Vec<Weak<Channel>>>>,
}

impl Ledger {
    pub fn settings(&self) -> arc_swap::Guard<Arc<Settings>> {
        self.settings.load()
    }

    pub fn set_settings(&self, settings: Settings) {
        self.settings.store(Arc::new(settings));
    }

    /// The records that a new channel begins with.
    pub(crate) fn open(&self, now: Instant) -> Records {
        let mut records = Records::counted(Arc::clone(&self.counter), now);
        records.is_disabled = !self.settings.load().is_default;
        records
    }

    /// Notes what happened. No channel's state may be locked, but for steps, which are noted elsewhere.
    pub(crate) fn note(&self, happening: &Happening<'_>) {
        match *happening {
            Happening::Phase { channel, phase: Phase::Up } => channel.state().records.answer(Instant::now()),
            Happening::DialBegin { caller: Some(caller), callee, .. } => self.dial_begins(caller, callee),
            Happening::DialEnd { caller: Some(caller), callee, status, .. } => self.dial_ends(caller, callee, status),
            Happening::BridgeEnter { channel, peer: Some(_), bridge, .. } => self.enter(channel, bridge.unique_id()),
            // Rooms are told of by their names.
            Happening::BridgeLeave { channel, bridge } if bridge.kind() == BridgeKind::Basic => {
                self.leave(channel, None);
            }
            Happening::RoomJoin { channel, room, .. } => self.enter(channel, room),
            Happening::RoomLeave { channel, room, .. } => self.leave(channel, Some(room)),
            _ => {}
        }
    }

    fn dial_begins(&self, caller: &Channel, callee: &Channel) {
        let Some(callee) = callee.arc() else { return };
        let (now, settings, is_up) = (Instant::now(), self.settings.load(), caller.is_up());
        let peer = Peer::of(&callee);
        let mut state = caller.state();
        let owner = Owner::of(&state);
        for entry in state.records.chain.iter_mut().filter(|entry| entry.stage == Stage::Answered) {
            entry.close(owner.clone(), now, &settings);
            entry.stage = Stage::Final;
        }
        let free = state.records.chain.iter().position(|entry| entry.stage == Stage::Single);
        let entry = match free {
            Some(at) => &mut state.records.chain[at],
            None => state.records.append(now, is_up),
        };
        entry.peer = Some(peer);
        entry.stage = Stage::Dialing;
        entry.is_application_kept = true;
        drop(state);
        see(&callee, caller);
    }

    fn dial_ends(&self, caller: &Channel, callee: &Channel, status: &str) {
        let Some(callee) = callee.arc() else { return };
        let (now, settings) = (Instant::now(), self.settings.load());
        let peer = Peer::of(&callee);
        let mut state = caller.state();
        let owner = Owner::of(&state);
        let mut dialing = state.records.chain.iter_mut();
        let Some(entry) = dialing.find(|entry| entry.stage == Stage::Dialing && entry.is_with(&callee)) else { return };
        entry.peer = Some(peer);
        let disposition = Disposition::of_dial(status, settings.tells_congestion);
        entry.disposition = Some(disposition);
        if disposition == Disposition::Answered {
            entry.stage = Stage::Answered;
        } else {
            entry.close(owner, now, &settings);
            entry.stage = Stage::Final;
        }
    }

    /// Somebody else takes the call that rings at a channel: its record ends as one that was answered.
    pub fn note_pickup(&self, caller: &Channel, callee: &Channel) {
        let (now, settings) = (Instant::now(), self.settings.load());
        let mut state = caller.state();
        let owner = Owner::of(&state);
        let mut dialing = state.records.chain.iter_mut();
        if let Some(entry) = dialing.find(|entry| entry.stage == Stage::Dialing && entry.is_with(callee)) {
            entry.disposition = Some(Disposition::Answered);
            entry.close(owner, now, &settings);
            entry.stage = Stage::Final;
        }
    }

    /// A channel enters a bridge or room: it is paired with everybody there.
    fn enter(&self, channel: &Channel, bridge: &str) {
        let Some(channel) = channel.arc() else { return };
        let others = {
            let mut bridges = self.bridges.lock();
            let members = bridges.entry(bridge.to_owned()).or_default();
            members.retain(|member| member.upgrade().is_some_and(|member| !Arc::ptr_eq(&member, &channel)));
            let others: Vec<Arc<Channel>> = members.iter().filter_map(Weak::upgrade).collect();
            members.push(Arc::downgrade(&channel));
            others
        };
        let bridge: Arc<str> = bridge.into();
        let taken = self.take_place(&channel, &bridge, &others);
        for other in &others {
            if taken.as_ref().is_none_or(|taken| **taken != **other.name()) {
                self.pair(&channel, other, &bridge);
            }
        }
    }

    /// Lets the channel's records enter the bridge; gives the name of the other party if one was found for them.
    fn take_place(&self, channel: &Arc<Channel>, bridge: &Arc<str>, others: &[Arc<Channel>]) -> Option<Arc<str>> {
        let (now, settings, is_up) = (Instant::now(), self.settings.load(), channel.is_up());
        // Who would be the other party of a record that has none yet: somebody there of whom this one is the first.
        let free = others.iter().find(|other| goes_first(channel, other)).map(Peer::of);
        let dialed = channel.state().records.chain.iter().find_map(|entry| {
            let name = &entry.peer.as_ref().filter(|_| !entry.is_final())?.name;
            others.iter().find(|other| other.name() == name).cloned()
        });
        let dialed = dialed.as_ref().map(Peer::of);
        let mut state = channel.state();
        let owner = Owner::of(&state);
        let is_free = |entry: &Entry| matches!(entry.stage, Stage::Single | Stage::Dialing | Stage::Answered);
        if !state.records.chain.iter().any(is_free) {
            state.records.append(now, is_up);
        }
        let mut found = None;
        for entry in state.records.chain.iter_mut().filter(|entry| is_free(entry)) {
            let peer = match entry.stage {
                Stage::Single => free.clone(),
                _ => dialed.clone().filter(|dialed| entry.peer.as_ref().is_some_and(|peer| peer.name == dialed.name)),
            };
            entry.stage = Stage::Bridged(Arc::clone(bridge));
            match peer {
                Some(peer) => {
                    found.get_or_insert(Arc::clone(&peer.name));
                    entry.peer = Some(peer);
                }
                // Somebody who comes later may open it again. Who waits for the one it dialled does not end.
                None if !others.is_empty() => entry.close(owner.clone(), now, &settings),
                None => {}
            }
        }
        drop(state);
        if let Some(other) = found.as_ref().and_then(|name| others.iter().find(|other| other.name() == name)) {
            see(other, channel);
            close_unpaired(other, bridge, now, &settings);
        }
        found
    }

    /// Makes the record of two who are in a bridge, unless they have one.
    fn pair(&self, channel: &Arc<Channel>, other: &Arc<Channel>, bridge: &Arc<str>) {
        let (first, second) = if goes_first(channel, other) { (channel, other) } else { (other, channel) };
        let (now, is_up) = (Instant::now(), first.is_up());
        let peer = Peer::of(second);
        {
            let mut state = first.state();
            let here = |entry: &Entry| matches!(&entry.stage, Stage::Bridged(known) if known == bridge);
            let records = &mut state.records;
            if records.chain.iter().any(|entry| here(entry) && entry.is_with(second)) {
                return;
            }
            // A record of one who was alone so far takes the newcomer in.
            match records.chain.iter().position(|entry| here(entry) && entry.peer.is_none()) {
                Some(at) => {
                    let entry = &mut records.chain[at];
                    (entry.peer, entry.end, entry.disposition, entry.owner) = (Some(peer), None, None, None);
                }
                None => {
                    let entry = records.append(now, is_up);
                    (entry.peer, entry.stage) = (Some(peer), Stage::Bridged(Arc::clone(bridge)));
                }
            }
        }
        see(second, first);
    }

    /// A channel leaves its two-party bridge, or a room.
    fn leave(&self, channel: &Channel, room: Option<&str>) {
        let Some(channel) = channel.arc() else { return };
        let (now, settings) = (Instant::now(), self.settings.load());
        refresh_peers(&channel);
        let mut left: Option<Arc<str>> = None;
        {
            let mut state = channel.state();
            let owner = Owner::of(&state);
            for entry in &mut state.records.chain {
                let Stage::Bridged(bridge) = &entry.stage else { continue };
                if room.is_some_and(|room| **bridge != *room) {
                    continue;
                }
                left = Some(Arc::clone(bridge));
                entry.close(owner.clone(), now, &settings);
                entry.stage = Stage::Final;
            }
        }
        let Some(left) = left else { return };
        self.forget(&channel, &left);
        close_seen(&channel, Some(&left), now, &settings);
    }

    fn forget(&self, channel: &Arc<Channel>, bridge: &str) {
        let mut bridges = self.bridges.lock();
        if let Some(members) = bridges.get_mut(bridge) {
            members.retain(|member| member.upgrade().is_some_and(|member| !Arc::ptr_eq(&member, channel)));
            if members.is_empty() {
                bridges.remove(bridge);
            }
        }
    }

    /// Closes the records of a channel that is gone, and those of others with it.
    pub(crate) fn close(&self, channel: &Channel, cause: Cause) -> Vec<Finished> {
        let Some(channel) = channel.arc() else { return Vec::new() };
        let (now, settings) = (Instant::now(), self.settings.load());
        refresh_peers(&channel);
        let finished = {
            let mut state = channel.state();
            if state.hangup_cause == Cause::NONE {
                state.hangup_cause = cause;
            }
            let owner = Owner::of(&state);
            for entry in &mut state.records.chain {
                entry.close(owner.clone(), now, &settings);
                entry.stage = Stage::Final;
            }
            match settings.is_enabled && !state.records.is_disabled {
                true => {
                    state.records.chain.iter().filter_map(|entry| finish(&channel, &state, entry, &settings)).collect()
                }
                false => Vec::new(),
            }
        };
        close_seen(&channel, None, now, &settings);
        finished
    }
}

/// Whether the first of two is the first party of their record: one that called rather than one that was called, or else
/// the older.
fn goes_first(channel: &Channel, other: &Channel) -> bool {
    let facts = |channel: &Channel| {
        let state = channel.state();
        (state.records.is_first_party, state.is_dialed(), state.is_originated)
    };
    let ((first, dialed, originated), (their_first, their_dialed, their_originated)) = (facts(channel), facts(other));
    if first != their_first {
        first
    } else if dialed != their_dialed {
        their_dialed
    } else if originated != their_originated {
        // Whom a program called is the second party of who called by himself.
        their_originated
    } else {
        channel.created() <= other.created()
    }
}

/// The channel learns who has a record with it.
fn see(channel: &Channel, by: &Channel) {
    let Some(by) = by.arc() else { return };
    let mut state = channel.state();
    if !state.records.seen_by.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(&by))) {
        state.records.seen_by.push(Arc::downgrade(&by));
    }
}

/// Who became another's second party needs no record of its own there.
fn close_unpaired(channel: &Arc<Channel>, bridge: &Arc<str>, now: Instant, settings: &Settings) {
    let mut state = channel.state();
    let owner = Owner::of(&state);
    let mut entries = state.records.chain.iter_mut();
    if let Some(entry) =
        entries.find(|entry| entry.peer.is_none() && matches!(&entry.stage, Stage::Bridged(known) if known == bridge))
    {
        entry.close(owner, now, settings);
    }
}

/// Notes what is known now of the other parties of a channel's open records.
fn refresh_peers(channel: &Arc<Channel>) {
    let open = |state: &State| -> Vec<(usize, Arc<Channel>)> {
        let entries = state.records.chain.iter().enumerate().filter(|(_, entry)| entry.end.is_none());
        entries.filter_map(|(at, entry)| Some((at, entry.peer.as_ref()?.channel.upgrade()?))).collect()
    };
    let known = open(&channel.state());
    for (at, peer) in known {
        let peer = Peer::of(&peer);
        if let Some(entry) = channel.state().records.chain.get_mut(at) {
            entry.peer = Some(peer);
        }
    }
}

/// Ends the records that others have of talks with this channel: all of them, or those in one bridge.
fn close_seen(channel: &Arc<Channel>, bridge: Option<&Arc<str>>, now: Instant, settings: &Settings) {
    let seen_by: Vec<_> = channel.state().records.seen_by.iter().filter_map(Weak::upgrade).collect();
    if seen_by.is_empty() {
        return;
    }
    let peer = Peer::of(channel);
    for other in seen_by {
        let mut state = other.state();
        let owner = Owner::of(&state);
        let concerns = |entry: &Entry| match (bridge, &entry.stage) {
            (Some(bridge), Stage::Bridged(known)) => known == bridge,
            (Some(_), _) => false,
            (None, stage) => *stage != Stage::Final,
        };
        let theirs = state.records.chain.iter_mut().filter(|entry| entry.is_with(channel) && entry.end.is_none());
        for entry in theirs.filter(|entry| concerns(entry)) {
            entry.peer = Some(peer.clone());
            entry.close(owner.clone(), now, settings);
        }
    }
}
