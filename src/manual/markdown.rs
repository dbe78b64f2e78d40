//! A manual page as Markdown, for a reference of all of them.

use std::fmt::{Display, Formatter, Result};

use super::{Manual, kind};
use crate::interpreter::{Kind, Letter, Sets};

/// Shows a page as a section of a Markdown document.
pub struct Markdown<'a>(&'a Manual);

impl Manual {
    /// The page as a section of a Markdown document.
    pub fn markdown(&self) -> Markdown<'_> {
        Markdown(self)
    }
}

impl Display for Markdown<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let Self(page) = self;
        writeln!(formatter, "### {}\n\n    {}\n\n{}\n", page.name, page.syntax(), page.description())?;
        for argument in page.arguments.iter().filter(|argument| argument.kind != Kind::Options) {
            writeln!(formatter, "- `{}`: {}", argument.name, kind(argument.kind))?;
        }
        for Letter { letter, argument, meaning } in page.options {
            let argument = argument.map_or_else(String::new, |argument| format!("({argument})"));
            writeln!(formatter, "- option `{letter}{argument}`: {meaning}")?;
        }
        for Sets { variable, values } in page.sets {
            let values = match values {
                [] => String::new(),
                some => format!(": {}", some.join(", ")),
            };
            writeln!(formatter, "- sets `{variable}`{values}")?;
        }
        match page.arguments.is_empty() && page.sets.is_empty() {
            true => Ok(()),
            false => writeln!(formatter),
        }
    }
}
