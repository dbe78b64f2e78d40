//! Plans from before Asterisk 1.6, whose arguments are separated by `|`.
//!
//! For Asterisk 20 a `|` is an ordinary character, and for a single step it stays one here. A plan counts as old only
//! when nothing speaks against it: at least three steps of applications that have always taken several arguments
//! ([`SEPARATED`]) carry a `|` outside of quotes, brackets, braces and parentheses, and none of the applications
//! that do so is written with a comma in such a place anywhere in the plan. Steps of expressions and free text, such
//! as `Set` and `System`, never count. The steps found get [`Step::has_old_separators`] and the plan one warning.
//!
//! [`Step::has_old_separators`]: crate::dialplan::plan::Step::has_old_separators

use crate::diagnostic::{Diagnostic, codes};
use crate::dialplan::plan::Plan;
use std::collections::HashSet;

/// How many steps it takes.
const EVIDENCE: usize = 3;

/// Applications whose arguments were separated by `|`, in small letters.
pub const SEPARATED: [&str; 24] = [
    "agi",
    "authenticate",
    "background",
    "chanspy",
    "deadagi",
    "dial",
    "directory",
    "disa",
    "gosub",
    "goto",
    "macro",
    "meetme",
    "meetmeadmin",
    "meetmecount",
    "mixmonitor",
    "monitor",
    "page",
    "playback",
    "queue",
    "read",
    "record",
    "voicemail",
    "voicemailmain",
    "waitexten",
];

/// Marks the steps of an old plan; the warning, if it is one.
pub(super) fn mark(plan: &mut Plan) -> Option<Diagnostic> {
    let key = |plan: &Plan, index: usize| plan.steps.get(index).map(|step| plan.application(step).key.clone());
    let (mut piped, mut modern) = (Vec::new(), HashSet::new());
    for (index, step) in plan.steps.iter().enumerate() {
        if !SEPARATED.contains(&&*plan.application(step).key) {
            continue;
        }
        let outside = Outside::of(step.arguments.text());
        if outside.commas {
            modern.extend(key(plan, index));
        } else if outside.pipes {
            piped.push(index);
        }
    }
    let contradicted = piped.iter().any(|index| key(plan, *index).is_some_and(|key| modern.contains(&key)));
    if piped.len() < EVIDENCE || contradicted {
        return None;
    }
    for index in &piped {
        if let Some(step) = plan.steps.get_mut(*index) {
            step.has_old_separators = true;
        }
    }
    let first = piped.iter().filter_map(|index| plan.steps.get(*index)).map(|step| step.span);
    let first = first.min_by_key(|span| (span.file, span.start))?;
    let message = format!("{} steps separate their arguments with `|`, as before Asterisk 1.6", piped.len());
    Some(Diagnostic::warning(codes::OLD_SEPARATOR, message).at(first, "the first of them").help("write commas instead"))
}

/// Which separators stand outside of quotes and brackets of any kind.
struct Outside {
    pipes: bool,
    commas: bool,
}

impl Outside {
    fn of(arguments: &str) -> Self {
        let (mut outside, mut depth, mut quoted, mut hidden) =
            (Self { pipes: false, commas: false }, 0usize, false, false);
        for byte in arguments.bytes() {
            match byte {
                _ if hidden => hidden = false,
                b'\\' => hidden = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'|' if depth == 0 => outside.pipes = true,
                b',' if depth == 0 => outside.commas = true,
                _ => {}
            }
        }
        outside
    }
}

#[cfg(test)]
mod tests {
    use crate::conf::Memory;
    use crate::diagnostic::codes;
    use crate::dialplan::Plan;
    use crate::dialplan::compile::AnyApplication;
    use std::path::Path;

    fn marked(lines: &str) -> (usize, bool) {
        let mut files = Memory::default().with("extensions.conf", format!("[a]\n{lines}"));
        let loaded = Plan::load(&mut files, Path::new("extensions.conf"), &mut AnyApplication);
        let plan = loaded.plan.unwrap();
        let warned = loaded.diagnostics.iter().any(|found| found.code == codes::OLD_SEPARATOR);
        (plan.steps.iter().filter(|step| step.has_old_separators).count(), warned)
    }

    const OLD: &str = "exten => 1,1,Dial(SIP/a|20|tr)\nexten => 1,2,MeetMe(1|qd)\nexten => 1,3,Goto(b|s|1)\n";

    #[test]
    fn a_plan_with_bars_throughout_is_old() {
        assert_eq!(marked(OLD), (3, true));
    }

    #[test]
    fn a_single_bar_or_a_comma_elsewhere_speaks_against_it() {
        assert_eq!(marked("exten => 1,1,Dial(Local/200@a/n|5|g)\n"), (0, false));
        assert_eq!(marked(&format!("{OLD}exten => 2,1,Dial(SIP/b,20)\n")), (0, false));
    }

    #[test]
    fn bars_in_expressions_options_and_quotes_do_not_count() {
        let lines = "exten => 1,1,Dial(SIP/a)\nexten => 1,2,Set(A=x|y)\nexten => 1,3,Goto($[1 | 0])\n\
                     exten => 1,4,Playback(\"a|b\")\nexten => 1,5,Read(${A(x|y)})\n";
        assert_eq!(marked(lines), (0, false));
    }
}
