//! What is shown of an application or a function, all from its declaration.

use std::fmt::{Display, Formatter, Result};

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::interpreter::{Argument, Kind, Letter, Sets};

/// The page of one application or function.
pub struct Manual {
    pub kind: &'static str,
    pub name: &'static str,
    pub synopsis: &'static str,
    pub arguments: &'static [Argument],
    pub options: &'static [Letter],
    pub sets: &'static [Sets],
}

/// The pages: kind, name, text. They are the doc comments of the declarations.
static PAGES: &[(&str, &str, &str)] = &include!(concat!(env!("OUT_DIR"), "/manual.rs"));

/// The page of an application or a function.
fn page(kind: &str, name: &str) -> &'static str {
    let found = PAGES.iter().find(|(of, known, _)| of.eq_ignore_ascii_case(kind) && *known == name);
    found.map_or("", |(_, _, page)| page)
}

/// `Dial(destinations[,timeout[,options]])`
pub fn syntax(name: &str, arguments: &[Argument]) -> String {
    let mut text = format!("{name}(");
    let mut open = 0;
    for (at, argument) in arguments.iter().enumerate() {
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

/// What `like TEXT` and `describing TEXT` leave.
pub struct Likeness {
    text: String,
    in_synopsis: bool,
}

impl Likeness {
    pub fn takes(&self, name: &str, synopsis: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.text);
        has(name) || (self.in_synopsis && has(synopsis))
    }
}

/// Reads `like TEXT` or `describing TEXT`; nothing takes all.
pub fn likeness(words: &[String]) -> Option<Likeness> {
    match words {
        [] => Some(Likeness { text: String::new(), in_synopsis: false }),
        [how, text @ ..] if !text.is_empty() => {
            let in_synopsis = match how.to_ascii_lowercase().as_str() {
                "like" => false,
                "describing" => true,
                _ => return None,
            };
            Some(Likeness { text: text.join(" ").to_lowercase(), in_synopsis })
        }
        _ => None,
    }
}

impl Display for Manual {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\n  -= Info about {} '{}' =- \n", self.kind, self.name)?;
        writeln!(formatter, "[Synopsis]\n{}\n", self.synopsis)?;
        let page = page(self.kind, self.name);
        writeln!(formatter, "[Description]\n{}\n", if page.is_empty() { "Not available" } else { page })?;
        writeln!(formatter, "[Syntax]\n{}\n", syntax(self.name, self.arguments))?;
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
        let page_text = page(self.kind, self.name);
        let sets: Vec<_> = self.sets.iter().map(|sets| (sets.variable, sets.values)).collect();
        let mut page = serializer.serialize_struct("Manual", 7)?;
        page.serialize_field("name", self.name)?;
        page.serialize_field("synopsis", self.synopsis)?;
        page.serialize_field("description", page_text)?;
        page.serialize_field("syntax", &syntax(self.name, self.arguments))?;
        page.serialize_field("arguments", &arguments)?;
        page.serialize_field("options", &options)?;
        page.serialize_field("sets", &sets)?;
        page.end()
    }
}
