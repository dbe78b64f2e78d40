//! Lamps: telephones that watch others (SUBSCRIBE and NOTIFY), and those that pick calls up by what they see.

use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => _200X,1,Dial(SIP/${EXTEN},20)
exten => 2002,hint,SIP/2002
exten => *8,1,Pickup(2002@internal)
";

/// What a NOTIFY holds while the phone is free, rings, talks, and is free again.
fn lamp(event: &str, accept: &str, states: [&str; 4]) -> Scenario {
    let names = ["first", "second", "third", "fourth"];
    let scenario = Scenario::waiting("subscribe").key("event", event).key("accept", accept);
    let scenario = names.into_iter().zip(states).fold(scenario, |scenario, (name, state)| scenario.key(name, state));
    scenario.key("ended", "Subscription-State: terminated")
}

/// Waits until the console shows this about hints.
#[track_caller]
fn wait_hint(server: &Server, wanted: &str) {
    let mut last = String::new();
    let shown = eventually(PATIENCE, || {
        last = server.tell("core show hints").0;
        last.contains(wanted).then_some(())
    });
    assert!(shown.is_some(), "{wanted}: {last}\n{}", server.log());
}

#[test]
fn a_lamp_shows_that_a_phone_rings_and_talks() {
    let dialog = ["&lt;state&gt;terminated", "&lt;state&gt;early", "&lt;state&gt;confirmed", "&lt;state&gt;terminated"];
    let presence = ["&lt;note&gt;Ready", "&lt;note&gt;Ringing", "&lt;note&gt;On the phone", "&lt;note&gt;Ready"];
    for (event, accept, states) in
        [("dialog", "application/dialog-info+xml", dialog), ("presence", "application/pidf+xml", presence)]
    {
        let server = ["2001", "2002", "2003"]
            .iter()
            .fold(Folder::new(PLAN), |folder, name| folder.peer(name, "internal", ""))
            .run();
        let mut ann = server.phone("2001", 600);
        let mut bob = server.phone("2002", 700);
        let lamp = lamp(event, accept, states).at(server.address()).user("2003", &password("2003")).extension("2002");
        let lamp = lamp.start();
        wait_hint(&server, "Watchers  1");
        ann.dial("2002");
        bob.wait_ringing();
        wait_hint(&server, "State:Ringing");
        bob.answer();
        ann.wait_established();
        wait_hint(&server, "State:InUse");
        bob.hangup();
        ann.wait_closed();
        let outcome = lamp.finish();
        assert_eq!((outcome.successful, outcome.failed), (1, 0), "{event}: {outcome:?}\n{}", server.log());
    }
}
