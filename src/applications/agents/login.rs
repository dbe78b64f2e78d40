//! `AgentLogin`

use std::sync::Arc;

use tokio::sync::oneshot;

use super::{log, publish, set_stage, touch};
use crate::applications::{music, playing};
use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run, Sets};
use crate::queues::agents::{Refusal, Request, Session, Stage};

/// Logs an agent in: the caller hears music and gets the calls of `AgentRequest`.
///
/// The agents stand in `agents.conf`. Who the caller is has to be made sure before. The login lasts until the agent hangs
/// up or is logged off by a program or the console; then the call ends. `AGENT_STATUS` says why a login failed.
/// `AGENTACKCALL`, `AGENTACCEPTDTMF`, `AGENTAUTOLOGOFF` and `AGENTWRAPUPTIME` on the channel go before the file.
pub static AGENT_LOGIN: Application = Application {
    name: "AgentLogin",
    synopsis: "Logs an agent in, who waits for calls",
    arguments: &[Argument::required("agent", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('s', "does not announce the login")],
    sets: &[Sets { variable: "AGENT_STATUS", values: &["INVALID", "ALREADY_LOGGED_IN"] }],
    run: Run::Wait(|call, arguments| Box::pin(agent_login(call, arguments))),
};

/// How often a password may be wrong.
const ATTEMPTS: usize = 3;

async fn agent_login(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(id) = arguments.given(0) else {
        call.context().warn("AgentLogin needs an agent");
        return Outcome::Hangup;
    };
    call.answer(std::time::Duration::ZERO).await;
    let Some(agent) = call.exchange.agents.find(id) else {
        call.context().warn(&format!("AgentLogin: there is no agent {id} in agents.conf"));
        return refuse(call, "INVALID");
    };
    let variable = |name: &str| call.context().get(name).filter(|value| !value.is_empty());
    let settings = agent.settings.with_variables(variable);
    if !settings.password.is_empty() && !knows_password(call, &settings.password).await {
        call.context().warn(&format!("AgentLogin: agent {id} gave no right password"));
        return refuse(call, "INVALID");
    }
    let exchange = Arc::clone(&call.exchange);
    let session = match exchange.agents.log_in(settings, &call.channel, exchange.epoch()) {
        Ok(session) => session,
        Err(Refusal::Unknown | Refusal::LoggedOff) => return refuse(call, "INVALID"),
        Err(Refusal::Busy) => {
            playing::play(call, "agent-alreadyon").await;
            return refuse(call, "ALREADY_LOGGED_IN");
        }
    };
    let stay = Stay { exchange, session };
    publish(&stay.exchange, &stay.session, "AgentLogin", &[]);
    log(&stay.exchange, &stay.session, "AGENTLOGIN", call.channel.name());
    touch(&stay.exchange, id);
    if !arguments.options(1).has('s') {
        playing::play(call, "agent-loginok").await;
    }
    stay.serve(call).await;
    Outcome::Hangup
}

async fn knows_password(call: &mut Call, password: &str) -> bool {
    for _ in 0..ATTEMPTS {
        if playing::ask(call, "agent-pass", 10).await == password {
            return true;
        }
        playing::play(call, "agent-incorrect").await;
    }
    false
}

fn refuse(call: &Call, status: &str) -> Outcome {
    call.context().set("AGENT_STATUS", status);
    Outcome::Continue
}

/// An agent's stay. Dropping it logs the agent off.
struct Stay {
    exchange: Arc<Exchange>,
    session: Arc<Session>,
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.exchange.agents.log_off(&self.session);
        let logged_in = (self.exchange.epoch() - self.session.login).to_string();
        publish(&self.exchange, &self.session, "AgentLogoff", &[("Logintime", &logged_in)]);
        let data = format!("{}|{logged_in}", self.session.channel.name());
        log(&self.exchange, &self.session, "AGENTLOGOFF", &data);
        touch(&self.exchange, &self.session.settings.id);
    }
}

/// What became of a call that came for the agent.
enum Taken {
    /// It talked with the caller.
    Talked,
    /// The caller gave up.
    Lost,
    /// The agent did not take it in time.
    TooLate,
}

impl Stay {
    /// Takes calls until the agent is to leave.
    async fn serve(&self, call: &mut Call) {
        loop {
            let waiting = music::hold(call, &call.channel, &self.session.settings.music_class);
            set_stage(&self.exchange, &self.session, Stage::Ready);
            let request = tokio::select! {
                request = self.session.next() => request,
                () = lose_keys(call) => None,
            };
            drop(waiting);
            let Some(request) = request else { return };
            match self.take(call, request).await {
                Taken::TooLate => {
                    tracing::info!("agent {} did not take a call in time: logged off", self.session.settings.id);
                    return;
                }
                Taken::Lost => {}
                Taken::Talked => self.wrap_up(call).await,
            }
        }
    }

    async fn wrap_up(&self, call: &mut Call) {
        let pause = self.session.settings.wrapup;
        if pause.is_zero() || self.session.leaves() {
            return;
        }
        set_stage(&self.exchange, &self.session, Stage::Busy);
        let _waiting = music::hold(call, &call.channel, &self.session.settings.music_class);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = lose_keys(call) => {}
        }
    }

    /// Tells the agent of a caller and lends it the channel, for as long as the caller likes.
    async fn take(&self, call: &mut Call, request: Request) -> Taken {
        let Request { mut accept } = request;
        touch(&self.exchange, &self.session.settings.id);
        let agrees = tokio::select! {
            biased;
            () = accept.closed() => return Taken::Lost,
            agrees = self.agrees(call) => agrees,
        };
        if !agrees {
            return Taken::TooLate;
        }
        let (give_back, given_back) = oneshot::channel();
        if accept.send(give_back).is_err() {
            return Taken::Lost;
        }
        // Dropped or sent: the caller is done.
        let _ = given_back.await;
        Taken::Talked
    }

    /// Plays the beep and waits for the agent's key where it has to press one.
    async fn agrees(&self, call: &mut Call) -> bool {
        let settings = &self.session.settings;
        if !settings.takes_by_key {
            playing::play(call, &settings.beep).await;
            return true;
        }
        let key = settings.key;
        let asked = async {
            let played = playing::play_until(call, &settings.beep, &key.to_string()).await;
            if played.key().is_none() {
                while call.channel.event().await != Event::Digit(key) {}
            }
        };
        if settings.logs_off_after.is_zero() {
            asked.await;
            return true;
        }
        tokio::time::timeout(settings.logs_off_after, asked).await.is_ok()
    }
}

/// Keys mean nothing to who waits.
async fn lose_keys(call: &Call) {
    loop {
        call.channel.event().await;
    }
}
