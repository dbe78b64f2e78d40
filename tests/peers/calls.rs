//! The basics of a telephone system, with real telephones.

use std::time::Duration;

use crate::baresip::{Phone, Transport};
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => 100,1,Answer()
 same => n,Echo()
exten => 101,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => 102,1,Ringing()
 same => n,Wait(20)
exten => 103,1,Answer()
 same => n,Read(KEYS,,3)
 same => n,NoOp(keys=${KEYS})
 same => n,Wait(5)
exten => 104,1,Answer()
 same => n,Playback(demo-congrats)
exten => _200X,1,Dial(SIP/${EXTEN},20)
";

fn server() -> Server {
    Folder::new(PLAN).peer("2001", "internal", "").peer("2002", "internal", "").run()
}

fn scenario(name: &str, server: &Server) -> Scenario {
    Scenario::new(name, server.address()).user("2001", &password("2001"))
}

/// One phone calls another: both hear each other without gaps, and keys arrive.
pub fn talk(server: &Server, caller: &mut Phone, called: &mut Phone) {
    let ((number, called_tone), (name, tone)) =
        ((called.name().to_owned(), called.tone()), (caller.name().to_owned(), caller.tone()));
    caller.dial(&number);
    assert!(called.wait_ringing().contains(&name), "{}", called.log());
    caller.wait_ringback();
    called.answer();
    caller.wait_established();
    called.wait_established();
    caller.wait_hears(&[called_tone], &[tone]);
    called.wait_hears(&[tone], &[called_tone]);
    let heard = called.listen(Duration::from_secs(2));
    assert!(heard.longest_gap(tone) < Duration::from_millis(100), "{heard:?}\n{}", server.log());
    caller.press("12");
    called.wait_digits("12");
}

#[test]
fn two_phones_talk_through_the_server() {
    let server = server();
    let (mut ann, mut bob) = (server.phone("2001", 600), server.phone("2002", 700));
    talk(&server, &mut ann, &mut bob);
    bob.hangup();
    ann.wait_closed();
}

#[test]
fn a_room_has_telephones_and_phones_with_wide_codecs() {
    // 5 kHz is beyond what a telephone carries, 9 kHz beyond what even G.722 does; the third is what a telephone would
    // make of them.
    for (name, codec, [tone, alias]) in [("g722", "G722/16000/1", [5000, 3000]), ("opus", "opus/48000/2", [9000, 1000])]
    {
        let folder = Folder::new("[internal]\nexten => 300,1,Answer()\n same => n,ConfBridge(300)\n");
        folder.write("confbridge.conf", "[default_user]\ntype=user\nquiet=yes\n");
        let wide = format!("disallow=all\nallow={name}");
        let folder = folder.peer("2001", "internal", &wide).peer("2002", "internal", &wide);
        let server = folder.peer("2003", "internal", "").run();
        let start = |name: &str, tone| Phone::start_with(codec, name, &password(name), server.address(), tone);
        let (mut ann, mut bob, mut eve) = (start("2001", tone), start("2002", 700), server.phone("2003", 900));
        for phone in [&mut ann, &mut bob, &mut eve] {
            phone.dial("300");
            phone.wait_established();
        }
        ann.wait_hears(&[700, 900], &[tone]);
        bob.wait_hears(&[tone, 900], &[700]);
        eve.wait_hears(&[700], &[900, alias]);
        let heard = bob.listen(Duration::from_secs(3));
        assert!(heard.longest_gap(900) < Duration::from_millis(100), "{heard:?}\n{}", server.log());
    }
}

#[test]
fn a_phone_hears_its_own_echo_over_tcp() {
    let server = server();
    let mut ann = Phone::start_over(Transport::Tcp, "2001", &password("2001"), server.address(), 600);
    ann.dial("100");
    ann.wait_established();
    ann.wait_hears(&[600], &[700]);
    ann.hangup();
    ann.wait_closed();
}

#[test]
fn a_prompt_is_heard() {
    let server = server();
    let mut ann = server.phone("2001", 600);
    ann.dial("104");
    ann.wait_established();
    ann.wait_for_sound("speech", |heard| heard.loudness() > -35.0 && heard.misses(&[600]));
}

#[test]
fn a_wrong_password_is_refused() {
    let server = server();
    let mut ann = Phone::start_unregistered(Transport::Udp, "2001", "wrong", server.address(), 600);
    ann.wait_registration_refused();
    scenario("register_refused", &server).user("2001", "wrong").run().assert_good(1);
    scenario("call_refused", &server).user("2001", "wrong").run().assert_good(1);
}

#[test]
fn message_sequences_go_by_the_book() {
    let mut server = server();
    for (name, extension) in [
        ("register", "100"),
        ("options", "100"),
        ("call", "100"),
        ("callee_hangs_up", "101"),
        ("cancel", "102"),
        ("info_dtmf", "103"),
        ("hold", "100"),
        ("unknown_method", "100"),
        ("unknown_extension", "100"),
        ("malformed", "100"),
    ] {
        let outcome = scenario(name, &server).extension(extension).run();
        assert_eq!((outcome.successful, outcome.failed), (1, 0), "{name}: {outcome:?}\n{}", server.log());
        server.assert_running();
    }
    scenario("register", &server).transport(Transport::Tcp).run().assert_good(1);
    scenario("call", &server).calls(20, 10).run().assert_good(20);
}

#[test]
fn a_call_on_hold_hears_music_and_comes_back() {
    let server = server();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    ann.dial("2002");
    bob.wait_ringing();
    bob.answer();
    bob.wait_established();
    bob.wait_hears(&[600], &[]);
    ann.hold();
    bob.wait_for_sound("music", |heard| heard.loudness() > -45.0 && heard.misses(&[600]));
    ann.resume();
    bob.wait_hears(&[600], &[]);
}

#[test]
fn a_transferred_caller_reaches_the_new_number() {
    let server = server();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    ann.dial("2002");
    bob.wait_ringing();
    bob.answer();
    bob.wait_established();
    ann.wait_hears(&[700], &[600]);
    bob.transfer("100");
    bob.wait_closed();
    ann.wait_hears(&[600], &[700]);
    assert!(!ann.has_happened("CALL_CLOSED"), "{}", server.log());
}

#[test]
fn saving_the_plan_changes_the_next_call_and_not_the_running_one() {
    let server = server();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    ann.dial("100");
    ann.wait_established();
    server.edit("extensions.conf", &PLAN.replace("exten => 104,1,Answer()", "exten => 104,1,Congestion()"));
    // The save is noticed within moments; a call made too early is answered by the plan before.
    let refused = (0..20).any(|_| {
        bob.dial("104");
        !bob.wait_established_or_closed() || {
            bob.hangup();
            bob.wait_closed();
            false
        }
    });
    assert!(refused, "{}", server.log());
    ann.wait_hears(&[600], &[]);
}
