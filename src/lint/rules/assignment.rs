//! What `Set` sets.

use super::*;

rule! {
    /// ## What it does
    /// Finds values that are written within quotes in `Set`.
    ///
    /// ## Why is this bad
    /// The quotes become part of the value: a file name then has quotes, a comparison with `"${X}"` sees two of each.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(NAME="sales")
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(NAME=sales)
    /// ```
    pub QUOTED_VALUE: QUOTED_VALUE, Check::Call(quoted)
}

rule! {
    /// ## What it does
    /// Finds blanks between the name and the `=` of `Set`, or in front of the name.
    ///
    /// ## Why is this bad
    /// They become part of the name: `${NAME}` stays empty.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(NAME = sales)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(NAME=sales)
    /// ```
    pub BLANK_IN_NAME: BLANK_IN_NAME, Check::Call(blank)
}

rule! {
    /// ## What it does
    /// Finds `Set` with several assignments, as in Asterisk 1.4.
    ///
    /// ## Why is this bad
    /// Only the first name is set; the rest becomes part of its value.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(A=1,B=2)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,MSet(A=1,B=2)
    /// ```
    pub SEVERAL_ASSIGNMENTS: SEVERAL_ASSIGNMENTS, Check::Call(several)
}

rule! {
    /// ## What it does
    /// Finds `Set` without an `=`.
    ///
    /// ## Why is this bad
    /// Nothing is set.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(NAME)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(NAME=)
    /// ```
    pub NO_ASSIGNMENT: NO_ASSIGNMENT, Check::Call(none)
}

/// The name and the value of a `Set`.
fn parts(line: &Line<'_>, call: &Call<'_>) -> Option<(Range<usize>, Range<usize>)> {
    if call.key != "set" {
        return None;
    }
    let equals = fields::first_outside(line.text, call.arguments.clone(), b'=')?;
    Some((call.arguments.start..equals, equals + 1..call.arguments.end))
}

fn quoted(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some((name, value)) = parts(line, call) else { return };
    let text = line.part(&value);
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    // A caller ID is written as `"Name" <number>`, and functions may read quotes.
    if inner.is_none_or(|inner| inner.contains('"')) || line.part(&name).contains('(') {
        return;
    }
    let (first, last) = (value.start..value.start + 1, value.end - 1..value.end);
    findings.tell(
        Diagnostic::warning(codes::QUOTED_VALUE, "the quotes become part of the value")
            .at(line.span(first.clone()), "this one")
            .at(line.span(last.clone()), "and this one")
            .help("leave them out; blanks and commas need no quotes here")
            .suggest(line.span(first), "")
            .suggest(line.span(last), ""),
    );
}

fn blank(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some((name, value)) = parts(line, call) else { return };
    let text = line.part(&name);
    if text.trim().is_empty() || text.contains('$') && !text.contains("${") || line.part(&name).contains('(') {
        return;
    }
    let trimmed = fields::trim(line.text, name.clone());
    if trimmed == name {
        return;
    }
    let value_trimmed = fields::trim(line.text, value.clone());
    let blank = if trimmed.end < name.end { trimmed.end..name.end } else { name.start..trimmed.start };
    let meant = format!("{}={}", line.part(&trimmed), line.part(&value_trimmed));
    let is_used = line.subject.plan.globals.iter().any(|global| &*global.name == text);
    if is_used {
        return;
    }
    findings.tell(
        Diagnostic::warning(codes::BLANK_IN_NAME, format!("the blank becomes part of the name `{text}`"))
            .at(line.span(blank), "this blank")
            .help(format!("write `Set({meant})`"))
            .fix(line.span(name.start..value_trimmed.start.max(value.start)), format!("{}=", line.part(&trimmed))),
    );
}

fn several(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some((name, _)) = parts(line, call) else { return };
    if line.part(&name).contains('(') || call.fields.len() < 2 {
        return;
    }
    let is_assignment = |field: &Range<usize>| {
        let text = line.part(field);
        let name = text.split('=').next().unwrap_or("");
        text.contains('=')
            && name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !call.fields.iter().all(is_assignment) {
        return;
    }
    let Some((second, last)) = call.fields.get(1).zip(call.fields.last()) else { return };
    let mut found = Diagnostic::warning(codes::SEVERAL_ASSIGNMENTS, "`Set` sets one variable")
        .at(line.span(second.start..last.end), format!("becomes part of `{}`", line.part(&name)))
        .help("write `MSet`, or a `Set` for each");
    if call.name_at.is_none() {
        found = found.suggest(line.application_span(), "MSet");
    }
    findings.tell(found);
}

fn none(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if call.key != "set" || call.arguments.is_empty() || line.part(&call.arguments).contains('=') {
        return;
    }
    if line.is_dynamic(&call.arguments) {
        return;
    }
    findings.tell(
        Diagnostic::warning(codes::NO_ASSIGNMENT, "`Set` has no `=`")
            .at(line.span(call.arguments.clone()), "nothing is set")
            .help("write `Set(name=value)`"),
    );
}
