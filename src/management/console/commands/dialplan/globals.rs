//! `dialplan show globals`, `dialplan set global`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::channel::Happening;
use crate::management::console::{Answer, Command};
use crate::management::pbx::Pbx;

pub static SHOW_GLOBALS: Command = Command::now("dialplan show globals", "", "Lists the global variables", |request| {
    let globals = request.exchange().globals.lock();
    Answer::of(Globals(globals.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
});

pub static SET_GLOBAL: Command =
    Command::now("dialplan set global", "<name> <value>", "Sets a global variable", |request| {
        let [name, value] = request.words.as_slice() else { return request.usage() };
        let exchange = request.exchange();
        exchange.globals.lock().set(name, value);
        exchange.channels.publish(&Happening::VariableSet { channel: None, name, value });
        Answer::line(format!("\n    -- Global variable '{name}' set to '{value}'"))
    })
    .completes(names);

fn names(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    match words.len() {
        1 => pbx.exchange.globals.lock().iter().map(|(name, _)| name.to_owned()).collect(),
        _ => Vec::new(),
    }
}

#[derive(Serialize)]
struct Globals(Vec<(String, String)>);

impl Display for Globals {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for (name, value) in &self.0 {
            writeln!(formatter, "   {name}={value}")?;
        }
        writeln!(formatter, "\n    -- {} variable(s)", self.0.len())
    }
}
