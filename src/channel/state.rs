//! What the dialplan knows about a channel.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::caller_id::Party;
use super::message::TextMessage;
use super::record::Records;
use super::{Cause, Variables};

/// A place in the plan. Names, not indices: the plan under a call may be swapped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub context: String,
    pub extension: String,
    pub priority: i32,
}

impl Position {
    pub fn new(context: &str, extension: &str, priority: i32) -> Self {
        Self { context: context.to_owned(), extension: extension.to_owned(), priority }
    }

    /// Moves to another place and keeps the buffers.
    pub fn set(&mut self, context: &str, extension: &str, priority: i32) {
        self.context.clear();
        self.context.push_str(context);
        self.extension.clear();
        self.extension.push_str(extension);
        self.priority = priority;
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}@{}:{}", self.extension, self.context, self.priority)
    }
}

/// A subroutine or macro that the channel is inside of.
#[derive(Clone, Debug)]
pub enum Frame {
    /// Entered by Gosub: where to return to, and the names of the variables that hide others until then.
    Gosub { back: Position, locals: Vec<String>, arguments: usize },
    /// Entered by Macro.
    Macro(Box<MacroFrame>),
}

/// What Macro restores when it ends.
#[derive(Clone, Debug)]
pub struct MacroFrame {
    /// The macro's context, `macro-…`.
    pub context: String,
    /// The step that called it.
    pub back: Position,
    /// Names of the variables set, and what they hid.
    pub saved: Vec<(String, Option<String>)>,
    /// Keeps others out of a macro that runs exclusively.
    pub lock: Option<MacroLock>,
}

/// Held while a macro runs exclusively.
pub type MacroLock = Arc<tokio::sync::OwnedMutexGuard<()>>;

/// Time limits that the plan set with `TIMEOUT()`.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Between digits.
    pub digit: Duration,
    /// Until the first digit.
    pub response: Duration,
    /// When the call is ended, if the plan said so.
    pub absolute: Option<Instant>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { digit: Duration::from_secs(5), response: Duration::from_secs(10), absolute: None }
    }
}

/// Ids that somebody chose for a channel before it was made.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub unique_id: Option<Arc<str>>,
    /// Of the other end of a Local channel.
    pub other_id: Option<Arc<str>>,
    /// The call that it belongs to.
    pub linked_id: Option<Arc<str>>,
    /// The number that a Local channel is called from: the plan may look for it.
    pub calling: Option<String>,
}

/// What the dialplan knows about a channel, and where in the plan it is.
#[derive(Clone, Debug)]
pub struct State {
    pub position: Position,
    /// Set by every jump; cleared by who follows it.
    pub has_jumped: bool,
    /// The step that follows is an `ElseIf` whose condition counts.
    pub else_if_due: bool,
    pub variables: Variables,
    pub frames: Vec<Frame>,
    pub caller: Party,
    /// The caller is what the technology says of its party, not just the number that was dialled.
    pub is_caller_known: bool,
    /// The number the caller dialled.
    pub dialed: Option<String>,
    /// Automatic number identification, where a trunk gives it.
    pub ani: Party,
    /// The parties as only the house itself is to see them: `CALLERID(priv-num)`.
    pub private: Option<Box<PrivateParties>>,
    pub connected: Party,
    pub redirecting_from: Party,
    pub redirecting_to: Party,
    /// Who was called first of all.
    pub redirecting_original: Party,
    pub redirecting_reason: String,
    pub redirecting_original_reason: String,
    pub redirecting_count: u32,
    pub language: String,
    pub music_class: String,
    /// Country of the tones that the party hears; empty for the default of `indications.conf`.
    pub tone_zone: String,
    pub account_code: String,
    pub peer_account: String,
    pub ama_flags: u8,
    pub timeouts: Timeouts,
    /// Who ended the call: a channel's name, or `dialplan/builtin`.
    pub hangup_source: String,
    /// `HANGUPCAUSE`: why the last called leg ended, or this one.
    pub hangup_cause: Cause,
    /// The call records.
    pub records: Records,
    /// Subroutines to run after `h`, last pushed first.
    pub hangup_handlers: Vec<String>,
    /// `GROUP()` memberships: category and group.
    pub groups: Vec<(String, String)>,
    /// Variables that other channels may read and set, by `SHARED()`.
    pub shared: Variables,
    /// What functions keep for the channel, as `FUNCTION/field`: `CONFBRIDGE/user/quiet`, `CURLOPT/httptimeout`.
    pub settings: Variables,
    /// Keys already pressed that wait to become an extension.
    pub keyed: String,
    /// Music that plays to the channel while nothing else does.
    pub music: Option<Arc<str>>,
    /// The technology-independent name of the last application, for `core show channels`.
    pub application: &'static str,
    /// Headers that the next Dial sends along.
    pub headers: Vec<(String, String)>,
    /// The codecs that the channel is called with, as an `allow` line says them after the line's own.
    pub media_offer: Option<String>,
    /// The ids that the new channel is to have.
    pub wanted: Wanted,
    /// Nothing was dialled here: a call that Dial or Originate made.
    pub is_outgoing: bool,
    /// The context that a called channel was dialled from, where its call can be picked up.
    pub dial_context: String,
    /// What the channel is called for. It has left the extension that it was called from, and programs are told so when it
    /// enters a bridge.
    pub has_left_extension: Option<&'static str>,
    /// Nobody's call dialled it: a program, a call file or `Originate` did.
    pub is_originated: bool,
    /// The text that `MESSAGE()` shows and `MessageSend` sends.
    pub message: Option<Box<TextMessage>>,
    /// The plan ran on the channel: its end runs `h` and the hangup handlers.
    pub walks_plan: bool,
}

/// The parties of a call as only the house itself is to see them.
#[derive(Clone, Debug, Default)]
pub struct PrivateParties {
    pub caller: Party,
    pub connected: Party,
    pub redirecting_from: Party,
    pub redirecting_to: Party,
    pub redirecting_original: Party,
}

/// Where the settings keep what ISDN calls ANI II.
pub const ANI2: &str = "CALLERID/ani2";

impl State {
    pub fn new(now: Instant) -> Self {
        Self {
            position: Position::default(),
            has_jumped: false,
            else_if_due: false,
            variables: Variables::default(),
            frames: Vec::new(),
            caller: Party::default(),
            is_caller_known: false,
            dialed: None,
            ani: Party::default(),
            private: None,
            connected: Party::default(),
            redirecting_from: Party::default(),
            redirecting_to: Party::default(),
            redirecting_original: Party::default(),
            redirecting_reason: String::new(),
            redirecting_original_reason: String::new(),
            redirecting_count: 0,
            language: "en".to_owned(),
            music_class: String::new(),
            tone_zone: String::new(),
            account_code: String::new(),
            peer_account: String::new(),
            ama_flags: 3,
            timeouts: Timeouts::default(),
            hangup_source: String::new(),
            hangup_cause: Cause::NONE,
            records: Records::new(now),
            hangup_handlers: Vec::new(),
            groups: Vec::new(),
            shared: Variables::default(),
            settings: Variables::default(),
            keyed: String::new(),
            music: None,
            application: "",
            headers: Vec::new(),
            media_offer: None,
            wanted: Wanted::default(),
            is_outgoing: false,
            dial_context: String::new(),
            has_left_extension: None,
            is_originated: false,
            message: None,
            walks_plan: false,
        }
    }

    /// Takes over what every channel of one call shares: where it was redirected, its language, music and account.
    pub fn belong_to_call_of(&mut self, other: &State) {
        self.ani = other.ani.clone();
        self.redirecting_from = other.redirecting_from.clone();
        self.redirecting_to = other.redirecting_to.clone();
        self.redirecting_reason = other.redirecting_reason.clone();
        self.redirecting_count = other.redirecting_count;
        self.language = other.language.clone();
        self.music_class = other.music_class.clone();
        self.account_code = other.account_code.clone();
        if let Some(number) = other.settings.get(ANI2) {
            self.settings.set(ANI2, number);
        }
    }

    /// What both ends of a Local channel have beside that: whom it is charged to, and how often it may be sent on yet.
    pub fn shared_with_other_end(&self, other: &mut State) {
        other.peer_account = self.peer_account.clone();
        if let Some(number) = self.settings.get("CHANNEL/max_forwards") {
            other.settings.set("CHANNEL/max_forwards", number);
        }
    }

    /// Goes on at another place: the next step taken is the one there.
    pub fn jump(&mut self, context: &str, extension: &str, priority: i32) {
        self.position.set(context, extension, priority);
        self.has_jumped = true;
    }

    /// Goes on at another priority of the extension.
    pub fn jump_within(&mut self, priority: i32) {
        self.position.priority = priority;
        self.has_jumped = true;
    }
}
