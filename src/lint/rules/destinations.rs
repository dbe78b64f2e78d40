//! What `Dial` is to call.

use super::*;

rule! {
    /// ## What it does
    /// Finds destinations of `Dial` without a technology.
    ///
    /// ## Why is this bad
    /// Dial warns and ends the call.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(200,20)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/200,20)
    /// ```
    pub NO_TECHNOLOGY: NO_TECHNOLOGY, Check::Call(technology)
}

rule! {
    /// ## What it does
    /// Finds typographic quotes in arguments.
    ///
    /// ## Why is this bad
    /// For Asterisk they are letters. They mostly come from a web page or a word processor.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(CALLERID(all)=“Sales” <100>)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(CALLERID(all)="Sales" <100>)
    /// ```
    pub TYPOGRAPHIC_QUOTE: TYPOGRAPHIC_QUOTE, Check::Line(typographic)
}

rule! {
    /// ## What it does
    /// Finds blanks in the destinations of `Dial`.
    ///
    /// ## Why is this bad
    /// They become part of the name of a technology, a phone or a host, and there is none of that name.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/200 & SIP/201,20)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/200&SIP/201,20)
    /// ```
    pub BLANK_IN_DESTINATION: BLANK_IN_DESTINATION, Check::Call(blank)
}

rule! {
    /// ## What it does
    /// Finds phones in `Dial(SIP/…)` and `Dial(PJSIP/…)` that the folder's sip.conf and pjsip.conf do not have. Without
    /// those files nothing is looked at; nor are numbers at a host or behind a trunk.
    ///
    /// ## Why is this bad
    /// `DIALSTATUS` is `CHANUNAVAIL`; nobody is called.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/201,20)
    /// ```
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/200,20)
    /// ```
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// ```
    pub UNKNOWN_ENDPOINT: UNKNOWN_ENDPOINT, Check::Call(endpoint)
}

/// The destinations of a Dial that are known, with their places.
fn destinations<'t>(line: &'t Line<'_>, call: &Call<'_>) -> Vec<(&'t str, usize)> {
    let Some(at) = call.fields.first().filter(|at| call.key == "dial" && !line.is_dynamic(at)) else {
        return Vec::new();
    };
    let text = line.part(at);
    let mut start = at.start;
    let mut found = Vec::new();
    for destination in text.split('&') {
        found.push((destination, start));
        start += destination.len() + 1;
    }
    found
}

fn technology(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    for (destination, start) in destinations(line, call) {
        if destination.trim().is_empty() || destination.contains('/') {
            continue;
        }
        findings.tell(
            Diagnostic::warning(codes::NO_TECHNOLOGY, format!("`{destination}` has no technology"))
                .at(line.span(start..start + destination.len()), "Dial ends the call here")
                .help("write technology/resource, as in `SIP/200`"),
        );
    }
}

fn blank(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some(field) = call.fields.first().filter(|_| call.key == "dial") else { return };
    let is_inside = |at: usize| line.substitutions.iter().any(|found| found.at.contains(&at));
    let text = line.part(field);
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find([' ', '\t'])).map(|found| at + found) {
        let length = text.get(found..).map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len());
        at = found + length;
        let place = field.start + found..field.start + at;
        if is_inside(place.start) {
            continue;
        }
        findings.tell(
            Diagnostic::warning(codes::BLANK_IN_DESTINATION, "a blank becomes part of a destination")
                .at(line.span(place.clone()), "there is nobody of such a name")
                .help("leave it out")
                .suggest(line.span(place), ""),
        );
    }
}

fn typographic(line: &Line<'_>, findings: &mut Findings) {
    if line.text.is_ascii() || matches!(line.key, "noop" | "verbose" | "log") {
        return;
    }
    for (at, quote) in line.text.match_indices(['“', '”', '„', '‘', '’', '″']) {
        let plain = if matches!(quote, "‘" | "’") { "'" } else { "\"" };
        findings.tell(
            Diagnostic::warning(codes::TYPOGRAPHIC_QUOTE, format!("{quote} is a letter to Asterisk, not a quote"))
                .at(line.span(at..at + quote.len()), "typographic")
                .help(format!("write {plain}"))
                .suggest(line.span(at..at + quote.len()), plain),
        );
    }
}

fn endpoint(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let endpoints = line.subject.endpoints;
    if endpoints.iter().next().is_none() {
        return;
    }
    for (destination, start) in destinations(line, call) {
        let Some((technology, resource)) = destination.split_once('/') else { continue };
        let is_sip = technology.eq_ignore_ascii_case("SIP") || technology.eq_ignore_ascii_case("PJSIP");
        let is_name = !resource.is_empty() && !resource.contains(['/', '@', '.', ':', '!']);
        let known = |name: &str| {
            endpoints.iter().any(|endpoint| endpoint.name.eq_ignore_ascii_case(name))
                || line.subject.beside.is_wizards(name)
        };
        if !is_sip || !is_name || known(resource.trim()) {
            continue;
        }
        let at = start + technology.len() + 1;
        findings.tell(
            Diagnostic::warning(codes::UNKNOWN_ENDPOINT, format!("there is no phone `{resource}`"))
                .at(line.span(at..at + resource.len()), "nobody is called")
                .help("write its section into sip.conf or pjsip.conf, or correct the name"),
        );
    }
}
