//! A configuration folder, read whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::DateTime;

use super::databases::Overlaid;
use super::loading::Loading;
use super::origin::Origin;
use super::settings::Settings;
use crate::applications::APPLICATIONS;
use crate::applications::agents::AgentTechnology;
use crate::bridging::parking::Lot;
use crate::conf::{Config, Directories, Disk, Files};
use crate::diagnostic::{Diagnostic, Severity, Sources, codes, render};
use crate::dialplan::amendment::Amendments;
use crate::dialplan::features::Features;
use crate::dialplan::plan::Plan;
use crate::functions::FUNCTIONS;
use crate::functions::odbc::{OdbcConf, OdbcFunctions};
use crate::interpreter::{ActivePlan, Audio, Clock, Exchange, Library, Parts, Reload};
use crate::management::ami;
use crate::management::http;
use crate::management::logger::{Logger, LoggerConf};
use crate::management::metrics;
use crate::queues::QueueSettings;
use crate::queues::agents::{self, AgentSettings};
use crate::queues::log::LogSettings;
use crate::sip::endpoint::{Endpoint, Endpoints, Technology};
use crate::storage::astdb::{Database, Memory};
use crate::storage::cdr::conf::CallRecords;
use crate::storage::cel::conf::CelConf;
use crate::storage::realtime::{Brought, Realtime};

/// The applications and functions that exten has.
pub static LIBRARY: Library = Library { applications: APPLICATIONS, functions: FUNCTIONS };

/// How an exchange is to run.
pub struct Setup {
    pub logger: Arc<Logger>,
    pub clock: Clock,
    pub reload: Reload,
    /// Seed of the random source.
    pub seed: u64,
    /// The AstDB.
    pub database: Arc<dyn Database>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            logger: Logger::new(),
            clock: Clock::System(jiff::tz::TimeZone::system()),
            reload: Reload::Pin,
            seed: fastrand::u64(..),
            database: Arc::new(Memory::default()),
        }
    }
}

/// What a folder holds.
#[derive(Default)]
pub struct Configuration {
    /// Where it was read from.
    pub origin: Origin,
    /// The folder.
    pub folder: PathBuf,
    /// Where the PBX keeps its files.
    pub directories: Directories,
    /// The server's own settings.
    pub settings: Settings,
    /// What is logged where.
    pub logger: LoggerConf,
    /// The queues' log.
    pub queue_log: LogSettings,
    /// The plan; none where Asterisk would refuse it.
    pub plan: Option<ActivePlan>,
    /// What there is of a plan that Asterisk would refuse: to be looked at, not to be run.
    pub draft: Option<ActivePlan>,
    /// Sounds, tones and music.
    pub audio: Audio,
    /// Where call records go.
    pub records: CallRecords,
    /// The channel event log.
    pub cel: CelConf,
    /// Functions made of SQL statements.
    pub odbc: OdbcConf,
    /// Phones and trunks.
    pub endpoints: Endpoints,
    /// Call queues.
    pub queues: QueueSettings,
    /// The tables of `extconfig.conf`.
    pub realtime: Realtime,
    /// What they brought into files.
    pub brought: Brought,
    /// Agents who may log in.
    pub agents: Vec<AgentSettings>,
    /// Who may connect to the manager, and where.
    pub manager: ami::Settings,
    /// What is served over HTTP.
    pub http: http::Settings,
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// What virtual calls have of their own.
    pub apart: Option<Apart>,
}

/// What virtual calls have of their own: a time, and a folder for what they write, which goes when this goes.
#[derive(Debug)]
pub struct Apart {
    pub start: DateTime,
    own: Directories,
    configured: Directories,
    folder: tempfile::TempDir,
}

impl Apart {
    /// A telling with the folders that the configuration names: those of virtual calls have another name each time.
    pub fn restored(&self, telling: String) -> String {
        if !telling.contains(&*self.folder.path().to_string_lossy()) {
            return telling;
        }
        let places = |folders: &Directories| {
            [&folders.etc, &folders.spool, &folders.log, &folders.run, &folders.db, &folders.lib]
                .map(|path| path.to_string_lossy().into_owned())
        };
        let pairs = places(&self.own).into_iter().zip(places(&self.configured));
        pairs.fold(telling, |telling, (own, configured)| telling.replace(&own, &configured))
    }
}

impl Configuration {
    /// Reads a folder laid out as `/etc/asterisk` is, or a single `extensions.conf` with the files beside it.
    pub fn load(path: &Path) -> Self {
        let mut files = Disk::default();
        Self::load_from(&mut files, path)
    }

    /// Reads through `files`, which sees every path that is tried.
    pub fn load_from(files: &mut dyn Files, origin: impl Into<Origin>) -> Self {
        Self::read(files, origin.into(), &Setup::default().clock)
    }

    /// Reads a folder for virtual calls that begin at `start`. What they write goes into a folder of their own, which is
    /// deleted with [`Apart`].
    ///
    /// # Errors
    /// Where the system gives no temporary folder.
    pub fn for_virtual_calls(files: &mut dyn Files, plan: &Path, start: DateTime) -> std::io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("exten-").tempdir()?;
        let origin = Origin { apart: Some(folder.path().to_owned()), ..Origin::from(plan) };
        let configured = Origin::from(plan).directories(files);
        let configuration = Self::read(files, origin, &Clock::starting(start));
        let apart = Apart { start, own: configuration.directories.clone(), configured, folder };
        Ok(Self { apart: Some(apart), ..configuration })
    }

    /// Lets virtual calls find these files in the place of those of the folder: what is read only when a call needs it, such
    /// as `voicemail.conf` and `confbridge.conf`.
    ///
    /// # Errors
    /// Where the system takes no files.
    pub fn with_files(mut self, given: &[(String, String)]) -> std::io::Result<Self> {
        let Some(apart) = self.apart.as_mut().filter(|_| !given.is_empty()) else { return Ok(self) };
        let folder = apart.folder.path().join("etc");
        std::fs::create_dir(&folder)?;
        if self.folder.is_dir() {
            for entry in std::fs::read_dir(std::path::absolute(&self.folder)?)? {
                let entry = entry?;
                std::os::unix::fs::symlink(entry.path(), folder.join(entry.file_name()))?;
            }
        }
        // Files of folders below are read with the plan: they are includes.
        for (name, text) in given.iter().filter(|(name, _)| !name.contains('/')) {
            let path = folder.join(name);
            // What stands there leads to the file of the folder, which stays as it is.
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => std::fs::write(&path, text)?,
            }
        }
        apart.own.etc.clone_from(&folder);
        self.directories.etc.clone_from(&folder);
        self.folder = folder;
        Ok(self)
    }

    fn read(files: &mut dyn Files, origin: Origin, clock: &Clock) -> Self {
        let (folder, _) = origin.locate();
        let mut overlaid = Overlaid::new(files, &origin);
        let brought = overlaid.brought().clone();
        let files: &mut dyn Files = &mut overlaid;
        let PlanRead { plan, draft, mut sources, mut diagnostics } =
            read_plan(files, &origin, clock, Amendments::default());
        for missing in brought.missing.iter().chain(&brought.refused) {
            let unread = Diagnostic::warning(codes::UNREADABLE_TABLE, missing.clone());
            diagnostics.push(unread.help("start the database, or correct what names it"));
        }
        let mut endpoints = {
            let mut read = |name: &str| read_if_there(files, &folder.join(name), &mut sources);
            let (sip, pjsip, rtp) = (read("sip.conf"), read("pjsip.conf"), read("rtp.conf"));
            for config in [&sip, &pjsip, &rtp].into_iter().flatten() {
                diagnostics.extend(config.diagnostics.iter().cloned());
            }
            Endpoints::from_configs(sip.as_ref(), pjsip.as_ref(), rtp.as_ref())
        };
        endpoints.settle_files(&folder);
        diagnostics.append(&mut endpoints.diagnostics);
        let queues = {
            let mut read = |name: &str| read_if_there(files, &folder.join(name), &mut sources);
            let (queues, rules) = (read("queues.conf"), read("queuerules.conf"));
            for config in [&queues, &rules].into_iter().flatten() {
                diagnostics.extend(config.diagnostics.iter().cloned());
            }
            QueueSettings::read(queues.as_ref(), rules.as_ref())
        };
        let agents = {
            let config = read_if_there(files, &folder.join("agents.conf"), &mut sources);
            diagnostics.extend(config.iter().flat_map(|config| config.diagnostics.iter().cloned()));
            agents::read(config.as_ref())
        };
        let main = origin.main(files, &mut sources);
        diagnostics.extend(main.diagnostics.iter().cloned());
        let directories = origin.directories_of(&main);
        let audio = super::audio::read(files, &directories, &mut sources, &mut diagnostics);
        let (connections, mut problems) =
            super::records::connections(files, &directories, &mut sources, &mut diagnostics);
        let (realtime, more) =
            super::records::realtime(files, &directories, &connections, &mut sources, &mut diagnostics);
        problems.extend(more);
        problems.iter().for_each(|problem| tracing::warn!("{problem}"));
        let cel = super::cel::read(files, &directories, &connections, &mut sources, &mut diagnostics);
        let func_odbc = read_if_there(files, &folder.join("func_odbc.conf"), &mut sources).unwrap_or_default();
        diagnostics.extend(func_odbc.diagnostics.iter().cloned());
        let odbc = OdbcConf::read(&func_odbc, connections.clone());
        let records = super::records::read(files, &directories, connections, &mut sources, &mut diagnostics);
        let manager = {
            let mut read = |name: &str| read_if_there(files, &folder.join(name), &mut sources);
            let (manager, acl) = (read("manager.conf"), read("acl.conf"));
            for config in [&manager, &acl].into_iter().flatten() {
                diagnostics.extend(config.diagnostics.iter().cloned());
            }
            ami::settings::read(manager.as_ref(), acl.as_ref(), Some(&main), &folder)
        };
        diagnostics.extend(manager.diagnostics);
        let mut manager = manager.settings;
        let web = read_if_there(files, &folder.join("http.conf"), &mut sources);
        diagnostics.extend(web.iter().flat_map(|config| config.diagnostics.iter().cloned()));
        let http::Read { settings: mut http, diagnostics: more } = http::read(web.as_ref(), &folder);
        diagnostics.extend(more);
        let monitoring = read_if_there(files, &folder.join("prometheus.conf"), &mut sources);
        diagnostics.extend(monitoring.iter().flat_map(|config| config.diagnostics.iter().cloned()));
        let (metrics, more) = metrics::read(monitoring.as_ref());
        http.metrics = metrics;
        diagnostics.extend(more);
        let logger = read_if_there(files, &folder.join("logger.conf"), &mut sources).unwrap_or_default();
        diagnostics.extend(logger.diagnostics.iter().cloned());
        let (logger, queue_log) = (LoggerConf::read(&logger, &directories.log), LogSettings::read(&logger));
        let settings = Settings::read(&main);
        manager.system_name.clone_from(&settings.identity.system_name);
        let active = |(plan, features)| ActivePlan { plan, features, sources: sources.clone() };
        let (plan, draft) = (plan.map(active), draft.map(active));
        Self {
            origin,
            folder,
            directories,
            settings,
            logger,
            queue_log,
            plan,
            draft,
            audio,
            records,
            cel,
            odbc,
            endpoints,
            queues,
            realtime,
            brought,
            agents,
            manager,
            http,
            diagnostics,
            sources,
            apart: None,
        }
    }

    /// The phone of this name.
    pub fn phone(&self, name: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name.eq_ignore_ascii_case(name))
    }

    /// Whether the plan must not go into service.
    pub fn is_refused(&self) -> bool {
        self.plan.is_none() || self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// An exchange with this plan; an empty one where there is none.
    pub fn exchange(self, setup: Setup) -> Arc<Exchange> {
        let plan = Arc::new(self.plan.unwrap_or_default());
        let (origin, clock) = (self.origin, setup.clock.clone());
        let own_functions = Arc::new(OdbcFunctions::new(self.odbc));
        let exchange = Exchange::new(Parts {
            plan,
            library: &LIBRARY,
            clock: setup.clock,
            audio: self.audio,
            reload: setup.reload,
            folder: self.folder,
            directories: self.directories,
            seed: setup.seed,
            database: setup.database,
            queues: self.queues,
            agents: self.agents,
        });
        exchange.set_rereading(move |amendments| amended_plan(&origin, &clock, amendments));
        exchange.set_own_functions(own_functions);
        exchange.realtime.store(Arc::new(self.realtime));
        exchange.voicemail.set_brought(self.brought.behind.get("voicemail.conf").map_or("", String::as_str));
        exchange.channels.add_technology(Arc::new(AgentTechnology::new(&exchange)));
        exchange
    }
}

/// A plan with its features, and what is wrong with it.
struct PlanRead {
    plan: Option<(Plan, Features)>,
    /// What there is of a plan that Asterisk would refuse.
    draft: Option<(Plan, Features)>,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
}

fn read_plan(files: &mut dyn Files, origin: &Origin, clock: &Clock, amendments: Amendments) -> PlanRead {
    let (folder, extensions) = origin.locate();
    let main = origin.main(files, &mut Sources::default());
    let directories = origin.directories_of(&main);
    let parking = Lot::extensions(files, &folder);
    let parking = parking.as_ref().map(|(path, text)| (path.as_path(), text.clone()));
    let loaded = Plan::load_with(files, &extensions, parking, amendments, &mut Loading::new(&directories, clock));
    let (mut sources, mut diagnostics) = (loaded.sources, loaded.diagnostics);
    let (features, more) = Features::load(files, &folder.join("features.conf"), &mut sources);
    diagnostics.extend(more);
    let (plan, draft) = match (loaded.plan, features) {
        (Some(plan), Some(features)) => (Some((plan, features)), None),
        (plan, features) => (None, plan.or(loaded.draft).map(|plan| (plan, features.unwrap_or_default()))),
    };
    PlanRead { plan, draft, sources, diagnostics }
}

/// The plan of a folder with changes that were made since.
///
/// # Errors
/// What is wrong with it, a line each.
fn amended_plan(origin: &Origin, clock: &Clock, amendments: Amendments) -> Result<ActivePlan, String> {
    let mut disk = Disk::default();
    let PlanRead { plan, sources, diagnostics, .. } =
        read_plan(&mut Overlaid::new(&mut disk, origin), origin, clock, amendments);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|diagnostic| render::short(diagnostic, &sources)).collect();
    match plan.filter(|_| errors.is_empty()) {
        Some((plan, features)) => Ok(ActivePlan { plan, features, sources }),
        None => Err(errors.join("\n")),
    }
}

/// The name of an endpoint's technology in channel names.
pub(super) fn technology(endpoint: &Endpoint) -> &'static str {
    match endpoint.technology {
        Technology::Sip => "SIP",
        Technology::Pjsip => "PJSIP",
    }
}

/// A file of the folder that need not be there.
pub(super) fn read_if_there(files: &mut dyn Files, path: &Path, sources: &mut Sources) -> Option<Config> {
    match files.read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        _ => Some(Config::read(files, path, sources)),
    }
}
