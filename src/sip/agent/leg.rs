//! The leg under a channel, and the line to the task that speaks SIP for it.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};

use super::audio::Audio;
use super::outgoing::Calling;
use super::transfer_progress::Progress;
use crate::channel::{Cause, Channel, Indication, Leg, Outgoing, Party};
use crate::media::{Codec, Frame, Sink, Stream};
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::wire::Headers;

/// Commands that may wait for the call's task.
const COMMANDS: usize = 32;

/// What a channel asks of its call's task.
#[derive(Debug)]
pub(super) enum Command {
    Answer,
    Indicate(Indication),
    /// Send a digit as a SIP INFO.
    Info(char, Duration),
    /// Send the party elsewhere.
    Transfer(String),
    /// Show the party a text.
    Text(String),
    /// Give the party's device a document of a media type.
    Document(&'static str, String),
    /// Tell the party whom it is connected with.
    Identify(Box<Party>),
    /// Send the party its session anew, by an UPDATE if it takes one and that is wanted.
    Refresh {
        by_update: bool,
    },
    /// Tell the party how the transfer goes that it asked for.
    Transferred(Progress),
}

/// What is known of the peer.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Where its messages come from or go to.
    pub source: Option<SocketAddr>,
    /// They travel over TLS.
    pub is_over_tls: bool,
    /// The URI of its From (a caller) or To (a called party).
    pub from: String,
    /// Its Contact.
    pub uri: String,
    pub user_agent: String,
    /// The header fields of its INVITE, or of its answer.
    pub headers: Headers,
    /// What `CHANNEL(pjsip,…)` tells of its dialog.
    pub dialog: Vec<(&'static str, String)>,
    /// Those that the message holds in typed form.
    pub routing: Vec<(&'static str, String)>,
}

/// What a leg and its call's task share.
pub(super) struct Line {
    pub endpoint: Arc<Endpoint>,
    pub audio: Audio,
    pub facts: Mutex<Facts>,
    commands: mpsc::Sender<Command>,
    ending: watch::Sender<Option<Cause>>,
}

/// The task's end of a line.
pub(super) struct Orders {
    commands: mpsc::Receiver<Command>,
    ending: watch::Receiver<Option<Cause>>,
    is_end_known: bool,
}

impl Line {
    pub fn new(endpoint: Arc<Endpoint>, audio: Audio, facts: Facts) -> (Arc<Self>, Orders) {
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let (ending, ended) = watch::channel(None);
        let line = Self { endpoint, audio, facts: Mutex::new(facts), commands, ending };
        (Arc::new(line), Orders { commands: receiver, ending: ended, is_end_known: false })
    }

    pub(super) fn order(&self, command: Command) {
        // A task that has ended takes no orders; one that is flooded loses what is no hang-up.
        if let Err(mpsc::error::TrySendError::Full(command)) = self.commands.try_send(command) {
            tracing::warn!(endpoint = %self.endpoint.name, ?command, "the call does not keep up");
        }
    }
}

impl Orders {
    /// Who asks knows that the call is to end, and hears of commands only from now on.
    pub fn note_end(&mut self) {
        self.is_end_known = true;
    }

    /// The next command, or that the call is to end. What was ordered before the hang-up comes before it: a call that
    /// is answered and ended in one breath is both.
    pub async fn next(&mut self) -> Order {
        tokio::select! {
            biased;
            Some(command) = self.commands.recv() => Order::Command(command),
            cause = ended(&mut self.ending), if !self.is_end_known => Order::HangUp(cause),
            else => std::future::pending().await,
        }
    }
}

/// What the task is to do.
#[derive(Debug)]
pub(super) enum Order {
    Command(Command),
    HangUp(Cause),
}

async fn ended(ending: &mut watch::Receiver<Option<Cause>>) -> Cause {
    match ending.wait_for(Option::is_some).await {
        Ok(cause) => cause.unwrap_or(Cause::NORMAL),
        // The leg is gone without a word.
        Err(_) => Cause::NORMAL,
    }
}

/// SIP under a channel.
pub(super) struct SipLeg {
    line: Arc<Line>,
    channel: Weak<Channel>,
    /// An outgoing call that has not been placed yet.
    calling: Mutex<Option<Calling>>,
}

impl SipLeg {
    pub fn new(line: Arc<Line>, channel: Weak<Channel>, calling: Option<Calling>) -> Self {
        Self { line, channel, calling: Mutex::new(calling) }
    }
}

impl Leg for SipLeg {
    fn technology(&self) -> &'static str {
        match self.line.endpoint.technology {
            Technology::Sip => "SIP",
            Technology::Pjsip => "PJSIP",
        }
    }

    fn call(&self, outgoing: &Outgoing) {
        let calling = self.calling.lock().take();
        if let (Some(calling), Some(channel)) = (calling, self.channel.upgrade()) {
            tokio::spawn(calling.run(channel, outgoing.clone()));
        }
    }

    fn answer(&self) {
        self.line.order(Command::Answer);
    }

    fn indicate(&self, indication: Indication) {
        self.line.order(Command::Indicate(indication));
    }

    fn hang_up(&self, cause: Cause) {
        // One that was never placed holds its place in the count until here.
        drop(self.calling.lock().take());
        self.line.ending.send_replace(Some(cause));
    }

    fn write(&self, frame: &Frame) {
        self.line.audio.write(frame);
    }

    fn stream(&self) -> Option<Arc<dyn Stream>> {
        Some(self.line.audio.stream())
    }

    fn codec(&self) -> Codec {
        self.line.audio.codec()
    }

    fn codecs(&self) -> Vec<Codec> {
        self.line.audio.codecs()
    }

    fn listen(&self, sink: Option<Arc<dyn Sink>>) {
        self.line.audio.listen(sink);
    }

    fn set_jitter_buffer(&self, wanted: bool) {
        self.line.audio.set_jitter_buffer(wanted);
    }

    fn send_digit(&self, digit: char, duration: Duration) {
        if !self.line.audio.send_digit(digit, duration) {
            self.line.order(Command::Info(digit, duration));
        }
    }

    fn send_text(&self, text: &str) -> bool {
        self.line.order(Command::Text(text.to_owned()));
        true
    }

    fn send_document(&self, kind: &'static str, text: &str) -> bool {
        // Old telephones show every MESSAGE to their user.
        let takes = self.line.endpoint.technology == Technology::Pjsip;
        if takes {
            self.line.order(Command::Document(kind, text.to_owned()));
        }
        takes
    }

    fn show_connected(&self, party: &Party) {
        if self.line.endpoint.sends_identity() {
            self.line.order(Command::Identify(Box::new(party.clone())));
        }
    }

    fn refresh(&self, by_update: bool) -> bool {
        self.line.order(Command::Refresh { by_update });
        true
    }

    fn transfer(&self, destination: &str) -> bool {
        self.line.order(Command::Transfer(destination.to_owned()));
        true
    }

    fn fact(&self, name: &str) -> Option<String> {
        self.line.fact(name)
    }

    fn call_id(&self) -> Option<String> {
        self.line.fact("pjsip,call-id")
    }
}

impl Line {
    fn fact(&self, name: &str) -> Option<String> {
        if let Some(header) = prefixed(name, "header:") {
            return self.header(header);
        }
        if let Some(item) = prefixed(name, "pjsip,") {
            let facts = self.facts.lock();
            return facts
                .dialog
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(item))
                .map(|(_, value)| value.clone());
        }
        if let Some(counter) = prefixed(name, "rtp:") {
            return self.counter(counter);
        }
        let facts = self.facts.lock();
        let ip = || facts.source.map(|source| source.ip().to_canonical().to_string());
        match name.to_ascii_lowercase().as_str() {
            "peerip" | "recvip" => ip(),
            "recvport" => facts.source.map(|source| source.port().to_string()),
            "uri" => Some(facts.uri.clone()),
            "from" => Some(facts.from.clone()),
            "useragent" => Some(facts.user_agent.clone()),
            "peername" | "endpoint" => Some(self.endpoint.name.clone()),
            "secure_media" => Some(flag(self.audio.is_secure())),
            "secure_signaling" => Some(flag(facts.is_over_tls)),
            "rtpsource" => Some(self.audio.ends().0.to_string()),
            "rtpdest" => self.audio.ends().1.map(|remote| remote.to_string()),
            "headers" => {
                let names = facts.routing.iter().map(|(name, _)| *name);
                Some(names.chain(facts.headers.iter().map(|header| &*header.name)).collect::<Vec<_>>().join(","))
            }
            _ => None,
        }
    }

    /// A header of the INVITE; `NAME:2` is the second of that name.
    fn header(&self, name: &str) -> Option<String> {
        let (name, nth) = match name.rsplit_once(':') {
            Some((name, nth)) => (name, nth.trim().parse::<usize>().ok()?.checked_sub(1)?),
            None => (name, 0),
        };
        let facts = self.facts.lock();
        let held = facts.routing.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).nth(nth);
        held.map(|(_, value)| value.clone()).or_else(|| facts.headers.all(name).nth(nth).map(str::to_owned))
    }

    /// A counter of the RTP session, by the names of `CHANNEL(rtpqos,audio,…)`.
    fn counter(&self, name: &str) -> Option<String> {
        let counted = self.audio.statistics();
        let seconds = |duration: Duration| format!("{:.6}", duration.as_secs_f64());
        Some(match name.to_ascii_lowercase().as_str() {
            "local_ssrc" | "ssrc" => counted.ssrc.to_string(),
            "remote_ssrc" | "themssrc" => counted.remote_ssrc.unwrap_or(0).to_string(),
            "txcount" => counted.sent.to_string(),
            "rxcount" => counted.received.to_string(),
            "local_lostpackets" | "rxploss" | "lp" => counted.lost.to_string(),
            "remote_lostpackets" | "txploss" | "rlp" => counted.remote_lost.to_string(),
            "local_jitter" | "rxjitter" => seconds(counted.jitter),
            "remote_jitter" | "txjitter" => seconds(counted.remote_jitter),
            "rtt" => seconds(counted.round_trip.unwrap_or_default()),
            "all" => format!(
                "ssrc={};themssrc={};lp={};rxjitter={};rxcount={};txjitter={};txcount={};rlp={};rtt={}",
                counted.ssrc,
                counted.remote_ssrc.unwrap_or(0),
                counted.lost,
                seconds(counted.jitter),
                counted.received,
                seconds(counted.remote_jitter),
                counted.sent,
                counted.remote_lost,
                seconds(counted.round_trip.unwrap_or_default()),
            ),
            _ => return None,
        })
    }
}

/// How `CHANNEL` says yes and no.
fn flag(is_so: bool) -> String {
    if is_so { "1" } else { "" }.to_owned()
}

fn prefixed<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = name.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}
