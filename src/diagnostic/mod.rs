//! What exten tells an admin: a code, a severity, a headline, labelled places and a remedy.
//!
//! One [`Diagnostic`] serves parsing, lint, reload and run time. Rendering stands in [`render`].

pub mod codes;
pub mod render;
pub mod sarif;
mod source;

pub use source::{FileId, SourceFile, Sources, Span};

use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Advice,
    /// The plan runs, leniently as Asterisk would, but probably not as meant.
    Warning,
    /// Asterisk would refuse the file whole; the plan is not put into service.
    Error,
}

/// A diagnostic code, shown as `X` and four digits: X0… reading, X1… names and targets, X2… arguments,
/// X3… expressions and substitution, X4… flow, X5… safety, X6… old forms, X7… other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "X{:04}", self.0)
    }
}

/// A place in a source with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One finding, addressed to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// The headline: what is wrong, in one line.
    pub message: String,
    /// Where; the first label is the primary place.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A change of the text that does it.
    pub fix: Option<Fix>,
}

/// A change of a source that removes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What takes the place of which text; an empty span inserts.
    pub edits: Vec<(Span, String)>,
    pub applicability: Applicability,
}

/// Whether a fix may be applied unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// The plan does the same afterwards, or what it was plainly meant to do.
    Safe,
    /// Somebody should look at it.
    Suggestion,
}

impl Diagnostic {
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: None, fix: None }
    }

    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    pub fn advice(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Advice, message)
    }

    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// A fix that may be applied unseen.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        let fix = self.fix.get_or_insert(Fix { edits: Vec::new(), applicability: Applicability::Safe });
        fix.edits.push((span, text.into()));
        self
    }

    /// A fix that somebody should look at.
    #[must_use]
    pub fn suggest(self, span: Span, text: impl Into<String>) -> Self {
        let mut suggested = self.fix(span, text);
        if let Some(fix) = &mut suggested.fix {
            fix.applicability = Applicability::Suggestion;
        }
        suggested
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
