//! Names of functions that nobody knows, or that exten does not have.

use super::*;
use crate::lint::names::Standing;

rule! {
    /// ## What it does
    /// Finds functions that neither exten nor any Asterisk has. Names made by `func_odbc.conf` (`ODBC_…`) are not
    /// looked at, and nor are any others where the folder holds a `func_odbc.conf`.
    ///
    /// ## Why is this bad
    /// The function gives nothing, and the call goes on with an empty value. Case counts.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${callerid(num)})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CALLERID(num)})
    /// ```
    pub UNKNOWN_FUNCTION: UNKNOWN_FUNCTION, Check::Line(unknown)
}

rule! {
    /// ## What it does
    /// Finds functions that Asterisk has and exten does not have yet.
    ///
    /// ## Why is this bad
    /// Nothing is wrong with the plan; but on exten the function gives nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CALENDAR_BUSY(office)})
    /// ```
    ///
    /// ## Use instead
    /// A function that exten has.
    pub ABSENT_FUNCTION: ABSENT_FUNCTION, Check::Line(absent)
}

rule! {
    /// ## What it does
    /// Finds functions that newer Asterisks no longer have.
    ///
    /// ## Why is this bad
    /// Where exten has the function, it is advice for those who move the plan; where it does not, the function gives
    /// nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${LANGUAGE()})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp(${CHANNEL(language)})
    /// ```
    pub LEAVING_FUNCTION: LEAVING_FUNCTION, Check::Line(leaving)
}

/// The functions of a line with their places; those set by `Set` too.
fn functions<'t>(line: &'t Line<'_>) -> Vec<(&'t str, std::ops::Range<usize>)> {
    let named = line.substitutions.iter().filter(|found| found.arguments(line.text).is_some());
    let mut found: Vec<_> = named
        .map(|found| {
            let name = found.name(line.text);
            (name, found.inner.start..found.inner.start + name.len())
        })
        .filter(|(name, _)| !name.is_empty())
        .collect();
    if line.text.contains("$[") {
        found.extend(super::expressions::functions(line));
    }
    if line.key == "set" {
        let name = line.text.split(['=', '(']).next().unwrap_or("");
        let is_function = line.text[name.len()..].starts_with('(') && !line.text[..name.len()].contains('$');
        let plain = name.trim();
        if is_function && !plain.is_empty() {
            let start = name.len() - name.trim_start().len();
            found.push((plain, start..start + plain.len()));
        }
    }
    found
}

fn is_word(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn unknown(line: &Line<'_>, findings: &mut Findings) {
    if line.substitutions.is_empty() && line.key != "set" {
        return;
    }
    for (name, at) in functions(line) {
        let is_known = line.subject.library.function(name).is_some() || names::function(name).is_some();
        if is_known || name.starts_with("ODBC_") || !is_word(name) || line.subject.beside.has("func_odbc.conf") {
            continue;
        }
        let own = || line.subject.library.functions.iter().map(|known| known.name);
        let other_case = own().chain(names::current_functions()).find(|known| known.eq_ignore_ascii_case(name));
        let nearest = other_case
            .or_else(|| names::nearest(name, own()))
            .or_else(|| names::nearest(name, names::current_functions()));
        let span = line.span(at);
        let found = Diagnostic::warning(codes::UNKNOWN_FUNCTION, format!("there is no function `{name}`"))
            .at(span, "gives nothing");
        findings.tell(match (other_case, nearest) {
            (Some(known), _) => found.help(format!("case counts: `{known}`")).fix(span, known),
            (None, Some(nearest)) => found.help(format!("did you mean `{nearest}`?")).suggest(span, nearest),
            (None, None) => found.help("check the name; functions of func_odbc.conf are no part of exten"),
        });
    }
}

fn absent(line: &Line<'_>, findings: &mut Findings) {
    if line.substitutions.is_empty() && line.key != "set" {
        return;
    }
    for (name, at) in functions(line) {
        let standing = names::function(name).map(|known| known.standing);
        if line.subject.library.function(name).is_none() && standing == Some(Standing::Current) {
            let message = format!("exten does not have the function `{name}` yet");
            findings.tell(
                Diagnostic::warning(codes::ABSENT_FUNCTION, message)
                    .at(line.span(at), "gives nothing")
                    .help("on Asterisk it is there"),
            );
        }
    }
}

fn leaving(line: &Line<'_>, findings: &mut Findings) {
    if line.substitutions.is_empty() && line.key != "set" {
        return;
    }
    for (name, at) in functions(line) {
        let Some(Standing::Leaving { gone, instead }) = names::function(name).map(|known| known.standing) else {
            continue;
        };
        let has = line.subject.library.function(name).is_some();
        let message = format!("Asterisk {gone} no longer has the function `{name}`");
        let found = if has {
            Diagnostic::advice(codes::LEAVING_FUNCTION, message).at(line.span(at), "exten has it")
        } else {
            Diagnostic::warning(codes::LEAVING_FUNCTION, message).at(line.span(at), "gives nothing")
        };
        findings.tell(found.help(format!("write {instead}")));
    }
}
