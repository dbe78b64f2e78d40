//! `config`: the files that the configuration was read from.

use std::collections::BTreeMap;

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

pub static SHOW_MAPPINGS: Command =
    Command::now("core show config mappings", "", "Shows what stands in databases by extconfig.conf", |request| {
        let realtime = request.exchange().realtime.load();
        let mut engines: BTreeMap<&str, String> = BTreeMap::new();
        for (name, table, engine) in realtime.mappings() {
            *engines.entry(engine).or_default() += &format!("===> {name} (table={table})\n");
        }
        let shown = engines.iter().map(|(engine, mappings)| format!("Config Engine: {engine}\n{mappings}"));
        Answer::lines(shown.collect::<String>())
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
