//! Editing a `.conf` file line by line, as `UpdateConfig` does: comments and everything else stay as they are.

use std::fmt;

/// A file as lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    lines: Vec<String>,
}

/// What an edit is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edit<'a> {
    pub category: Option<&'a str>,
    pub variable: Option<&'a str>,
    pub value: Option<&'a str>,
    /// The value that the line has.
    pub matching: Option<&'a str>,
    /// The number of a variable in its category, from 0.
    pub line: Option<&'a str>,
    /// `template`, `inherit="a,b"`, `allowdups` for a new category.
    pub options: Option<&'a str>,
}

/// Why an edit was not done, in the manager's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("Unknown action command")]
    UnknownAction,
    #[error("Given category does not exist")]
    UnknownCategory,
    #[error("Category not specified")]
    NoCategory,
    #[error("Problem with category, value, or line (if required)")]
    NoArgument,
    #[error("Create category did not complete successfully")]
    NewCategory,
    #[error("Update did not complete successfully")]
    Update,
    /// Asterisk's words for it speak of an update.
    #[error("Update did not complete successfully")]
    Delete,
    #[error("Template category not found")]
    NoTemplate,
}

impl Text {
    pub fn parse(text: &str) -> Self {
        Self { lines: text.lines().map(str::to_owned).collect() }
    }

    /// Does one edit.
    ///
    /// # Errors
    /// Where it cannot be done; then nothing has changed.
    pub fn edit(&mut self, action: &str, edit: &Edit<'_>) -> Result<(), EditError> {
        let category = edit.category.ok_or(EditError::NoCategory)?;
        match action.to_ascii_lowercase().as_str() {
            "newcat" => self.new_category(category, edit.options.unwrap_or("")),
            "renamecat" => self.rename(category, edit.value.ok_or(EditError::NoArgument)?),
            "delcat" => self.delete_category(category),
            "emptycat" => self.empty(category),
            "update" => self.update(category, edit),
            "delete" => self.delete(category, edit),
            "append" => self.append(category, edit),
            "insert" => self.insert(category, edit),
            _ => Err(EditError::UnknownAction),
        }
    }

    fn new_category(&mut self, name: &str, options: &str) -> Result<(), EditError> {
        if self.find(name).is_ok() && !options.contains("allowdups") {
            return Err(EditError::NewCategory);
        }
        let mut marks: Vec<String> = Vec::new();
        if options.split(',').any(|option| option.trim() == "template") {
            marks.push("!".to_owned());
        }
        if let Some((_, inherited)) = options.split_once("inherit=") {
            let names = inherited.trim_start_matches('"').split('"').next().unwrap_or("");
            let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            if names.iter().any(|name| self.find(name).is_err()) {
                return Err(EditError::NoTemplate);
            }
            marks.extend(names.into_iter().map(str::to_owned));
        }
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
        let marks = if marks.is_empty() { String::new() } else { format!("({})", marks.join(",")) };
        self.lines.push(format!("[{name}]{marks}"));
        Ok(())
    }

    fn rename(&mut self, name: &str, new: &str) -> Result<(), EditError> {
        let (start, _) = self.find(name)?;
        if let Some(line) = self.lines.get_mut(start) {
            *line = line.replacen(&format!("[{name}]"), &format!("[{new}]"), 1);
        }
        Ok(())
    }

    fn delete_category(&mut self, name: &str) -> Result<(), EditError> {
        let (start, end) = self.find(name)?;
        self.lines.drain(start..end);
        Ok(())
    }

    fn empty(&mut self, name: &str) -> Result<(), EditError> {
        let (start, end) = self.find(name)?;
        self.lines.drain(start + 1..end);
        Ok(())
    }

    fn update(&mut self, category: &str, edit: &Edit<'_>) -> Result<(), EditError> {
        let variable = edit.variable.ok_or(EditError::NoArgument)?;
        let value = edit.value.unwrap_or("");
        let at = self.variable(category, variable, edit.matching)?.ok_or(EditError::Update)?;
        if let Some(line) = self.lines.get_mut(at) {
            let arrow = line.contains("=>");
            *line = written(variable, value, arrow);
        }
        Ok(())
    }

    fn delete(&mut self, category: &str, edit: &Edit<'_>) -> Result<(), EditError> {
        let at = match (edit.variable, edit.line) {
            (Some(variable), _) => self.variable(category, variable, edit.matching)?,
            (None, Some(number)) => {
                let number: usize = number.trim().parse().map_err(|_| EditError::NoArgument)?;
                let (start, end) = self.find(category)?;
                (start + 1..end).filter(|at| self.pair(*at).is_some()).nth(number)
            }
            (None, None) => return Err(EditError::NoArgument),
        };
        self.lines.remove(at.ok_or(EditError::Delete)?);
        Ok(())
    }

    fn append(&mut self, category: &str, edit: &Edit<'_>) -> Result<(), EditError> {
        let variable = edit.variable.ok_or(EditError::NoArgument)?;
        let (start, end) = self.find(category)?;
        // Behind the last variable, before the blank lines that part categories.
        let last = (start..end).rev().find(|at| self.lines.get(*at).is_some_and(|line| !line.trim().is_empty()));
        let (variable, arrow) = objects(variable);
        let line = written(variable, edit.value.unwrap_or(""), arrow || edit.value.is_some_and(|v| v.starts_with('>')));
        self.lines.insert(last.unwrap_or(start) + 1, line);
        Ok(())
    }

    fn insert(&mut self, category: &str, edit: &Edit<'_>) -> Result<(), EditError> {
        let variable = edit.variable.ok_or(EditError::NoArgument)?;
        let number: usize = edit.line.and_then(|line| line.trim().parse().ok()).ok_or(EditError::NoArgument)?;
        let (start, end) = self.find(category)?;
        let at = (start + 1..end).filter(|at| self.pair(*at).is_some()).nth(number).unwrap_or(end);
        self.lines.insert(at, written(variable, edit.value.unwrap_or(""), false));
        Ok(())
    }

    /// The lines of a category: that of its name, and the one behind its last.
    fn find(&self, name: &str) -> Result<(usize, usize), EditError> {
        let header = format!("[{name}]");
        let is_header = |line: &String| line.trim_start().starts_with('[');
        let start = self.lines.iter().position(|line| line.trim_start().starts_with(&header));
        let start = start.ok_or(EditError::UnknownCategory)?;
        let rest = self.lines.iter().skip(start + 1).position(is_header);
        Ok((start, rest.map_or(self.lines.len(), |length| start + 1 + length)))
    }

    /// The line of a variable, and of one value of it where that is given.
    fn variable(&self, category: &str, variable: &str, matching: Option<&str>) -> Result<Option<usize>, EditError> {
        let (start, end) = self.find(category)?;
        Ok((start + 1..end).find(|at| {
            self.pair(*at).is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case(variable) && matching.is_none_or(|matching| matching == value)
            })
        }))
    }

    /// Name and value of a line, if it has them.
    fn pair(&self, at: usize) -> Option<(&str, &str)> {
        let line = self.lines.get(at)?.trim();
        if line.starts_with([';', '#']) {
            return None;
        }
        let (name, value) = line.split_once('=')?;
        let value = value.strip_prefix('>').unwrap_or(value);
        // A comment begins with an unescaped semicolon.
        let end = value
            .char_indices()
            .find(|(at, c)| *c == ';' && !value[..*at].ends_with('\\'))
            .map_or(value.len(), |(at, _)| at);
        Some((name.trim(), value.get(..end).unwrap_or(value).trim()))
    }
}

/// Asterisk writes `>` at a variable's end, or before its value, where the line is to have an arrow.
fn objects(variable: &str) -> (&str, bool) {
    variable.strip_suffix('>').map_or((variable, false), |variable| (variable.trim(), true))
}

fn written(variable: &str, value: &str, arrow: bool) -> String {
    let value = value.strip_prefix('>').unwrap_or(value).trim_start();
    let value = value.replace(['\r', '\n'], " ").replace(';', "\\;").replace("\\\\;", "\\;");
    format!("{variable} {} {value}", if arrow { "=>" } else { "=" })
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "; phones\n[general]\nbindport = 5060 ; the port\n\n[2001]\nsecret=a\nallow=ulaw\nallow=alaw\n";

    fn edited(action: &str, edit: &Edit<'_>) -> Result<String, EditError> {
        let mut text = Text::parse(FILE);
        text.edit(action, edit).map(|()| text.to_string())
    }

    #[test]
    fn a_line_changes_and_the_rest_stays() {
        let edit =
            Edit { category: Some("general"), variable: Some("bindport"), value: Some("5070"), ..Edit::default() };
        assert_eq!(edited("Update", &edit).unwrap(), FILE.replace("bindport = 5060 ; the port", "bindport = 5070"));
        let edit = Edit { category: Some("2001"), variable: Some("allow"), matching: Some("alaw"), ..Edit::default() };
        assert_eq!(edited("Delete", &edit).unwrap(), FILE.replace("allow=alaw\n", ""));
        let edit = Edit { category: Some("2001"), line: Some("0"), ..Edit::default() };
        assert_eq!(edited("delete", &edit).unwrap(), FILE.replace("secret=a\n", ""));
        let edit = Edit { category: Some("general"), variable: Some("realm"), value: Some("x"), ..Edit::default() };
        assert!(edited("Append", &edit).unwrap().contains("the port\nrealm = x\n\n[2001]"));
        let edit =
            Edit { line: Some("1"), category: Some("2001"), variable: Some("type"), value: Some("friend"), ..edit };
        assert!(edited("Insert", &edit).unwrap().contains("secret=a\ntype = friend\nallow=ulaw"));
    }

    #[test]
    fn categories_come_and_go() {
        let of = |category| Edit { category: Some(category), ..Edit::default() };
        let new = Edit { options: Some("inherit=\"2001\""), ..of("2002") };
        assert!(edited("NewCat", &new).unwrap().ends_with("allow=alaw\n\n[2002](2001)\n"));
        let new = Edit { options: Some("inherit=\"none\""), ..of("2002") };
        assert_eq!(edited("NewCat", &new), Err(EditError::NoTemplate));
        assert_eq!(edited("DelCat", &of("2001")).unwrap(), "; phones\n[general]\nbindport = 5060 ; the port\n\n");
        assert!(edited("EmptyCat", &of("2001")).unwrap().ends_with("[2001]\n"));
        assert!(edited("RenameCat", &Edit { value: Some("3001"), ..of("2001") }).unwrap().contains("\n[3001]\n"));
    }

    #[test]
    fn what_cannot_be_done_is_said_in_the_managers_words() {
        let of = |category| Edit { category: Some(category), ..Edit::default() };
        assert_eq!(edited("NewCat", &of("2001")), Err(EditError::NewCategory));
        assert_eq!(edited("DelCat", &of("none")), Err(EditError::UnknownCategory));
        assert_eq!(edited("Frob", &of("2001")), Err(EditError::UnknownAction));
        assert_eq!(edited("DelCat", &Edit::default()), Err(EditError::NoCategory));
        let edit = Edit { variable: Some("none"), value: Some("1"), ..of("2001") };
        assert_eq!(edited("Update", &edit), Err(EditError::Update));
    }
}
