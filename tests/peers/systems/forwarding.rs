//! `dialplans/forwarding`: phones set their own forwarding; who is not reached leaves a message.

use std::time::Duration;

use super::{plan, wait_told};

#[test]
fn a_phone_forwards_its_calls_and_takes_them_back() {
    let server = plan("forwarding", "internal", &["2001", "2002", "2003"]).run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    let mut eve = server.phone("2003", 800);
    bob.dial("*21*2003");
    bob.wait_closed();
    wait_told(&server, "database get forward/2002 all", |text| text == "Value: 2003\n");
    ann.dial("2002");
    eve.wait_ringing();
    eve.answer();
    ann.wait_hears(&[800], &[600, 700]);
    ann.hangup();
    eve.wait_closed();
    bob.dial("*21");
    bob.wait_closed();
    ann.dial("2002");
    bob.wait_ringing();
    bob.answer();
    ann.wait_hears(&[700], &[600, 800]);
    bob.hangup();
    ann.wait_closed();
}

#[test]
fn one_phone_after_the_other_then_a_message() {
    let folder = plan("forwarding", "internal", &["2001", "2002", "2003"]);
    let text = std::fs::read_to_string(folder.path().join("extensions.conf")).expect("the plan");
    folder.write("extensions.conf", &text.replace("RING = 15", "RING = 2").replace("HOP = 10", "HOP = 2"));
    let server = folder.run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    let mut eve = server.phone("2003", 800);
    bob.dial("*66*2003");
    bob.wait_closed();
    ann.dial("2002");
    bob.wait_ringing();
    eve.wait_ringing();
    ann.wait_established();
    // It is silent when it records; what ann says is her tone.
    ann.wait_silence();
    ann.listen(Duration::from_secs(2));
    ann.press("#");
    ann.hangup();
    let message = server.file("var/spool/voicemail/default/2002/INBOX/msg0000.txt");
    wait_told(&server, "core show channels count", |text| text.starts_with("0 active"));
    let envelope = std::fs::read_to_string(&message).unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    assert!(envelope.contains("callerid=") && envelope.contains("2001"), "{envelope}");
    let audio = std::fs::metadata(message.with_extension("wav")).expect("the message's audio").len();
    assert!(audio > 8_000, "{audio} bytes");
}

/// The messages of a mailbox, once there are any.
#[track_caller]
fn wait_message(server: &crate::server::Server, mailbox: &str) -> String {
    wait_told(server, "core show channels count", |text| text.starts_with("0 active"));
    let envelope = server.file("var/spool/voicemail/default").join(mailbox).join("INBOX/msg0000.txt");
    std::fs::read_to_string(&envelope).unwrap_or_else(|error| panic!("{error}\n{}", server.log()))
}

#[test]
fn who_talks_is_busy_and_has_a_greeting_of_its_own_for_it() {
    let folder = plan("forwarding", "internal", &["2001", "2002", "2003"]);
    let server = folder.run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    let mut eve = server.phone("2003", 800);
    // A refused call counts as busy.
    ann.dial("2002");
    bob.wait_ringing();
    bob.hangup();
    ann.wait_established();
    ann.wait_silence();
    ann.listen(Duration::from_secs(2));
    ann.press("#");
    ann.hangup();
    let envelope = wait_message(&server, "2002");
    assert!(envelope.contains("2001"), "{envelope}");
    // Busy goes to somebody else where the phone says so.
    bob.dial("*67*2003");
    bob.wait_closed();
    wait_told(&server, "database get forward/2002 busy", |text| text == "Value: 2003\n");
    ann.dial("2002");
    bob.wait_ringing();
    bob.hangup();
    eve.wait_ringing();
    eve.answer();
    ann.wait_hears(&[800], &[600, 700]);
    eve.hangup();
    ann.wait_closed();
    // What is set survives the end of the exchange.
    let mut server = server;
    server.kill_and_run_again();
    wait_told(&server, "database get forward/2002 busy", |text| text == "Value: 2003\n");
}
