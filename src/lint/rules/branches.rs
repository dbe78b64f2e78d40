//! Conditions of `GotoIf`, `GosubIf`, `ExecIf` and `GotoIfTime`.

use super::*;
use crate::dialplan::timing::Timing;
use crate::lint::substitution::Kind;

rule! {
    /// ## What it does
    /// Finds `GotoIf`, `GosubIf` and `ExecIf` without a question mark.
    ///
    /// ## Why is this bad
    /// There is nothing to do if the condition holds; the call goes on at the next step.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X}" = "1"],busy)
    ///  same => n(busy),Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X}" = "1"]?busy)
    ///  same => n(busy),Hangup()
    /// ```
    pub NO_QUESTION_MARK: NO_QUESTION_MARK, Check::Call(question)
}

rule! {
    /// ## What it does
    /// Finds comparisons in a condition that do not stand within `$[…]`.
    ///
    /// ## Why is this bad
    /// A condition is a text: it holds unless it is empty or begins with the number 0. Nothing is compared.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf("${X}" = "1"?busy)
    ///  same => n(busy),Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X}" = "1"]?busy)
    ///  same => n(busy),Hangup()
    /// ```
    pub BARE_CONDITION: BARE_CONDITION, Check::Call(bare)
}

rule! {
    /// ## What it does
    /// Finds time conditions with fewer than the four fields times, weekdays, days and months.
    ///
    /// ## Why is this bad
    /// The application warns and does not jump.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIfTime(9:00-17:00,mon-fri?open)
    ///  same => n(open),Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIfTime(9:00-17:00,mon-fri,*,*?open)
    ///  same => n(open),Answer()
    /// ```
    pub SHORT_TIMES: SHORT_TIMES, Check::Call(times)
}

fn is_conditional(key: &str) -> bool {
    matches!(key, "gotoif" | "gosubif" | "execif" | "macroif")
}

fn question(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let at = call.arguments.clone();
    if !is_conditional(&call.key) || at.is_empty() || fields::first_outside(line.text, at.clone(), b'?').is_some() {
        return;
    }
    // An open bracket hides the question mark; that is told by another rule.
    if line.substitutions.iter().any(|found| !found.is_closed) {
        return;
    }
    // A single substitution may bring the whole along.
    if line.within(&at).any(|found| found.at == at && found.kind == Kind::Reference) {
        return;
    }
    let found = Diagnostic::warning(codes::NO_QUESTION_MARK, "a condition is not followed by `?`")
        .at(line.span(at.clone()), "nothing is done if this holds");
    let behind = line.within(&at).filter(|found| found.depth == 0).find(|found| found.at.start == at.start);
    let comma = behind.map(|found| found.at.end).filter(|end| line.text.as_bytes().get(*end) == Some(&b','));
    findings.tell(match comma {
        Some(comma) => found.help("write `?` for the comma").suggest(line.span(comma..comma + 1), "?"),
        None => found.help(format!("write `{}(condition?…:…)`", call.name())),
    });
}

fn bare(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if !is_conditional(&call.key) && call.key != "while" {
        return;
    }
    let end = match call.key.as_str() {
        "while" => call.arguments.end,
        _ => fields::first_outside(line.text, call.arguments.clone(), b'?').unwrap_or(call.arguments.start),
    };
    let condition = call.arguments.start..end;
    let has_operator = b"=<>".iter().any(|sign| fields::first_outside(line.text, condition.clone(), *sign).is_some());
    let has_expression = line.within(&condition).any(|found| found.depth == 0 && found.kind == Kind::Expression);
    if has_operator && !has_expression && line.substitutions.iter().all(|found| found.is_closed) {
        let mut inner = condition.clone();
        if line.part(&condition).starts_with('[') && line.part(&condition).ends_with(']') {
            inner = condition.start + 1..condition.end - 1;
        }
        let meant = format!("$[{}]", line.part(&inner));
        findings.tell(
            Diagnostic::warning(codes::BARE_CONDITION, "a comparison stands outside of `$[…]`")
                .at(line.span(condition.clone()), "this text always holds: nothing is compared")
                .help(format!("write `{meant}`"))
                .suggest(line.span(condition), meant),
        );
    }
}

fn times(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if call.name_at.is_none() {
        iftime(line, findings);
    }
    if !matches!(call.key.as_str(), "gotoiftime" | "execiftime") {
        return;
    }
    let Some(mark) = fields::first_outside(line.text, call.arguments.clone(), b'?') else {
        if !call.arguments.is_empty() && !line.is_dynamic(&call.arguments) {
            findings.tell(
                Diagnostic::warning(codes::NO_QUESTION_MARK, "a condition is not followed by `?`")
                    .at(line.span(call.arguments.clone()), "nothing is done if this holds")
                    .help("write `times,weekdays,days,months?target`"),
            );
        }
        return;
    };
    let times = call.arguments.start..mark;
    if line.is_dynamic(&times) {
        return;
    }
    let text = line.part(&times);
    let count = text.split([',', '|']).count();
    if count < 4 {
        findings.tell(
            Diagnostic::warning(codes::SHORT_TIMES, format!("a time condition has four fields, not {count}"))
                .at(line.span(times.clone()), "never holds")
                .help(format!("write `{text}{}`", ",*".repeat(4 - count)))
                .suggest(line.span(times.end..times.end), ",*".repeat(4 - count)),
        );
        return;
    }
    misread(line, times, findings);
}

/// `${IFTIME(times,weekdays,days,months?one:other)}`
fn iftime(line: &Line<'_>, findings: &mut Findings) {
    for found in line.substitutions.iter().filter(|found| found.name(line.text) == "IFTIME") {
        let Some(arguments) = found.arguments(line.text) else { continue };
        let Some(mark) = fields::first_outside(line.text, arguments.clone(), b'?') else { continue };
        let times = arguments.start..mark;
        if line.within(&times).next().is_none() {
            misread(line, times, findings);
        }
    }
}

/// Parts of a time condition that are not understood.
fn misread(line: &Line<'_>, times: Range<usize>, findings: &mut Findings) {
    let text = line.part(&times);
    let (timing, faults) = Timing::parse(text);
    for fault in faults {
        let at = line.span(times.start + fault.at.start..times.start + fault.at.end);
        findings.tell(
            Diagnostic::warning(codes::BAD_TIMING, fault.to_string())
                .at(at, "this part of the condition is left out")
                .help("times are written `8:00-17:00,mon-fri,1-31,jan-dec`"),
        );
    }
    if let Some(zone) = timing.zone().filter(|zone| jiff::tz::TimeZone::get(zone.trim()).is_err()) {
        let at = text.rfind(zone).map_or(times.clone(), |at| times.start + at..times.start + at + zone.len());
        findings.tell(
            Diagnostic::warning(codes::BAD_TIMING, format!("there is no time zone `{zone}`"))
                .at(line.span(at), "the server's own is taken")
                .help("write a name such as `Europe/Berlin`"),
        );
    }
}
