//! Names of extensions that are patterns, or look like one.

use super::*;
use crate::dialplan::pattern::{Pattern, Place};
use crate::dialplan::plan::{Context, Extension, Step};

rule! {
    /// ## What it does
    /// Finds patterns without a wild card, and a `_` that makes a pattern of a plain number.
    ///
    /// ## Why is this bad
    /// It works; a plain number says what it is, and is preferred to patterns.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub NEEDLESS_PATTERN: NEEDLESS_PATTERN, Check::Extension(needless)
}

rule! {
    /// ## What it does
    /// Finds extensions that look like a pattern and have no `_` in front.
    ///
    /// ## Why is this bad
    /// They are taken literally: `NXX` is a number of three letters.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 9NXXXXXX,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _9NXXXXXX,1,Answer()
    /// ```
    pub MISSING_UNDERSCORE: MISSING_UNDERSCORE, Check::Extension(underscore)
}

fn needless(subject: &Subject<'_>, _: &Context, extension: &Extension, findings: &mut Findings) {
    let Some(pattern) = Pattern::parse(&extension.name).filter(|pattern| pattern.fault.is_none()) else { return };
    let is_plain = pattern.places.iter().all(|place| matches!(place, Place::Literal(_)));
    let Some(step) = subject.plan.steps(extension).first().filter(|_| is_plain && !extension.name.contains(['[', '-']))
    else {
        return;
    };
    let plain = extension.name.trim_start_matches('_');
    findings.tell(
        Diagnostic::advice(codes::NEEDLESS_PATTERN, format!("`{}` has no wild card", extension.name))
            .at(name_span(subject, step, &extension.name), "a pattern for one number")
            .help(format!("write `{plain}`")),
    );
}

fn underscore(subject: &Subject<'_>, _: &Context, extension: &Extension, findings: &mut Findings) {
    let name = &*extension.name;
    let is_wild = |byte: u8| matches!(byte, b'X' | b'Z' | b'N');
    let count = name.bytes().filter(|byte| is_wild(*byte)).count();
    let is_like =
        count >= 2 && name.bytes().all(|byte| is_wild(byte) || byte.is_ascii_digit() || b".!*#+[]-".contains(&byte));
    let has_class = name.len() > 3
        && name.contains('[')
        && name.ends_with([']', 'X', '.', '!'])
        && name.starts_with(|first: char| first.is_ascii_digit() || first == '[');
    let has_tail = name.len() > 1
        && name.ends_with(['.', '!'])
        && name[..name.len() - 1].bytes().all(|byte| byte.is_ascii_digit() || is_wild(byte));
    if !is_like && !has_class && !has_tail {
        return;
    }
    let Some(step) = subject.plan.steps(extension).first() else { return };
    let span = name_span(subject, step, name);
    let found = Diagnostic::warning(codes::MISSING_UNDERSCORE, format!("`{name}` is no pattern without `_` in front"))
        .at(span, "taken literally")
        .help(format!("write `_{name}`"));
    findings.tell(found.suggest(Span { end: span.start, ..span }, "_"));
}

/// The place of an extension's name in one of its lines.
fn name_span(subject: &Subject<'_>, step: &Step, name: &str) -> Span {
    let line = subject.sources.text(step.span);
    line.find(name).map_or(step.span, |at| step.span.part(at, at + name.len()))
}
