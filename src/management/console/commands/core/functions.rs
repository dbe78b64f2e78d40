//! `core show functions`, `core show function`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::likeness::likeness;
use crate::management::console::{Answer, Command};
use crate::management::pbx::Pbx;
use crate::manual::Manual;

pub static FUNCTIONS: Command = Command::now(
    "core show functions",
    "[like <text>|describing <text>]",
    "Lists the functions that plans may use",
    |request| {
        let Some(wanted) = likeness(&request.words) else { return request.usage() };
        let all = request.exchange().library.functions.iter();
        let found = all.filter(|function| wanted.takes(function.name, function.synopsis));
        let rows = found.map(|function| Row {
            name: function.name,
            syntax: Manual::from(*function).syntax(),
            synopsis: function.synopsis,
        });
        Answer::of(Functions { functions: rows.collect(), is_selection: !request.words.is_empty() })
    },
);

pub static FUNCTION: Command = Command::now("core show function", "<function>", "Explains a function", |request| {
    let [name] = request.words.as_slice() else { return request.usage() };
    match request.exchange().library.function(&name.to_uppercase()) {
        Some(function) => Answer::of(Manual::from(function)),
        None => Answer::failure("No function by that name registered."),
    }
})
.completes(names);

fn names(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    match words.len() {
        1 => pbx.exchange.library.functions.iter().map(|function| function.name.to_owned()).collect(),
        _ => Vec::new(),
    }
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    syntax: String,
    synopsis: &'static str,
}

#[derive(Serialize)]
struct Functions {
    functions: Vec<Row>,
    #[serde(skip)]
    is_selection: bool,
}

impl Display for Functions {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "{} Custom Functions:", if self.is_selection { "Matching" } else { "Installed" })?;
        writeln!(formatter, "{}", "-".repeat(80))?;
        for Row { name, syntax, synopsis } in &self.functions {
            writeln!(formatter, "{name:<20.20}  {syntax:<35.35}  {synopsis}")?;
        }
        let said = if self.is_selection { "matching" } else { "installed" };
        writeln!(formatter, "{} {said} custom functions.", self.functions.len())
    }
}
