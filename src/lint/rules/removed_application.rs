//! Applications that Asterisk had.

use super::*;
use crate::lint::names::Standing;

rule! {
    /// ## What it does
    /// Finds applications that Asterisk once had and that exten does not have.
    ///
    /// ## Why is this bad
    /// A call that comes there ends, through `h`, on any Asterisk since.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,RxFAX(/tmp/fax.tif)
    /// ```
    ///
    /// ## Use instead
    /// What the help names.
    pub REMOVED_APPLICATION: REMOVED_APPLICATION, Check::Call(check)
}

fn check(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if call.application.is_some() {
        return;
    }
    let Some(known) = names::application(&call.key) else { return };
    let Standing::Leaving { gone, instead } = known.standing else { return };
    let message = format!("application `{}` is gone since Asterisk {gone}", known.name);
    findings.tell(
        Diagnostic::warning(codes::REMOVED_APPLICATION, message)
            .at(name(line, call).0, "a call that comes here ends")
            .help(format!("write {instead}")),
    );
}
