//! Every page proves itself: what its example shows is found, and what is to be written instead is not.

use std::path::Path;

use super::{Beside, RULES, Settings, Subject, check, explain, pages, rule};
use crate::conf::Memory;
use crate::diagnostic::{Diagnostic, Sources, codes, render};
use crate::server::{Configuration, LIBRARY};

const PLAN: &str = "extensions.conf";

/// Checks the files of a page's section, or of a test.
fn findings(mut files: Memory, path: &str, settings: &Settings) -> (Vec<Diagnostic>, Sources) {
    let mut configuration = Configuration::load_from(&mut files, Path::new(path));
    let mut told = std::mem::take(&mut configuration.diagnostics);
    let beside = Beside::load(&mut files, &configuration.folder, &mut configuration.sources);
    told.extend(beside.told());
    let found = match &configuration.plan {
        Some(active) => {
            let (endpoints, sources) = (&configuration.endpoints, &configuration.sources);
            let mut subject = Subject::new(&active.plan, &active.features, endpoints, sources, &LIBRARY);
            subject.beside = beside;
            check(&subject, told, settings)
        }
        None => told,
    };
    (found, configuration.sources)
}

fn lines(plan: &str) -> Vec<String> {
    let (found, sources) = findings(Memory::default().with(PLAN, plan), PLAN, &Settings::default());
    found.iter().map(|found| render::short(found, &sources)).collect()
}

/// The files that a section of a page shows; none where it shows no code.
fn shown(page: &str, title: &str) -> Option<Memory> {
    let section = page.split("## ").find(|section| section.starts_with(title))?;
    let mut files = Memory::default();
    let mut fences = section.split("```");
    fences.next();
    let (mut has_plan, mut is_empty) = (false, true);
    while let Some(fence) = fences.next() {
        let (name, text) = fence.split_once('\n')?;
        let name = if name == "conf" { "extensions.conf" } else { name };
        has_plan |= name == "extensions.conf";
        is_empty = false;
        files = files.with(Path::new("plan").join(name), text);
        fences.next();
    }
    if is_empty {
        return None;
    }
    Some(if has_plan { files } else { files.with("plan/extensions.conf", "[default]\nexten => 100,1,Answer()\n") })
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    for entry in codes::TABLE {
        let page = explain(entry.name).unwrap_or_else(|| panic!("{} {} has no page", entry.code, entry.name));
        for title in ["## What it does", "## Why is this bad", "## Example", "## Use instead"] {
            assert!(page.contains(title), "{title} is missing on the page of {}", entry.name);
        }
    }
    let mut codes: Vec<_> = RULES.iter().chain(pages::PAGES).map(|rule| rule.code).collect();
    codes.sort();
    assert!(codes.windows(2).all(|pair| pair[0] != pair[1]), "a code has two rules");
    assert!(RULES.is_sorted_by_key(|rule| rule.code));
}

#[test]
fn examples_are_found_and_their_remedies_are_not() {
    let mut wrong = Vec::new();
    for entry in codes::TABLE {
        let page = rule(entry.code).unwrap().text();
        for (title, is_found) in [("Example", true), ("Use instead", false)] {
            let Some(files) = shown(&page, title) else { continue };
            let (found, sources) = findings(files, "plan/extensions.conf", &Settings::default());
            let told: Vec<_> = found.iter().map(|found| render::short(found, &sources)).collect();
            if found.iter().any(|found| found.code == entry.code) != is_found {
                wrong.push(format!("{} {}: {title}: {told:#?}", entry.code, entry.name));
            }
            // An application that exten lacks is no fault of the page.
            let is_fault = |found: &&Diagnostic| {
                found.severity > crate::diagnostic::Severity::Advice && found.code != codes::ABSENT_APPLICATION
            };
            let others = found.iter().filter(|_| !is_found).filter(is_fault);
            wrong.extend(others.map(|other| format!("{}: {title}: {}", entry.name, render::short(other, &sources))));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn comments_silence_their_line_and_the_one_below() {
    let plan = "[default]\nexten => 100,1,Foo() ; exten: allow(unknown-application)\n; exten: allow(X1005, X4001)\n same => n,Foo()\n same => n,Foo()\n";
    assert_eq!(lines(plan), ["extensions.conf:5:12: warning[X1005]: there is no application `Foo`"]);
}

#[test]
fn settings_weigh_and_switch_off() {
    let settings =
        Settings::parse("[lint]\nunknown-application = \"error\"\nunknown-context = \"off\"\n", "exten.toml");
    let plan = "[default]\nexten => 100,1,Foo()\n same => n,Goto(nowhere,s,1)\n";
    let (found, sources) = findings(Memory::default().with(PLAN, plan), PLAN, &settings.unwrap());
    let told: Vec<_> = found.iter().map(|found| render::short(found, &sources)).collect();
    assert_eq!(told, ["extensions.conf:2:16: error[X1005]: there is no application `Foo`"]);
}

#[test]
fn fixes_that_leave_no_doubt_are_applied() {
    let plan = "[default]\nexten => 100,1,Set(A = 1)\n same => n,NoOp(${exten} ${callerid(num)} ${CALLERIDNUM})\n";
    let (found, sources) = findings(Memory::default().with(PLAN, plan), PLAN, &Settings::default());
    let fixed = super::fix::fixed(&found, &sources);
    let texts: Vec<_> = fixed.values().map(|(text, _)| text.as_str()).collect();
    let wanted = "[default]\nexten => 100,1,Set(A=1)\n same => n,NoOp(${EXTEN} ${CALLERID(num)} ${CALLERID(num)})\n";
    assert_eq!(texts, [wanted]);
}

#[test]
fn mistakes_are_named_at_the_character() {
    let plan = "[default]\n\
        exten => s,1,MeetMe(${CONF}, ${OPT}},\n\
        exten => s,2,Set(ROOM=$[10000 + ${CALLERID(num)})\n\
        exten => s,3,GotoIf($[${ANSWEREDTIME} = 300]]?5:4)\n\
        exten => s,4,Hangup()\n\
        exten => s,5,Hangup()\n";
    let told = lines(plan);
    for wanted in [
        "extensions.conf:2:21: warning[X0027]",
        "extensions.conf:2:36: warning[X3003]",
        "extensions.conf:3:23: warning[X3002]",
        "extensions.conf:4:45: warning[X3003]",
    ] {
        assert!(told.iter().any(|line| line.starts_with(wanted)), "{wanted} is missing in {told:#?}");
    }
}

#[test]
fn text_from_outside_is_followed_through_jumps_and_routines() {
    let plan = "[default]\n\
        exten => _X.,1,Set(NUM=${EXTEN})\n\
        exten => _X.,n,Gosub(out,s,1(${NUM},${FILTER(0-9,${NUM})}))\n\
        exten => _X.,n,Macro(dial,${CALLERID(num)})\n\
        exten => _X.,n,Goto(other,100,1)\n\
        exten => 200,1,Gosub(name,s,1)\n\
        exten => 200,n,System(echo ${GOSUB_RETVAL})\n\
        [name]\nexten => s,1,Return(${CALLERID(name)})\n\
        [out]\nexten => s,1,Set(N=${ARG1})\n\
        exten => s,n,Dial(SIP/${N}@a&SIP/${ARG2}@a)\n\
        exten => s,n,Dial(SIP/${ARG2}@a)\n\
        exten => s,n,Return()\n\
        [macro-dial]\nexten => s,1,Dial(SIP/${ARG1}@a&SIP/${FILTER(0-9,${MACRO_EXTEN})}@a)\n\
        exten => s,2,Dial(SIP/${MACRO_EXTEN}@a)\n\
        [other]\nexten => 100,1,Dial(SIP/${NUM}@a)\n";
    let told = lines(plan);
    let found: Vec<_> = told.iter().filter(|line| line.contains("[X5")).map(String::as_str).collect();
    let wanted = [
        "extensions.conf:7:28: warning[X5002]: ${CALLERID(name)} reaches a shell unfiltered",
        "extensions.conf:12:23: warning[X5001]: ${EXTEN} of `_X.` reaches the destinations of `Dial` unfiltered",
        "extensions.conf:16:23: warning[X5001]: ${CALLERID(num)} reaches the destinations of `Dial` unfiltered",
        "extensions.conf:17:23: warning[X5001]: ${EXTEN} of `_X.` reaches the destinations of `Dial` unfiltered",
        "extensions.conf:19:25: warning[X5001]: ${EXTEN} of `_X.` reaches the destinations of `Dial` unfiltered",
    ];
    assert_eq!(found, wanted, "{told:#?}");
}

#[test]
fn what_is_known_only_in_a_call_is_not_guessed() {
    let plan = "[globals]\nTRUNK=SIP/out\n[default]\n\
        exten => _X!,1,Goto(${TARGET})\n\
        exten => _X!,n,Goto(${CONTEXT},${EXTEN},${P})\n\
        exten => _2XX,1,Set(i=0)\n\
        exten => _2XX,n,While($[${i} < 3])\n\
        exten => _2XX,n,Set(i=$[${i} + 1])\n\
        exten => _2XX,n,EndWhile()\n\
        exten => _2XX,n,GotoIf($[${EPOCH} > 5]?menu-${EXTEN},s,1)\n\
        exten => _2XX,n,ExecIf($[\"${X}\" = \"\"]?Set(Y=a,b):Playback(${FILE}))\n\
        exten => _2XX,n,Dial(${TRUNK}/${EXTEN},${TIME},${OPTIONS})\n\
        exten => _2XX,n,Set(JSON={\"a\":\"${X}\",\"b\":[1,2]})\n\
        exten => _2XX,n,NoOp(${IF($[\"${X}\" = \"1\"]?a:b)} ${ODBC_LOOKUP(${EXTEN})})\n";
    assert_eq!(lines(plan), Vec::<String>::new());
}
