//! Playing a story: what phones do, and waiting for what is expected.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::log::Log;
use super::statement::{Action, Assignment, Dialling, Moment, Parties, Statement};
use super::voice::Voice;
use crate::channel::Phase;
use crate::channel::simulated::{Behaviour, PhoneCall};
use crate::interpreter::Context;
use crate::server::{Configuration, Entry, Stage};

/// How long an expectation waits unless it says `within`.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often one looks whether it has come true.
pub(super) const GLANCE: Duration = Duration::from_millis(20);
/// How long what is not to be has to be absent, unless the line says `within`.
pub(super) const ABSENCE: Duration = Duration::from_millis(500);
/// From one key to the next.
const KEY: Duration = Duration::from_millis(200);
/// Calls that go on behind the last line are ended after so long.
const LONGEST: Duration = Duration::from_secs(3600);

/// A story that is being played.
pub struct Performance {
    pub(super) stage: Stage,
    pub(super) log: Arc<Log>,
    roles: Vec<Role>,
    /// The place in the log, and the channel, of the step that the last trace line found.
    pub(super) found_step: Option<(usize, Arc<str>)>,
}

/// A phone of the story.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub name: String,
    pub voice: Voice,
    /// What happened before this place in the log was looked at already.
    pub seen: usize,
}

impl Performance {
    /// Sets the stage.
    pub fn new(configuration: Configuration, start: jiff::civil::DateTime) -> Self {
        let stage = Stage::new(configuration, start, Behaviour::Rings);
        let log = Log::new();
        stage.add_observer(log.clone());
        Self { stage, log, roles: Vec::new(), found_step: None }
    }

    /// What happened so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Does what a line says, or waits until it is so.
    ///
    /// # Errors
    /// What is wrong, in words for the admin.
    pub async fn play(&mut self, statement: &Statement) -> Result<(), String> {
        match statement {
            Statement::At(moment) => self.wait_until(*moment).await,
            Statement::Wait(duration) => {
                tokio::time::sleep(*duration).await;
                Ok(())
            }
            Statement::Set(assignment) => {
                self.set(assignment);
                Ok(())
            }
            Statement::Originate { phone, dialling } => {
                self.role(phone).seen = self.log.len();
                self.stage.originate(&entry(phone, dialling)).await.map_err(|error| error.to_string())
            }
            Statement::Act { parties, action } => self.act(parties, action).await,
            Statement::Expect { expectation, within } => self.expect(expectation, *within).await,
        }
    }

    /// All hang up; the plan does what it does then.
    pub async fn end(&mut self) {
        for call in self.live_calls() {
            call.party.hang_up();
        }
        self.stage.wait_for_end(LONGEST).await;
    }

    async fn wait_until(&self, moment: Moment) -> Result<(), String> {
        let now = self.stage.exchange.clock.now().datetime();
        let mut then = moment.on(now);
        if moment.date.is_none() && then < now {
            then = then.tomorrow().unwrap_or(then);
        }
        let wait = then.duration_since(now);
        match Duration::try_from(wait) {
            Ok(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Err(_) => Err(format!("it is {now} already")),
        }
    }

    fn set(&self, assignment: &Assignment) {
        let plan = self.stage.exchange.plan();
        let mut context = Context::without_channel(&self.stage.exchange, &plan);
        if assignment.name.ends_with(')') {
            context.set(&assignment.name, &assignment.value);
        } else {
            context.set_global(&assignment.name, &assignment.value);
        }
    }

    async fn act(&mut self, parties: &Parties, action: &Action) -> Result<(), String> {
        let names = self.names(parties);
        for name in &names {
            self.role(name).seen = self.log.len();
        }
        match action {
            Action::Dials(dialling) => names.iter().try_for_each(|name| self.dial(name, dialling)),
            Action::Answers => self.answer(&names).await,
            Action::AnswersAfter(after) => self.arrange(&names, Behaviour::Answers(*after)),
            Action::LetsRing => self.arrange(&names, Behaviour::Rings),
            Action::IsUnreachable => self.arrange(&names, Behaviour::Unreachable),
            Action::Rejects(cause) => {
                self.arrange(&names, Behaviour::Refuses(*cause))?;
                for call in names.iter().filter_map(|name| self.ringing(name)) {
                    call.party.refuse(*cause);
                }
                Ok(())
            }
            Action::Presses(keys) => self.press(&names, keys).await,
            Action::Speaks(length) => self.speak(&names, *length).await,
            Action::HangsUp => {
                for name in &names {
                    self.live(name)?.party.hang_up();
                }
                Ok(())
            }
        }
    }

    fn dial(&self, name: &str, dialling: &Dialling) -> Result<(), String> {
        let brings = dialling.through.as_deref().unwrap_or(name);
        if !self.stage.has_endpoint(brings) && (dialling.context.is_none() || dialling.through.is_some()) {
            return Err(format!(
                "there is no phone {brings} in sip.conf or pjsip.conf: name a context, as in {name} dials {}@default",
                dialling.extension
            ));
        }
        self.stage.dial(&entry(name, dialling)).map(|_| ()).map_err(|error| error.to_string())
    }

    async fn answer(&self, names: &[String]) -> Result<(), String> {
        for name in names {
            let deadline = Instant::now() + PATIENCE;
            let call = loop {
                match self.ringing(name) {
                    Some(call) => break call,
                    None if Instant::now() >= deadline => {
                        return Err(format!("{name} does not ring, so it cannot answer"));
                    }
                    None => tokio::time::sleep(GLANCE).await,
                }
            };
            call.party.answer();
        }
        // Whoever called has to notice.
        tokio::time::sleep(GLANCE).await;
        Ok(())
    }

    fn arrange(&self, names: &[String], behaviour: Behaviour) -> Result<(), String> {
        for name in names {
            let is_number = name.chars().all(|letter| letter.is_ascii_digit() || letter == '+');
            if !self.stage.has_endpoint(name) && !is_number {
                return Err(format!("there is no phone {name} in sip.conf or pjsip.conf"));
            }
            self.stage.phones.set_behaviour(name, behaviour);
        }
        Ok(())
    }

    async fn press(&self, names: &[String], keys: &str) -> Result<(), String> {
        let calls = names.iter().map(|name| self.live(name)).collect::<Result<Vec<_>, _>>()?;
        for key in keys.chars() {
            match key {
                'w' => tokio::time::sleep(Duration::from_millis(500)).await,
                'W' => tokio::time::sleep(Duration::from_secs(1)).await,
                key => {
                    calls.iter().for_each(|call| call.party.press(key));
                    tokio::time::sleep(KEY).await;
                }
            }
        }
        Ok(())
    }

    async fn speak(&mut self, names: &[String], length: Duration) -> Result<(), String> {
        let mut speaking = tokio::task::JoinSet::new();
        for name in names {
            let (call, mut voice) = (self.live(name)?, self.role(name).voice.clone());
            speaking.spawn(async move { voice.speak(&call.party, length).await });
        }
        speaking.join_all().await;
        Ok(())
    }

    /// The phones that a line is about.
    pub(super) fn names(&self, parties: &Parties) -> Vec<String> {
        match parties {
            Parties::Named(names) => names.clone(),
            Parties::Everybody => {
                let names = self.stage.phones.names();
                let mut seen: Vec<Arc<str>> = Vec::new();
                // A call through a trunk is that of the number behind it, which stands further behind.
                let mut live: Vec<String> = names
                    .into_iter()
                    .rev()
                    .filter(|name| {
                        let Ok(call) = self.live(name) else { return false };
                        let is_new = !seen.contains(call.channel.name());
                        seen.push(Arc::clone(call.channel.name()));
                        is_new
                    })
                    .collect();
                live.reverse();
                live
            }
        }
    }

    /// The story's phone of this name, which begins to exist when it is first asked for.
    pub(super) fn role(&mut self, name: &str) -> &mut Role {
        let at = self.roles.iter().position(|role| role.name == name).unwrap_or(self.roles.len());
        if at == self.roles.len() {
            self.roles.push(Role { name: name.to_owned(), voice: Voice::new(at), seen: 0 });
        }
        &mut self.roles[at]
    }

    /// Whether the story or the plan has such a phone.
    pub(super) fn is_phone(&self, name: &str) -> bool {
        self.stage.phones.has(name) || self.stage.has_endpoint(name)
    }

    /// The calls that are not over, the latest of each phone.
    pub(super) fn live_calls(&self) -> Vec<PhoneCall> {
        self.names(&Parties::Everybody).iter().filter_map(|name| self.live(name).ok()).collect()
    }

    /// The phone's latest call that is not over.
    pub(super) fn live(&self, name: &str) -> Result<PhoneCall, String> {
        let calls = self.stage.phones.calls(name);
        let live = calls.into_iter().rev().find(|call| call.channel.hangup_cause().is_none());
        live.ok_or_else(|| format!("{name} is in no call"))
    }

    /// The phone's call that rings.
    pub(super) fn ringing(&self, name: &str) -> Option<PhoneCall> {
        let calls = self.stage.phones.calls(name);
        calls
            .into_iter()
            .rev()
            .find(|call| call.channel.phase() == Phase::Ringing && call.channel.hangup_cause().is_none())
    }
}

/// A call as the stage makes it.
fn entry(phone: &str, dialling: &Dialling) -> Entry {
    let variables = dialling.variables.iter().map(|variable| (variable.name.clone(), variable.value.clone()));
    Entry {
        phone: phone.to_owned(),
        through: dialling.through.clone(),
        extension: dialling.extension.clone(),
        context: dialling.context.clone(),
        caller: dialling.caller.clone(),
        variables: variables.collect(),
    }
}

impl Moment {
    /// The moment, with the day of `now` where it names none.
    pub(super) fn on(self, now: jiff::civil::DateTime) -> jiff::civil::DateTime {
        let date = self.date.unwrap_or(now.date());
        date.to_datetime(self.time.unwrap_or(jiff::civil::Time::midnight()))
    }
}
