//! From the sections of a file to the syntax tree.

use super::{Assignment, Call, Context, Dialplan, Extension, Include, Label, Statement, Switch, Text, notation};
use crate::conf::{Config, Entry, Section, is_blank, is_true, trim};
use crate::dialplan::plan::SwitchKind;
use std::ops::Range;

/// Whether a section is a context.
pub fn is_context(section: &Section) -> bool {
    !section.name.eq_ignore_ascii_case("general") && !section.name.eq_ignore_ascii_case("globals")
}

/// Reads the sections of an `extensions.conf`.
pub fn read(config: &Config) -> Dialplan {
    let mut dialplan = Dialplan::default();
    for section in &config.sections {
        if section.name.eq_ignore_ascii_case("general") {
            dialplan.general.extend(section.entries.iter().map(assignment));
        } else if section.name.eq_ignore_ascii_case("globals") {
            dialplan.globals.extend(section.entries.iter().map(assignment));
        } else {
            dialplan.contexts.push(context(section));
        }
    }
    dialplan
}

/// Reads one line of `[general]` or `[globals]`.
pub fn assignment(entry: &Entry) -> Assignment {
    Assignment { name: Text { text: entry.key.to_string(), span: entry.key_span }, value: whole(entry) }
}

fn context(section: &Section) -> Context {
    Context {
        name: Text { text: section.name.clone(), span: section.span },
        statements: section.entries.iter().map(statement).collect(),
    }
}

fn whole(entry: &Entry) -> Text {
    Text { text: entry.value.to_string(), span: entry.value_span }
}

/// Whether a keyword goes on with the extension of the line before: any that begins with `same` does.
pub fn is_same(keyword: &str) -> bool {
    keyword.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("same"))
}

/// Reads one line of a context.
pub fn statement(entry: &Entry) -> Statement {
    let is = |keyword: &str| entry.key.eq_ignore_ascii_case(keyword);
    let switch = |kind| Statement::Switch(Switch { kind, value: whole(entry), span: entry.span });
    if is("exten") {
        Statement::Extension(Box::new(extension(entry, true)))
    } else if is_same(&entry.key) {
        Statement::Extension(Box::new(extension(entry, false)))
    } else if is("include") {
        Statement::Include(Include { value: whole(entry), span: entry.span })
    } else if is("switch") {
        switch(SwitchKind::Plain)
    } else if is("lswitch") {
        switch(SwitchKind::Late)
    } else if is("eswitch") {
        switch(SwitchKind::Evaluated)
    } else if is("ignorepat") {
        Statement::IgnorePattern(whole(entry))
    } else if is("autohints") {
        Statement::AutoHints(is_true(&entry.value))
    } else {
        Statement::Unknown { keyword: Text { text: entry.key.to_string(), span: entry.key_span }, span: entry.span }
    }
}

fn extension(entry: &Entry, named: bool) -> Extension {
    let value = &*entry.value;
    let piece = |at: Range<usize>| Text { text: value[at.clone()].to_owned(), span: entry.part(at.start, at.end) };
    let (name, after_name) = if named { name_field(value) } else { (0..0, Some(0)) };
    let rest = after_name.unwrap_or(value.len());
    let comma = value[rest..].find(',').map(|at| rest + at);
    let priority_at = trimmed(value, rest..comma.unwrap_or(value.len()));
    let shift = |at: Range<usize>, by: usize| at.start + by..at.end + by;
    let priority = notation::priority(&value[priority_at.clone()]);
    let call_at = comma.map_or(value.len(), |comma| comma + 1);
    let call = notation::call(&value[call_at..]);
    let application = trimmed_start(value, shift(call.application, call_at));
    Extension {
        name: named.then(|| piece(name)),
        label: priority.label.map(|at| Label {
            name: piece(shift(at, priority_at.start)),
            is_closed: priority.is_closed,
            behind: priority.behind.map(|at| piece(shift(at, priority_at.start)).span),
        }),
        priority: priority.priority,
        priority_text: piece(priority_at),
        call: Call {
            application: piece(application),
            arguments: piece(shift(call.arguments, call_at)),
            is_closed: call.is_closed,
            behind: call.behind.map(|at| piece(shift(at, call_at)).span),
        },
        span: entry.span,
    }
}

/// The extension's name reaches to a comma outside of brackets; a backslash hides the next character.
fn name_field(value: &str) -> (Range<usize>, Option<usize>) {
    let (mut depth, mut hidden) = (0usize, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if hidden => hidden = false,
            b'\\' => hidden = true,
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return (0..at, Some(at + 1)),
            _ => {}
        }
    }
    (0..value.len(), None)
}

/// The three fields of an extension's line, without the blanks around them: its name (none on a `same` line), its
/// priority, and what it does. A field that is not there is `None`.
pub fn fields(value: &str, named: bool) -> (Option<&str>, &str, Option<&str>) {
    let (name, after_name) = if named { name_field(value) } else { (0..0, Some(0)) };
    let rest = after_name.map_or("", |at| &value[at..]);
    let (priority, call) = rest.split_once(',').map_or((rest, None), |(priority, call)| (priority, Some(trim(call))));
    (named.then(|| trim(&value[name])), trim(priority), call)
}

fn trimmed(text: &str, at: Range<usize>) -> Range<usize> {
    let at = trimmed_start(text, at);
    at.start..at.start + trim(&text[at.clone()]).len()
}

fn trimmed_start(text: &str, at: Range<usize>) -> Range<usize> {
    let piece = &text[at.clone()];
    at.end - piece.trim_start_matches(is_blank).len()..at.end
}
