//! Steps that no call comes to, and calls that come to no step.

use super::*;
use crate::dialplan::plan::{Context, Extension, HINT, Step};
use crate::interpreter::Arguments;

rule! {
    /// ## What it does
    /// Finds steps behind one that always leaves, such as `Goto`, `Hangup` or `Return`, that nothing jumps to. A single
    /// `Hangup` there is harmless and only advice.
    ///
    /// ## Why is this bad
    /// The step never runs. Mostly the line before it was meant for a branch.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(200,1)
    ///  same => n,Playback(hello-world)
    /// exten => 200,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Playback(hello-world)
    ///  same => n,Goto(200,1)
    /// exten => 200,1,Answer()
    /// ```
    pub UNREACHABLE_STEP: UNREACHABLE_STEP, Check::Extension(unreachable)
}

rule! {
    /// ## What it does
    /// Finds priorities that are left out between two steps of an extension where no other extension supplies them.
    ///
    /// ## Why is this bad
    /// A call that comes to the gap ends there.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,2,Wait(1)
    /// exten => 100,4,Playback(hello-world)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    ///  same => n,Wait(1)
    ///  same => n,Playback(hello-world)
    /// ```
    pub PRIORITY_GAP: PRIORITY_GAP, Check::Extension(gap)
}

rule! {
    /// ## What it does
    /// Finds steps 101 behind another, as they were used before Asterisk 1.6 for what failed.
    ///
    /// ## Why is this bad
    /// Asterisk does not go there any more: it sets a variable such as `DIALSTATUS` instead.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,20)
    /// exten => 100,2,Hangup()
    /// exten => 100,102,Playback(vm-isonphone)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,20)
    ///  same => n,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)
    ///  same => n,Hangup()
    ///  same => n(busy),Playback(vm-isonphone)
    /// ```
    pub PRIORITY_JUMP: PRIORITY_JUMP, Check::Extension(jump)
}

rule! {
    /// ## What it does
    /// Finds extensions without a priority 1 that no pattern or included context supplies and that nothing jumps into.
    ///
    /// ## Why is this bad
    /// A call to the number finds nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,2,Answer()
    /// exten => 100,3,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    ///  same => n,Hangup()
    /// ```
    pub NO_FIRST_PRIORITY: NO_FIRST_PRIORITY, Check::Extension(first)
}

fn key<'a>(subject: &Subject<'a>, step: &Step) -> &'a str {
    &subject.plan.application(step).key
}

/// Whether a call never goes on to the next priority.
fn leaves(subject: &Subject<'_>, step: &Step) -> bool {
    match key(subject, step) {
        "hangup" | "return" | "macroexit" | "congestion" | "busy" => true,
        "goto" => !step.arguments.text().is_empty(),
        _ => false,
    }
}

fn unreachable(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    let steps = subject.plan.steps(extension);
    let mut at = 0;
    while let Some((left, step)) = steps.get(at).zip(steps.get(at + 1)) {
        at += 1;
        if left.priority == HINT
            || step.priority != left.priority + 1
            || !leaves(subject, left)
            || is_target(subject, step)
        {
            continue;
        }
        let is_block_end =
            matches!(key(subject, step), "endwhile" | "endif" | "else" | "elseif" | "exitwhile" | "exitif");
        // Another extension's step may fall through to this one.
        if is_block_end || subject.reach().is_supplied(context, extension, left.priority) {
            continue;
        }
        let run = steps.get(at..).unwrap_or(&[]).iter().enumerate();
        let behind = run.take_while(|(index, next)| {
            let ends = matches!(key(subject, next), "endwhile" | "endif" | "else" | "elseif");
            next.priority == step.priority + i32::try_from(*index).unwrap_or(0) && !is_target(subject, next) && !ends
        });
        let count = behind.count();
        let left_name = &subject.plan.application(left).name;
        let is_harmless = count == 1 && matches!(key(subject, step), "hangup" | "return" | "macroexit" | "noop");
        let message = match count {
            0 | 1 => "no call comes to this step".to_owned(),
            _ => format!("no call comes to this step and the {} behind it", count - 1),
        };
        let severity =
            if is_harmless { crate::diagnostic::Severity::Advice } else { crate::diagnostic::Severity::Warning };
        findings.tell(
            Diagnostic::new(codes::UNREACHABLE_STEP, severity, message)
                .at(step.span, "never runs")
                .at(left.span, format!("`{left_name}` always leaves"))
                .help("remove it, or give it a label and jump there"),
        );
        at += count.max(1) - 1;
    }
}

fn is_target(subject: &Subject<'_>, step: &Step) -> bool {
    subject.plan.label(step).is_some() || subject.reach().jumps.is_jumped_to(step.extension, step.priority)
}

fn gap(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    let steps = subject.plan.steps(extension);
    for pair in steps.windows(2) {
        let [before, after] = pair else { continue };
        let missing = before.priority.saturating_add(1);
        let is_gap = before.priority != HINT && after.priority > missing && !leaves(subject, before);
        if !is_gap || is_target(subject, after) || is_failure_step(steps, after) {
            continue;
        }
        if subject.reach().is_supplied(context, extension, missing) {
            continue;
        }
        let name = extension.written();
        findings.tell(
            Diagnostic::warning(codes::PRIORITY_GAP, format!("extension `{name}` has no priority {missing}"))
                .at(before.span, "a call that comes through here ends")
                .at(after.span, "the next step there is")
                .help("count with `n`, so that no number is left out"),
        );
    }
}

/// Whether a step stands 101 behind another of the extension, or follows one that does.
fn is_failure_step(steps: &[Step], step: &Step) -> bool {
    let has = |priority: i32| steps.binary_search_by_key(&priority, |step| step.priority).is_ok();
    step.priority > 101 && has(step.priority - 101)
}

/// The applications that jumped by 101.
const JUMPED: [&str; 22] = [
    "authenticate",
    "chanisavail",
    "controlplayback",
    "dbget",
    "dial",
    "enumlookup",
    "hasnewvoicemail",
    "hasvoicemail",
    "lookupblacklist",
    "lookupcidname",
    "mailboxexists",
    "playback",
    "privacymanager",
    "queue",
    "addqueuemember",
    "removequeuemember",
    "record",
    "sendimage",
    "setcallerid",
    "system",
    "transfer",
    "voicemail",
];

fn jump(subject: &Subject<'_>, _: &Context, extension: &Extension, findings: &mut Findings) {
    let steps = subject.plan.steps(extension);
    if subject.plan.general.priorityjumping {
        return;
    }
    for step in steps.iter().filter(|step| step.priority > 101 && !is_target(subject, step)) {
        let Ok(index) = steps.binary_search_by_key(&(step.priority - 101), |step| step.priority) else { continue };
        let Some(failing) = steps.get(index).filter(|failing| JUMPED.contains(&key(subject, failing))) else {
            continue;
        };
        let arguments = failing.arguments.text();
        let arguments = if failing.has_old_separators { arguments.replace('|', ",") } else { arguments.to_owned() };
        let options = Arguments::new(arguments).options(2);
        if key(subject, failing) == "dial" && options.has('j') {
            continue;
        }
        // With the priority before it this is just a long extension.
        if steps.binary_search_by_key(&(step.priority - 1), |step| step.priority).is_ok() {
            continue;
        }
        let application = &subject.plan.application(failing).name;
        findings.tell(
            Diagnostic::warning(
                codes::PRIORITY_JUMP,
                format!("Asterisk no longer goes to n+101 when `{application}` fails"),
            )
            .at(step.span, "no call comes here")
            .at(failing.span, "from here it was reached")
            .help("ask the status variable, such as `DIALSTATUS`, in a `GotoIf` behind it"),
        );
    }
}

fn first(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    let steps = subject.plan.steps(extension);
    let Some(step) = steps.iter().find(|step| step.priority != HINT) else { return };
    if step.priority == 1 || subject.reach().jumps.is_entered_anywhere() {
        return;
    }
    let is_entered =
        subject.reach().jumps.is_entered(step.extension) || steps.iter().any(|step| subject.plan.label(step).is_some());
    if is_entered || subject.reach().is_supplied(context, extension, 1) {
        return;
    }
    let name = extension.written();
    findings.tell(
        Diagnostic::warning(codes::NO_FIRST_PRIORITY, format!("extension `{name}` has no priority 1"))
            .at(step.span, "its first step")
            .help("a call begins at priority 1"),
    );
}
