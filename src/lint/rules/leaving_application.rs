//! Applications that exten keeps and Asterisk does not.

use std::collections::BTreeMap;

use super::*;
use crate::diagnostic::Span;
use crate::lint::call;
use crate::lint::names::Standing;

rule! {
    /// ## What it does
    /// Names, once each, the applications of a plan that exten has and that newer Asterisks no longer have.
    ///
    /// ## Why is this bad
    /// On exten it is not. The plan does not run on those Asterisks.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,MeetMe(100)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,ConfBridge(100)
    /// ```
    pub LEAVING_APPLICATION: LEAVING_APPLICATION, Check::Plan(check)
}

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let is_concerned = |key: &str| {
        matches!(key, "exec" | "execif" | "execiftime" | "tryexec")
            || matches!(names::application(key), Some(names::Known { standing: Standing::Leaving { .. }, .. }))
    };
    let applications = subject.plan.applications();
    let concerned: std::collections::HashSet<&str> =
        applications.iter().map(|application| &*application.key).filter(|key| is_concerned(key)).collect();
    let mut uses: BTreeMap<&'static str, (Span, usize)> = BTreeMap::new();
    for line in subject.lines_where(|key| concerned.contains(key)) {
        for call in call::calls(&line).iter().filter(|call| call.application.is_some()) {
            let Some(known) = names::application(&call.key) else { continue };
            if let Standing::Leaving { .. } = known.standing {
                let span = name(&line, call).0;
                let (first, count) = uses.entry(known.name).or_insert((span, 0));
                if (span.file, span.start) < (first.file, first.start) {
                    *first = span;
                }
                *count += 1;
            }
        }
    }
    for (name, (first, count)) in uses {
        let Some(Standing::Leaving { gone, instead }) = names::application(name).map(|known| known.standing) else {
            continue;
        };
        let steps = if count == 1 { "1 step uses".to_owned() } else { format!("{count} steps use") };
        let message = format!("{steps} `{name}`, which Asterisk {gone} no longer has");
        findings.tell(
            Diagnostic::advice(codes::LEAVING_APPLICATION, message)
                .at(first, if count == 1 { "here" } else { "the first of them" })
                .help(format!("exten has it; for newer Asterisks write {instead}")),
        );
    }
}
