//! Contexts with nothing in them.

use super::*;

rule! {
    /// ## What it does
    /// Finds contexts without extensions, includes or switches.
    ///
    /// ## Why is this bad
    /// A call in it ends at once. Mostly a line is missing, or the name of a section is misspelt.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// [empty]
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub EMPTY_CONTEXT: EMPTY_CONTEXT, Check::Plan(empty)
}

fn empty(subject: &Subject<'_>, findings: &mut Findings) {
    for context in subject.plan.contexts() {
        let has_content = !context.extensions.is_empty()
            || !context.includes.is_empty()
            || !context.switches.is_empty()
            || !context.ignore_patterns.is_empty()
            || context.autohints;
        if !has_content {
            findings.tell(
                Diagnostic::advice(codes::EMPTY_CONTEXT, format!("context `{}` is empty", context.name))
                    .at(context.span, "a call in it ends at once")
                    .help("write an extension into it, or remove it"),
            );
        }
    }
}
