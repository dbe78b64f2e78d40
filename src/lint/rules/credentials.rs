//! Passwords in the plan.

use super::*;

rule! {
    /// ## What it does
    /// Finds user names with passwords in the destinations of `Dial`.
    ///
    /// ## Why is this bad
    /// They show up in logs, in call records and in the trace.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(IAX2/user:secret@host/100)
    /// ```
    ///
    /// ## Use instead
    /// A trunk of that name in `iax.conf`, `sip.conf` or `pjsip.conf`:
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(IAX2/trunk/100)
    /// ```
    pub CREDENTIALS: CREDENTIALS, Check::Call(credentials)
}

fn credentials(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some(at) = call.fields.first().filter(|_| call.key == "dial") else { return };
    let text = line.part(at);
    for destination in text.split('&') {
        let Some((technology, rest)) = destination.split_once('/') else { continue };
        let Some((login, _)) = rest.split_once('@') else { continue };
        let Some((user, password)) = login.split_once(':') else { continue };
        let is_literal = !login.contains(['$', '{', '/']) && !user.is_empty() && !password.is_empty();
        if is_literal && technology.eq_ignore_ascii_case("IAX2")
            || is_literal && technology.eq_ignore_ascii_case("SIP") && !user.contains("sip")
        {
            let start = at.start + (password.as_ptr() as usize - text.as_ptr() as usize);
            findings.tell(
                Diagnostic::warning(codes::CREDENTIALS, "a password stands in the plan")
                    .at(line.span(start..start + password.len()), "it shows up in logs and call records")
                    .help("write it into the trunk's section, and dial the trunk by its name"),
            );
        }
    }
}
