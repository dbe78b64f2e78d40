//! Agents: who may log in by telephone to wait for calls there (`agents.conf`), and who is logged in. Plain state: the
//! applications `AgentLogin` and `AgentRequest` play and connect.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Notify, oneshot};

use super::settings::number;
use crate::channel::{Channel, DeviceState};
use crate::conf::{Config, Section, is_true};

/// What an agent of the file goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSettings {
    pub id: String,
    /// `fullname`
    pub name: String,
    /// What the login asks for; only the old lines `agent => id,password,name` have one.
    pub password: String,
    /// The agent takes a call by a key; otherwise it has it after the beep.
    pub takes_by_key: bool,
    /// That key.
    pub key: char,
    /// Who does not take a call in so long is logged off; zero for never.
    pub logs_off_after: Duration,
    /// The pause between two calls.
    pub wrapup: Duration,
    pub music_class: String,
    /// Played to the agent when a call comes.
    pub beep: String,
    /// Its calls are recorded.
    pub is_recorded: bool,
}

impl AgentSettings {
    fn read(id: &str, section: &Section) -> Self {
        let get = |key: &str| section.get(key).filter(|value| !value.is_empty());
        let count = |key: &str| u64::try_from(get(key).map_or(0, number)).unwrap_or(0);
        Self {
            id: id.to_owned(),
            name: get("fullname").unwrap_or_default().to_owned(),
            password: String::new(),
            takes_by_key: get("ackcall").is_some_and(|value| is_true(value) || value.eq_ignore_ascii_case("always")),
            key: get("acceptdtmf").and_then(|value| value.chars().next()).unwrap_or('#'),
            logs_off_after: Duration::from_secs(count("autologoff")),
            wrapup: Duration::from_millis(count("wrapuptime")),
            music_class: get("musiconhold").unwrap_or("default").to_owned(),
            beep: get("custom_beep").unwrap_or("beep").to_owned(),
            is_recorded: get("recordagentcalls").is_some_and(is_true),
        }
    }

    /// Changes what the login may change: `ackcall`, `acceptdtmf`, `autologoff` and `wrapuptime` by the variables of the
    /// agent's channel.
    #[must_use]
    pub fn with_variables(&self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut own = self.clone();
        if let Some(value) = variable("AGENTACKCALL") {
            own.takes_by_key = is_true(&value);
        }
        if let Some(key) = variable("AGENTACCEPTDTMF").and_then(|value| value.chars().next()) {
            own.key = key;
        }
        let count = |name: &str| variable(name).map(|value| u64::try_from(number(&value)).unwrap_or(0));
        if let Some(seconds) = count("AGENTAUTOLOGOFF") {
            own.logs_off_after = Duration::from_secs(seconds);
        }
        if let Some(milliseconds) = count("AGENTWRAPUPTIME") {
            own.wrapup = Duration::from_millis(milliseconds);
        }
        own
    }
}

/// Reads `agents.conf`: a section for each agent, or the lines `agent => id,password,name` of old in `[agents]`.
pub fn read(config: Option<&Config>) -> Vec<AgentSettings> {
    let mut agents: Vec<AgentSettings> = Vec::new();
    let mut add = |agent: AgentSettings| {
        agents.retain(|known| known.id != agent.id);
        agents.push(agent);
    };
    for section in config.into_iter().flat_map(|config| &config.sections) {
        match section.name.to_ascii_lowercase().as_str() {
            "general" => {}
            "agents" => {
                for entry in section.all("agent") {
                    let mut fields = entry.value.splitn(3, ',').map(|field| field.trim().to_owned());
                    let Some(id) = fields.next().filter(|id| !id.is_empty()) else { continue };
                    let password = fields.next().unwrap_or_default();
                    let name = fields.next().unwrap_or_default();
                    add(AgentSettings { password, name, ..AgentSettings::read(&id, section) });
                }
            }
            _ => add(AgentSettings::read(&section.name, section)),
        }
    }
    agents
}

/// What a logged-in agent does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// It has just logged in, or works on its last call: it gets none yet.
    #[default]
    Busy,
    /// It waits for a call.
    Ready,
    /// It is told of a call.
    Alerted,
    Talking,
}

/// An agent's stay, from the login to the logoff.
pub struct Session {
    pub settings: AgentSettings,
    pub channel: Arc<Channel>,
    /// Seconds since 1970.
    pub login: i64,
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    stage: Stage,
    request: Option<Request>,
    /// The agent is to leave as soon as it has no call.
    leaves: bool,
    /// Who talks with it, and since when.
    talks_with: Option<(Arc<str>, i64)>,
}

/// A caller who wants an agent.
pub struct Request {
    /// The caller gets the agent's channel by this, and gives it back by dropping what it is sent.
    pub accept: oneshot::Sender<oneshot::Sender<()>>,
}

/// Why an agent takes no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    LoggedOff,
    Busy,
}

impl Session {
    pub fn stage(&self) -> Stage {
        self.inner.lock().stage
    }

    pub fn set_stage(&self, stage: Stage) {
        let mut inner = self.inner.lock();
        inner.stage = stage;
        if stage != Stage::Talking {
            inner.talks_with = None;
        }
    }

    /// The agent talks with a caller from now on.
    pub fn note_talk(&self, caller: &Channel, now: i64) {
        let mut inner = self.inner.lock();
        inner.stage = Stage::Talking;
        inner.talks_with = Some((Arc::clone(caller.name()), now));
    }

    /// Who talks with the agent, and since when in seconds since 1970.
    pub fn talks_with(&self) -> Option<(Arc<str>, i64)> {
        self.inner.lock().talks_with.clone()
    }

    /// Asks the agent to leave as soon as it has no call.
    pub fn leave_later(&self) {
        self.inner.lock().leaves = true;
        self.changed.notify_one();
    }

    pub fn leaves(&self) -> bool {
        self.inner.lock().leaves
    }

    /// Waits for a caller; nothing where the agent is to leave instead.
    pub async fn next(&self) -> Option<Request> {
        loop {
            {
                let mut inner = self.inner.lock();
                if inner.leaves {
                    return None;
                }
                if let Some(request) = inner.request.take() {
                    return Some(request);
                }
            }
            self.changed.notified().await;
        }
    }
}

/// All agents.
#[derive(Default)]
pub struct Agents {
    agents: Mutex<Vec<Agent>>,
}

#[derive(Clone)]
struct Agent {
    settings: AgentSettings,
    session: Option<Arc<Session>>,
    /// The file has it no more; it is gone when it logs off.
    is_gone: bool,
}

/// How an agent is.
pub struct Known {
    pub settings: AgentSettings,
    pub session: Option<Arc<Session>>,
}

impl Agents {
    /// Puts another file into service. Who is logged in stays so, with the settings it logged in with.
    pub fn apply(&self, settings: Vec<AgentSettings>) {
        let mut agents = self.agents.lock();
        let before = std::mem::take(&mut *agents);
        for settings in settings {
            let session = before.iter().find(|agent| agent.settings.id == settings.id);
            let session = session.and_then(|agent| agent.session.clone());
            agents.push(Agent { settings, session, is_gone: false });
        }
        let is_left_out = |gone: &Agent| gone.session.is_some() && find(&agents, &gone.settings.id).is_none();
        let gone: Vec<Agent> = before.into_iter().filter(is_left_out).collect();
        agents.extend(gone.into_iter().map(|agent| Agent { is_gone: true, ..agent }));
    }

    /// All of them, sorted by their ids.
    pub fn all(&self) -> Vec<Known> {
        let mut all: Vec<Agent> = self.agents.lock().clone();
        all.sort_by(|one, next| one.settings.id.cmp(&next.settings.id));
        all.into_iter().map(|agent| Known { settings: agent.settings, session: agent.session }).collect()
    }

    pub fn find(&self, id: &str) -> Option<Known> {
        let agents = self.agents.lock();
        find(&agents, id).map(|agent| Known { settings: agent.settings.clone(), session: agent.session.clone() })
    }

    /// Logs an agent in.
    ///
    /// # Errors
    /// Where there is no such agent, or it is logged in already (told as busy).
    pub fn log_in(&self, settings: AgentSettings, channel: &Arc<Channel>, now: i64) -> Result<Arc<Session>, Refusal> {
        let mut agents = self.agents.lock();
        let agent = find_mut(&mut agents, &settings.id).ok_or(Refusal::Unknown)?;
        if agent.session.is_some() {
            return Err(Refusal::Busy);
        }
        let session = Arc::new(Session {
            settings,
            channel: Arc::clone(channel),
            login: now,
            inner: Mutex::default(),
            changed: Notify::new(),
        });
        agent.session = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Logs the agent off who has this session.
    pub fn log_off(&self, session: &Arc<Session>) {
        let mut agents = self.agents.lock();
        if let Some(agent) = find_mut(&mut agents, &session.settings.id) {
            agent.session = None;
        }
        agents.retain(|agent| !agent.is_gone || agent.session.is_some());
    }

    /// Asks an agent to take a caller. The answer comes when it does; none does where it leaves instead.
    ///
    /// # Errors
    /// Where there is no such agent, or it is not free.
    pub fn request(&self, id: &str) -> Result<(Arc<Session>, oneshot::Receiver<oneshot::Sender<()>>), Refusal> {
        let session = self.find(id).ok_or(Refusal::Unknown)?.session.ok_or(Refusal::LoggedOff)?;
        let mut inner = session.inner.lock();
        if inner.stage != Stage::Ready || inner.leaves {
            return Err(Refusal::Busy);
        }
        let (accept, accepted) = oneshot::channel();
        inner.stage = Stage::Alerted;
        inner.request = Some(Request { accept });
        drop(inner);
        session.changed.notify_one();
        Ok((session, accepted))
    }

    /// What the device `Agent:1001` does.
    pub fn device_state(&self, id: &str) -> DeviceState {
        match self.find(id) {
            None => DeviceState::Invalid,
            Some(Known { session: None, .. }) => DeviceState::Unavailable,
            Some(Known { session: Some(session), .. }) => match session.stage() {
                Stage::Ready => DeviceState::NotInUse,
                _ => DeviceState::InUse,
            },
        }
    }
}

fn find<'a>(agents: &'a [Agent], id: &str) -> Option<&'a Agent> {
    agents.iter().find(|agent| agent.settings.id == id)
}

fn find_mut<'a>(agents: &'a mut MutexGuard<'_, Vec<Agent>>, id: &str) -> Option<&'a mut Agent> {
    agents.iter_mut().find(|agent| agent.settings.id == id)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::channel::Channels;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn read_text(text: &str) -> Vec<AgentSettings> {
        let mut files = Memory::default().with("agents.conf", text.to_owned());
        read(Some(&Config::read(&mut files, Path::new("agents.conf"), &mut Sources::default())))
    }

    #[test]
    fn both_forms_of_the_file() {
        let agents = read_text(
            "[general]\n[all](!)\nackcall=yes\nwrapuptime=5000\n[1001](all)\nfullname=Ann\nautologoff=15\nacceptdtmf=5\n\
             [agents]\nmusiconhold=jazz\nagent => 1002,4321,Bob Brown\n",
        );
        let ann = &agents[0];
        assert_eq!((ann.id.as_str(), ann.name.as_str(), ann.takes_by_key, ann.key), ("1001", "Ann", true, '5'));
        assert_eq!((ann.wrapup.as_millis(), ann.logs_off_after.as_secs(), ann.beep.as_str()), (5000, 15, "beep"));
        let bob = &agents[1];
        assert_eq!((bob.id.as_str(), bob.password.as_str(), bob.name.as_str()), ("1002", "4321", "Bob Brown"));
        assert_eq!((bob.music_class.as_str(), bob.takes_by_key), ("jazz", false));
        let own = ann.with_variables(|name| (name == "AGENTACKCALL").then(|| "no".to_owned()));
        assert!(!own.takes_by_key);
    }

    #[test]
    fn who_is_logged_in_outlives_a_reload() {
        let channels = Channels::new(1);
        let (channel, _party) = SimulatedTechnology::new([], Behaviour::Rings).dial(&channels, "SIP", "1", |_| {});
        let agents = Agents::default();
        agents.apply(read_text("[1001]\n"));
        assert_eq!(agents.device_state("1001"), DeviceState::Unavailable);
        assert_eq!(agents.request("1001").err(), Some(Refusal::LoggedOff));
        let session = agents.log_in(agents.find("1001").unwrap().settings, &channel, 7).unwrap();
        assert_eq!(agents.request("1001").err(), Some(Refusal::Busy));
        session.set_stage(Stage::Ready);
        assert_eq!(agents.device_state("1001"), DeviceState::NotInUse);
        agents.apply(read_text("[1002]\n"));
        assert!(agents.request("1001").is_ok());
        assert_eq!(agents.device_state("1001"), DeviceState::InUse);
        agents.log_off(&session);
        assert_eq!(agents.device_state("1001"), DeviceState::Invalid);
    }
}
