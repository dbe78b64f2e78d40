//! Names of applications that nobody knows.

use super::*;

rule! {
    /// ## What it does
    /// Finds applications that neither exten nor any Asterisk has.
    ///
    /// ## Why is this bad
    /// A call that comes there ends, through `h`, and the trace shows no step.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Plyaback(hello-world)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Playback(hello-world)
    /// ```
    pub UNKNOWN_APPLICATION: UNKNOWN_APPLICATION, Check::Call(check)
}

fn check(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if call.application.is_some() || names::application(&call.key).is_some() || call.key.is_empty() {
        return;
    }
    let (span, name) = name(line, call);
    if name.contains([',', '$', '{', '"']) {
        return;
    }
    let own = line.subject.library.applications.iter().map(|known| known.name);
    let nearest = names::nearest(name, own).or_else(|| names::nearest(name, names::current_applications()));
    let found = Diagnostic::warning(codes::UNKNOWN_APPLICATION, format!("there is no application `{name}`"));
    let found = found.at(span, "a call that comes here ends");
    findings.tell(match nearest {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(span, nearest),
        None => found.help("check the name; a module of your own is no part of exten"),
    });
}
