//! Transfers by keys, on virtual phones.

use crate::applications::testing::Trial;

const NUMBERS: &str = "
exten => 200,1,Answer
exten => 200,2,Wait(20)
exten => 300,1,NoOp(from ${BLINDTRANSFER})
exten => 300,2,Answer
exten => 300,3,Wait(4)
exten => 300,4,NoOp(done)
exten => 310,1,Hangup(17)
exten => 400,1,Answer
exten => 400,2,SendDTMF(#300)
exten => 400,3,Wait(20)
";

fn trial(step: &str) -> Trial {
    Trial::of(&format!("{step}\n{NUMBERS}")).file("features.conf", "[featuremap]\natxfer => *2\n")
}

#[test]
fn the_caller_sends_the_callee_to_a_number() {
    let told = trial("Dial(Local/200@default/n,10,T)").press("#ww300").run();
    assert!(told.has("300@default:1 NoOp from SIP/ann-00000000"), "{:?}", told.lines);
    assert!(told.has("event BlindTransfer"), "{:?}", told.lines);
}

#[test]
fn the_callee_sends_the_caller_to_a_number() {
    let told = trial("Dial(Local/400@default/n,10,t)\nNoOp(not)").run();
    assert!(told.has("300@default:1 NoOp from Local/400@default-00000000;1"), "{:?}", told.lines);
    assert!(told.has("300@default:4 NoOp done") && !told.has("100@default:3"), "{:?}", told.lines);
}

#[test]
fn a_wrong_number_leads_back() {
    let told = trial("Dial(Local/200@default/n,10,T)").press("#ww9wwwwwwww").hang_up(30.0).run();
    assert!(told.sounds().contains(&"pbx-invalid") && told.sounds().contains(&"beeperr"), "{:?}", told.lines);
    assert!(!told.has("event BlindTransfer"));
}

#[test]
fn who_hangs_up_in_the_consultation_hands_over() {
    let told = trial("Dial(Local/200@default/n,10,T)").press("*2ww300").hang_up(6.0).run();
    assert!(told.has("300@default:3 Wait 4"), "{:?}", told.lines);
    assert!(told.has("event AttendedTransfer"), "{:?}", told.lines);
    let told = trial("Dial(Local/200@default/n,10,T)\nNoOp(not)").press("*2ww300wwww*2").hang_up(30.0).run();
    assert!(told.has("event AttendedTransfer") && !told.has("100@default:3"), "{:?}", told.lines);
}

#[test]
fn a_consultation_is_taken_back() {
    let told = trial("Dial(Local/200@default/n,10,gT)\nNoOp(after)").press("*2ww300wwww*1wwww").hang_up(40.0).run();
    assert!(!told.has("event AttendedTransfer") && !told.has("300@default:4"), "{:?}", told.lines);
    assert!(told.has("100@default:3 NoOp after"), "{:?}", told.lines);
    let told = trial("Dial(Local/200@default/n,10,gT)\nNoOp(after)").press("*2ww310").hang_up(40.0).run();
    assert!(told.sounds().contains(&"beeperr") && told.has("100@default:3 NoOp after"), "{:?}", told.lines);
}

#[test]
fn three_talk_with_each_other() {
    let plan = "Dial(Local/200@default/n,10,gT)\nNoOp(after)\nexten => 301,1,Answer\nexten => 301,2,Playback(tt-monkeys)\n\
                exten => 301,3,Wait(6)\nexten => 301,4,NoOp(three)";
    let told = trial(plan).press("*2ww301wwww*3wwwwwwww").hang_up(12.0).run();
    let music: Vec<&String> = told.lines.iter().filter(|line| line.starts_with("music")).collect();
    assert_eq!(music, ["music default", "music off"], "who waited hears the others: {:?}", told.lines);
    assert!(told.has("301@default:4 NoOp three"), "{:?}", told.lines);
}

#[test]
fn who_transferred_is_called_again_where_the_target_does_not_answer() {
    let plan = "Dial(Local/200@default/n,10,T)\nexten => 320,1,Ringing\nexten => 320,2,Wait(60)";
    let features =
        |more: &str| format!("[general]\natxfernoanswertimeout=5\nxfersound=\n{more}\n[featuremap]\natxfer => *2\n");
    let told = |more: &str| {
        Trial::of(&format!("{plan}\n{NUMBERS}"))
            .file("features.conf", &features(more))
            .answers("ann", 1)
            .press("*2ww320ww")
            .hang_up(6.0)
            .run()
    };
    let recalled = told("");
    assert!(recalled.has("dials SIP/ann"), "{:?}", recalled.lines);
    assert!(!told("atxferdropcall=yes").has("dials SIP/ann"));
}
