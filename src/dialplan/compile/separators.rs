//! Plans from before Asterisk 1.6, whose arguments are separated by `|`.
//!
//! For Asterisk 20 a `|` is an ordinary character. A plan counts as old where steps of applications that have always
//! taken several arguments ([`SEPARATED`]) carry a `|` outside of quotes, brackets, braces and parentheses, and the rest
//! of the plan agrees:
//!
//! - A plan without any `same =>` (new in Asterisk 1.6.2) is old with the first such step. Before 1.6 commas separated
//!   as well, so commas elsewhere say nothing.
//! - A plan with `same =>` takes three such steps, and none of their applications may be written with a comma in such
//!   a place anywhere.
//!
//! Steps of expressions and free text, such as `Set` and `System`, never count. In the steps found the bars become
//! commas; they get [`Step::has_old_separators`], and the plan one warning.
//!
//! [`Step::has_old_separators`]: crate::dialplan::plan::Step::has_old_separators

use crate::diagnostic::{Diagnostic, codes};
use crate::dialplan::plan::{Plan, Step};
use crate::dialplan::template::Template;
use std::collections::HashSet;

/// How many steps it takes in a plan that looks new otherwise.
const EVIDENCE: usize = 3;

/// Applications whose arguments were separated by `|`, in small letters.
pub const SEPARATED: [&str; 44] = [
    "addqueuemember",
    "agi",
    "asyncgoto",
    "authenticate",
    "background",
    "backgrounddetect",
    "chanisavail",
    "channelredirect",
    "chanspy",
    "controlplayback",
    "deadagi",
    "dial",
    "directory",
    "disa",
    "gosub",
    "gosubif",
    "goto",
    "gotoif",
    "gotoiftime",
    "macro",
    "meetme",
    "meetmeadmin",
    "meetmecount",
    "mixmonitor",
    "monitor",
    "page",
    "pausequeuemember",
    "playback",
    "privacymanager",
    "queue",
    "read",
    "readfile",
    "record",
    "removequeuemember",
    "saynumber",
    "sayunixtime",
    "senddtmf",
    "softhangup",
    "unpausequeuemember",
    "vmauthenticate",
    "voicemail",
    "voicemailmain",
    "waitexten",
    "waitforsilence",
];

/// Marks the steps of an old plan, with one warning; in any other plan every bar that was perhaps meant to separate gets
/// one.
pub(super) fn mark(plan: &mut Plan, has_same: bool) -> Vec<Diagnostic> {
    let key = |plan: &Plan, index: usize| plan.steps.get(index).map(|step| plan.application(step).key.clone());
    let (mut piped, mut modern) = (Vec::new(), HashSet::new());
    for (index, step) in plan.steps.iter().enumerate() {
        if !SEPARATED.contains(&&*plan.application(step).key) {
            continue;
        }
        let outside = Outside::of(step.arguments.text());
        if outside.pipes && !is_timing(step.arguments.text(), &plan.application(step).key) {
            piped.push(index);
        } else if outside.commas {
            modern.extend(key(plan, index));
        }
    }
    let contradicted = piped.iter().any(|index| key(plan, *index).is_some_and(|key| modern.contains(&key)));
    if has_same && (piped.len() < EVIDENCE || contradicted) {
        return piped.iter().filter_map(|index| literal(plan, plan.steps.get(*index)?)).collect();
    }
    for index in &piped {
        if let Some(step) = plan.steps.get_mut(*index) {
            step.has_old_separators = true;
            step.arguments = Template::parse(&with_commas(step.arguments.text()));
        }
    }
    let first = piped.iter().filter_map(|index| plan.steps.get(*index)).map(|step| step.span);
    let Some(first) = first.min_by_key(|span| (span.file, span.start)) else { return Vec::new() };
    let message = match piped.len() {
        1 => "a step separates its arguments with `|`, as before Asterisk 1.6".to_owned(),
        count => format!("{count} steps separate their arguments with `|`, as before Asterisk 1.6"),
    };
    vec![Diagnostic::warning(codes::OLD_SEPARATOR, message).at(first, "the first of them").help("write commas instead")]
}

/// A bar that is read as it stands, since the plan is not old.
fn literal(plan: &Plan, step: &Step) -> Option<Diagnostic> {
    let (at, _) = outside(step.arguments.text()).find(|(_, byte)| *byte == b'|')?;
    let name = &plan.application(step).name;
    let message = format!("`|` separates nothing in `{name}`: it is part of the text, as in Asterisk 20");
    let told =
        Diagnostic::warning(codes::OLD_SEPARATOR, message).at(step.arguments_span(at, at + 1), "read as a letter");
    Some(told.help("write a comma; a `|` that is meant stands in quotes"))
}

/// The times of `GotoIfTime(9:00-17:00|mon-fri|*|*?…)`, which Asterisk 20 still takes with bars, are no sign of age.
fn is_timing(arguments: &str, key: &str) -> bool {
    key == "gotoiftime" && arguments.split_once('?').is_some_and(|(_, target)| !target.contains('|'))
}

/// The arguments with commas for the bars that separate.
fn with_commas(arguments: &str) -> String {
    let separators: HashSet<usize> = outside(arguments).filter(|(_, byte)| *byte == b'|').map(|(at, _)| at).collect();
    let comma = |(at, letter)| if separators.contains(&at) { ',' } else { letter };
    arguments.char_indices().map(comma).collect()
}

/// Which separators stand outside of quotes and brackets of any kind.
struct Outside {
    pipes: bool,
    commas: bool,
}

impl Outside {
    fn of(arguments: &str) -> Self {
        let pipes = outside(arguments).any(|(_, byte)| byte == b'|');
        let commas = outside(arguments).any(|(_, byte)| byte == b',');
        Self { pipes, commas }
    }
}

/// The bytes outside of quotes and brackets of any kind, with their places.
fn outside(arguments: &str) -> impl Iterator<Item = (usize, u8)> + '_ {
    let (mut depth, mut quoted, mut hidden) = (0usize, false, false);
    arguments.bytes().enumerate().filter(move |(_, byte)| {
        match byte {
            _ if hidden => hidden = false,
            b'\\' => hidden = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    })
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
    fn in_a_plan_with_same_a_single_bar_or_a_comma_elsewhere_speaks_against_it() {
        const NEW: &str = "exten => 9,1,NoOp()\nsame => n,NoOp()\n";
        assert_eq!(marked(&format!("{NEW}exten => 1,1,Dial(Local/200@a/n|5|g)\n")), (0, true));
        assert_eq!(marked(&format!("{NEW}{OLD}exten => 2,1,Dial(SIP/b,20)\n")), (0, true));
        assert_eq!(marked(&format!("{NEW}{OLD}")), (3, true));
    }

    #[test]
    fn without_same_one_bar_is_enough() {
        assert_eq!(marked("exten => 18,4,MeetMe(18|p)\nexten => 18,5,Goto(a,s,1)\n"), (1, true));
    }

    #[test]
    fn a_redirect_to_a_place_with_bars_is_old() {
        let lines =
            "exten => s,1,ChannelRedirect(${BRIDGEPEER}|room|${CONFNO}|1)\nexten => s,2,AsyncGoto(${A}|b|1|1)\n";
        assert_eq!(marked(lines), (2, true));
    }

    #[test]
    fn bars_that_separate_become_commas() {
        assert_eq!(super::with_commas("SIP/${A|B}@h||gL(1|2)\"|\""), "SIP/${A|B}@h,,gL(1|2)\"|\"");
    }

    #[test]
    fn bars_in_expressions_options_and_quotes_do_not_count() {
        let lines = "exten => 1,1,Dial(SIP/a)\nexten => 1,2,Set(A=x|y)\nexten => 1,3,Goto($[1 | 0])\n\
                     exten => 1,4,Playback(\"a|b\")\nexten => 1,5,Read(${A(x|y)})\n";
        assert_eq!(marked(lines), (0, false));
    }
}
