use crate::applications::testing::{Told, Trial};

const INBOX: &str = "var/spool/voicemail/default/300/INBOX";

fn call(steps: &str, boxes: &str, keys: &str, hang_up: f64) -> Told {
    Trial::of(steps).file("voicemail.conf", boxes).press(keys).hang_up(hang_up).run()
}

#[test]
fn a_message_is_filed_with_its_envelope_and_counted() {
    let keys = format!("{}#", "w".repeat(60));
    let told = call("VoiceMail(300,u)\nNoOp(on)", "[default]\n300 => 1,Ann\n", &keys, 60.0);
    let sounds = "vm-theperson digits/3 digits/0 digits/0 vm-isunavail vm-intro beep auth-thankyou";
    assert_eq!(told.sounds().join(" "), sounds);
    assert!(told.value("VM_MESSAGEFILE").is_some_and(|file| file.ends_with("default/300/INBOX/msg0000")));
    assert_eq!(told.value("VMSTATUS"), Some("SUCCESS"));
    assert!(told.has("event MessageWaiting Mailbox=300@default Waiting=1 New=1 Old=0"), "{:?}", told.lines);
    assert_eq!(told.names(INBOX), ["msg0000.txt", "msg0000.wav"]);
    let envelope = told.file(&format!("{INBOX}/msg0000.txt"));
    for line in ["[message]", "origmailbox=300", "context=default", "exten=100", "callerchan=SIP/ann-00000000"] {
        assert!(envelope.contains(&format!("{line}\n")), "{envelope}");
    }
    assert!(envelope.contains("origtime=1772442") && envelope.contains("\nduration="), "{envelope}");
    assert!(told.has("100@default:3 NoOp on"));
}

#[test]
fn who_hangs_up_has_left_the_message() {
    let told = call("VoiceMail(300,s)\nexten => h,1,NoOp(${VMSTATUS})", "[default]\n300 => 1\n", "", 5.0);
    assert!(told.has("h@default:1 NoOp SUCCESS"), "{:?}", told.lines);
    assert_eq!(told.names(INBOX), ["msg0000.txt", "msg0000.wav"]);
    assert_eq!(told.names("var/spool/voicemail/default/300/tmp"), [""; 0]);
}

#[test]
fn too_short_full_and_unknown_are_refused() {
    let short = call("VoiceMail(300,s)", "[general]\nminsecs=5\n[default]\n300 => 1\n", "www#", 60.0);
    assert_eq!((short.value("VMSTATUS"), short.names(INBOX).len()), (Some("FAILED"), 0));
    assert!(short.sounds().contains(&"vm-tooshort"));
    let full = Trial::of("VoiceMail(300,s)")
        .file("voicemail.conf", "[general]\nmaxmsg=1\n[default]\n300 => 1\n")
        .file(&format!("{INBOX}/msg0000.txt"), "[message]\n")
        .run();
    assert_eq!((full.value("VMSTATUS"), full.sounds()), (Some("FAILED"), vec!["vm-mailboxfull"]));
    let unknown = call("VoiceMail(9,s)\nNoOp(on)", "", "", 60.0);
    assert!(unknown.has("warning VoiceMail") && unknown.has("100@default:3 NoOp on"));
    assert_eq!(unknown.value("VMSTATUS"), Some("FAILED"));
    let greets = call("VoiceMail(300,b)", "[general]\nmaxmsg=0\n[default]\n300 => 1\n", "", 60.0);
    assert_eq!(greets.sounds().last(), Some(&"vm-isonphone"));
}

#[test]
fn keys_leave_for_the_plan() {
    let plan = "VoiceMail(300,ud(out))\nNoOp(on)\nexten => a,1,NoOp(a ${VMSTATUS})\nexten => o,1,NoOp(o)\n\
                [out]\nexten => 5,1,NoOp(five)";
    let boxes = "[general]\noperator=yes\n[default]\n300 => 1\n";
    assert!(call(plan, boxes, "*", 60.0).has("a@default:1 NoOp a USEREXIT"));
    assert!(call(plan, boxes, "0", 60.0).has("o@default:1 NoOp o"));
    assert!(call(plan, boxes, "5", 60.0).has("5@out:1 NoOp five"));
    assert!(!call(plan, "[default]\n300 => 1\n", "0", 60.0).has("o@default"));
    let exit = "[default]\n300 => 1,,,,exitcontext=out\n";
    assert!(!call(plan, exit, "*", 60.0).has("a@default"), "there is no a in the exit context");
}

#[test]
fn a_recorded_greeting_silences_the_rest_where_wanted() {
    let greeted = |options: &str, greeting: &str| {
        let told = Trial::of(&format!("VoiceMail(300,{options})"))
            .file("voicemail.conf", "[default]\n300 => 1\n")
            .file(&format!("var/spool/voicemail/default/300/{greeting}.ulaw"), "\u{7f}\u{7f}\u{7f}")
            .press("wwwwwwwwwwwwwwwwwwwwwwwwwwww#")
            .run();
        let said = told.sounds();
        let before = said.strip_suffix(&["auth-thankyou"]).unwrap_or(&said).to_vec();
        before.iter().map(|sound| sound.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(greeted("uS", "unavail"), ["unavail", "beep"]);
    assert_eq!(greeted("bS", "temp"), ["temp", "beep"]);
    assert_eq!(greeted("b", "greet"), ["greet", "vm-isonphone", "vm-intro", "beep"]);
    assert_eq!(greeted("st()", "unavail"), [""; 0]);
}

#[test]
fn the_caller_reviews_the_message() {
    let boxes = "[general]\nreview=yes\noperator=yes\n[default]\n300 => 1\n";
    let plan = "VoiceMail(300,s)\nexten => o,1,NoOp(o)";
    let told = call(plan, boxes, "ww#ww4wwww1", 60.0);
    assert_eq!(told.value("VMSTATUS"), Some("SUCCESS"));
    assert_eq!(told.names("var/spool/voicemail/default/300/Urgent"), ["msg0000.txt", "msg0000.wav"]);
    assert!(told.has("event MessageWaiting Mailbox=300@default Waiting=1 New=1 Old=0"));
    assert!(told.sounds().ends_with(&["vm-msgsaved"]), "{:?}", told.sounds());
    let told = call(plan, boxes, "ww#ww3wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww0wwwwww2", 60.0);
    assert!(told.sounds().ends_with(&["vm-saveoper", "vm-deleted", "transfer"]), "{:?}", told.sounds());
    assert!(told.has("o@default:1 NoOp o") && told.names(INBOX).is_empty());
}

#[test]
fn gsm_is_kept_beside_wav_and_wav49_is_mailed() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let boxes = format!(
        "[general]\nformat=wav49|gsm|wav\nmailcmd=cat > {}\n[default]\n300 => 1,Ann,ann@x.example,,attach=yes\n",
        mail.display()
    );
    let told = call("VoiceMail(300,s)", &boxes, "wwwwww#", 60.0);
    assert_eq!(told.names(INBOX), ["msg0000.WAV", "msg0000.gsm", "msg0000.txt", "msg0000.wav"]);
    let text = std::fs::read_to_string(&mail).unwrap();
    assert!(text.contains("Content-Type: audio/x-WAV; name=\"msg0000.WAV\""), "{text}");
}

#[test]
fn nobody_marks_a_message_as_urgent_where_the_mailbox_forbids_it() {
    let boxes = "[general]\nreview=yes\nleaveurgent=no\n[default]\n300 => 1\n";
    let told = call("VoiceMail(300,s)", boxes, "ww#ww4wwww1", 60.0);
    assert!(!told.sounds().contains(&"vm-review-urgent") && told.sounds().contains(&"vm-sorry"), "{:?}", told.sounds());
    assert_eq!(told.names(INBOX), ["msg0000.txt", "msg0000.wav"]);
}

#[test]
fn copies_go_to_further_mailboxes_and_mails_to_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let boxes = format!(
        "[general]\nmailcmd=cat >> {0}; echo END >> {0}\nemailsubject=${{VM_NAME}} ${{VM_MSGNUM}}\nemailbody=from ${{VM_CALLERID}}\\nto ${{VM_MAILBOX}}\n\
         externnotify=echo >> {0}.notify\n[default]\n300 => 1,Ann Lee,ann@x.example\n301 => 1,,,page@x.example\n",
        mail.display()
    );
    let told = call("Set(CALLERID(all)=\"Bob\" <7>)\nVoiceMail(300&301,s)", &boxes, "wwwwww#", 60.0);
    assert_eq!(told.names("var/spool/voicemail/default/301/INBOX"), ["msg0000.txt", "msg0000.wav"]);
    let text = std::fs::read_to_string(&mail).unwrap();
    for line in [
        "To: \"Ann Lee\" <ann@x.example>",
        "Subject: Ann Lee 1",
        "from \"Bob\" <7>\nto 300",
        "Content-Type: audio/x-wav; name=\"msg0000.wav\"",
        "UklGR",
        "Subject: New VM",
        "msg in box 301",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let notified = std::fs::read_to_string(folder.path().join("mail.notify")).unwrap();
    assert!(notified.contains("default 300 1 0 0\n") && notified.contains("default 301 1 0 0\n"), "{notified}");
}

#[test]
fn the_number_is_asked_for_where_it_is_missing() {
    let told = call("VoiceMail(,s)", "[default]\n300 => 1\n", "ww300#wwwwwwwwwwwwwwwwwwww#", 60.0);
    assert_eq!(told.value("VMSTATUS"), Some("SUCCESS"));
    let old = call("VoiceMail(u300)", "[default]\n300 => 1\n", "", 3.0);
    assert_eq!(old.sounds()[0], "vm-theperson");
}
