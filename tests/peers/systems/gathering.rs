//! `dialplans/gathering`: one call rings all members of a group into a conference.

use super::{plan, wait_told, with_manager};

#[test]
fn one_call_gathers_the_members_of_a_group() {
    let (folder, _) = with_manager(plan("gathering", "internal", &["301", "302", "303", "304"]));
    let server = folder.run();
    let mut ann = server.phone("301", 500);
    let mut bob = server.phone("302", 600);
    let mut eve = server.phone("303", 700);
    let mut dan = server.phone("304", 800);
    ann.dial("*100");
    // 301 gathers, so it is not called itself.
    wait_told(&server, "core show channels", |text| text.contains("SIP/302-"));
    bob.wait_ringing();
    eve.wait_ringing();
    bob.answer();
    eve.answer();
    ann.wait_hears(&[600, 700], &[]);
    bob.wait_hears(&[500, 700], &[]);
    dan.dial("*100301");
    dan.wait_hears(&[500, 600, 700], &[]);
    let rooms = wait_told(&server, "confbridge list", |text| text.lines().any(|line| line.starts_with("301 ")));
    let room = rooms.lines().find(|line| line.starts_with("301 ")).expect("the room");
    assert_eq!(room.split_whitespace().nth(1), Some("4"), "{rooms}");
    let members = server.tell("confbridge list 301").0;
    assert!(members.contains("SIP/301-") && members.contains("SIP/304-"), "{members}");
    bob.hangup();
    eve.hangup();
    dan.press("8");
    dan.wait_closed();
    ann.wait_silence();
    ann.hangup();
    wait_told(&server, "core show channels count", |text| text.starts_with("0 active channels"));
}
