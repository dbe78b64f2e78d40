//! `core show settings`, `core show sysinfo`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::VERSION;

pub static SETTINGS: Command =
    Command::now("core show settings", "", "Shows how the server is set up", |request| Answer::of(settings(request)));

pub static SYSINFO: Command =
    Command::now("core show sysinfo", "", "Shows what the machine has to offer", |_| Answer::of(system()));

/// Headings, and what stands under each by name.
#[derive(Serialize)]
struct Facts {
    parts: Vec<(&'static str, Vec<(&'static str, String)>)>,
    #[serde(skip)]
    head: &'static str,
    /// Of the names.
    #[serde(skip)]
    width: usize,
}

fn settings(request: &Request<'_>) -> Facts {
    let (pbx, exchange) = (request.pbx, request.exchange());
    let folders = &exchange.directories;
    let path = |path: &std::path::Path| path.display().to_string();
    let date = |date: &jiff::Zoned| date.strftime("%H:%M:%S %d %b %Y").to_string();
    let switch = |is_on: bool| if is_on { "Enabled" } else { "Disabled" }.to_owned();
    let general = &exchange.plan().plan.general;
    let (limits, identity) = (exchange.limits.load(), exchange.channels.identity());
    let machine = rustix::system::uname();
    let word = |word: &std::ffi::CStr| word.to_string_lossy().into_owned();
    let main = vec![
        ("Version", VERSION.to_owned()),
        (
            "Maximum calls",
            match limits.most_calls {
                0 => "Not set".to_owned(),
                most => format!("{most} (Current {})", exchange.calls.active()),
            },
        ),
        ("Maximum load average", format!("{:.6}", limits.most_load)),
        ("Minimum free memory", format!("{} MB", limits.least_memory)),
        ("Root console verbosity", pbx.logger.verbose().to_string()),
        ("Current console verbosity", request.session.verbose().to_string()),
        ("Debug level", pbx.logger.debug().to_string()),
        ("Startup time", date(&pbx.started)),
        ("Last reload time", date(&pbx.reloaded.lock())),
        ("System", format!("{}/{} on {}", word(machine.sysname()), word(machine.release()), word(machine.machine()))),
        ("System name", identity.system_name.clone()),
        ("Process", std::process::id().to_string()),
        ("Default language", identity.language.clone()),
        ("Autofallthrough", switch(general.autofallthrough)),
        ("Priority jumping", switch(general.priorityjumping)),
    ];
    let subsystems = vec![
        ("Manager (AMI)", switch(pbx.manager().is_some_and(|manager| manager.settings().is_enabled))),
        ("Call data records", switch(true)),
        ("Realtime Architecture (ARA)", switch(exchange.directories.etc.join("extconfig.conf").exists())),
    ];
    let directories = vec![
        ("Configuration file", path(&folders.etc.join("asterisk.conf"))),
        ("Configuration directory", path(&folders.etc)),
        ("Module directory", path(&folders.modules)),
        ("Spool directory", path(&folders.spool)),
        ("Log directory", path(&folders.log)),
        ("Run/Sockets directory", path(&folders.run)),
        ("VarLib directory", path(&folders.lib)),
        ("Data directory", path(&folders.data)),
        ("ASTDB", path(&folders.database())),
        ("Keys directory", path(&folders.keys)),
        ("AGI Scripts directory", path(&folders.agi)),
    ];
    let parts = vec![("", main), ("Subsystems", subsystems), ("Directories", directories)];
    Facts { parts, head: "PBX Core settings", width: 29 }
}

fn system() -> Facts {
    let info = rustix::system::sysinfo();
    let unit = u64::from(info.mem_unit);
    let kilobytes = |count: u64| (count * unit / 1024).to_string();
    let statistics = vec![
        ("System Uptime", format!("{} hours", info.uptime / 3600)),
        ("Total RAM", format!("{} KiB", kilobytes(info.totalram))),
        ("Free RAM", format!("{} KiB", kilobytes(info.freeram))),
        ("Buffer RAM", format!("{} KiB", kilobytes(info.bufferram))),
        ("Total Swap Space", format!("{} KiB", kilobytes(info.totalswap))),
        ("Free Swap Space", format!("{} KiB", kilobytes(info.freeswap))),
        ("Number of Processes", info.procs.to_string()),
    ];
    Facts { parts: vec![("", statistics)], head: "System Statistics", width: 27 }
}

impl Display for Facts {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\n{}\n{}", self.head, "-".repeat(self.head.len()))?;
        for (heading, facts) in &self.parts {
            if !heading.is_empty() {
                writeln!(formatter, "\n* {heading}\n  {}", "-".repeat(heading.len()))?;
            }
            for (name, value) in facts {
                writeln!(formatter, "  {:<width$}{value}", format!("{name}:"), width = self.width)?;
            }
        }
        writeln!(formatter)
    }
}
