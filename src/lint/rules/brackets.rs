//! Brackets that do not pair, and look-alikes of substitutions.

use super::*;
use crate::lint::substitution::Kind;

rule! {
    /// ## What it does
    /// Finds `${` without its `}`.
    ///
    /// ## Why is this bad
    /// The substitution swallows the rest of the line and gives nothing sensible.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/${EXTEN,20)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/${EXTEN},20)
    /// ```
    pub UNCLOSED_BRACE: UNCLOSED_BRACE, Check::Line(brace)
}

rule! {
    /// ## What it does
    /// Finds `$[` without its `]`.
    ///
    /// ## Why is this bad
    /// The expression swallows the rest of the line.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(ROOM=$[10000 + ${CALLERID(num)})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(ROOM=$[10000 + 0${CALLERID(num)}])
    /// ```
    pub UNCLOSED_EXPRESSION: UNCLOSED_EXPRESSION, Check::Line(expression)
}

rule! {
    /// ## What it does
    /// Finds a `}` or `]` right behind a substitution that is already closed, and a `}` that closes nothing.
    ///
    /// ## Why is this bad
    /// It stays in the text: in a room, a file name, a condition.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X}" = "300"]]?5:7)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${X}" = "300"]?3:2)
    ///  same => n,Hangup()
    ///  same => n,Answer()
    /// ```
    pub STRAY_BRACKET: STRAY_BRACKET, Check::Line(stray)
}

rule! {
    /// ## What it does
    /// Finds functions whose parentheses are not closed within their `${}`.
    ///
    /// ## Why is this bad
    /// The function is called with what there is, with a warning at every call.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CALLERID(num})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CALLERID(num)})
    /// ```
    pub UNCLOSED_FUNCTION: UNCLOSED_FUNCTION, Check::Line(function)
}

rule! {
    /// ## What it does
    /// Finds text between the `)` of a function and the `}` behind it, an offset such as `:1` aside.
    ///
    /// ## Why is this bad
    /// The text is passed over. A comparison that was to stand behind the `}` compares nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($[${DB(night/on)=1}]?2)
    ///  same => n,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${DB(night/on)}" = "1"]?2)
    ///  same => n,Hangup()
    /// ```
    pub TEXT_BEHIND_FUNCTION: TEXT_BEHIND_FUNCTION, Check::Line(behind)
}

rule! {
    /// ## What it does
    /// Finds what looks like a substitution and is none: `$(NAME)`, `{NAME}` and `$NAME` where the plan sets `NAME` or
    /// Asterisk does, `${NAME:-default}` of the shell.
    ///
    /// ## Why is this bad
    /// The text stays as it is written.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/{EXTEN})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/${EXTEN})
    /// ```
    pub LOOKALIKE: LOOKALIKE, Check::Line(lookalike)
}

fn brace(line: &Line<'_>, findings: &mut Findings) {
    unclosed(line, Kind::Reference, findings);
}

fn expression(line: &Line<'_>, findings: &mut Findings) {
    unclosed(line, Kind::Expression, findings);
}

fn unclosed(line: &Line<'_>, kind: Kind, findings: &mut Findings) {
    let mut open = line.substitutions.iter().filter(|found| !found.is_closed && found.kind == kind);
    // What stands around the innermost is open for its sake.
    let Some(found) = open.next_back() else { return };
    let (code, open, close) = match kind {
        Kind::Reference => (codes::UNCLOSED_BRACE, "${", "}"),
        Kind::Expression => (codes::UNCLOSED_EXPRESSION, "$[", "]"),
    };
    let name = found.name(line.text);
    let word = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let end = match kind {
        Kind::Reference if word < name.len() && !name.contains('(') => found.inner.start + word,
        _ => fields::trim(line.text, found.at.clone()).end,
    };
    findings.tell(
        Diagnostic::warning(code, format!("`{open}` is not closed"))
            .at(line.span(found.at.start..found.at.start + 2), "opened here")
            .at(line.span(end..end), format!("`{close}` is missing"))
            .help(format!("write `{close}` where it ends"))
            .suggest(line.span(end..end), close),
    );
}

fn stray(line: &Line<'_>, findings: &mut Findings) {
    if !line.text.contains(['}', ']']) || line.substitutions.iter().any(|found| !found.is_closed) {
        return;
    }
    let bytes = line.text.as_bytes();
    let (mut braces, mut brackets, mut at) = (0_usize, 0_usize, 0);
    while let Some(byte) = bytes.get(at).copied() {
        if let Some(found) = line.substitutions.iter().find(|found| found.depth == 0 && found.at.start == at) {
            at = found.at.end;
            let close = if found.kind == Kind::Reference { b'}' } else { b']' };
            let is_open = if close == b'}' { braces > 0 } else { brackets > 0 };
            if bytes.get(at) == Some(&close) && !is_open {
                tell_stray(line, at, Some(found.at.clone()), findings);
                at += 1;
            }
            continue;
        }
        match byte {
            b'\\' => at += 1,
            b'{' => braces += 1,
            b'[' => brackets += 1,
            b'}' if braces == 0 => tell_stray(line, at, None, findings),
            b'}' => braces -= 1,
            b']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
}

fn tell_stray(line: &Line<'_>, at: usize, behind: Option<Range<usize>>, findings: &mut Findings) {
    let sign = line.part(&(at..at + 1));
    let mut found = Diagnostic::warning(codes::STRAY_BRACKET, format!("`{sign}` closes nothing"))
        .at(line.span(at..at + 1), "stays in the text");
    if let Some(behind) = behind {
        found = found.at(line.span(behind), "already closed");
    }
    // What has no open counterpart may have lost it: leaving it out is the lesser guess.
    findings.tell(found.help("leave it out").suggest(line.span(at..at + 1), ""));
}

fn function(line: &Line<'_>, findings: &mut Findings) {
    for found in line.substitutions.iter().filter(|found| found.is_closed && found.lacks_parenthesis(line.text)) {
        let end = found.inner.end;
        let name = found.name(line.text);
        findings.tell(
            Diagnostic::warning(codes::UNCLOSED_FUNCTION, format!("the arguments of `{name}` are not closed"))
                .at(line.span(end..end + 1), "`)` is missing before this")
                .help("write `)`")
                .suggest(line.span(end..end), ")"),
        );
    }
}

fn behind(line: &Line<'_>, findings: &mut Findings) {
    for found in line.substitutions.iter().filter(|found| found.is_closed) {
        let Some(arguments) = found.arguments(line.text).filter(|_| !found.lacks_parenthesis(line.text)) else {
            continue;
        };
        let rest = arguments.end + 1..found.inner.end;
        let text = line.part(&rest);
        let name = found.name(line.text);
        if name.is_empty() || text.trim().is_empty() || text.starts_with(':') || rest.start > rest.end {
            continue;
        }
        findings.tell(
            Diagnostic::warning(codes::TEXT_BEHIND_FUNCTION, format!("`{text}` stands behind the function `{name}`"))
                .at(line.span(rest.clone()), "passed over")
                .help(format!("write it behind the `}}`: `{}}}{text}`", line.part(&(found.at.start..rest.start))))
                .suggest(line.span(rest.start..found.at.end), format!("}}{text}")),
        );
    }
}

fn lookalike(line: &Line<'_>, findings: &mut Findings) {
    if line.text.contains('$') {
        shell_default(line, findings);
    }
    // These words are meant for other languages, or are told to nobody.
    if matches!(line.key, "system" | "trysystem" | "agi" | "noop" | "verbose" | "log" | "mixmonitor" | "monitor") {
        return;
    }
    for (at, _) in line.text.match_indices(['$', '{']) {
        let bytes = line.text.as_bytes();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        let is_inside = line
            .substitutions
            .iter()
            .any(|found| found.at.start < at && at < found.at.end && found.is_closed && found.kind == Kind::Reference);
        if before == Some(b'\\') || is_inside {
            continue;
        }
        let (open, close, length) = match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'$'), Some(b'(')) => (at + 2, Some(')'), 2),
            (Some(b'$'), Some(next)) if next.is_ascii_alphabetic() || *next == b'_' => (at + 1, None, 1),
            (Some(b'{'), _) if before != Some(b'$') => (at + 1, Some('}'), 1),
            _ => continue,
        };
        let rest = line.text.get(open..).unwrap_or("");
        let word = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let name = &rest[..word];
        let mut end = open + word;
        let values = line.subject.values();
        let is_variable = values.is_set(name)
            || matches!(name, "EXTEN" | "CONTEXT" | "CALLERID" | "UNIQUEID" | "CHANNEL" | "EPOCH" | "DIALSTATUS");
        if !is_variable {
            continue;
        }
        if let Some(close) = close {
            let behind = line.text.get(end..).unwrap_or("");
            let found = behind.find(close).filter(|found| behind.starts_with([close, ':', '(']) || *found == 0);
            let Some(found) = found else { continue };
            // The `)` of an application's own end is not part of the text.
            end += found + 1;
        }
        let inner = line.part(&(open..end - usize::from(close.is_some())));
        let meant = format!("${{{inner}}}");
        findings.tell(
            Diagnostic::warning(codes::LOOKALIKE, format!("`{}` is no substitution", line.part(&(at..end))))
                .at(line.span(at..at + length), "stays in the text as it is")
                .help(format!("write `{meant}`"))
                .suggest(line.span(at..end), meant),
        );
    }
}

/// `${NAME:-default}` and `${NAME:=default}`.
fn shell_default(line: &Line<'_>, findings: &mut Findings) {
    for found in line.substitutions.iter().filter(|found| found.kind == Kind::Reference && found.is_closed) {
        let Some(slice) = found.slice(line.text) else { continue };
        let Some(default) = slice.strip_prefix(['-', '=', '?', '+']) else { continue };
        if default.starts_with(|first: char| first.is_ascii_digit() || first == '$') {
            continue;
        }
        let name = found.name(line.text);
        let meant = format!("${{IF($[\"${{{name}}}\" != \"\"]?${{{name}}}:{default})}}");
        findings.tell(
            Diagnostic::warning(codes::LOOKALIKE, "this is how a shell writes a default")
                .at(line.span(found.at.clone()), "a plan reads `:` as an offset into the value")
                .help(format!("write `{meant}`"))
                .suggest(line.span(found.at.clone()), meant),
        );
    }
}
