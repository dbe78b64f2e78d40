//! What a technology (SIP, Local, simulated phones) offers to the rest of exten.

use std::sync::Arc;
use std::time::Duration;

use super::caller_id::Party;
use super::local::Passage;
use super::message::TextMessage;
use super::{Cause, Channel, Channels, DeviceState, State};
use crate::media::{Codec, Frame, Sink, Stream};

/// News for the party about its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indication {
    /// The call is being worked on.
    Proceeding,
    /// The other side is being alerted.
    Ringing,
    /// Audio comes before the answer.
    Progress,
    /// The other side is busy.
    Busy,
    /// The network is congested.
    Congestion,
    /// The number is not complete yet.
    Incomplete,
    /// The other side put the call on hold.
    Hold,
    /// The other side took the call from hold.
    Unhold,
}

/// Who forwarded a call (`REDIRECTING()`; RFC 5806).
#[derive(Clone, Debug, Default)]
pub struct Diversion {
    /// The number that was called before.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Why, in Asterisk's words: `cfu`, `cfb`, `cfnr`, …
    pub reason: String,
    /// How often the call was forwarded.
    pub count: u32,
}

/// What an outgoing call tells the called party.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    /// The caller's number, empty when it is withheld or unknown.
    pub number: String,
    /// The caller's name.
    pub name: String,
    /// The caller asks not to be shown.
    pub is_private: bool,
    /// Who was called before, if the call was forwarded.
    pub diversion: Option<Diversion>,
    /// The codecs that the caller speaks, best first.
    pub codecs: Vec<Codec>,
    /// Further headers for technologies that carry them (`SIPAddHeader`), in order.
    pub headers: Vec<(String, String)>,
}

/// One leg's technology. All calls return at once; what follows from them comes back as
/// [`Event`](super::Event)s and [`Interrupt`](super::Interrupt)s of the channel.
pub trait Leg: Send + Sync {
    /// The technology's name as in a channel name: `SIP`, `PJSIP`, `Local`.
    fn technology(&self) -> &'static str;

    /// Places an outgoing call.
    fn call(&self, outgoing: &Outgoing);

    /// Answers an incoming call.
    fn answer(&self);

    /// Tells the party about progress.
    fn indicate(&self, indication: Indication);

    /// Ends the call.
    fn hang_up(&self, cause: Cause);

    /// Lets the party hear 20 ms.
    fn write(&self, frame: &Frame);

    /// Where frames are written to in place of [`Self::write`], for as long as the leg lives: the shorter way, if there is
    /// one.
    fn stream(&self) -> Option<Arc<dyn Stream>> {
        None
    }

    /// The codec that the party hears in; frames in it are sent untouched.
    fn codec(&self) -> Codec {
        Codec::Linear
    }

    /// The codecs that the party speaks, best first.
    fn codecs(&self) -> Vec<Codec> {
        vec![self.codec()]
    }

    /// Whether it takes packets of a codec as they are; not asked where there is a [`Self::stream`].
    fn carries(&self, _codec: Codec) -> bool {
        false
    }

    /// Whether anybody hears what is written. Where nobody does, a sound may pass without being read.
    fn hears(&self) -> bool {
        true
    }

    /// Whether the party sends audio all the time, silence too, as telephones do.
    fn speaks(&self) -> bool {
        true
    }

    /// Sends what the party says to `sink`, or nowhere.
    fn listen(&self, sink: Option<Arc<dyn Sink>>);

    /// Puts an adaptive jitter buffer before what the party says, or takes it out, where the technology has one.
    fn set_jitter_buffer(&self, _wanted: bool) {}

    /// Sends a DTMF digit to the party.
    fn send_digit(&self, digit: char, duration: Duration);

    /// Shows the party a text; false where the technology cannot.
    fn send_text(&self, _text: &str) -> bool {
        false
    }

    /// Gives the party's device a document of this media type; false where the technology cannot.
    fn send_document(&self, _kind: &'static str, _text: &str) -> bool {
        false
    }

    /// Tells the party whom it is connected with from now on.
    fn show_connected(&self, _party: &Party) {}

    /// Sends the party its session anew; false where the technology has none.
    fn refresh(&self, _by_update: bool) -> bool {
        false
    }

    /// Asks the party to take its call elsewhere; false where the technology cannot.
    fn transfer(&self, _destination: &str) -> bool {
        false
    }

    /// Of the first end of a Local channel that may be taken out of its call: what passes through it.
    fn passage(&self) -> Option<&Passage> {
        None
    }

    /// Lets a Local channel be taken out of its call; false where it is none.
    fn optimize_away(&self) -> bool {
        false
    }

    /// The technology's own name of the call, such as SIP's Call-ID.
    fn call_id(&self) -> Option<String> {
        None
    }

    /// A technology's own fact, such as `peerip` or a header of the INVITE (`header:Call-ID`).
    fn fact(&self, _name: &str) -> Option<String> {
        None
    }
}

/// The leg of a channel that has no party: the plan runs on it for its own sake.
pub struct Nobody;

impl Leg for Nobody {
    fn technology(&self) -> &'static str {
        "Surrogate"
    }

    fn call(&self, _outgoing: &Outgoing) {}

    fn answer(&self) {}

    fn indicate(&self, _indication: Indication) {}

    fn hang_up(&self, _cause: Cause) {}

    fn write(&self, _frame: &Frame) {}

    fn hears(&self) -> bool {
        false
    }

    fn speaks(&self) -> bool {
        false
    }

    fn listen(&self, _sink: Option<Arc<dyn Sink>>) {}

    fn send_digit(&self, _digit: char, _duration: Duration) {}
}

/// Why a destination cannot even be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// There is no such endpoint.
    #[error("{0}")]
    Unknown(String),
    /// The endpoint is not registered, or cannot be reached now.
    #[error("{0}")]
    NotReachable(String),
    /// No technology of that name.
    #[error("no channel technology `{0}`")]
    UnknownTechnology(String),
    /// The resource is not written as the technology wants it.
    #[error("{0}")]
    Malformed(String),
}

impl Unavailable {
    /// The cause that the caller gets to see.
    pub fn cause(&self) -> Cause {
        match self {
            Unavailable::Unknown(_) => Cause(3),
            Unavailable::NotReachable(_) => Cause(20),
            Unavailable::UnknownTechnology(_) => Cause(66),
            Unavailable::Malformed(_) => Cause(3),
        }
    }
}

/// Makes outgoing channels: the part of a destination before the slash.
pub trait Technology: Send + Sync {
    /// The names it answers to, such as `SIP` and `PJSIP`; compared without case.
    fn names(&self) -> &'static [&'static str];

    /// Makes channels towards `resource` (several where an address of record has several contacts), not yet calling.
    /// `prepare` fills what the new channel's dialplan state begins with.
    ///
    /// # Errors
    /// Where there is nothing to call.
    fn request(
        &self,
        channels: &Arc<Channels>,
        name: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable>;

    /// Sends a text outside of calls to what stands behind the technology's name.
    ///
    /// # Errors
    /// Where there is nobody to send it to, or the technology sends no texts.
    fn send_message(&self, name: &str, _to: &str, _message: &TextMessage) -> Result<(), Unavailable> {
        Err(Unavailable::NotReachable(format!("{name} sends no texts")))
    }

    /// How a telephone is that has no call, such as unregistered; `name` is one of [`Self::names`].
    fn device_state(&self, _name: &str, _resource: &str) -> DeviceState {
        DeviceState::NotInUse
    }

    /// With so many calls a telephone is busy.
    fn busy_at(&self, _name: &str, _resource: &str) -> Option<usize> {
        None
    }

    /// A fact about something of its configuration; `None` if it does not know.
    fn fact(&self, _kind: Entry, _name: &str, _item: &str) -> Option<String> {
        None
    }
}

/// What a technology's configuration has entries of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A phone or trunk of sip.conf.
    Peer,
    /// An endpoint of pjsip.conf.
    Endpoint,
    /// An address of record.
    Aor,
    /// Where an address of record can be reached now.
    Contact,
}
