//! The phones themselves, without a server: when these fail, the other tests' failures mean nothing.

use std::time::Duration;

use crate::baresip::{Phone, Transport};
use crate::sipp::Scenario;

#[test]
fn two_phones_hear_each_other() {
    let mut ann = Phone::start_alone("ann", 600);
    let mut bob = Phone::start_alone("bob", 700);

    ann.dial(&bob.uri());
    assert!(bob.wait_ringing().contains("sip:ann@"), "{}", bob.log());
    ann.wait_ringback();
    bob.answer();
    ann.wait_established();
    bob.wait_established();

    ann.wait_hears(&[bob.tone()], &[ann.tone()]);
    bob.wait_hears(&[ann.tone()], &[bob.tone()]);
    let heard = ann.listen(Duration::from_secs(1));
    assert!(heard.longest_silence() < Duration::from_millis(100), "{heard:?}");

    ann.press("*0");
    bob.wait_digits("*0");
    bob.press("4711#");
    ann.wait_digits("4711#");

    ann.hangup();
    bob.wait_closed();
    ann.wait_closed();
    assert_eq!(bob.recordings().len(), 1, "one call, one recording");
    assert!(!bob.has_happened("CALL_INCOMING"));
}

#[test]
fn a_call_that_is_refused_says_why() {
    let mut ann = Phone::start_alone("ann", 600);
    let mut bob = Phone::start_alone("bob", 700);
    ann.dial(&bob.uri());
    bob.wait_ringing();
    bob.hangup();
    let reason = ann.wait_closed();
    assert!(reason.starts_with("486") || reason.starts_with("603"), "{reason}");
}

#[test]
fn a_phone_on_hold_falls_silent() {
    let mut ann = Phone::start_alone("ann", 600);
    let mut bob = Phone::start_alone("bob", 700);
    ann.dial(&bob.uri());
    bob.wait_ringing();
    bob.answer();
    bob.wait_established();
    bob.wait_hears(&[600], &[]);
    ann.hold();
    bob.wait_silence();
    ann.resume();
    ann.hangup();
    bob.wait_closed();
}

#[test]
fn a_phone_registers_with_its_password() {
    let server = Scenario::waiting("registrar").start();
    let _ann = Phone::start("2001", "key-2001", server.address(), 600);
    server.finish().assert_good(1);
}

#[test]
fn a_phone_with_a_wrong_password_is_told_so() {
    let server = Scenario::waiting("registrar").start();
    let mut ann = Phone::start_unregistered(Transport::Udp, "2001", "wrong", server.address(), 600);
    let reason = ann.wait_registration_refused();
    assert!(reason.starts_with("403"), "{reason}");
}

#[test]
fn sipp_tells_how_many_calls_succeeded() {
    let server = Scenario::waiting("registrar").calls(5, 5).start();
    Scenario::new("register", server.address()).calls(5, 5).run().assert_good(5);
    server.finish().assert_good(5);
}

#[test]
fn sipp_tells_what_went_wrong() {
    let server = Scenario::waiting("registrar").start();
    let outcome = Scenario::new("register", server.address()).user("2001", "wrong").run();
    assert_eq!((outcome.successful, outcome.failed), (0, 1), "{outcome:?}");
    assert!(outcome.complaints.contains("403 Forbidden"), "{outcome:?}");
}

#[test]
fn sipp_answers_a_phone() {
    let callee = Scenario::waiting("answer").start();
    let mut ann = Phone::start_alone("ann", 600);
    ann.dial(&format!("sip:callee@{}", callee.address()));
    ann.wait_established();
    ann.hangup();
    ann.wait_closed();
    callee.finish().assert_good(1);
}
