//! `logger`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::management::console::request::LEVELS;
use crate::management::console::{Answer, Command, Request};
use crate::management::logger::{Destination, LoggerConf, Target};

pub static SHOW_CHANNELS: Command =
    Command::now("logger show channels", "", "Lists where lines are logged", |request| {
        let conf = request.pbx.logger.conf();
        let channels = conf.destinations.into_iter().map(|destination| match destination.target {
            Target::Console => LogChannel { file: String::new(), kind: "Console", levels: destination.levels },
            Target::File(path) => {
                LogChannel { file: path.display().to_string(), kind: "File", levels: destination.levels }
            }
        });
        Answer::of(LogChannels(channels.collect()))
    });

pub static ROTATE: Command =
    Command::now("logger rotate", "", "Puts the log files aside and begins new ones", |request| {
        let failed = request.pbx.logger.rotate();
        match failed.as_slice() {
            [] => Answer::line(""),
            failed => {
                let lines = failed.iter().map(|(path, error)| format!("{}: {error}\n", path.display()));
                Answer::failure(lines.collect::<String>())
            }
        }
    });

pub static RELOAD: Command = Command::now("logger reload", "", "Reads logger.conf again", reload);

pub static ADD_CHANNEL: Command = Command::now(
    "logger add channel",
    "<file> <levels>",
    "Logs lines of these levels to a file as well, until logger.conf is read again",
    |request| {
        let [name, levels] = request.words.as_slice() else { return request.usage() };
        let mut conf = request.pbx.logger.conf();
        let added = Destination::new(name, levels, &request.exchange().directories.log);
        if conf.destinations.iter().any(|known| known.target == added.target) {
            return Answer::refusal(format!("Logger channel '{name}' already exists"));
        }
        conf.destinations.push(added);
        request.pbx.logger.configure(conf);
        Answer::line("")
    },
);

pub static REMOVE_CHANNEL: Command =
    Command::now("logger remove channel", "<file>", "Ends what `logger add channel` began", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        let mut conf = request.pbx.logger.conf();
        let gone = Destination::new(name, "", &request.exchange().directories.log);
        conf.destinations.retain(|known| known.target != gone.target);
        request.pbx.logger.configure(conf);
        Answer::line(format!("Removed dynamic logger channel '{name}'"))
    });

pub static SET_LEVEL: Command = Command::now(
    "logger set level",
    "<DEBUG|NOTICE|WARNING|ERROR|VERBOSE|DTMF|SECURITY> <on|off>",
    "Chooses which lines of the log this console shows",
    |request| {
        let [level, switch] = request.words.as_slice() else { return request.usage() };
        let level = level.to_ascii_uppercase();
        let is_on = match switch.to_ascii_lowercase().as_str() {
            "on" => true,
            "off" => false,
            _ => return request.usage(),
        };
        match request.session.set_level(&level, is_on) {
            true => Answer::line(format!(
                "Logger status for '{level}' has been set to '{}'.",
                if is_on { "on" } else { "off" }
            )),
            false => request.usage(),
        }
    },
)
.completes(|_, words| match words.len() {
    1 => LEVELS.map(str::to_owned).to_vec(),
    _ => vec!["off".to_owned(), "on".to_owned()],
});

pub static MUTE: Command = Command::now(
    "logger mute",
    "[silent]",
    "Shows no lines of the log at this console, or shows them again",
    |request| {
        let is_muted = request.session.toggle_muted();
        match (request.is(0, "silent"), is_muted) {
            (true, _) => Answer::line(""),
            (false, true) => Answer::line("Console is muted."),
            (false, false) => Answer::line("Console is not muted anymore."),
        }
    },
);

fn reload(request: &Request<'_>) -> Answer {
    let directories = &request.exchange().directories;
    let config = Config::read(&mut Disk::default(), &directories.etc.join("logger.conf"), &mut Sources::default());
    request.pbx.logger.configure(LoggerConf::read(&config, &directories.log));
    Answer::line("")
}

#[derive(Serialize)]
struct LogChannel {
    file: String,
    kind: &'static str,
    levels: Vec<&'static str>,
}

#[derive(Serialize)]
struct LogChannels(Vec<LogChannel>);

impl Display for LogChannels {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let row = |formatter: &mut Formatter<'_>, [file, kind, form, status, levels]: [&str; 5]| {
            writeln!(formatter, "{file:<35.35} {kind:<8.8} {form:<10.10} {status:<9.9} {levels}")
        };
        writeln!(formatter, "Logger queue limit: 1000\n")?;
        row(formatter, ["Channel", "Type", "Formatter", "Status", "Configuration"])?;
        row(formatter, ["-------", "----", "---------", "------", "-------------"])?;
        for channel in &self.0 {
            let levels: String = channel.levels.iter().flat_map(|level| [*level, " "]).collect();
            row(formatter, [&channel.file, channel.kind, "default", "Enabled", &format!(" - {levels}")])?;
        }
        writeln!(formatter)
    }
}
