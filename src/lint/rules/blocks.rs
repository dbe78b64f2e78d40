//! `While` and `If` and their ends.

use super::*;
use crate::dialplan::plan::{Context, Extension, Step};

rule! {
    /// ## What it does
    /// Finds `While` and `If` without their ends, and ends without a beginning, within an extension.
    ///
    /// ## Why is this bad
    /// An end without a beginning does nothing; a loop without an end runs once, or ends the call.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,While($["${X}" != "3"])
    ///  same => n,Wait(1)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,While($["${X}" != "3"])
    ///  same => n,Wait(1)
    ///  same => n,EndWhile()
    /// ```
    pub UNMATCHED_BLOCK: UNMATCHED_BLOCK, Check::Extension(blocks)
}

fn blocks(subject: &Subject<'_>, _: &Context, extension: &Extension, findings: &mut Findings) {
    let steps = subject.plan.steps(extension);
    for (begin, end) in [("while", "endwhile"), ("if", "endif")] {
        let mut open: Vec<&Step> = Vec::new();
        for step in steps {
            let key = &*subject.plan.application(step).key;
            if key == begin {
                open.push(step);
            } else if key == end && open.pop().is_none() {
                let name = &subject.plan.application(step).name;
                findings.tell(
                    Diagnostic::warning(codes::UNMATCHED_BLOCK, format!("`{name}` without its beginning"))
                        .at(step.span, "ends nothing")
                        .help("the beginning stands in the same extension, before it"),
                );
            }
        }
        for step in open {
            let name = &subject.plan.application(step).name;
            findings.tell(
                Diagnostic::warning(codes::UNMATCHED_BLOCK, format!("`{name}` without its end"))
                    .at(step.span, "never ends")
                    .help(format!("write `End{name}()` behind the last step of the block")),
            );
        }
    }
}
