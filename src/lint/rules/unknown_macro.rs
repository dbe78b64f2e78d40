//! Macros without their context.

use super::*;

rule! {
    /// ## What it does
    /// Finds calls of a macro that has no context `macro-NAME`.
    ///
    /// ## Why is this bad
    /// The call goes on as if the macro had done its work.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Macro(record,100)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Macro(record,100)
    /// [macro-record]
    /// exten => s,1,NoOp(${ARG1})
    /// ```
    pub UNKNOWN_MACRO: UNKNOWN_MACRO, Check::Call(check)
}

fn check(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if !matches!(call.key.as_str(), "macro" | "macroexclusive") {
        return;
    }
    let Some(at) = call.fields.first().filter(|at| !line.is_dynamic(at)) else { return };
    let name = line.part(at);
    let context = format!("macro-{name}");
    if name.is_empty() || line.subject.plan.context(&context).is_some() {
        return;
    }
    let made = line.subject.plan.contexts().iter().filter_map(|context| context.name.strip_prefix("macro-"));
    let found = Diagnostic::warning(codes::UNKNOWN_MACRO, format!("there is no context `{context}`"))
        .at(line.span(at.clone()), "this macro does nothing");
    findings.tell(match names::nearest(name, made) {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(line.span(at.clone()), nearest),
        None => found.help(format!("write `[{context}]` with an extension `s`")),
    });
}
