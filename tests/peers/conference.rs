//! Conferences with real telephones: how well three hear each other, and what is left when something breaks.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::baresip::Phone;
use crate::listening::Recording;
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const TONES: [u32; 3] = [1350, 1550, 1900];

/// The example plan with three telephones. The third is given up when it sends nothing for three seconds.
fn server() -> Server {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans/conferences");
    let names = [("2001", ""), ("2002", ""), ("2003", "rtptimeout=3")];
    let folder = names
        .into_iter()
        .fold(Folder::copy_of(&original), |folder, (name, lines)| folder.peer(name, "internal", lines));
    folder.run()
}

/// Three telephones in the room of this number.
fn three(server: &Server, number: &str) -> [Phone; 3] {
    let phones = [("2001", TONES[0]), ("2002", TONES[1]), ("2003", TONES[2])];
    let mut phones = phones.map(|(name, tone)| server.phone(name, tone));
    for phone in &mut phones {
        phone.dial(number);
        phone.wait_established();
    }
    for phone in &phones {
        phone.wait_hears(&others(phone), &[phone.tone()]);
    }
    phones
}

fn others(phone: &Phone) -> Vec<u32> {
    TONES.into_iter().filter(|tone| *tone != phone.tone()).collect()
}

/// What is wrong with ten seconds of the two others: nothing, or words.
fn complaint(heard: &Recording, tones: &[u32]) -> Option<String> {
    let levels: Vec<f64> = tones.iter().map(|tone| heard.level(*tone)).collect();
    let [first, second] = levels.as_slice() else { return Some(format!("{} levels", levels.len())) };
    if (first - second).abs() > 1.0 {
        return Some(format!("one is louder than the other: {levels:?}"));
    }
    // Two tones and what is not theirs: harmonics, clicks, the listener's own voice.
    let rest = heard.strongest(3).get(2).map_or(f64::NEG_INFINITY, |(_, level)| *level);
    if rest > first - 20.0 {
        return Some(format!("something else is heard: {:?}", heard.strongest(3)));
    }
    let gap = tones.iter().map(|tone| heard.longest_gap(*tone)).max().unwrap_or_default();
    (gap > Duration::from_millis(40)).then(|| format!("a gap of {gap:?}"))
}

/// On a machine that does other things at the same time, one of three windows is to be clean.
#[track_caller]
fn assert_clean(server: &Server, phones: &[Phone; 3]) {
    let mut complaints = Vec::new();
    for _ in 0..3 {
        let from = phones.each_ref().map(Phone::moment);
        std::thread::sleep(Duration::from_secs(10));
        let found: Vec<String> = phones
            .iter()
            .zip(from)
            .filter_map(|(phone, from)| complaint(&phone.heard_between(from, phone.moment()), &others(phone)))
            .collect();
        if found.is_empty() {
            return;
        }
        complaints.push(found);
    }
    panic!("{complaints:?}\n{}", server.log());
}

#[test]
fn three_hear_each_other_evenly_and_without_gaps() {
    let server = server();
    let phones = three(&server, "711");
    assert_clean(&server, &phones);
    let (list, _) = server.tell("meetme list 800");
    assert!(list.ends_with("3 users in that conference.\n"), "{list}");
    drop(phones);

    let phones = three(&server, "914");
    assert_clean(&server, &phones);
    let (list, _) = server.tell("confbridge list");
    assert!(
        list.lines().last().unwrap().starts_with("900                                   3      0 No     No"),
        "{list}"
    );
}

#[test]
fn a_recording_is_whole_when_the_server_is_killed() {
    let mut server = server();
    let phones = three(&server, "766");
    std::thread::sleep(Duration::from_secs(3));
    server.kill();
    let path = server.file("var/spool/meetme/minutes.wav");
    let bytes = fs::read(&path).unwrap();
    let length = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    assert_eq!(&bytes[36..40], b"data");
    assert!(length > 0 && length + 44 <= bytes.len(), "the header tells of {length} bytes, {} are there", bytes.len());
    let recorded = Recording::from_wav(&bytes).last(Duration::from_secs(1));
    assert!(recorded.hears(&TONES), "{recorded:?}");
    drop(phones);
}

#[test]
fn a_telephone_that_vanishes_leaves_the_others_talking() {
    let server = server();
    let [ann, bob, cleo] = three(&server, "711");
    // Killed, not hung up: no BYE, and no audio any more.
    drop(cleo);
    ann.wait_hears(&[bob.tone()], &[ann.tone(), TONES[2]]);
    bob.wait_hears(&[ann.tone()], &[bob.tone(), TONES[2]]);
    let has_two = || server.tell("meetme list 800").0.ends_with("2 users in that conference.\n").then_some(());
    assert!(eventually(PATIENCE, has_two).is_some(), "{}", server.tell("meetme list 800").0);
    ann.wait_hears(&[bob.tone()], &[ann.tone(), TONES[2]]);
}

#[test]
fn two_rooms_become_one_by_a_local_channel() {
    let server = server();
    let mut phones = [("2001", TONES[0]), ("2002", TONES[1])].map(|(name, tone)| server.phone(name, tone));
    for (phone, number) in phones.iter_mut().zip(["711", "802"]) {
        phone.dial(number);
        phone.wait_established();
    }
    let [ann, bob] = &phones;
    let mut joiner = server.phone("2003", TONES[2]);
    joiner.dial("769");
    joiner.wait_closed();
    ann.wait_hears(&[bob.tone()], &[ann.tone()]);
    bob.wait_hears(&[ann.tone()], &[bob.tone()]);
}

#[test]
fn a_private_word_is_for_one() {
    let server = server();
    let [ann, bob, cleo] = three(&server, "711");
    assert_eq!(server.tell("meetme whisper 800 1 3"), (String::new(), true));
    bob.wait_hears(&[cleo.tone()], &[ann.tone()]);
    cleo.wait_hears(&[ann.tone(), bob.tone()], &[]);
    ann.wait_hears(&[bob.tone(), cleo.tone()], &[]);
    assert_eq!(server.tell("meetme whisper 800 1 all"), (String::new(), true));
    bob.wait_hears(&[ann.tone(), cleo.tone()], &[]);
}

#[test]
fn who_comes_and_goes_leaves_nothing_behind() {
    let server = server();
    let open = || fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    let play = |calls: u32| {
        let call = Scenario::new("call", server.address()).user("2001", &password("2001")).extension("766");
        call.calls(calls, 50).run().assert_good(calls.into());
        let is_empty = || server.tell("meetme list").0.starts_with("No active").then_some(());
        assert!(eventually(PATIENCE, is_empty).is_some(), "{}", server.tell("meetme list").0);
    };
    play(20);
    let before = open();
    play(300);
    let is_as_before = || (open() <= before).then_some(());
    assert!(eventually(PATIENCE, is_as_before).is_some(), "{} files and sockets, before {before}", open());
    assert!(server.tell("core show channels").0.contains("0 active channels"));
}
