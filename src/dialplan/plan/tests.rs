//! Lookups that the recorded cases cannot ask for without running a call.

use super::conformance::Noon;
use super::{Found, Loaded, Missing, Plan, Query};
use crate::conf::Memory;
use crate::diagnostic::codes;
use crate::dialplan::compile::AnyApplication;
use std::path::Path;

fn load(text: &str) -> Loaded {
    let mut files = Memory::default().with("extensions.conf", text);
    Plan::load(&mut files, Path::new("extensions.conf"), &mut AnyApplication)
}

fn query(extension: &str, priority: i32) -> Query<'_> {
    Query { context: "a", extension, priority, caller: "" }
}

#[test]
fn digits_are_waited_for_as_long_as_a_longer_number_is_there() {
    let plan = load(
        "[a]\nexten => 1,1,NoOp()\nexten => 123,1,NoOp()\nexten => _2!,1,NoOp()\nexten => _2XX,1,NoOp()\n\
                     exten => _7.,1,NoOp()\ninclude => b\n[b]\nexten => 2345,1,NoOp()\nexten => 9,2,NoOp()\n",
    )
    .plan
    .unwrap();
    let more = |number| plan.matches_more(&query(number, 1), &mut Noon);
    assert_eq!(["1", "12", "123", "4", "7", "71"].map(more), [true, true, false, false, true, true]);
    // `_2!` settles it in its own context, whatever the included one holds.
    assert_eq!(["2", "23", "234"].map(more), [true, true, false]);
    let can = |number| plan.can_match(&query(number, 1), &mut Noon);
    assert_eq!(["", "12", "123", "124", "9"].map(can), [true, true, true, false, false]);
}

#[test]
fn the_next_step_needs_no_search_where_nothing_else_could_match() {
    let plan = load(
        "[a]\nexten => 1,1,NoOp(a)\n same => n(b),NoOp(b)\nexten => 2/77,1,NoOp()\nexten => 2,1,NoOp()\n\
                     exten => 2,2,NoOp()\n",
    )
    .plan
    .unwrap();
    let first = |number| plan.find(&query(number, 1), &mut Noon).unwrap().step();
    let next = plan.following(&first("1")).unwrap();
    assert_eq!(plan.find(&query("1", 2), &mut Noon), Ok(Found::Step(next)));
    assert_eq!(plan.following(&next), None);
    assert_eq!(plan.following(&first("2")), None);
    assert_eq!(plan.within(&first("1"), &query("1", 2)), Some(next));
    assert_eq!(plan.within(&next, &query("1", 1)), Some(first("1")));
    assert_eq!(plan.within(&first("1"), &query("1", 3)), None);
    assert_eq!(plan.within(&first("1"), &query("2", 1)), None);
    assert_eq!(plan.within(&first("1"), &Query { context: "b", ..query("1", 1) }), None);
    assert_eq!(plan.within(&first("2"), &query("2", 2)), None);
    assert_eq!(plan.label_beside(&first("1"), "b"), Some(next));
    assert_eq!(plan.label_beside(&first("1"), "c"), None);
    assert_eq!(plan.beside(&first("2"), 2), None);
}

#[test]
fn a_lookup_that_fails_says_how_far_it_came() {
    let plan = load("[a]\nexten => 1,1(here),NoOp()\n").plan.unwrap();
    let find = |number, priority| plan.find(&query(number, priority), &mut Noon);
    assert_eq!((find("2", 1), find("1", 2)), (Err(Missing::Extension), Err(Missing::Priority)));
    let elsewhere = Query { context: "b", ..query("1", 1) };
    assert_eq!(plan.find(&elsewhere, &mut Noon), Err(Missing::Context));
    assert_eq!(plan.find_label(&query("1", 1), "there", &mut Noon), Err(Missing::Label));
    assert_eq!(plan.find_label(&query("1", 1), "here", &mut Noon).map(|found| found.priority), Ok(1));
}

#[test]
fn a_switch_that_leads_back_to_itself_ends() {
    let plan = load("[a]\nlswitch => Loopback/${EXTEN}@a\n").plan.unwrap();
    assert!(!plan.exists(&query("1", 1), &mut Noon));
}

#[test]
fn what_is_dropped_while_loading_is_told() {
    let loaded = load(
        "[a]\nexten => 1,n,NoOp()\nexten => 1,1(l,NoOp()\nexten => 1,1,NoOp(\nexten => 1,1,NoOp()\nexten => 1,x,NoOp()\n\
         extn => 1,2,NoOp()\nexten => 1-2,1,NoOp()\nexten => 12,1,NoOp()\ninclude => gone\nexten => _.,1,NoOp()\n",
    );
    let codes: Vec<_> = loaded.diagnostics.iter().map(|found| found.code).collect();
    let expected = [
        codes::FIRST_PRIORITY,
        codes::UNCLOSED_LABEL,
        codes::UNCLOSED_CALL,
        codes::DUPLICATE_PRIORITY,
        codes::BAD_PRIORITY,
        codes::UNKNOWN_KEYWORD,
        codes::ALIASED_EXTENSION,
        codes::CATCH_ALL,
        codes::UNKNOWN_INCLUDE,
    ];
    assert_eq!(codes, expected);
    assert_eq!(loaded.sources.location(loaded.diagnostics[4].labels[0].span), "extensions.conf:6:12");
}

#[test]
fn hints_are_listed_with_their_devices() {
    let plan = load("[globals]\nD=SIP/x\n[a]\nexten => 1,hint,${D}&Custom:y\nexten => 1,1,NoOp()\n").plan.unwrap();
    let hints: Vec<_> =
        plan.hints().map(|(_, extension, step)| (extension.written(), plan.hint_devices(step))).collect();
    assert_eq!(hints, [("1", "SIP/x&Custom:y".to_owned())]);
}

#[test]
fn switches_that_lead_back_to_their_context_come_to_an_end() {
    let plan = load(&format!("[a]\n{}", "switch => Loopback/9\n".repeat(20))).plan.unwrap();
    assert_eq!(plan.find(&query("1", 1), &mut Noon), Err(Missing::Extension));
}
