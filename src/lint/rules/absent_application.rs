//! Applications that Asterisk has and exten does not.

use super::*;
use crate::lint::names::Standing;

rule! {
    /// ## What it does
    /// Finds applications that Asterisk, or a module distributed apart from it, has and exten does not have yet.
    ///
    /// ## Why is this bad
    /// Nothing is wrong with the plan; but on exten a call that comes there ends, through `h`.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Festival(hello)
    /// ```
    ///
    /// ## Use instead
    /// An application that exten has, or a way around the step:
    /// ```conf
    /// [default]
    /// exten => 100,1,Playback(hello-world)
    /// ```
    pub ABSENT_APPLICATION: ABSENT_APPLICATION, Check::Call(check)
}

fn check(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if call.application.is_some() {
        return;
    }
    let Some(known) = names::application(&call.key) else { return };
    let whose = match known.standing {
        Standing::Leaving { .. } => return,
        Standing::Current => "an application of Asterisk",
        Standing::Foreign => "an application of a module apart from Asterisk",
    };
    let message = format!("exten does not have `{}` yet, {whose}", known.name);
    findings.tell(
        Diagnostic::warning(codes::ABSENT_APPLICATION, message)
            .at(name(line, call).0, "a call that comes here ends")
            .help("lead the call around this step, for example with `ExecIf` or a `Goto` before it"),
    );
}
