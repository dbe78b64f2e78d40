//! What a rule is.

use super::{Call, Findings, Line, Subject};
use crate::diagnostic::Code;
use crate::dialplan::plan::{Context, Extension};

/// One rule: a code, its page, and how it is found.
pub struct Rule {
    pub code: Code,
    /// The doc comment of the rule, one blank before each line: What it does, Why is this bad, Example, Use instead.
    pub page: &'static str,
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// Nothing: it is told while the files are read.
    Reading,
    /// Every line of an extension, its text as written.
    Line(fn(&Line<'_>, &mut Findings)),
    /// Every call of an application, those inside `ExecIf` and its like included.
    Call(fn(&Line<'_>, &Call<'_>, &mut Findings)),
    /// Every extension with its steps.
    Extension(fn(&Subject<'_>, &Context, &Extension, &mut Findings)),
    /// The plan whole.
    Plan(fn(&Subject<'_>, &mut Findings)),
}

impl Rule {
    /// The page in Markdown.
    pub fn text(&self) -> String {
        let lines = self.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Defines a rule whose doc comment is its page.
macro_rules! rule {
    ($(#[doc = $page:literal])+ $visibility:vis $name:ident: $code:ident, $check:expr) => {
        $(#[doc = $page])+
        $visibility static $name: $crate::lint::Rule = $crate::lint::Rule {
            code: $crate::diagnostic::codes::$code,
            page: concat!($($page, "\n"),+),
            check: $check,
        };
    };
}

pub(super) use rule;
