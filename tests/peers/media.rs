//! Codecs and secured media, with real telephones.

use std::time::Duration;

use crate::baresip::Phone;
use crate::calls::talk;
use crate::server::{Folder, password};

/// Number 100 is the echo, 200X a telephone, 400X the same with secured media demanded of it.
const PLAN: &str = "\
[internal]
exten => 100,1,Answer()
 same => n,Log(NOTICE,media ${CHANNEL(secure_media)}. signalling ${CHANNEL(secure_signaling)}.)
 same => n,Echo()
exten => 300,1,Answer()
 same => n,ConfBridge(300)
exten => _200X,1,Dial(SIP/${EXTEN},20)
 same => n,Log(NOTICE,ended ${DIALSTATUS} ${HANGUPCAUSE})
exten => _400X,1,Set(CHANNEL(secure_bridge_media)=1)
 same => n,Dial(SIP/2${EXTEN:1},20)
 same => n,Log(NOTICE,ended ${DIALSTATUS} ${HANGUPCAUSE})
";

#[test]
fn phones_with_gsm_talk_with_others_alone_and_in_a_room() {
    let folder = Folder::new(PLAN);
    folder.write("confbridge.conf", "[default_user]\ntype=user\nquiet=yes\n");
    let gsm = "disallow=all\nallow=gsm";
    let server = folder.peer("2001", "internal", gsm).peer("2002", "internal", "").peer("2003", "internal", gsm).run();
    let start = |name: &str, tone| Phone::start_with("GSM/8000/1", name, &password(name), server.address(), tone);
    let (mut ann, mut bob, mut eve) = (start("2001", 600), server.phone("2002", 700), start("2003", 900));
    ann.dial("2002");
    bob.wait_ringing();
    bob.answer();
    ann.wait_established();
    ann.wait_hears(&[700], &[600]);
    bob.wait_hears(&[600], &[700]);
    bob.hangup();
    ann.wait_closed();
    for phone in [&mut ann, &mut bob, &mut eve] {
        phone.dial("300");
        phone.wait_established();
    }
    ann.wait_hears(&[700, 900], &[600]);
    bob.wait_hears(&[600, 900], &[700]);
    eve.wait_hears(&[600, 700], &[900]);
    let heard = ann.listen(Duration::from_secs(2));
    assert!(heard.longest_gap(700) < Duration::from_millis(100), "{heard:?}\n{}", server.log());
}

#[test]
fn secured_phones_talk_with_each_other_and_with_plain_ones() {
    for lines in ["encryption=yes", "encryption=yes\nencryption_taglen=32"] {
        let folder = Folder::new(PLAN);
        let folder = folder.peer("2001", "internal", lines).peer("2002", "internal", "encryption=yes");
        let server = folder.peer("2003", "internal", "").run();
        let secured =
            |name: &str, tone| Phone::start_secured("srtp-mand", name, &password(name), server.address(), tone);
        let (mut ann, mut bob) = (secured("2001", 600), secured("2002", 700));
        ann.dial("100");
        ann.wait_established();
        ann.wait_hears(&[600], &[]);
        ann.hangup();
        ann.wait_closed();
        assert!(server.log().contains("media 1. signalling ."), "{}", server.log());
        bob.dial("2001");
        ann.wait_ringing();
        ann.answer();
        bob.wait_established();
        ann.wait_hears(&[700], &[600]);
        bob.wait_hears(&[600], &[700]);
        // A hold and its end are re-INVITEs with the same keys.
        bob.hold();
        bob.resume();
        ann.wait_hears(&[700], &[600]);
        ann.press("12");
        bob.wait_digits("12");
        bob.hangup();
        ann.wait_closed();
        let mut eve = server.phone("2003", 900);
        eve.dial("2001");
        ann.wait_ringing();
        ann.answer();
        ann.wait_hears(&[900], &[600]);
        eve.wait_hears(&[600], &[900]);
    }
}

#[test]
fn who_cannot_secure_its_media_is_refused() {
    let folder = Folder::new(PLAN);
    let folder = folder.peer("2001", "internal", "encryption=yes").peer("2002", "internal", "");
    let server = folder.peer("2003", "internal", "").run();
    let mut plain = server.phone("2001", 600);
    plain.dial("100");
    assert!(plain.wait_closed().contains("488"), "{}", plain.log());
    let mut secured = Phone::start_secured("srtp-mand", "2002", &password("2002"), server.address(), 700);
    secured.dial("100");
    assert!(secured.wait_closed().contains("488"), "{}", secured.log());
    // Calls of ours to a phone that has no keys, and where the plan demands them.
    let mut eve = server.phone("2003", 900);
    for (number, said) in [("2001", "ended CHANUNAVAIL 58"), ("4002", "")] {
        eve.dial(number);
        if said.is_empty() {
            secured.wait_ringing();
            secured.answer();
            eve.wait_established();
            eve.wait_hears(&[700], &[900]);
            secured.wait_hears(&[900], &[700]);
            eve.hangup();
        }
        eve.wait_closed();
        assert!(server.log().contains(said), "{}", server.log());
    }
}

#[test]
fn two_phones_with_one_codec_talk_in_it_without_a_decoder() {
    // exten knows no G.726: what is heard was passed on.
    let folder = Folder::new(PLAN);
    let lines = "disallow=all\nallow=g726";
    let folder = folder.peer("2001", "internal", lines).peer("2002", "internal", lines).peer("2003", "internal", "");
    let server = folder.run();
    let start = |name: &str, tone| Phone::start_with("G726-32/8000/1", name, &password(name), server.address(), tone);
    let (mut ann, mut bob) = (start("2001", 600), start("2002", 700));
    talk(&server, &mut ann, &mut bob);
    ann.hangup();
    bob.wait_closed();
    // With one who has another codec nobody is heard, and the log says why.
    let mut eve = server.phone("2003", 900);
    eve.dial("2002");
    bob.wait_ringing();
    bob.answer();
    eve.wait_established();
    assert!(server.log().contains("there is no way from ulaw to g726"), "{}", server.log());
}

#[test]
fn two_phones_with_opus_or_g722_talk_also_while_they_are_recorded() {
    for (codec, lines) in [("opus/48000/2", "disallow=all\nallow=opus"), ("G722/16000/1", "disallow=all\nallow=g722")] {
        let plan = "[internal]\nexten => _200X,1,Dial(SIP/${EXTEN},20)\nexten => _500X,1,MixMonitor(talk.wav)\n same => n,Dial(SIP/2${EXTEN:1},20)\n";
        let server = Folder::new(plan).peer("2001", "internal", lines).peer("2002", "internal", lines).run();
        let start = |name: &str, tone| Phone::start_with(codec, name, &password(name), server.address(), tone);
        // 5 kHz is beyond what a telephone carries.
        let (mut ann, mut bob) = (start("2001", 5000), start("2002", 700));
        for (number, tone) in [("2002", 5000), ("5002", 3000)] {
            ann.dial(number);
            bob.wait_ringing();
            bob.answer();
            ann.wait_established();
            ann.wait_hears(&[700], &[600]);
            if tone == 5000 {
                bob.wait_hears(&[tone], &[700]);
                let heard = bob.listen(Duration::from_secs(2));
                assert!(heard.longest_gap(tone) < Duration::from_millis(100), "{heard:?}\n{}", server.log());
            }
            ann.hangup();
            bob.wait_closed();
        }
        let recording = server.file("var/spool/monitor/talk.wav");
        assert!(std::fs::metadata(recording).is_ok_and(|file| file.len() > 8000), "{}", server.log());
    }
}

#[test]
fn digits_travel_from_server_to_server() {
    ["rfc2833", "info", "auto", "inband"].into_iter().for_each(digits_in);
}

fn digits_in(mode: &str) {
    let plan =
        "[internal]\nexten => 100,1,Answer()\n same => n,Read(KEYS,,6,,1,20)\n same => n,Log(NOTICE,read ${KEYS})\n";
    // The server calls itself.
    let folder = Folder::new(plan);
    let lines = format!("host=127.0.0.1\nport={}\ninsecure=port,invite\ndtmfmode={mode}", folder.address().port());
    let mut server = folder.peer("loop", "internal", &lines).run();
    let (told, is_done) = server.tell("channel originate SIP/100@loop application SendDTMF ww159*0#");
    assert!(is_done, "{told}");
    server.wait_for_output("read 159*0");
}

#[test]
fn early_media_is_heard_before_the_answer() {
    let plan = "[internal]\nexten => 100,1,Progress()\n same => n,PlayTones(700/20000)\n same => n,Wait(4)\n same => n,Answer()\n same => n,Echo()\n";
    let server = Folder::new(plan).peer("2001", "internal", "").run();
    let mut ann = server.phone("2001", 600);
    ann.dial("100");
    ann.wait_hears(&[700], &[600]);
    assert!(!ann.has_happened("CALL_ESTABLISHED"), "{}", ann.log());
    ann.wait_established();
    ann.wait_hears(&[600], &[]);
}
