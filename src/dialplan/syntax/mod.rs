//! The syntax tree of an `extensions.conf`: what each line says, with the place of every piece.
//!
//! Nothing is looked up here and no variable is substituted; a line that cannot be understood stays in the tree as
//! [`Statement::Unknown`] so that a reader of the tree sees the whole file.

mod notation;
mod read;
#[cfg(test)]
mod second_opinion;

pub use notation::{CallNotation, PriorityNotation, call, include, priority, switch};
pub use read::{assignment, fields, is_context, is_same, read, statement};

use crate::diagnostic::Span;

/// A piece of text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    pub span: Span,
}

/// A file's contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialplan {
    /// Lines of `[general]`.
    pub general: Vec<Assignment>,
    /// Lines of `[globals]`.
    pub globals: Vec<Assignment>,
    /// Every other section. One that is opened twice stands here twice.
    pub contexts: Vec<Context>,
}

/// `NAME=value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub name: Text,
    pub value: Text,
}

/// A section that is a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub name: Text,
    pub statements: Vec<Statement>,
}

/// A line of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    Extension(Box<Extension>),
    Include(Include),
    Switch(Switch),
    /// `ignorepat => 9`
    IgnorePattern(Text),
    /// `autohints = yes`
    AutoHints(bool),
    /// A line with a keyword that no context knows.
    Unknown {
        keyword: Text,
        span: Span,
    },
}

/// `exten => name,priority,call` or `same => priority,call`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The extension's name as written, with its caller part; none on a `same` line.
    pub name: Option<Text>,
    pub priority: Priority,
    /// The priority's text.
    pub priority_text: Text,
    pub label: Option<Label>,
    pub call: Call,
    /// The whole line.
    pub span: Span,
}

/// What stands in the place of the priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    pub base: Base,
    /// The number behind `+`.
    pub addition: Option<i32>,
}

/// A priority without its addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    Number(i32),
    /// `n`, `next`
    Next,
    /// `s`, `same`
    Same,
    /// `hint`
    Hint,
    /// The label of another step of the extension; also what cannot be understood.
    Label(String),
}

/// A label in parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub name: Text,
    pub is_closed: bool,
    /// Text behind the parenthesis, such as an addition in the wrong place; it has no effect.
    pub behind: Option<Span>,
}

/// `Application(arguments)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub application: Text,
    /// Without the parentheses around them; empty where there are none.
    pub arguments: Text,
    /// There is no opening parenthesis, or it has its closing one.
    pub is_closed: bool,
    /// Text behind the last parenthesis; it is dropped.
    pub behind: Option<Span>,
}

/// `include => context,times`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    pub value: Text,
    pub span: Span,
}

/// `switch => driver/data`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    pub kind: crate::dialplan::plan::SwitchKind,
    pub value: Text,
    pub span: Span,
}
