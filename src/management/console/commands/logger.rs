//! `logger`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::management::console::{Answer, Command, Request};
use crate::management::logger::{LoggerConf, Target};

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
        row(formatter, ["Channel", "Type", "Formatter", "Status", "Configuration"])?;
        row(formatter, ["-------", "----", "---------", "------", "-------------"])?;
        for channel in &self.0 {
            let levels: String = channel.levels.iter().flat_map(|level| [*level, " "]).collect();
            row(formatter, [&channel.file, channel.kind, "default", "Enabled", &format!(" - {levels}")])?;
        }
        Ok(())
    }
}
