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
    let found = match configuration.plan.as_ref().or(configuration.draft.as_ref()) {
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
fn an_error_for_which_asterisk_refuses_the_file_does_not_hide_the_next_mistake() {
    let told =
        lines("exten => 1,1,Answer()\n[default]\nexten => 100,1,Foo()\n[other\nexten => 200,1,Goto(default,300,1)\n");
    let wanted = [
        "extensions.conf:1:1: error[X0006]: a line stands before any section",
        "extensions.conf:3:16: warning[X1005]: there is no application `Foo`",
        "extensions.conf:4:1: error[X0002]: a section name is not closed",
        "extensions.conf:5:29: warning[X1013]: context `default` has no extension `300`",
    ];
    assert_eq!(told, wanted);
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
fn text_from_outside_is_followed_into_what_the_options_of_dial_run() {
    let plan = "[default]\n\
        exten => _X.,1,Dial(SIP/1,20,U(sub^${EXTEN}))\n\
        exten => _X.,n,Dial(SIP/1,20,M(mac^${CALLERID(name)}))\n\
        exten => _X.,n,Dial(SIP/1,20,b(before^s^1(${CALLERID(num)})))\n\
        exten => _X.,n,Dial(SIP/1,20,U(sub^${FILTER(0-9,${EXTEN})})F(${EXTEN}^s^1))\n\
        [sub]\nexten => s,1,System(echo ${ARG1})\nexten => s,n,Return()\n\
        [macro-mac]\nexten => s,1,System(echo ${ARG1})\n\
        [before]\nexten => s,1,System(echo ${ARG1})\nexten => s,n,Return()\n";
    let (found, sources) = findings(Memory::default().with(PLAN, plan), PLAN, &Settings::default());
    let told: Vec<_> = found.iter().map(|found| render::short(found, &sources)).collect();
    let injections: Vec<_> = told.iter().filter(|line| line.contains("[X5")).map(String::as_str).collect();
    let wanted = [
        "extensions.conf:5:62: warning[X5003]: ${EXTEN} of `_X.` decides where the call goes",
        "extensions.conf:7:26: warning[X5002]: ${EXTEN} of `_X.` reaches a shell unfiltered",
        "extensions.conf:10:26: warning[X5002]: ${CALLERID(name)} reaches a shell unfiltered",
        "extensions.conf:12:26: warning[X5002]: ${CALLERID(num)} reaches a shell unfiltered",
    ];
    assert_eq!(injections, wanted, "{told:#?}");
    let way = found.iter().find(|found| found.code == codes::SHELL_INJECTION).map(|found| &found.labels);
    let way: Vec<_> = way.into_iter().flatten().map(|label| label.text.as_str()).collect();
    let from = "it comes from ${EXTEN} of `_X.` and is given to `U(sub)` as `ARG1`";
    assert_eq!(way, ["whatever the caller sends stands here", from]);
}

/// A plan, and the finding in it; or one that is almost the same and innocent.
#[test]
fn a_mistake_is_told_and_its_innocent_neighbour_is_not() {
    let cases = [
        ("Playback(hello,skp)", "Playback(hello,skip)", "X2004"),
        ("BackGround(hello,z)", "BackGround(hello,skip)", "X2004"),
        ("GotoIfTime(9:00-25:00,mon-fri,*,*?1)", "GotoIfTime(9:00-17:00,mon-fri,*,*?1)", "X0033"),
        ("GotoIfTime(9:00-17:00,mon-fry,*,*?1)", "GotoIfTime(9:00-17:00,fri-mon,*,*?1)", "X0033"),
        ("NoOp(${IFTIME(9:00-25:00,*,*,*?a:b)})", "NoOp(${IFTIME(9:00-9:59,*,*,*?a:b)})", "X0033"),
        ("NoOp(${FILTER(${EXTEN})})", "NoOp(${FILTER(0-9,${EXTEN})})", "X2014"),
        ("Set(A=${DB(x)})", "Set(A=${DB(x/y)})", "X2014"),
        ("Set(LEN(a)=3)", "Set(A=${LEN(a)})", "X2015"),
        ("Set(CALLERID(nmae)=x)", "Set(CALLERID(name-charset)=x)", "X2016"),
        ("NoOp(${CHANNEL(langauge)})", "NoOp(${CHANNEL(rtp,dest)})", "X2016"),
        ("NoOp(${CDR(dispostion)})", "NoOp(${CDR(cost)})", "X2016"),
        ("GotoIf($[${DB(a/b)=1}]?1)", "GotoIf($[0${DB(a/b)} = 1]?1)", "X3012"),
        ("Set(N=$[${N} + 1])", "Set(N=$[0${N} + 1])", "X3005"),
        ("Set(X=$[LENN(abc) + 1])", "Set(X=$[LEN(abc) + 1])", "X1010"),
        ("NoOp(${Trunk})", "NoOp(${TRUNK})", "X3010"),
    ];
    for (mistake, innocent, code) in cases {
        let plan = |step: &str| format!("[globals]\nTRUNK=x\n[default]\nexten => 100,1,{step}\n");
        let found = lines(&plan(mistake));
        assert!(found.iter().any(|line| line.contains(&format!("[{code}]"))), "{mistake}: {found:#?}");
        assert_eq!(lines(&plan(innocent)), Vec::<String>::new(), "{innocent}");
    }
}

#[test]
fn files_beside_the_plan_are_looked_at() {
    let files = [
        (PLAN, "[default]\nexten => 100,1,Answer()\n"),
        ("voicemail.conf", "[general]\nattach=perhaps\nformat=wav|wavv\n[default]\n600 => 12a4,Ann\n600 => 1\n"),
        ("queues.conf", "[sales]\nstrategy=ringal\ncontext=sales\nmember=>SIP/9,x\n"),
        ("confbridge.conf", "[menu]\ntype=menu\n1=toggle_mutee\n2=dialplan_exec(nowhere,1,1)\n"),
        ("func_odbc.conf", "[NAME]\ndsn=missing\nreadsql=SELECT ${ARG1\n"),
        ("res_odbc.conf", "[one]\nenabled=>yes\n"),
        ("cel.conf", "[general]\nevents=ALL,FOO\n"),
        ("sip.conf", "[200]\ntype=friend\ncontext=default\nsecret=x\nmailbox=700@default\n"),
    ];
    let folder = Path::new("plan");
    let files = files.iter().fold(Memory::default(), |files, (name, text)| files.with(folder.join(name), *text));
    let (found, sources) = findings(files, "plan/extensions.conf", &Settings::default());
    let told: Vec<_> = found.iter().map(|found| render::short(found, &sources)).collect();
    let wanted = [
        "sip.conf:5:9: warning[X1025]: voicemail.conf has no mailbox `700@default`",
        "cel.conf:2:12: warning[X7102]: events knows no `FOO`",
        "confbridge.conf:3:3: warning[X7102]: there is no action toggle_mutee",
        "confbridge.conf:4:3: warning[X7004]: extensions.conf has no context `nowhere`",
        "func_odbc.conf:2:5: warning[X7105]: there is no [missing] in res_odbc.conf",
        "func_odbc.conf:3:16: warning[X7102]: `${` is not closed",
        "queues.conf:2:10: warning[X7102]: strategy knows no `ringal`",
        "queues.conf:3:9: warning[X7004]: extensions.conf has no context `sales`",
        "queues.conf:4:9: warning[X7102]: `x` is no penalty",
        "voicemail.conf:2:8: warning[X7102]: attach wants yes or no",
        "voicemail.conf:3:12: warning[X7102]: `wavv` is no kind of sound file",
        "voicemail.conf:5:8: warning[X7102]: no telephone can key `12a4`",
        "voicemail.conf:6:1: warning[X7106]: a second mailbox `600` in [default]",
    ];
    for line in wanted {
        assert!(told.iter().any(|told| told.strip_prefix("plan/") == Some(line)), "{line} is missing in {told:#?}");
    }
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
