//! A party that somebody has charge of, and the duty to hang it up.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::called::adopt;
use crate::channel::{Cause, Channel, Event, Happening, Interrupt, Outgoing, Party, Position, State};
use crate::interpreter::{Call, Exchange};

/// A call that was forwarded so often goes round in circles.
const MOST_FORWARDS: u32 = 20;

/// A party that somebody has charge of, such as the one that Dial called. Dropping it hangs it up, unless it has
/// somewhere to go on, or somebody else claims it.
pub struct Callee {
    exchange: Arc<Exchange>,
    channel: Arc<Channel>,
    cause: Cause,
    is_ours: bool,
    /// Where it goes when it is dropped, instead of being hung up.
    successor: Option<Position>,
    /// Who dials it, if it is somebody.
    dialed_by: Option<Arc<Channel>>,
    /// It is not known yet how its dialling ends.
    is_dialed: bool,
    /// Somebody else has charge of the channel and gets it back by this.
    lender: Option<oneshot::Sender<()>>,
}

impl Callee {
    pub fn new(exchange: &Arc<Exchange>, channel: Arc<Channel>) -> Self {
        Self {
            exchange: Arc::clone(exchange),
            channel,
            cause: Cause::NONE,
            is_ours: true,
            successor: None,
            dialed_by: None,
            is_dialed: false,
            lender: None,
        }
    }

    /// A party that somebody lends, who gets it back when this is dropped: it is never hung up here.
    pub fn lent(exchange: &Arc<Exchange>, channel: Arc<Channel>, lender: oneshot::Sender<()>) -> Self {
        let mut party = Self::new(exchange, channel);
        party.is_ours = false;
        party.lender = Some(lender);
        party
    }

    /// Takes a channel out of what it does. `None` where it was hung up meanwhile.
    pub async fn claim(exchange: &Arc<Exchange>, channel: Arc<Channel>) -> Option<Self> {
        channel.claim().await.ok()?;
        Some(Self::new(exchange, channel))
    }

    pub fn channel(&self) -> &Arc<Channel> {
        &self.channel
    }

    /// Tells everybody that a channel dials it, or nobody's call, by this destination.
    pub fn dial_begins(&mut self, caller: Option<&Arc<Channel>>, destination: &str) {
        if caller.is_some() {
            let purpose = self.channel.state().application;
            self.channel.state().records.note_called(purpose);
        }
        let happening =
            Happening::DialBegin { caller: caller.map(|caller| &**caller), callee: &self.channel, destination };
        self.channel.channels().publish(&happening);
        self.dialed_by = caller.cloned();
        self.is_dialed = true;
    }

    /// Tells everybody what its network says meanwhile.
    pub fn dial_goes_on(&self, event: &Event) {
        let status = match event {
            Event::Ringing => "RINGING",
            Event::Progress => "PROGRESS",
            Event::Proceeding => "PROCEEDING",
            _ => return,
        };
        if self.is_dialed {
            let (caller, callee) = (self.dialed_by.as_deref(), &*self.channel);
            callee.channels().publish(&Happening::DialState { caller, callee, status });
        }
    }

    /// It answered the one who called it: it is in no extension any more.
    pub fn leave_extension(&self) {
        let mut state = self.channel.state();
        state.position.extension.clear();
        state.has_left_extension = Some(state.application);
    }

    /// Tells everybody how the dialling ended: a word of DIALSTATUS. Once it is known it is not told again.
    pub fn dial_ends(&mut self, status: &str) {
        self.dial_ends_elsewhere(status, "");
    }

    /// Nobody is told how the dialling ends.
    pub fn dial_is_given_up(&mut self) {
        self.is_dialed = false;
    }

    /// The same where the call is sent elsewhere.
    fn dial_ends_elsewhere(&mut self, status: &str, forward: &str) {
        if std::mem::take(&mut self.is_dialed) {
            let (caller, callee) = (self.dialed_by.as_deref(), &*self.channel);
            callee.channels().publish(&Happening::DialEnd { caller, callee, status, forward });
            self.note_cause();
        }
    }

    /// `HANGUPCAUSE()` of the caller tells from now on what the called side said.
    fn note_cause(&self) {
        let Some(caller) = &self.dialed_by else { return };
        for kind in ["tech", "ast"] {
            let said = self.channel.state().settings.get(&format!("HANGUPCAUSE/{kind}")).map(str::to_owned);
            if let Some(said) = said {
                caller.state().settings.set(&format!("HANGUPCAUSE/{} {kind}", self.channel.name()), &said);
            }
        }
    }

    /// Another party takes the place of this one, which stops ringing.
    pub fn replace(&mut self, channel: Arc<Channel>) {
        channel.state().records.set_called(true);
        let caller = self.dialed_by.as_ref().map(|caller| caller.state().caller.clone());
        if let Some(caller) = caller {
            channel.connect_with(&caller);
        }
        {
            let mut state = channel.state();
            state.is_caller_known = true;
            state.application = self.channel.state().application;
        }
        let old = std::mem::replace(&mut self.channel, channel);
        if let Some(caller) = self.dialed_by.as_ref().filter(|_| self.is_dialed) {
            caller.channels().ledger().note_pickup(caller, &old);
        }
        old.hang_up(Cause::ANSWERED_ELSEWHERE);
    }

    /// The called party sends the call to `extension@context` instead: that is called by a Local channel, in the place of
    /// the one of before; its context is the variable FORWARD_CONTEXT of the called channel, if it is set. False where it
    /// cannot be called.
    pub fn forward(&mut self, target: &str) -> bool {
        let before = self.channel.state().clone();
        if before.redirecting_count >= MOST_FORWARDS {
            tracing::warn!("{}: the call was forwarded too often", self.channel.name());
            return false;
        }
        let number = target.split('@').next().unwrap_or(target);
        let context = before.variables.get("FORWARD_CONTEXT").filter(|context| !context.is_empty());
        let elsewhere = context.map(|context| format!("{number}@{context}"));
        let target = elsewhere.as_deref().unwrap_or(target);
        let prepare = |state: &mut State| {
            state.belong_to_call_of(&before);
            state.variables = before.variables.clone();
            (state.caller, state.connected) = (Party::new("", number), before.connected.clone());
            state.wanted.calling = Some(before.connected.number().to_owned());
            state.is_originated = before.is_originated;
            state.redirecting_from = before.caller.clone();
            state.redirecting_to = Party::new("", number);
            state.redirecting_count = before.redirecting_count + 1;
            state.wanted.linked_id = Some(self.channel.linked_id());
        };
        let requested = self.channel.channels().request("Local", target, &prepare);
        let channel = match requested.map(|mut channels| channels.pop()) {
            Ok(Some(channel)) => channel,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!("{} forwards the call to {target}: {error}", self.channel.name());
                return false;
            }
        };
        tracing::info!("{} forwards the call to Local/{target}", self.channel.name());
        let caller = self.dialed_by.clone();
        let application = before.application;
        match &caller {
            Some(caller) => adopt(caller, &channel, &before.connected, Some(Party::new("", number)), application),
            None => {
                channel.link_with(&self.channel);
                channel.state().application = application;
                channel.channels().publish(&Happening::Purpose { channel: &channel, application });
            }
        }
        self.dial_ends_elsewhere("CANCEL", target);
        std::mem::replace(&mut self.channel, Arc::clone(&channel)).hang_up(Cause::NORMAL);
        let shown = &before.connected;
        channel.call(&Outgoing {
            number: shown.number().to_owned(),
            name: shown.name().to_owned(),
            ..Outgoing::default()
        });
        self.dial_begins(caller.as_ref(), &format!("Local/{target}"));
        true
    }

    /// Sets the cause that the party is told when it is dropped.
    pub fn set_cause(&mut self, cause: Cause) {
        self.cause = cause;
    }

    /// Sends the party into the plan, where it goes on by itself.
    pub fn send_to(mut self, position: &Position) {
        if self.lender.is_some() {
            return self.channel.interrupt(Interrupt::Goto(position.clone()));
        }
        self.is_ours = false;
        self.channel.state().position = position.clone();
        Call::start(Arc::clone(&self.exchange), Arc::clone(&self.channel));
    }

    /// Takes over where another party was to go when it is dropped.
    pub fn take_successor_of(&mut self, other: &mut Self) {
        self.successor = other.successor.take();
    }

    /// Says where the party goes when it is dropped, instead of being hung up (option `F`): a place as `Goto` takes it,
    /// with `^` for its commas, or the caller's next step.
    pub fn set_successor(&mut self, caller: &Call, target: Option<&str>) {
        let mut context = caller.context();
        let position = match target {
            Some(target) => context.resolve(&target.replace('^', ",")),
            None => {
                let mut next = context.state.position.clone();
                next.priority += 1;
                Some(next)
            }
        };
        drop(context);
        self.successor = position;
    }

    /// Follows a redirect or a claim that somebody made; gives the party back where there is none.
    pub fn follow_redirect(mut self) -> Option<Self> {
        if self.lender.is_some() {
            return None;
        }
        if self.channel.give() {
            self.is_ours = false;
            return None;
        }
        match self.channel.take_redirect() {
            Some(position) => {
                self.send_to(&position);
                None
            }
            None => Some(self),
        }
    }
}

impl Drop for Callee {
    fn drop(&mut self) {
        // Whom a caller gave up hears the caller's cause.
        if let (true, Cause::NONE, Some(caller)) = (self.is_dialed, self.cause, &self.dialed_by) {
            self.cause = caller.hangup_cause().unwrap_or(self.cause);
        }
        self.dial_ends("CANCEL");
        if !self.is_ours || self.channel.give() {
            return;
        }
        // Somebody sent the party elsewhere, or a feature or option `F` gave it a place to go on.
        let redirect = self.channel.take_redirect();
        let mut state = self.channel.state();
        let successor = self.successor.take().filter(|_| !state.has_jumped);
        if let Some(position) = redirect.or(successor) {
            state.jump(&position.context, &position.extension, position.priority);
        }
        let goes_on = std::mem::take(&mut state.has_jumped);
        let has_last_words = state.walks_plan || !state.hangup_handlers.is_empty();
        drop(state);
        let (exchange, channel) = (Arc::clone(&self.exchange), Arc::clone(&self.channel));
        if goes_on && self.channel.hangup_cause().is_none() {
            Call::start(exchange, channel);
            return;
        }
        // Its own cause counts if it was the one who left.
        let caller_left = || self.dialed_by.as_ref().and_then(|caller| caller.hangup_cause());
        let given_up = if self.cause == Cause::NONE { caller_left().unwrap_or(Cause::NONE) } else { self.cause };
        let cause = self.channel.hangup_cause().unwrap_or(given_up);
        if has_last_words {
            channel.interrupt(Interrupt::Hangup(cause));
            Call::finish(exchange, channel);
        } else {
            channel.hang_up(cause);
        }
    }
}
