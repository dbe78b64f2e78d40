//! Runs a plan on a virtual phone in virtual time, for the tests of applications.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::local::LocalTechnology;
use crate::channel::simulated::{Behaviour, Party, SimulatedTechnology};
use crate::channel::{Happening, Observer};
use crate::conf::Memory;
use crate::interpreter::{Call, Clock, PlanArrivals, device_of};
use crate::queues::LogFile;
use crate::server::{Configuration, Setup};

/// A call to 100@default. The phone `SIP/bob` rings and does not answer.
pub struct Trial {
    plan: String,
    /// Further files of the configuration, on disk.
    folder: Option<tempfile::TempDir>,
    press: String,
    hangup_after: f64,
    listens: bool,
    queue_log: Option<std::path::PathBuf>,
    behaviours: Vec<(String, Behaviour)>,
}

/// What became of it.
#[derive(Default)]
pub struct Told {
    /// What happened, a line each: `step Read D`, `plays beep`, `set D=12`, `warning …`, `end`.
    pub lines: Vec<String>,
    /// What the caller heard, at 8 kHz.
    pub heard: Vec<i16>,
    /// Seconds from the first step to the end.
    pub lasted: f64,
    folder: Option<tempfile::TempDir>,
}

impl Told {
    /// Where a file of the configuration folder is.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.as_ref().unwrap().path().join(name)
    }

    /// A file of the configuration folder, as it is after the call; empty where it is not there.
    pub fn file(&self, name: &str) -> String {
        let path = self.path(name);
        String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
    }

    /// The names of what is in a folder of the configuration folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let path = self.path(folder);
        let entries = std::fs::read_dir(path).into_iter().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Whether a line begins so.
    pub fn has(&self, line: &str) -> bool {
        self.lines.iter().any(|told| told.starts_with(line))
    }

    /// The value that a variable was set to last.
    pub fn value(&self, variable: &str) -> Option<&str> {
        self.lines.iter().rev().find_map(|line| line.strip_prefix(&format!("set {variable}=")))
    }

    /// The sounds that played, in order.
    pub fn sounds(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line.strip_prefix("plays ")).collect()
    }
}

impl Trial {
    /// A call whose steps are these, one a line, from priority 1. Lines that begin with `exten` or `[`, and settings
    /// (`name=value`), stand as they are.
    pub fn of(steps: &str) -> Self {
        let mut plan = "[default]\nexten => 100,1,Answer\n".to_owned();
        for step in steps.lines().map(str::trim).filter(|step| !step.is_empty()) {
            let is_setting = step.contains('=') && !step.contains('(');
            match is_setting || step.starts_with("exten") || step.starts_with('[') {
                true => plan.push_str(step),
                false => plan.push_str(&format!(" same => n,{step}")),
            }
            plan.push('\n');
        }
        Self {
            plan,
            folder: None,
            press: String::new(),
            hangup_after: 60.0,
            listens: false,
            queue_log: None,
            behaviours: Vec::new(),
        }
    }

    /// A further file of the configuration, or in its spool (`var/spool`).
    pub fn file(mut self, name: &str, text: &str) -> Self {
        let folder = self.folder.get_or_insert_with(|| tempfile::tempdir().unwrap());
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// The caller presses these keys a second after the call began; `w` waits half a second.
    pub fn press(mut self, keys: &str) -> Self {
        keys.clone_into(&mut self.press);
        self
    }

    /// The caller hangs up after so many seconds.
    pub fn hang_up(mut self, after: f64) -> Self {
        self.hangup_after = after;
        self
    }

    /// Where the queues' log is written.
    pub fn queue_log(mut self, path: &Path) -> Self {
        self.queue_log = Some(path.to_owned());
        self
    }

    /// There is a phone `SIP/NAME` that sends its calls to this `extension@context`.
    pub fn forwards(mut self, name: &str, target: &'static str) -> Self {
        self.behaviours.push((name.to_owned(), Behaviour::Forwards(target)));
        self
    }

    /// There is a phone `SIP/NAME` that answers after so many seconds.
    pub fn answers(mut self, name: &str, after: u64) -> Self {
        self.behaviours.push((name.to_owned(), Behaviour::Answers(Duration::from_secs(after))));
        self
    }

    /// What the caller hears is kept.
    pub fn listen(mut self) -> Self {
        self.listens = true;
        self
    }

    pub fn run(self) -> Told {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(self.call())
    }

    async fn call(mut self) -> Told {
        let start = jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        let configuration = match &self.folder {
            Some(folder) => {
                std::fs::write(folder.path().join("extensions.conf"), &self.plan).unwrap();
                Configuration::load(folder.path())
            }
            None => {
                let mut files = Memory::default().with("extensions.conf", &*self.plan);
                Configuration::load_from(&mut files, Path::new("extensions.conf"))
            }
        };
        let clock = Clock::Simulated { start, since: Instant::now() };
        let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
        exchange.queues.log.set_file(self.queue_log.take().map(|path| LogFile { path }));
        let lines = Arc::new(Lines::default());
        exchange.channels.add_observer(lines.clone());
        let phones = SimulatedTechnology::new(["bob".to_owned()], Behaviour::Rings);
        for (name, behaviour) in &self.behaviours {
            phones.set_behaviour(name, *behaviour);
        }
        exchange.channels.add_technology(phones.clone());
        exchange.channels.add_technology(Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));
        let (channel, party) =
            phones.dial(&exchange.channels, "SIP", "ann", |state| state.position.set("default", "100", 1));
        if self.listens {
            party.begin_listening();
        }
        let begun = Instant::now();
        let channels = Arc::clone(&exchange.channels);
        let plan = Call::new(exchange, channel).run();
        let caller = async {
            tokio::time::timeout(Duration::from_secs_f64(self.hangup_after), press(&party, &self.press)).await.ok();
            party.hang_up();
        };
        tokio::select! {
            () = plan => {}
            () = async { caller.await; std::future::pending().await } => {}
        }
        let lasted = begun.elapsed().as_secs_f64();
        // Others of the call may live on.
        for _ in 0..60 {
            if channels.count() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let lines = std::mem::take(&mut *lines.0.lock());
        Told { lines, heard: party.heard(), lasted, folder: self.folder }
    }
}

async fn press(party: &Party, keys: &str) {
    tokio::time::sleep(Duration::from_secs(1)).await;
    for key in keys.chars() {
        match key {
            'w' => tokio::time::sleep(Duration::from_millis(500)).await,
            key => {
                party.press(key);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    std::future::pending().await
}

#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Observer for Lines {
    fn happened(&self, happening: &Happening<'_>) {
        let line = match happening {
            Happening::Step { position, application, arguments, .. } => format!("{position} {application} {arguments}"),
            Happening::Plays { sound, .. } => format!("plays {sound}"),
            Happening::Tone { tone, .. } => format!("tone {tone}"),
            Happening::MusicOn { class, .. } => format!("music {class}"),
            Happening::MusicOff { .. } => "music off".to_owned(),
            Happening::VariableSet { name, value, .. } => format!("set {name}={value}"),
            Happening::Warning { text, .. } => format!("warning {text}"),
            Happening::Manager { event, fields, .. } => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("event {event} {}", fields.join(" "))
            }
            Happening::Created { channel } if channel.state().is_outgoing && channel.leg().technology() == "SIP" => {
                format!("dials {}", device_of(channel.name()))
            }
            Happening::Indicated { indication, .. } => format!("indicates {indication:?}"),
            _ => return,
        };
        self.0.lock().push(line);
    }
}
