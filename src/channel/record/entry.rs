//! One record while it is being written.

use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::{Disposition, Settings};
use crate::channel::{Cause, Channel, Position, State, Variables};

/// How far a record has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The party is alone with the plan.
    Single,
    /// It dials.
    Dialing,
    /// Whom it dialled has answered.
    Answered,
    /// It is in a bridge or room of this name.
    Bridged(Arc<str>),
    /// Nothing is added any more.
    Final,
}

/// The other party of a record, as it was seen last.
#[derive(Clone, Debug)]
pub struct Peer {
    pub name: Arc<str>,
    pub account: String,
    pub fields: Variables,
    pub cause: Cause,
    pub(super) channel: Weak<Channel>,
}

impl Peer {
    /// What is noted of a channel. It must not be locked.
    pub(super) fn of(channel: &Arc<Channel>) -> Self {
        let state = channel.state();
        Self {
            name: Arc::clone(channel.name()),
            account: state.account_code.clone(),
            fields: state.records.last().fields.clone(),
            cause: channel.hangup_cause().unwrap_or(state.hangup_cause),
            channel: Arc::downgrade(channel),
        }
    }
}

/// The party whose record it is, as it was when the record was closed.
#[derive(Clone, Debug)]
pub struct Owner {
    pub clid: String,
    pub source: String,
    pub account: String,
    pub ama_flags: u8,
    pub cause: Cause,
    /// It was there only because another dialled it.
    pub(super) is_dialed: bool,
}

impl Owner {
    pub(super) fn of(state: &State) -> Self {
        Self {
            clid: state.caller.written(),
            source: state.caller.number().to_owned(),
            account: state.account_code.clone(),
            ama_flags: state.ama_flags,
            cause: state.hangup_cause,
            is_dialed: state.is_dialed(),
        }
    }
}

/// One record while it is being written.
#[derive(Clone, Debug)]
pub struct Entry {
    pub sequence: u64,
    pub stage: Stage,
    pub start: Instant,
    pub answer: Option<Instant>,
    pub end: Option<Instant>,
    /// Nothing as long as it is open how the call will end.
    pub disposition: Option<Disposition>,
    pub peer: Option<Peer>,
    pub context: String,
    pub extension: String,
    pub application: &'static str,
    pub arguments: String,
    /// The application stays what it is: it was the one that brought the parties together.
    pub(super) is_application_kept: bool,
    /// The name of the channel that was called, where it is to be another than that of [`Peer`].
    pub(super) called: Option<Arc<str>>,
    /// Set when the record was closed.
    pub owner: Option<Owner>,
    /// The plan's own fields, `userfield` among them.
    pub fields: Variables,
}

impl Entry {
    pub(super) fn new(sequence: u64, now: Instant) -> Self {
        Self {
            sequence,
            stage: Stage::Single,
            start: now,
            answer: None,
            end: None,
            disposition: None,
            peer: None,
            context: String::new(),
            extension: String::new(),
            application: "",
            arguments: String::new(),
            is_application_kept: false,
            called: None,
            owner: None,
            fields: Variables::default(),
        }
    }

    pub(super) fn is_final(&self) -> bool {
        self.stage == Stage::Final
    }

    /// Whether it is the record of a talk with this channel.
    pub(super) fn is_with(&self, peer: &Channel) -> bool {
        self.peer.as_ref().is_some_and(|known| *known.name == **peer.name())
    }

    /// Notes a step of the plan. Inside a subroutine the number that was dialled stays.
    pub(super) fn note(&mut self, position: &Position, is_inside: bool, application: &'static str, arguments: &str) {
        if !is_inside {
            position.context.clone_into(&mut self.context);
            position.extension.clone_into(&mut self.extension);
        }
        if !self.is_application_kept {
            self.application = application;
            arguments.clone_into(&mut self.arguments);
            self.is_application_kept = application == "Dial";
        }
    }

    /// Closes the record: its end is now. It may be opened again until it is [`Stage::Final`].
    pub(super) fn close(&mut self, owner: Owner, now: Instant, settings: &Settings) {
        if self.end.is_some() {
            return;
        }
        self.end = Some(now);
        if self.disposition.is_none() {
            let known = |cause: Cause| cause != Cause::NONE;
            let peer = self.peer.as_ref().map_or(Cause::NONE, |peer| peer.cause);
            let cause = if known(owner.cause) { owner.cause } else { peer };
            self.disposition = match self.answer {
                Some(_) => Some(Disposition::Answered),
                None => Disposition::of_cause(cause, settings.tells_congestion),
            };
        }
        self.owner = Some(owner);
    }
}
