//! Saving a file while real telephones talk: the next call finds the new plan, and no talk notices.

use std::fs;
use std::time::Duration;

use crate::baresip::Phone;
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};

const ANN: u32 = 1350;
const BOB: u32 = 1550;
const CLEO: u32 = 1900;

/// What the tone of number 200 is before and after an edit.
const BEFORE: u32 = 800;
const AFTER: u32 = 1100;

/// 200 plays a tone; 300 plays it once a key was pressed; 200X are telephones.
fn plan(tone: u32) -> String {
    format!(
        "\
[internal]
exten => 200,1,Answer()
 same => n,PlayTones({tone})
 same => n,Wait(30)
exten => 201,1,Answer()
 same => n,PlayTones(dial)
 same => n,Wait(30)
exten => 300,1,Answer()
 same => n,Read(KEY,,1,,1,60)
 same => n,PlayTones({tone})
 same => n,Wait(30)
exten => _200X,1,Dial(SIP/${{EXTEN}},20)
#include extensions.d/*.conf
"
    )
}

fn folder() -> Folder {
    let folder = Folder::new(&plan(BEFORE));
    folder.write("extensions.d/first.conf", "exten => 401,1,Hangup()\n");
    folder.peer("2001", "internal", "").peer("2002", "internal", "").peer("2003", "internal", "")
}

/// Runs `edit` and waits until the server has said `word` once more than before.
#[track_caller]
fn wait_said(server: &Server, word: &str, edit: impl FnOnce()) {
    let said = || server.log().matches(word).count();
    let before = said();
    edit();
    let heard = eventually(PATIENCE, || (said() > before).then_some(()));
    assert!(heard.is_some(), "nothing was said of {word:?}\n{}", server.log());
}

const IN_SERVICE: &str = "the new plan is in service";
const NOT_RELOADED: &str = "the last good plan goes on serving";

/// Calls a number that plays a tone.
#[track_caller]
fn assert_plays(phone: &mut Phone, number: &str, tone: u32) {
    phone.dial(number);
    phone.wait_established();
    phone.wait_hears(&[tone], &[phone.tone()]);
    phone.hangup();
    phone.wait_closed();
    // Two calls begun within a second would share a recording.
    std::thread::sleep(Duration::from_secs(1));
}

#[test]
fn a_saved_plan_serves_the_next_call_and_no_talk_notices() {
    let mut server = folder().run();
    let mut ann = server.phone("2001", ANN);
    let mut bob = server.phone("2002", BOB);
    let mut cleo = server.phone("2003", CLEO);
    ann.dial("2002");
    bob.wait_ringing();
    bob.answer();
    ann.wait_established();
    ann.wait_hears(&[BOB], &[]);
    bob.wait_hears(&[ANN], &[]);
    let from = (ann.moment(), bob.moment());
    assert_plays(&mut cleo, "200", BEFORE);

    // Written aside and renamed, as editors do.
    wait_said(&server, IN_SERVICE, || server.edit("extensions.conf", &plan(AFTER)));
    assert_plays(&mut cleo, "200", AFTER);

    // Written in place, as scripts do.
    wait_said(&server, IN_SERVICE, || fs::write(server.file("extensions.conf"), plan(BEFORE)).unwrap());
    assert_plays(&mut cleo, "200", BEFORE);

    // With an error: said with its place and code, and the last good plan goes on.
    let broken = plan(AFTER).replace("exten => 300", "[internal\nexten => 300");
    wait_said(&server, NOT_RELOADED, || server.edit("extensions.conf", &broken));
    let log = server.log();
    assert!(log.contains("X0002") && log.contains("extensions.conf:8:1"), "{log}");
    assert_plays(&mut cleo, "200", BEFORE);

    // Mended, with nothing but the mending.
    wait_said(&server, IN_SERVICE, || server.edit("extensions.conf", &plan(AFTER)));
    assert_plays(&mut cleo, "200", AFTER);

    // A file that did not exist, and that an include's pattern fits.
    let number = "exten => 402,1,Answer()\n same => n,PlayTones(900)\n same => n,Wait(30)\n";
    wait_said(&server, IN_SERVICE, || fs::write(server.file("extensions.d/second.conf"), number).unwrap());
    assert_plays(&mut cleo, "402", 900);

    let heard = (ann.heard_between(from.0, ann.moment()), bob.heard_between(from.1, bob.moment()));
    assert!(heard.0.longest_gap(BOB) < Duration::from_millis(400), "{:?}", heard.0);
    assert!(heard.1.longest_gap(ANN) < Duration::from_millis(400), "{:?}", heard.1);
    assert!(!ann.has_happened("CALL_CLOSED") && !bob.has_happened("CALL_CLOSED"));
    server.assert_running();
}

/// A call is under way, the tone is edited, then the call goes on to the step that plays it.
#[track_caller]
fn tone_after_an_edit(server: &Server) -> Phone {
    let mut ann = server.phone("2001", ANN);
    ann.dial("300");
    ann.wait_established();
    wait_said(server, IN_SERVICE, || server.edit("extensions.conf", &plan(AFTER)));
    ann.press("1");
    ann
}

#[test]
fn a_call_keeps_the_plan_it_began_with() {
    let server = folder().run();
    let ann = tone_after_an_edit(&server);
    ann.wait_hears(&[BEFORE], &[ANN]);
    assert_plays(&mut server.phone("2002", BOB), "200", AFTER);
}

#[test]
fn a_call_follows_the_newest_plan_where_it_is_told_to() {
    let server = folder().argument("--reload=follow").run();
    let ann = tone_after_an_edit(&server);
    ann.wait_hears(&[AFTER], &[ANN]);
}

#[test]
fn saved_tones_play_in_the_next_call() {
    let tones = |dial: u32| format!("[general]\ncountry=xx\n[xx]\nringcadence=1000,4000\ndial={dial}\n");
    let folder = folder();
    folder.write("indications.conf", &tones(BEFORE));
    let server = folder.run();
    let mut cleo = server.phone("2003", CLEO);
    assert_plays(&mut cleo, "201", BEFORE);
    wait_said(&server, IN_SERVICE, || server.edit("indications.conf", &tones(AFTER)));
    assert_plays(&mut cleo, "201", AFTER);
}
