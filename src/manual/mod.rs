//! The manual pages of applications and functions, all from their declarations.

mod markdown;

use std::fmt::{Display, Formatter, Result};

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::interpreter::{Application, Argument, Function, Kind, Letter, Sets};

/// The page of one application or function. It is written as Asterisk's console shows it.
pub struct Manual {
    /// `application` or `function`.
    pub kind: &'static str,
    /// The registered spelling.
    pub name: &'static str,
    /// What it does, in one line.
    pub synopsis: &'static str,
    arguments: &'static [Argument],
    options: &'static [Letter],
    sets: &'static [Sets],
}

impl From<&'static Application> for Manual {
    fn from(application: &'static Application) -> Self {
        Self {
            kind: "application",
            name: application.name,
            synopsis: application.synopsis,
            arguments: application.arguments,
            options: application.options,
            sets: application.sets,
        }
    }
}

impl From<&'static Function> for Manual {
    fn from(function: &'static Function) -> Self {
        Self {
            kind: "function",
            name: function.name,
            synopsis: function.synopsis,
            arguments: function.arguments,
            options: &[],
            sets: &[],
        }
    }
}

/// The pages: kind, name, text. They are the doc comments of the declarations.
static PAGES: &[(&str, &str, &str)] = &include!(concat!(env!("OUT_DIR"), "/manual.rs"));

impl Display for Manual {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\n  -= Info about {} '{}' =- \n", self.kind, self.name)?;
        writeln!(formatter, "[Synopsis]\n{}\n", self.synopsis)?;
        let description = Some(self.description()).filter(|text| !text.is_empty());
        writeln!(formatter, "[Description]\n{}\n", description.unwrap_or("Not available"))?;
        writeln!(formatter, "[Syntax]\n{}\n", self.syntax())?;
        writeln!(formatter, "[Arguments]")?;
        if self.arguments.is_empty() {
            writeln!(formatter, "Not available")?;
        }
        for argument in self.arguments {
            writeln!(formatter, "{}", argument.name)?;
            if argument.kind == Kind::Options {
                self.letters(formatter)?;
            } else {
                writeln!(formatter, "    {}", kind(argument.kind))?;
            }
        }
        self.variables(formatter)?;
        writeln!(formatter, "\n[See Also]\nNot available\n")
    }
}

impl Manual {
    /// `Dial(destinations[,timeout[,options]])`
    pub fn syntax(&self) -> String {
        let mut text = format!("{}(", self.name);
        let mut open = 0;
        for (at, argument) in self.arguments.iter().enumerate() {
            if !argument.is_required {
                text.push('[');
                open += 1;
            }
            if at > 0 {
                text.push(',');
            }
            text.push_str(argument.name);
        }
        text.push_str(&"]".repeat(open));
        text.push(')');
        text
    }

    /// What it is for and how it behaves, in paragraphs.
    fn description(&self) -> &'static str {
        let found = PAGES.iter().find(|(of, known, _)| of.eq_ignore_ascii_case(self.kind) && *known == self.name);
        found.map_or("", |(_, _, page)| page)
    }

    fn variables(&self, formatter: &mut Formatter<'_>) -> Result {
        if !self.sets.is_empty() {
            writeln!(formatter, "\n[Variables]")?;
        }
        for Sets { variable, values } in self.sets {
            writeln!(formatter, "${{{variable}}}")?;
            for value in *values {
                writeln!(formatter, "    {value}")?;
            }
        }
        Ok(())
    }

    fn letters(&self, formatter: &mut Formatter<'_>) -> Result {
        for Letter { letter, argument, meaning } in self.options {
            match argument {
                Some(argument) => writeln!(formatter, "    {letter}({argument}): {meaning}")?,
                None => writeln!(formatter, "    {letter}: {meaning}")?,
            }
        }
        Ok(())
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Text.",
        Kind::Seconds => "Seconds.",
        Kind::Number => "A whole number.",
        Kind::Variable => "The name of a variable to set.",
        Kind::Options => "Option letters.",
        Kind::Target => "A place in the plan: [[context,]extension,]priority.",
        Kind::Channel => "The name of a channel.",
        Kind::Destinations => "technology/resource, several joined by &.",
        Kind::Sounds => "Names of sound files without extension, joined by &.",
        Kind::Room => "A conference room.",
        Kind::Program => "A program to be run.",
        Kind::Application => "An application of the plan to be run, with its arguments.",
        Kind::File => "The name of a file to be written.",
    }
}

impl Serialize for Manual {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let arguments: Vec<_> =
            self.arguments.iter().map(|argument| (argument.name, kind(argument.kind), argument.is_required)).collect();
        let options: Vec<_> =
            self.options.iter().map(|letter| (letter.letter, letter.argument, letter.meaning)).collect();
        let sets: Vec<_> = self.sets.iter().map(|sets| (sets.variable, sets.values)).collect();
        let mut page = serializer.serialize_struct("Manual", 7)?;
        page.serialize_field("name", self.name)?;
        page.serialize_field("synopsis", self.synopsis)?;
        page.serialize_field("description", self.description())?;
        page.serialize_field("syntax", &self.syntax())?;
        page.serialize_field("arguments", &arguments)?;
        page.serialize_field("options", &options)?;
        page.serialize_field("sets", &sets)?;
        page.end()
    }
}
