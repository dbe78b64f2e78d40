//! The conference plans of `dialplans/`, played by real telephones: who hears whom at each stage, from what they record.
//!
//! The voices lie where the music and the tones have nothing, and no two of them make up a third.

use std::fs;
use std::path::Path;

use crate::baresip::Phone;
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};

const ANN: u32 = 1350;
const BOB: u32 = 1550;
const CLEO: u32 = 1900;
const DAN: u32 = 3100;

/// The two frequencies of the dial tone.
const DIAL_TONE: [u32; 2] = [350, 440];

/// Runs an example plan with telephones of these names, and one that asks how many are in a room.
///
/// The number 770 is answered when nobody is in it, 771 when one is, and so on; others are refused.
fn server(plan: &str, context: &str, names: &[&str], room: &str) -> Server {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans").join(plan);
    let mut folder = Folder::copy_of(&original);
    for name in names.iter().chain(&["2009"]) {
        folder = folder.peer(name, context, "");
    }
    let plan = fs::read_to_string(original.join("extensions.conf")).unwrap();
    let count = format!(
        "\n[{context}]\nexten => _77X,1,MeetMeCount({room},MEMBERS)\n\
         same => n,GotoIf($[${{MEMBERS}} = ${{EXTEN:2}}]?right)\nsame => n,Busy(1)\n\
         same => n(right),Answer()\nsame => n,Wait(30)\n"
    );
    folder.write("extensions.conf", &(plan + &count));
    folder.run()
}

/// Waits until so many are in the room.
#[track_caller]
fn wait_members(server: &Server, members: usize) {
    let mut watcher = server.phone("2009", 500);
    let counted = eventually(PATIENCE, || {
        watcher.dial(&format!("77{members}"));
        let right = watcher.wait_established_or_closed();
        if right {
            watcher.hangup();
            watcher.wait_closed();
        }
        right.then_some(())
    });
    assert!(counted.is_some(), "there are not {members} in the room\n{}", server.log());
}

/// Waits until each of them hears all the others, and not itself.
#[track_caller]
fn wait_all_hear(phones: &[&Phone]) {
    for phone in phones {
        let others: Vec<u32> = phones.iter().map(|other| other.tone()).filter(|tone| *tone != phone.tone()).collect();
        phone.wait_hears(&others, &[phone.tone()]);
    }
}

/// Waits until the phone hears something that is nobody's voice.
#[track_caller]
fn wait_music(phone: &Phone) {
    phone.wait_for_sound("music", |heard| heard.loudness() > -45.0 && heard.misses(&[ANN, BOB, CLEO, DAN]));
}

/// One calls the other, who answers; they talk.
#[track_caller]
fn talk(caller: &mut Phone, number: &str, callee: &mut Phone) {
    caller.dial(number);
    callee.wait_ringing();
    callee.answer();
    caller.wait_established();
    callee.wait_established();
    wait_all_hear(&[caller, callee]);
}

/// The invited phone rings and answers; only it and its host talk.
#[track_caller]
fn take_invitation(host: &Phone, guest: &mut Phone) {
    guest.wait_ringing();
    guest.answer();
    guest.wait_established();
    wait_all_hear(&[host, guest]);
}

#[test]
fn the_caller_invites_and_so_does_a_member() {
    let server = server("nway-caller", "internal", &["2001", "2002", "2003", "2004"], "800");
    let mut ann = server.phone("2001", ANN);
    let mut bob = server.phone("2002", BOB);
    let mut cleo = server.phone("2003", CLEO);
    let mut dan = server.phone("2004", DAN);

    talk(&mut ann, "2002", &mut bob);
    ann.press("*0");
    ann.wait_hears(&DIAL_TONE, &[BOB]);
    wait_music(&bob);

    ann.press("2003#");
    take_invitation(&ann, &mut cleo);
    wait_music(&bob);

    ann.press("**");
    wait_all_hear(&[&ann, &bob, &cleo]);

    bob.press("0");
    bob.wait_hears(&DIAL_TONE, &[ANN, CLEO]);
    wait_all_hear(&[&ann, &cleo]);
    bob.press("2004#");
    take_invitation(&bob, &mut dan);
    bob.press("**");
    wait_all_hear(&[&ann, &bob, &cleo, &dan]);
    wait_members(&server, 4);

    bob.hangup();
    dan.press("#");
    dan.wait_closed();
    wait_all_hear(&[&ann, &cleo]);
    ann.hangup();
    wait_music(&cleo);
    cleo.hangup();
    wait_members(&server, 0);
}

#[test]
fn the_caller_drops_the_third_party() {
    let server = server("nway-caller", "internal", &["2001", "2002", "2003"], "800");
    let mut ann = server.phone("2001", ANN);
    let mut bob = server.phone("2002", BOB);
    let mut cleo = server.phone("2003", CLEO);

    talk(&mut ann, "2002", &mut bob);
    ann.press("*0");
    ann.wait_hears(&DIAL_TONE, &[BOB]);
    ann.press("2003#");
    take_invitation(&ann, &mut cleo);
    ann.press("*#");
    cleo.wait_closed();
    wait_all_hear(&[&ann, &bob]);
    wait_members(&server, 2);
    ann.hangup();
    wait_music(&bob);
    bob.hangup();
    wait_members(&server, 0);
}

#[test]
fn the_callee_invites() {
    let server = server("nway-callee", "internal", &["2001", "2002", "2003"], "12001");
    let mut ann = server.phone("2001", ANN);
    let mut bob = server.phone("2002", BOB);
    let mut cleo = server.phone("2003", CLEO);

    talk(&mut ann, "2002", &mut bob);
    bob.press("*0");
    bob.wait_hears(&DIAL_TONE, &[ANN]);
    wait_music(&ann);

    bob.press("2003#");
    take_invitation(&bob, &mut cleo);
    wait_music(&ann);
    bob.press("*7");
    wait_all_hear(&[&ann, &bob, &cleo]);

    // Once more from the room, and this time the third party is not wanted.
    cleo.hangup();
    cleo.wait_closed();
    wait_all_hear(&[&ann, &bob]);
    ann.press("0");
    ann.wait_hears(&DIAL_TONE, &[BOB]);
    wait_music(&bob);
    ann.press("2003#");
    take_invitation(&ann, &mut cleo);
    ann.press("*#");
    cleo.wait_closed();
    wait_all_hear(&[&ann, &bob]);

    ann.hangup();
    bob.hangup();
    wait_members(&server, 0);
}

#[test]
fn both_go_to_the_room_and_the_starter_invites() {
    let server = server("nway-trixbox", "from-internal", &["100", "102", "103"], "800");
    let mut ann = server.phone("100", ANN);
    let mut bob = server.phone("102", BOB);
    let mut cleo = server.phone("103", CLEO);

    talk(&mut ann, "102", &mut bob);
    ann.press("*00");
    wait_members(&server, 2);
    wait_all_hear(&[&ann, &bob]);

    ann.press("0");
    wait_music(&bob);
    ann.press("103#");
    take_invitation(&ann, &mut cleo);
    wait_music(&bob);
    ann.press("*11");
    wait_all_hear(&[&ann, &bob, &cleo]);

    cleo.hangup();
    cleo.wait_closed();
    wait_all_hear(&[&ann, &bob]);
    ann.press("0");
    wait_music(&bob);
    ann.press("103#");
    take_invitation(&ann, &mut cleo);
    ann.press("*22");
    cleo.wait_closed();
    wait_all_hear(&[&ann, &bob]);

    ann.hangup();
    wait_music(&bob);
    bob.hangup();
    wait_members(&server, 0);
}
