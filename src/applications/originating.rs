//! Calls that nobody inside made: a destination is called, and goes to an application or into the plan when it answers.
//!
//! Originate, the manager's action of that name, and call files share this.

use std::sync::Arc;
use std::time::Duration;

use crate::applications::talk::Callee;
use crate::channel::caller_id::Party;
use crate::channel::leg::Unavailable;
use crate::channel::{Cause, Channel, Event, Happening, Outgoing, Phase, Position, State};
use crate::interpreter::{Call, Exchange, Lookup};

/// Where an answered call goes.
#[derive(Clone, Debug)]
pub enum Then {
    Application { name: String, arguments: String },
    Place(Position),
}

/// A call to be made.
#[derive(Clone, Debug)]
pub struct Origination {
    /// `technology/resource`.
    pub destination: String,
    pub then: Then,
    /// How long it may ring.
    pub timeout: Duration,
    /// What the called party is shown, and what the new channel has as its caller.
    pub caller: Party,
    /// Names, with underscores for what is inherited, and values.
    pub variables: Vec<(String, String)>,
    pub account: String,
    /// A subroutine that runs on the new channel before it is called.
    pub preparation: Option<String>,
    /// The codecs that it is called with, as an `allow` line has them.
    pub codecs: Option<String>,
    /// The new channel goes on with the first audio, without waiting for the answer.
    pub takes_early_media: bool,
    /// The unique ids of the new channel and, of a Local channel, its other end.
    pub channel_id: Option<String>,
    pub other_channel_id: Option<String>,
}

/// So long a destination may ring unless somebody says otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(30);

impl Origination {
    pub fn new(destination: &str, then: Then) -> Self {
        Self {
            destination: destination.to_owned(),
            then,
            timeout: TIMEOUT,
            caller: Party::default(),
            variables: Vec::new(),
            account: String::new(),
            preparation: None,
            codecs: None,
            takes_early_media: false,
            channel_id: None,
            other_channel_id: None,
        }
    }

    /// Makes the new channel and calls it.
    ///
    /// # Errors
    /// Where there is nothing to call.
    pub async fn place(self, exchange: &Arc<Exchange>) -> Result<Placed, Unavailable> {
        let (technology, resource) = self.destination.split_once('/').unwrap_or((&self.destination, ""));
        let requested = exchange.channels.request(technology, resource, &|state| self.prepare(state));
        let Some(channel) = requested?.into_iter().next() else {
            return Err(Unavailable::NotReachable(format!("{} has no channel", self.destination)));
        };
        self.introduce(&channel);
        let mut callee = Callee::new(exchange, channel);
        if let Some(routine) = &self.preparation {
            Call::new(Arc::clone(exchange), Arc::clone(callee.channel())).run_routine(routine).await;
        }
        let (number, name) = (self.caller.number().to_owned(), self.caller.name().to_owned());
        callee.channel().call(&Outgoing { number, name, ..Outgoing::default() });
        callee.dial_begins(None, &self.destination);
        Ok(Placed { callee, exchange: Arc::clone(exchange), wish: self })
    }

    /// What the new channel begins with.
    fn prepare(&self, state: &mut State) {
        state.is_originated = true;
        state.media_offer.clone_from(&self.codecs);
        state.wanted.calling = Some(self.caller.number().to_owned());
        state.wanted.unique_id = self.channel_id.as_deref().map(Arc::from);
        let other = || self.channel_id.as_ref().map(|id| format!("{id};2"));
        state.wanted.other_id = self.other_channel_id.clone().or_else(other).map(Arc::from);
    }

    /// The number that the manager gives for a failure: that of the last control frame. A telephone of `pjsip.conf` that
    /// refuses has none.
    pub fn reason(&self, failure: Failure) -> u8 {
        let technology = self.destination.split('/').next().unwrap_or("");
        match failure {
            Failure::TimedOut => 3,
            Failure::Failed | Failure::HungUp => 0,
            _ if technology.eq_ignore_ascii_case("PJSIP") => 0,
            Failure::Busy => 5,
            Failure::Congestion => 8,
        }
    }

    /// Gives the new channel what the wish says of it, and tells programs.
    fn introduce(&self, channel: &Channel) {
        let channels = channel.channels();
        let application = "AppDial2";
        channel.state().application = application;
        channels.publish(&Happening::Purpose { channel, application });
        self.variables.iter().for_each(|(name, value)| channel.set_variable(name, value));
        if !self.account.is_empty() {
            let old = std::mem::replace(&mut channel.state().account_code, self.account.clone());
            if old != self.account {
                channels.publish(&Happening::AccountChanged { channel, old: &old });
            }
        }
        if !self.caller.number().is_empty() || !self.caller.name().is_empty() {
            channel.state().caller = self.caller.clone();
            channels.publish(&Happening::CallerChanged { channel });
            channel.state().connected = self.caller.clone();
            channels.publish(&Happening::ConnectedChanged { channel });
        }
    }

    /// The call cannot be made, or failed: the extension `failed` of the context that it would have gone to runs, where
    /// it is there.
    pub fn run_failed(&self, exchange: &Arc<Exchange>, failure: Failure) {
        let Then::Place(place) = &self.then else { return };
        let plan = exchange.plan();
        if !Lookup::new(&plan, &exchange.clock).exists(&place.context, "failed", 1, self.caller.number()) {
            return;
        }
        let prepare = |state: &mut State| {
            self.variables.iter().for_each(|(name, value)| state.variables.set(name, value));
            state.variables.set("REASON", &self.reason(failure).to_string());
            state.account_code.clone_from(&self.account);
            state.caller = self.caller.clone();
            state.is_originated = true;
            state.position = Position::new(&place.context, "failed", 1);
        };
        let name = "OutgoingSpoolFailed".to_owned();
        let channel = exchange.channels.create(name, Phase::Down, prepare, |_| crate::channel::leg::Nobody);
        Call::start(Arc::clone(exchange), channel);
    }
}

/// Why a call that was placed did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is nothing to call, or the network failed.
    Failed,
    /// The called party, or its network, hung up before the answer.
    HungUp,
    /// Nobody answered in time.
    TimedOut,
    Busy,
    Congestion,
}

impl Failure {
    /// The status that a Dial of it would have.
    fn status(self) -> &'static str {
        match self {
            Failure::Failed => "CHANUNAVAIL",
            // Its cause says it.
            Failure::HungUp => "",
            Failure::TimedOut => "NOANSWER",
            Failure::Busy => "BUSY",
            Failure::Congestion => "CONGESTION",
        }
    }
}

/// The number that the manager gives for an answer.
pub const ANSWERED: u8 = 4;

/// A call on its way.
pub struct Placed {
    callee: Callee,
    exchange: Arc<Exchange>,
    wish: Origination,
}

impl Placed {
    pub fn channel(&self) -> &Arc<Channel> {
        self.callee.channel()
    }

    /// Waits for the answer and lets the new call go on by itself.
    ///
    /// # Errors
    /// Where nobody answered.
    pub async fn wait(self) -> Result<(), Failure> {
        let Self { mut callee, exchange, wish } = self;
        let answered = answered(&mut callee, wish.takes_early_media);
        let answer = tokio::time::timeout(wish.timeout, answered).await.unwrap_or(Err(Failure::TimedOut));
        if let Err(failure) = answer {
            match failure {
                Failure::TimedOut => callee.dial_is_given_up(),
                _ => callee.dial_ends(failure.status()),
            }
            drop(callee);
            wish.run_failed(&exchange, failure);
            return Err(failure);
        }
        callee.dial_ends("ANSWER");
        match wish.then {
            Then::Place(position) => callee.send_to(&position),
            Then::Application { name, arguments } => {
                tokio::spawn(run_application(callee, exchange, name, arguments));
            }
        }
        Ok(())
    }
}

/// Resolves with the answer, or with what came instead.
async fn answered(callee: &mut Callee, takes_early_media: bool) -> Result<(), Failure> {
    loop {
        let channel = Arc::clone(callee.channel());
        tokio::select! {
            biased;
            event = channel.event() => {
                callee.dial_goes_on(&event);
                match event {
                    Event::Answered => return Ok(()),
                    Event::Progress if takes_early_media => return Ok(()),
                    Event::Forwarded(target) if callee.forward(&target) => {}
                    Event::Busy | Event::Forwarded(_) => return Err(Failure::Busy),
                    Event::Congestion => return Err(Failure::Congestion),
                    _ => {}
                }
            },
            () = channel.interrupted() => {
                let technology = channel.leg().technology();
                // A Local channel tells a busy line otherwise: its hang-up is one, whatever its cause.
                let cause = channel.hangup_cause().filter(|_| technology != "Local").unwrap_or(Cause::NONE);
                return Err(refusal(cause, technology == "SIP"));
            }
        }
    }
}

/// What a refusal counts as. The driver of `sip.conf` takes who is away (480) or declines (603) for busy, and a fault of
/// the other server for congestion.
fn refusal(cause: Cause, is_sip: bool) -> Failure {
    match cause {
        Cause::BUSY => Failure::Busy,
        Cause::CONGESTION => Failure::Congestion,
        Cause(19 | 21) if is_sip => Failure::Busy,
        Cause(38 | 41 | 42) if is_sip => Failure::Congestion,
        _ => Failure::HungUp,
    }
}

/// Runs one application on a channel, then hangs it up or lets it go where the application jumped to.
pub async fn run_application(callee: Callee, exchange: Arc<Exchange>, name: String, arguments: String) {
    let channel = Arc::clone(callee.channel());
    let mut call = Call::new(Arc::clone(&exchange), Arc::clone(&channel));
    let Some(application) = exchange.library.application(&name) else {
        call.context().warn(&format!("Originate: there is no application {name}"));
        return;
    };
    channel.state().application = application.name;
    let arguments = call.context().expand(&arguments);
    call.unless_interrupted(async |call| call.run_application(application, &arguments).await).await;
}
