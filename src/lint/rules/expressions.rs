//! What stands in `$[…]`.

use super::*;
use crate::dialplan::expression::{self, Problem};
use crate::dialplan::template::{Scope, Warning, WarningKind};
use crate::lint::substitution::{Kind, Substitution};

rule! {
    /// ## What it does
    /// Finds comparisons in `$[…]` whose operand is a bare substitution that may be empty.
    ///
    /// ## Why is this bad
    /// Substitution comes first: with nothing in `X`, `$[${X} = 1]` becomes `$[ = 1]`, which is an error and neither true
    /// nor false. A value with a blank or an operator in it breaks the expression as well. What always has a value, such
    /// as `${EPOCH}` or a variable that the plan only sets to something, is not told. A counter that is only ever set to
    /// itself and something more stays empty, since `$[ + 1]` is nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($[${CALLERID(name)} = sales]?2)
    ///  same => n,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${CALLERID(name)}" = "sales"]?2)
    ///  same => n,Answer()
    /// ```
    pub UNQUOTED_OPERAND: UNQUOTED_OPERAND, Check::Line(operand)
}

rule! {
    /// ## What it does
    /// Finds expressions with an odd number of quotes.
    ///
    /// ## Why is this bad
    /// The last quote is passed over, and what was meant to be text is read as words and operators.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X} = "1"]?2)
    ///  same => n,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X}" = "1"]?2)
    ///  same => n,Answer()
    /// ```
    pub ODD_QUOTES: ODD_QUOTES, Check::Line(quotes)
}

rule! {
    /// ## What it does
    /// Finds expressions that are wrong whatever the values of their variables are.
    ///
    /// ## Why is this bad
    /// At the start an error leaves nothing, in the middle 0; behind a complete expression that one is kept.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(X=$[1 + ])
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(X=$[1 + 1])
    /// ```
    pub BROKEN_EXPRESSION: BROKEN_EXPRESSION, Check::Line(broken)
}

fn expressions<'l>(line: &'l Line<'_>) -> impl Iterator<Item = &'l Substitution> {
    line.substitutions.iter().filter(|found| found.kind == Kind::Expression && found.is_closed)
}

const COMPARISONS: [&str; 8] = ["==", "!=", ">=", "<=", "=~", "=", "<", ">"];

fn operand(line: &Line<'_>, findings: &mut Findings) {
    for found in expressions(line) {
        let bare: Vec<_> = line.within(&found.inner).filter(|inner| is_bare_operand(line, found, inner)).collect();
        let Some(first) = bare.first() else { continue };
        let (text, compares) = (line.part(&first.at), is_beside(line, found, first, &COMPARISONS));
        let (what, mark) = if compares { ("comparison", "\"") } else { ("sum", "0") };
        let mut told =
            Diagnostic::warning(codes::UNQUOTED_OPERAND, format!("`{text}` may be empty, which breaks the {what}"));
        told = told.help(match compares {
            true => format!("quote both sides: `\"{text}\"`"),
            false => format!("write `0{text}`, or set it before"),
        });
        for operand in bare {
            let text = line.part(&operand.at);
            let end = if compares { mark } else { "" };
            told = told
                .at(line.span(operand.at.clone()), "nothing may stand here")
                .suggest(line.span(operand.at.clone()), format!("{mark}{text}{end}"));
        }
        findings.tell(told);
    }
}

/// Whether a sign stands beside a substitution, with nothing but blanks between.
fn is_beside(line: &Line<'_>, found: &Substitution, operand: &Substitution, signs: &[&str]) -> bool {
    let left = line.part(&(found.inner.start..operand.at.start)).trim_end();
    let right = line.part(&(operand.at.end..found.inner.end)).trim_start();
    signs.iter().any(|sign| left.ends_with(sign) || right.starts_with(sign))
}

/// Whether a substitution that may be empty stands by itself beside a comparison.
fn is_bare_operand(line: &Line<'_>, found: &Substitution, operand: &Substitution) -> bool {
    if operand.depth != found.depth + 1 || !operand.is_closed || operand.kind != Kind::Reference {
        return false;
    }
    let (before, after) = (found.inner.start..operand.at.start, operand.at.end..found.inner.end);
    // Within quotes, or beside text that is never empty.
    if line.part(&before).matches('"').count() % 2 == 1 || is_beside_text(line, &before, &after) {
        return false;
    }
    // A counter is nothing until it is set, also where it is added to.
    let is_first = || {
        let has_none = line.subject.values().has_no_beginning(operand.name(line.text));
        has_none && is_beside(line, found, operand, &["+", "-", "*", "/"])
    };
    (is_beside(line, found, operand, &COMPARISONS) || is_first())
        && !line.subject.values().gives(line, operand)
        && !is_guarded(line, operand)
}

/// Whether a condition further up in the extension, or in front of the operand, asks whether there is a value.
fn is_guarded(line: &Line<'_>, operand: &Substitution) -> bool {
    let text = line.part(&operand.at);
    let guards = [
        format!("\"{text}\""),
        format!("{text}foo"),
        format!("foo{text}"),
        format!("x{text}"),
        format!("{text}x"),
        format!("LEN({text})"),
        format!("ISNULL({text})"),
        format!("EXISTS({text})"),
        text.replace("${DB(", "${DB_EXISTS("),
    ];
    let asks = |asked: &str| guards.iter().any(|guard| guard != text && asked.contains(guard));
    let is_condition = |key: &str| matches!(key, "gotoif" | "gosubif" | "execif" | "while" | "if" | "elseif");
    let plan = line.subject.plan;
    let above = plan.steps(line.extension).iter().take_while(|step| step.priority < line.step.priority);
    asks(line.part(&(0..operand.at.start)))
        || above.filter(|step| is_condition(&plan.application(step).key)).any(|step| asks(step.arguments.text()))
}

fn is_beside_text(line: &Line<'_>, before: &Range<usize>, after: &Range<usize>) -> bool {
    let is_text = |byte: u8| byte.is_ascii_alphanumeric() || b"._\\#@'}]".contains(&byte);
    line.part(before).bytes().last().is_some_and(is_text)
        || line.part(after).bytes().next().is_some_and(|byte| is_text(byte) && byte != b'}' || byte == b'$')
}

fn quotes(line: &Line<'_>, findings: &mut Findings) {
    for found in expressions(line) {
        let mut text = line.part(&found.inner).to_owned();
        for inner in line.within(&found.inner).filter(|inner| inner.depth == found.depth + 1) {
            let at = inner.at.start - found.inner.start..inner.at.end - found.inner.start;
            text.replace_range(at.clone(), &"x".repeat(at.len()));
        }
        let count = text.replace("\\\"", "  ").matches('"').count();
        if count % 2 == 1 {
            let last = text.rfind('"').map_or(found.inner.start, |at| found.inner.start + at);
            findings.tell(
                Diagnostic::warning(codes::ODD_QUOTES, format!("{count} quotes in an expression"))
                    .at(line.span(last..last + 1), "this one has no partner, or one before it")
                    .help("quotes come in pairs"),
            );
        }
    }
}

/// Collects the syntax errors of one expression, and the functions that it calls by their bare names.
#[derive(Default)]
struct Errors {
    problems: Vec<Problem>,
    functions: Vec<String>,
}

impl Scope for Errors {
    fn variable(&mut self, _: &str, _: &mut String) -> bool {
        true
    }

    fn function(&mut self, name: &str, _: &str, out: &mut String) -> bool {
        self.functions.push(name.to_owned());
        out.push('1');
        true
    }

    fn warn(&mut self, warning: Warning) {
        if let WarningKind::Expression { problem: problem @ Problem::Syntax { .. }, .. } = warning.kind {
            self.problems.push(problem);
        }
    }
}

fn broken(line: &Line<'_>, findings: &mut Findings) {
    for found in expressions(line) {
        let Some(errors) = evaluated(line, found) else { continue };
        let Some(Problem::Syntax { found: token, at, .. }) = errors.problems.first() else { continue };
        let length = found.inner.len();
        let at = at.start.min(length)..at.end.min(length).max(at.start.min(length));
        let shown = found.inner.start + at.start..found.inner.start + at.end;
        findings.tell(
            Diagnostic::warning(codes::BROKEN_EXPRESSION, format!("an expression has an unexpected {token}"))
                .at(line.span(shown), "not expected here")
                .at(line.span(found.at.clone()), "in this expression")
                .help("operators stand between two values; text with blanks or signs is quoted"),
        );
    }
}

/// Evaluates an expression with something in the place of each value; `None` where that says nothing about a call.
fn evaluated(line: &Line<'_>, found: &Substitution) -> Option<Errors> {
    let mut text = line.part(&found.inner).to_owned();
    let inner: Vec<_> = line.within(&found.inner).filter(|inner| inner.depth == found.depth + 1).collect();
    // A value in the place of an operator, or one that brings operators along, cannot be judged.
    if inner.iter().any(|inner| stands_alone(line, found, inner)) || text.matches('"').count() % 2 == 1 {
        return None;
    }
    for inner in &inner {
        let at = inner.at.start - found.inner.start..inner.at.end - found.inner.start;
        text.replace_range(at.clone(), &"1".repeat(at.len()));
    }
    let (mut errors, mut out) = (Errors::default(), String::new());
    expression::evaluate(&text, &mut errors, &mut out);
    Some(errors)
}

/// The functions that the expressions of a line call by their bare names, and where.
pub(super) fn functions<'t>(line: &'t Line<'_>) -> Vec<(&'t str, Range<usize>)> {
    let mut called = Vec::new();
    for found in expressions(line).filter(|found| line.part(&found.inner).contains('(')) {
        for name in evaluated(line, found).map_or_else(Vec::new, |errors| errors.functions) {
            let text = line.part(&found.inner);
            if let Some(at) = text.find(&format!("{name}(")).map(|at| found.inner.start + at) {
                let at = at..at + name.len();
                called.push((line.part(&at), at));
            }
        }
    }
    called
}

/// Whether a substitution has another value beside it with only blanks between, or is all there is.
fn stands_alone(line: &Line<'_>, around: &Substitution, inner: &Substitution) -> bool {
    let before = line.part(&(around.inner.start..inner.at.start)).trim_end();
    let after = line.part(&(inner.at.end..around.inner.end)).trim_start();
    let is_value = |byte: u8| byte.is_ascii_alphanumeric() || b"\"}]$".contains(&byte);
    let blank_before = line.part(&(around.inner.start..inner.at.start)).ends_with(' ');
    let blank_after = line.part(&(inner.at.end..around.inner.end)).starts_with(' ');
    let is_quoted = line.part(&(around.inner.start..inner.at.start)).matches('"').count() % 2 == 1;
    !is_quoted
        && (blank_before && before.bytes().last().is_some_and(is_value)
            || blank_after && after.bytes().next().is_some_and(is_value)
            || before.is_empty() && after.is_empty())
}
