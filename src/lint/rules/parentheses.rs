//! Parentheses that close a call too early.

use super::*;

rule! {
    /// ## What it does
    /// Finds closing parentheses that close an application before the end of its line.
    ///
    /// ## Why is this bad
    /// Asterisk reads on to the last parenthesis: this one, and all that follows, becomes part of the arguments.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Playback(hello-world))
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Playback(hello-world)
    /// ```
    pub STRAY_PARENTHESIS: STRAY_PARENTHESIS, Check::Line(stray)
}

fn stray(line: &Line<'_>, findings: &mut Findings) {
    // These words are meant for people or for a shell.
    let is_text = matches!(line.key, "noop" | "verbose" | "log" | "system" | "trysystem" | "sendtext" | "userevent");
    if is_text || !line.text.contains(')') || line.substitutions.iter().any(|found| !found.is_closed) {
        return;
    }
    let bytes = line.text.as_bytes();
    let (mut depth, mut quoted, mut at) = (0_usize, false, 0);
    while let Some(byte) = bytes.get(at).copied() {
        if let Some(found) = line.substitutions.iter().find(|found| found.depth == 0 && found.at.start == at) {
            at = found.at.end;
            continue;
        }
        match byte {
            b'\\' => at += 1,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted && depth == 0 => return tell(line, at, findings),
            b')' if !quoted => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

fn tell(line: &Line<'_>, at: usize, findings: &mut Findings) {
    let behind = at + 1..line.text.len();
    let found = Diagnostic::warning(codes::STRAY_PARENTHESIS, "a parenthesis closes the call before its end")
        .at(line.span(at..at + 1), "closes nothing");
    findings.tell(if line.part(&behind).trim_matches([')', ' ']).is_empty() {
        found.help("leave it out").suggest(line.span(at..at + 1), "")
    } else {
        found.at(line.span(behind), "becomes part of the arguments").help("write one call a line")
    });
}
