//! What all calls share: who is in a call, the plan in service, globals, rooms, sounds, the clock.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use tokio::time::Instant;

use super::active::{ActivePlan, Lookup};
use super::counts::{Counts, Limits};
use super::kept::Kept;
use super::locks::Locks;
use super::remote::RemoteCommands;
use super::watching::Watching;
use super::{Application, Function, OwnFunctions};
use crate::bridging::Rooms;
use crate::channel::arrivals::{Arrivals, Reach};
use crate::channel::caller_id::Party;
use crate::channel::leg::Nobody;
use crate::channel::message::TextMessage;
use crate::channel::watching::{Messages, Watched};
use crate::channel::{Cause, Channel, Channels, Phase, State, Variables};
use crate::conf::Directories;
use crate::dialplan::amendment::{Amendment, Amendments};
use crate::media::music::MusicClasses;
use crate::media::sound::SoundFolders;
use crate::media::zone::Zones;
use crate::queues::agents::{AgentSettings, Agents};
use crate::queues::{QueueSettings, Queues};
use crate::storage::astdb::{Database, Memory};
use crate::storage::realtime::Realtime;
use crate::storage::voicemail::Voicemail;

/// The applications and functions that plans may use, each list sorted by name without case.
pub struct Library {
    pub applications: &'static [&'static Application],
    pub functions: &'static [&'static Function],
}

impl Library {
    /// The application of this name, in any case.
    pub fn application(&self, name: &str) -> Option<&'static Application> {
        find(self.applications, name, |application| application.name)
    }

    /// The place of an application in the list.
    pub fn application_index(&self, name: &str) -> Option<usize> {
        position(self.applications, name, |application| application.name)
    }

    /// The function of exactly this name: unlike applications, functions must be written as they are called.
    pub fn function(&self, name: &str) -> Option<&'static Function> {
        find(self.functions, name, |function| function.name).filter(|function| function.name == name)
    }
}

fn find<T>(sorted: &'static [&'static T], name: &str, name_of: impl Fn(&T) -> &'static str) -> Option<&'static T> {
    sorted.get(position(sorted, name, name_of)?).copied()
}

fn position<T>(sorted: &[&'static T], name: &str, name_of: impl Fn(&T) -> &'static str) -> Option<usize> {
    let folded = |text: &str, other: &str| {
        text.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
    };
    sorted.binary_search_by(|item| folded(name_of(item), name)).ok()
}

/// Which plan a call in progress walks after a reload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reload {
    /// The one it began with.
    #[default]
    Pin,
    /// Each step is looked up in the newest, as Asterisk does.
    Follow,
}

/// Where the wall clock's time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine.
    System(TimeZone),
    /// A fixed moment, moved on by tokio's time only.
    Simulated { start: Zoned, since: Instant },
}

impl Clock {
    /// A clock of tokio's time that now shows `start`.
    pub fn starting(start: DateTime) -> Self {
        // In UTC every moment exists.
        let start = start.to_zoned(TimeZone::UTC).unwrap_or_default();
        Clock::Simulated { start, since: Instant::now() }
    }

    /// The local time now.
    pub fn now(&self) -> Zoned {
        match self {
            Clock::System(zone) => Timestamp::now().to_zoned(zone.clone()),
            Clock::Simulated { start, since } => {
                let elapsed = jiff::SignedDuration::try_from(since.elapsed()).unwrap_or_default();
                start.checked_add(elapsed).unwrap_or_else(|_| start.clone())
            }
        }
    }

    /// The date and time of day in a zone by its name, or in the server's own.
    pub fn local(&self, zone: Option<&str>) -> DateTime {
        let now = self.now();
        match zone.and_then(|zone| TimeZone::get(zone).ok()) {
            Some(zone) => now.with_time_zone(zone).datetime(),
            None => now.datetime(),
        }
    }

    /// The wall-clock time of a moment in tokio's time.
    pub fn at(&self, moment: Instant) -> Zoned {
        let now = self.now();
        let ago = Instant::now().saturating_duration_since(moment);
        now.checked_sub(jiff::SignedDuration::try_from(ago).unwrap_or_default()).unwrap_or(now)
    }
}

/// What parties hear from the exchange itself.
#[derive(Clone, Debug, Default)]
pub struct Audio {
    pub sounds: SoundFolders,
    /// From `indications.conf`.
    pub zones: Zones,
    /// From `musiconhold.conf`.
    pub music: MusicClasses,
}

/// Reads the plan again with changes.
type Reread = Arc<dyn Fn(Amendments) -> Result<ActivePlan, String> + Send + Sync>;

/// What an [`Exchange`] is made with.
pub struct Parts {
    pub plan: Arc<ActivePlan>,
    pub library: &'static Library,
    pub clock: Clock,
    pub audio: Audio,
    pub reload: Reload,
    /// Where files are read that applications look at anew each time, such as `meetme.conf`.
    pub folder: PathBuf,
    /// Where the PBX keeps its files.
    pub directories: Directories,
    /// Seed of the random source; the simulator fixes it.
    pub seed: u64,
    /// What `DB()` reads and writes.
    pub database: Arc<dyn Database>,
    /// From `queues.conf` and `queuerules.conf`.
    pub queues: QueueSettings,
    /// From `agents.conf`.
    pub agents: Vec<AgentSettings>,
}

impl Parts {
    /// What an exchange needs at least: the machine's clock and zone, no sounds, a database in memory.
    pub fn new(plan: ActivePlan, library: &'static Library) -> Self {
        Self {
            plan: Arc::new(plan),
            library,
            clock: Clock::System(TimeZone::system()),
            audio: Audio::default(),
            reload: Reload::Pin,
            folder: PathBuf::new(),
            directories: Directories::within(std::path::Path::new("")),
            seed: fastrand::u64(..),
            database: Arc::new(Memory::default()),
            queues: QueueSettings::default(),
            agents: Vec::new(),
        }
    }
}

/// Reads the configuration again; true where it is in service then.
pub type Reloader = Box<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// What all calls share.
pub struct Exchange {
    pub channels: Arc<Channels>,
    pub rooms: Arc<Rooms>,
    /// The tables of `extconfig.conf`.
    pub realtime: ArcSwap<Realtime>,
    /// The call queues.
    pub queues: Queues,
    /// Who may log in to take calls, and who is logged in.
    pub agents: Agents,
    pub globals: Mutex<Variables>,
    pub library: &'static Library,
    pub clock: Clock,
    pub reload: Reload,
    /// The folder of the configuration.
    pub folder: PathBuf,
    /// Where the PBX keeps its files.
    pub directories: Directories,
    /// The AstDB.
    pub database: Arc<dyn Database>,
    /// Calls that are parked.
    pub parking: crate::bridging::parking::Parking,
    /// Holding bridges by name.
    pub halls: crate::bridging::hall::Halls,
    /// Mailboxes and their messages.
    pub voicemail: Voicemail,
    /// Environment variables that the plan set with `ENV()`; programs that the plan starts get them.
    pub environment: Mutex<Variables>,
    /// Functions that the admin made.
    own_functions: RwLock<Option<Arc<dyn OwnFunctions>>>,
    /// The locks of `LOCK()`.
    pub locks: Locks,
    /// Reads the configuration again; where a server runs, it is set.
    pub reloader: OnceLock<Reloader>,
    /// What single applications keep.
    pub kept: Kept,
    /// Who watches devices and hints.
    pub watching: Watching,
    /// Who takes commands from manager programs.
    pub remote: RemoteCommands,
    audio: ArcSwap<Audio>,
    /// How many calls there are and have been.
    pub calls: Counts,
    /// When new calls are turned away.
    pub limits: ArcSwap<Limits>,
    plan: ArcSwap<ActivePlan>,
    /// What was changed about the plan since it was read.
    amendments: tokio::sync::Mutex<Amendments>,
    /// Reads the plan in service again, with changes.
    rereads: OnceLock<Reread>,
    exclusive_macros: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    random: Mutex<fastrand::Rng>,
}

impl Exchange {
    pub fn new(parts: Parts) -> Arc<Self> {
        let epoch = u64::try_from(parts.clock.now().timestamp().as_second()).unwrap_or(0);
        let exchange = Arc::new(Self {
            channels: Channels::new(epoch),
            rooms: Rooms::new(),
            realtime: ArcSwap::default(),
            limits: ArcSwap::default(),
            queues: Queues::default(),
            agents: Agents::default(),
            globals: Mutex::default(),
            library: parts.library,
            clock: parts.clock,
            audio: ArcSwap::from_pointee(parts.audio),
            reload: parts.reload,
            parking: crate::bridging::parking::Parking::new(&parts.folder),
            halls: crate::bridging::hall::Halls::default(),
            voicemail: Voicemail::of(&parts.folder, &parts.directories),
            folder: parts.folder,
            directories: parts.directories,
            database: parts.database,
            environment: Mutex::default(),
            own_functions: RwLock::default(),
            locks: Locks::default(),
            reloader: OnceLock::new(),
            kept: Kept::default(),
            remote: RemoteCommands::default(),
            calls: Counts::default(),
            watching: Watching::default(),
            plan: ArcSwap::from(parts.plan),
            amendments: tokio::sync::Mutex::default(),
            rereads: OnceLock::new(),
            exclusive_macros: Mutex::default(),
            random: Mutex::new(fastrand::Rng::with_seed(parts.seed)),
        });
        exchange.read_globals();
        let now = exchange.epoch();
        exchange.queues.apply(parts.queues, now);
        exchange.agents.apply(parts.agents);
        exchange.queues.restore_members(&*exchange.database, now);
        exchange
    }

    /// The plan in service.
    pub fn plan(&self) -> Arc<ActivePlan> {
        self.plan.load_full()
    }

    /// Puts a new plan into service. Globals that the plan or a call set survive unless `clearglobalvars` says not.
    pub fn swap_plan(&self, plan: Arc<ActivePlan>) {
        if plan.plan.general.clearglobalvars {
            self.globals.lock().clear();
        }
        self.plan.store(plan);
        self.read_globals();
    }

    /// Says how the plan is read again to change it.
    pub fn set_rereading(&self, read: impl Fn(Amendments) -> Result<ActivePlan, String> + Send + Sync + 'static) {
        // It is said once, where the exchange is made.
        let _ = self.rereads.set(Arc::new(read));
    }

    /// Changes the plan in service by what `decide` makes of the changes so far; globals stay as they are.
    ///
    /// # Errors
    /// Why it is not changed.
    pub async fn amend(
        self: &Arc<Self>,
        decide: impl FnOnce(&Amendments) -> Vec<Amendment> + Send,
    ) -> Result<(), String> {
        let mut amendments = self.amendments.lock().await;
        let more = decide(&amendments);
        if more.is_empty() {
            return Ok(());
        }
        let all = more.into_iter().fold(amendments.clone(), |all, amendment| all.with(amendment));
        self.put_amended(&all).await?;
        *amendments = all;
        Ok(())
    }

    /// The plan was read anew: what was changed about the old one is gone, but for what is in service still.
    pub async fn forget_amendments(self: &Arc<Self>) {
        let mut amendments = self.amendments.lock().await;
        *amendments = amendments.lasting();
        if !amendments.is_empty()
            && let Err(error) = self.put_amended(&amendments).await
        {
            tracing::warn!("what was registered in the plan is not there any more: {error}");
        }
    }

    async fn put_amended(self: &Arc<Self>, all: &Amendments) -> Result<(), String> {
        let read = self.rereads.get().ok_or("There is no server that could change the plan.")?;
        let (read, wanted) = (Arc::clone(read), all.clone());
        let plan = tokio::task::spawn_blocking(move || read(wanted)).await.map_err(|error| error.to_string())??;
        self.plan.store(Arc::new(plan));
        self.renew_hints();
        Ok(())
    }

    /// The sounds, tones and music that parties hear.
    pub fn audio(&self) -> Arc<Audio> {
        self.audio.load_full()
    }

    /// Takes other sounds, tones and music; what plays already goes on.
    pub fn set_audio(&self, audio: Audio) {
        self.audio.store(Arc::new(audio));
    }

    fn read_globals(&self) {
        let mut globals = self.globals.lock();
        for global in &self.plan().plan.globals {
            globals.set(&global.name, &global.value);
        }
    }

    /// The functions that the admin made.
    pub fn own_functions(&self) -> Option<Arc<dyn OwnFunctions>> {
        self.own_functions.read().clone()
    }

    /// Puts other functions of the admin's into service.
    pub fn set_own_functions(&self, functions: Arc<dyn OwnFunctions>) {
        *self.own_functions.write() = Some(functions);
    }

    /// The lock of a macro that runs in one call at a time.
    pub fn exclusive_macro(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.exclusive_macros.lock();
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(name.to_owned()).or_default())
    }

    /// A number from `low` to `high`, both included.
    pub fn random(&self, low: i64, high: i64) -> i64 {
        if low >= high { low } else { self.random.lock().i64(low..=high) }
    }

    /// Seconds since 1970.
    pub fn epoch(&self) -> i64 {
        self.clock.now().timestamp().as_second()
    }

    /// How long a pause of this many seconds is; nothing for what is not positive.
    pub fn pause(seconds: f64) -> Duration {
        Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
    }
}

/// Calls that a technology brings walk the exchange's plan.
pub struct PlanArrivals {
    exchange: std::sync::Weak<Exchange>,
}

impl PlanArrivals {
    pub fn new(exchange: &Arc<Exchange>) -> Arc<Self> {
        Arc::new(Self { exchange: Arc::downgrade(exchange) })
    }
}

impl Arrivals for PlanArrivals {
    fn reach(&self, context: &str, extension: &str, caller: &str) -> Reach {
        let Some(exchange) = self.exchange.upgrade() else { return Reach::Unknown };
        let plan = exchange.plan();
        let lookup = Lookup::new(&plan, &exchange.clock);
        if lookup.exists(context, extension, 1, caller) || plan.is_pickup_code(extension) {
            Reach::Complete
        } else if lookup.can_match(context, extension, caller) {
            Reach::Partial
        } else {
            Reach::Unknown
        }
    }

    fn arrive(&self, channel: Arc<Channel>) {
        let Some(exchange) = self.exchange.upgrade() else { return };
        if let Some(why) = exchange.limits.load().refusal(exchange.calls.active()) {
            tracing::warn!("{} is turned away: {why}", channel.name());
            return channel.hang_up(Cause::SWITCH_CONGESTION);
        }
        super::Call::start(exchange, channel);
    }

    fn watch_extension(&self, context: &str, extension: &str) -> Option<watch::Receiver<Watched>> {
        self.exchange.upgrade()?.watch_extension(context, extension)
    }

    fn watch_mailbox(&self, mailbox: &str) -> Option<watch::Receiver<Messages>> {
        let mut counts = self.exchange.upgrade()?.voicemail.watch(mailbox);
        let read = |counts: &crate::storage::voicemail::Counts| Messages { new: counts.new, old: counts.old };
        let messages = watch::Sender::new(read(&counts.borrow_and_update()));
        let receiver = messages.subscribe();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = messages.closed() => return,
                    changed = counts.changed() => match changed {
                        Ok(()) => _ = messages.send_replace(read(&counts.borrow_and_update())),
                        Err(_) => return,
                    },
                }
            }
        });
        Some(receiver)
    }

    fn message(&self, context: &str, extension: &str, from: Party, message: TextMessage) -> bool {
        let Some(exchange) = self.exchange.upgrade() else { return false };
        if self.reach(context, extension, from.number()) != Reach::Complete {
            return false;
        }
        let number = exchange.channels.next_number("Message");
        let name = format!("Message/ast_msg_queue-{number:08x}");
        let prepare = |state: &mut State| {
            state.caller = from;
            state.message = Some(Box::new(message));
            state.position.set(context, extension, 1);
        };
        let channel = exchange.channels.create(name, Phase::Up, prepare, |_| Nobody);
        super::Call::start(exchange, channel);
        true
    }

    fn feature_keys(&self, channel: &Channel, feature: &str) -> Option<String> {
        let of_channel = channel.state().settings.get(&format!("FEATUREMAP/{feature}")).map(str::to_owned);
        let plan = self.exchange.upgrade()?.plan();
        of_channel.or_else(|| plan.features.map.keys(feature).map(str::to_owned)).filter(|keys| !keys.is_empty())
    }

    fn device_changed(&self, device: &str) {
        if let Some(exchange) = self.exchange.upgrade() {
            exchange.watching.touch(device);
        }
    }

    fn take_over(&self, channel: Arc<Channel>, partner: Arc<Channel>) {
        if let Some(exchange) = self.exchange.upgrade() {
            tokio::spawn(super::Call::take_over(exchange, channel, partner));
        }
    }

    fn join(&self, first: Arc<Channel>, second: Arc<Channel>) {
        if let Some(exchange) = self.exchange.upgrade() {
            tokio::spawn(super::Call::join(exchange, first, second));
        }
    }
}
