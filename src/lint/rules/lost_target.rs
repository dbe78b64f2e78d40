//! Jumps that lead nowhere. The four rules share one look.

use super::*;
use crate::lint::reach::Lost;
use crate::lint::target::{self, Target};

rule! {
    /// ## What it does
    /// Finds jumps into a context that does not exist.
    ///
    /// ## Why is this bad
    /// The call ends; not even `i` or `h` runs.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(offce,200,1)
    /// [office]
    /// exten => 200,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(office,200,1)
    /// [office]
    /// exten => 200,1,Answer()
    /// ```
    pub UNKNOWN_CONTEXT: UNKNOWN_CONTEXT, Check::Call(context)
}

rule! {
    /// ## What it does
    /// Finds jumps to an extension that the context does not have, nor any that it includes or that includes it.
    ///
    /// ## Why is this bad
    /// The call goes to `i`, if there is one, and ends otherwise.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(default,201,1)
    /// exten => 200,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(default,200,1)
    /// exten => 200,1,Answer()
    /// ```
    pub UNKNOWN_EXTENSION: UNKNOWN_EXTENSION, Check::Call(extension)
}

rule! {
    /// ## What it does
    /// Finds jumps to a label that the extension does not have.
    ///
    /// ## Why is this bad
    /// The call ends through `h`.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${DIALSTATUS}" = "BUSY"]?buzy)
    ///  same => n,Hangup()
    ///  same => n(busy),Playback(vm-isonphone)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)
    ///  same => n,Hangup()
    ///  same => n(busy),Playback(vm-isonphone)
    /// ```
    pub UNKNOWN_LABEL: UNKNOWN_LABEL, Check::Call(label)
}

rule! {
    /// ## What it does
    /// Finds jumps to a priority that the extension does not have.
    ///
    /// ## Why is this bad
    /// The call ends through `h`.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf(${ISNULL(${X})}?5)
    /// exten => 100,2,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf(${ISNULL(${X})}?3)
    /// exten => 100,2,Answer()
    /// exten => 100,3,Hangup()
    /// ```
    pub UNKNOWN_PRIORITY: UNKNOWN_PRIORITY, Check::Call(priority)
}

rule! {
    /// ## What it does
    /// Finds jumps that name a context or an extension and leave out what follows it.
    ///
    /// ## Why is this bad
    /// A single name is a label of the extension the call is in, and two are an extension and its priority. The call ends.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(office)
    /// [office]
    /// exten => s,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(office,s,1)
    /// [office]
    /// exten => s,1,Answer()
    /// ```
    pub INCOMPLETE_TARGET: INCOMPLETE_TARGET, Check::Call(incomplete)
}

rule! {
    /// ## What it does
    /// Finds jumps with more than a context, an extension and a priority.
    ///
    /// ## Why is this bad
    /// What follows the priority is not looked at.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(default,100,2,now)
    /// exten => 100,2,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(default,100,2)
    /// exten => 100,2,Answer()
    /// ```
    pub OVERLONG_TARGET: OVERLONG_TARGET, Check::Call(overlong)
}

fn each(line: &Line<'_>, call: &Call<'_>, mut tell: impl FnMut(Target, Lost)) {
    for target in target::targets(line, call) {
        if let Some(lost) = line.subject.reach().lost(line, &target) {
            tell(target, lost);
        }
    }
}

fn context(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    each(line, call, |target, lost| {
        let (Lost::Context, Some(at)) = (lost, target.context) else { return };
        let name = line.part(&at);
        let nearest = names::nearest(name.trim(), line.subject.plan.contexts().iter().map(|context| &*context.name));
        let exact = line.subject.plan.context(name.trim()).map(|context| &*context.name);
        let found = Diagnostic::warning(codes::UNKNOWN_CONTEXT, format!("there is no context `{name}`"))
            .at(line.span(at.clone()), "a call that comes here ends");
        findings.tell(match (exact, nearest) {
            (Some(_), _) => {
                found.help("the blanks belong to the name: leave them out").fix(line.span(at.clone()), name.trim())
            }
            (None, Some(nearest)) => found.help(format!("did you mean `{nearest}`?")).suggest(line.span(at), nearest),
            (None, None) => found.help("write the context, or correct the name; case counts"),
        });
    });
}

fn extension(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    each(line, call, |target, lost| {
        let (Lost::Extension, Some(at)) = (lost, target.extension.clone()) else { return };
        if is_incomplete(line, &target).is_some() {
            return;
        }
        let name = line.part(&at);
        let context = target.context.as_ref().map_or(&*line.context.name, |at| line.part(at));
        let message = format!("context `{context}` has no extension `{name}`");
        let found = Diagnostic::warning(codes::UNKNOWN_EXTENSION, message).at(line.span(at.clone()), "leads nowhere");
        findings.tell(if name != name.trim() {
            found.help("the blanks belong to the name: leave them out").fix(line.span(at), name.trim())
        } else {
            found.help(format!("write `exten => {name},1,…` there, or correct the name"))
        });
    });
}

fn label(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    each(line, call, |target, lost| {
        let Lost::Label { elsewhere } = lost else { return };
        let name = line.part(&target.priority);
        if name.is_empty() || is_incomplete(line, &target).is_some() {
            return;
        }
        let extension = target.extension.as_ref().map_or(line.extension.written(), |at| line.part(at));
        let message = format!("extension `{extension}` has no label `{name}`");
        let span = line.span(target.priority.clone());
        let found = Diagnostic::warning(codes::UNKNOWN_LABEL, message).at(span, "leads nowhere");
        let own = line.subject.plan.steps(line.extension).iter().filter_map(|step| line.subject.plan.label(step));
        let own: Vec<_> = own.collect();
        let trimmed = own.iter().find(|label| label.trim() == name.trim());
        findings.tell(match (elsewhere, trimmed, names::nearest(name, own.iter().copied())) {
            (_, Some(label), _) => found.help("blanks belong to a label: leave them out").fix(span, *label),
            (Some(other), ..) => found.help(format!("`{other}` has it: write `{other},{name}`")),
            (None, None, Some(nearest)) => found.help(format!("did you mean `{nearest}`?")).suggest(span, nearest),
            (None, None, None) => found.help(format!("write `n({name})` at the step that is meant")),
        });
    });
}

fn priority(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    each(line, call, |target, lost| {
        if lost != Lost::Priority {
            return;
        }
        let number = line.part(&target.priority);
        let extension = target.extension.as_ref().map_or(line.extension.written(), |at| line.part(at));
        let message = format!("extension `{extension}` has no priority {number}");
        findings.tell(
            Diagnostic::warning(codes::UNKNOWN_PRIORITY, message)
                .at(line.span(target.priority), "leads nowhere")
                .help("give the step that is meant a label, and jump to that"),
        );
    });
}

/// What a target probably means that lacks its end.
fn is_incomplete(line: &Line<'_>, target: &Target) -> Option<String> {
    let plan = line.subject.plan;
    match target.count {
        1 => {
            let name = line.part(&target.priority).trim();
            if plan.context(name).is_some() {
                Some(format!("{name},s,1"))
            } else {
                (!name.is_empty() && !plan.matching(line.context, name).is_empty()).then(|| format!("{name},1"))
            }
        }
        2 => {
            let (context, extension) = (line.part(target.extension.as_ref()?), line.part(&target.priority));
            plan.context(context).map(|_| format!("{context},{extension},1"))
        }
        _ => None,
    }
}

fn incomplete(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    each(line, call, |target, lost| {
        if !matches!(lost, Lost::Label { .. } | Lost::Extension) {
            return;
        }
        let Some(meant) = is_incomplete(line, &target) else { return };
        let text = line.part(&target.at);
        let reading =
            if target.count == 1 { "is taken for a label" } else { "is taken for an extension and its priority" };
        findings.tell(
            Diagnostic::warning(codes::INCOMPLETE_TARGET, format!("`{text}` {reading}"))
                .at(line.span(target.at.clone()), "leads nowhere")
                .help(format!("write `{meant}`"))
                .suggest(line.span(target.at), meant),
        );
    });
}

fn overlong(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    for target in target::targets(line, call).into_iter().filter(|target| target.count > 3) {
        let end = target.priority.end;
        findings.tell(
            Diagnostic::warning(codes::OVERLONG_TARGET, "a target has a context, an extension and a priority")
                .at(line.span(end..target.at.end), "not looked at")
                .help("leave it out; arguments of Gosub stand in parentheses behind the priority")
                .suggest(line.span(end..target.at.end), ""),
        );
    }
}
