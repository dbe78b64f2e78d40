//! `core show applications`, `core show application`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::likeness::likeness;
use crate::management::console::{Answer, Command};
use crate::management::pbx::Pbx;
use crate::manual::Manual;

pub static APPLICATIONS: Command = Command::now(
    "core show applications",
    "[like <text>|describing <text>]",
    "Lists the applications that plans may use",
    |request| {
        let Some(wanted) = likeness(&request.words) else { return request.usage() };
        let all = request.exchange().library.applications.iter();
        let found = all.filter(|application| wanted.takes(application.name, application.synopsis));
        let rows = found.map(|application| Row { name: application.name, synopsis: application.synopsis });
        Answer::of(Applications { applications: rows.collect(), is_selection: !request.words.is_empty() })
    },
);

pub static APPLICATION: Command =
    Command::now("core show application", "<application>", "Explains an application", |request| {
        if request.words.is_empty() {
            return request.usage();
        }
        let library = request.exchange().library;
        let found: Vec<Manual> =
            request.words.iter().filter_map(|name| library.application(name)).map(Manual::from).collect();
        match found.is_empty() {
            true => Answer::failure("Your application(s) is (are) not registered"),
            false => Answer::of(Manuals(found)),
        }
    })
    .completes(names);

fn names(pbx: &Pbx, _: &[&str]) -> Vec<String> {
    pbx.exchange.library.applications.iter().map(|application| application.name.to_owned()).collect()
}

#[derive(Serialize)]
struct Manuals(Vec<Manual>);

impl Display for Manuals {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.0.iter().try_for_each(|manual| manual.fmt(formatter))
    }
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    synopsis: &'static str,
}

#[derive(Serialize)]
struct Applications {
    applications: Vec<Row>,
    #[serde(skip)]
    is_selection: bool,
}

impl Display for Applications {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let (what, said) = match self.is_selection {
            true => ("Matching", "Matching"),
            false => ("Registered", "Registered"),
        };
        writeln!(formatter, "    -= {what} Asterisk Applications =-")?;
        for row in &self.applications {
            writeln!(formatter, "  {:>20}: {}", row.name, row.synopsis)?;
        }
        writeln!(formatter, "    -= {} Applications {said} =-", self.applications.len())
    }
}
