//! Macros and routines that do not come back.

use super::*;
use crate::dialplan::plan::{HINT, Step};
use crate::lint::target::{self, Target};

rule! {
    /// ## What it does
    /// Finds calls of a macro whose every way ends in a `Goto` out of it, where steps follow that rely on its return.
    ///
    /// ## Why is this bad
    /// The steps behind the call never run.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Macro(welcome)
    ///  same => n,Dial(SIP/100)
    /// exten => 200,1,Answer()
    /// [macro-welcome]
    /// exten => s,1,Playback(hello-world)
    ///  same => n,Goto(default,200,1)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Macro(welcome)
    ///  same => n,Dial(SIP/100)
    /// [macro-welcome]
    /// exten => s,1,Playback(hello-world)
    /// ```
    pub MACRO_WITHOUT_RETURN: MACRO_WITHOUT_RETURN, Check::Call(macros)
}

rule! {
    /// ## What it does
    /// Finds `Gosub` to a routine that ends without `Return`.
    ///
    /// ## Why is this bad
    /// The call ends where the routine does.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Gosub(greet,s,1)
    ///  same => n,Dial(SIP/100)
    /// [greet]
    /// exten => s,1,Playback(hello-world)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Gosub(greet,s,1)
    ///  same => n,Dial(SIP/100)
    /// [greet]
    /// exten => s,1,Playback(hello-world)
    ///  same => n,Return()
    /// ```
    pub ROUTINE_WITHOUT_RETURN: ROUTINE_WITHOUT_RETURN, Check::Call(routines)
}

fn steps<'a>(line: &Line<'a>, context: &str, extension: &str) -> Option<&'a [Step]> {
    let plan = line.subject.plan;
    let context = plan.context(context)?;
    let found = plan.matching(context, extension);
    let [only] = found.as_slice() else { return None };
    plan.extension(*only).map(|extension| plan.steps(extension))
}

fn key<'a>(line: &Line<'a>, step: &Step) -> &'a str {
    &line.subject.plan.application(step).key
}

fn macros(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some(at) = call.fields.first().filter(|at| call.key == "macro" && !line.is_dynamic(at)) else { return };
    let name = line.part(at);
    let Some(steps) = steps(line, &format!("macro-{name}"), "s") else { return };
    // Without a branch the last step decides.
    let branches = [
        "gotoif",
        "gotoiftime",
        "gosubif",
        "execif",
        "execiftime",
        "if",
        "while",
        "macroexit",
        "return",
        "waitexten",
        "read",
    ];
    if steps.iter().any(|step| branches.contains(&key(line, step))) {
        return;
    }
    let Some(last) = steps.last().filter(|last| key(line, last) == "goto") else { return };
    let text = last.arguments.text();
    let leaves = text.split(',').count() == 3 && !text.starts_with("macro-") && !text.starts_with('$');
    let own = line.subject.plan.steps(line.extension);
    let next = own.iter().find(|step| step.priority == line.step.priority + 1);
    let Some(next) = next.filter(|next| leaves && line.subject.plan.label(next).is_none()) else { return };
    findings.tell(
        Diagnostic::warning(codes::MACRO_WITHOUT_RETURN, format!("macro `{name}` never returns"))
            .at(line.span(at.clone()), "called here")
            .at(last.span, "here it leaves for good")
            .at(next.span, "so that this never runs")
            .help("let the macro end at its last step, or call it with `Goto`"),
    );
}

fn routines(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if !matches!(call.key.as_str(), "gosub" | "gosubif") {
        return;
    }
    for target in target::targets(line, call) {
        let Some(steps) = routine(line, &target) else { continue };
        let goes_on = [
            "gosub",
            "gosubif",
            "macro",
            "macroif",
            "gotoif",
            "gotoiftime",
            "execif",
            "return",
            "stackpop",
            "exec",
            "tryexec",
        ];
        let Some(last) = steps.last().filter(|last| last.priority != HINT) else { continue };
        let ends =
            ["goto", "hangup", "congestion", "busy", "asyncgoto", "stasis", "agi", "waitexten", "transfer", "park"];
        if steps.iter().any(|step| goes_on.contains(&key(line, step))) || ends.contains(&key(line, last)) {
            continue;
        }
        findings.tell(
            Diagnostic::warning(codes::ROUTINE_WITHOUT_RETURN, "a routine ends without `Return`")
                .at(last.span, "the call ends behind this step")
                .at(line.span(target.at.clone()), "called here")
                .help("write `same => n,Return()` behind its last step"),
        );
    }
}

/// The steps of a routine that is known, from its beginning.
fn routine<'a>(line: &Line<'a>, target: &Target) -> Option<&'a [Step]> {
    let (context, extension) = (target.context.clone()?, target.extension.clone()?);
    if line.is_dynamic(&context) || line.is_dynamic(&extension) || line.part(&target.priority) != "1" {
        return None;
    }
    let name = line.part(&context);
    let found = line.subject.plan.context(name)?;
    // Includes and switches could go on where the extension ends.
    let is_alone = found.includes.is_empty() && found.switches.is_empty();
    steps(line, name, line.part(&extension)).filter(|_| is_alone)
}
