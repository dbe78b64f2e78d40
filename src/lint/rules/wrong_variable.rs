//! Variables that Asterisk has under another name.

use super::*;
use crate::lint::substitution::Kind;

rule! {
    /// ## What it does
    /// Finds variables of Asterisk or of the plan in the wrong case, and names that people take for one of Asterisk's, where
    /// nothing in the plan sets a variable of that name.
    ///
    /// ## Why is this bad
    /// The variable is empty. Case counts.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${exten})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${EXTEN})
    /// ```
    pub WRONG_VARIABLE: WRONG_VARIABLE, Check::Line(wrong)
}

rule! {
    /// ## What it does
    /// Finds variables that Asterisk once set and that became functions.
    ///
    /// ## Why is this bad
    /// The variable is empty.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CALLERIDNUM})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CALLERID(num)})
    /// ```
    pub REMOVED_VARIABLE: REMOVED_VARIABLE, Check::Line(removed)
}

/// The variables of a line that the plan does not set, with their places.
fn unset<'t>(line: &'t Line<'_>) -> impl Iterator<Item = (&'t str, Range<usize>)> {
    let variables = line
        .substitutions
        .iter()
        .filter(|found| found.kind == Kind::Reference && found.is_closed && found.arguments(line.text).is_none());
    let named = variables.map(|found| (found.name(line.text), found.inner.start));
    let named = named.filter(|(name, _)| !name.is_empty() && !line.subject.values().is_set(name));
    named.map(|(name, start)| (name, start..start + name.len()))
}

fn wrong(line: &Line<'_>, findings: &mut Findings) {
    for (name, at) in unset(line) {
        let span = line.span(at);
        if let Some(meant) = names::variable_in_other_case(name) {
            findings.tell(
                Diagnostic::warning(codes::WRONG_VARIABLE, format!("nothing sets `{name}`"))
                    .at(span, "empty")
                    .help(format!("case counts: `{meant}`"))
                    .fix(span, meant),
            );
        } else if let Some(meant) = line.subject.values().in_other_case(name) {
            findings.tell(
                Diagnostic::warning(codes::WRONG_VARIABLE, format!("nothing sets `{name}`"))
                    .at(span, "empty")
                    .help(format!("case counts: the plan sets `{meant}`"))
                    .suggest(span, meant),
            );
        } else if let Some(meant) = names::meant_variable(name) {
            findings.tell(
                Diagnostic::warning(codes::WRONG_VARIABLE, format!("nothing sets `{name}`"))
                    .at(span, "empty")
                    .help(format!("did you mean `{meant}`?"))
                    .suggest(span, meant),
            );
        }
    }
}

fn removed(line: &Line<'_>, findings: &mut Findings) {
    for (name, at) in unset(line) {
        let Some((gone, instead)) = names::replaced_variable(name) else { continue };
        let span = line.span(at.clone());
        let has_slice = line.text.as_bytes().get(at.end) == Some(&b':');
        let found =
            Diagnostic::warning(codes::REMOVED_VARIABLE, format!("Asterisk no longer sets `{name}` since {gone}"))
                .at(span, "empty")
                .help(format!("write `{instead}`"));
        let inner = instead.trim_start_matches("${").trim_end_matches('}');
        findings.tell(if has_slice || inner.contains("${") { found } else { found.fix(span, inner) });
    }
}
