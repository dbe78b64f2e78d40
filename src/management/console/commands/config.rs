//! `config`: the files that the configuration was read from.

use crate::management::console::{Answer, Command};

pub static LIST: Command =
    Command::now("config list", "", "Lists the files of the configuration folder that there are", |request| {
        let folder = &request.exchange().directories.etc;
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|extension| extension == "conf")).collect();
        files.sort();
        let rows = files.iter().map(|path| format!("{:<20} {:<50}\n", "core", path.display()));
        Answer::lines(rows.collect::<String>())
    });

pub static RELOAD: Command = Command::later(
    "config reload",
    "<file>",
    "Reads the configuration again: all files are one configuration",
    |request| {
        Box::pin(async move {
            let [_] = request.words.as_slice() else { return request.usage() };
            super::dialplan::reload::reload(request.pbx, "").await
        })
    },
);
