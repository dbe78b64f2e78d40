use super::super::recording;
use super::super::testing::{House, talk, wait};
use crate::applications::testing::Trial;
use crate::bridging::room::RoomKind;
use crate::interpreter::Lookup;
use crate::media::frame::{Frame, SAMPLES};
use crate::media::sound::Sound;

#[test]
fn nobody_is_removed_from_where_nobody_is() {
    let told = Trial::of("ConfKick(7)\nConfKick()").run();
    assert_eq!(told.value("CONFKICKSTATUS"), Some("FAILURE"));
    assert!(told.has("warning ConfKick: there is no conference 7"));
}

/// An extension for each user profile: `1` and its number among the names.
fn house(users: &[(&str, &str)], bridge: &str, menu: &str) -> House {
    let plan: String = (users.iter().enumerate())
        .map(|(at, (name, _))| {
            format!("exten => 1{at},1,ConfBridge(7,b,{name},m)\n same => n,Set(GLOBAL(LEFT)=${{CONFBRIDGE_RESULT}})\n")
        })
        .collect();
    let users: String =
        users.iter().map(|(name, settings)| format!("[{name}]\ntype=user\nquiet=yes\n{settings}\n")).collect();
    let text = format!("{users}[b]\ntype=bridge\n{bridge}\n[m]\ntype=menu\n{menu}\n");
    House::new(&plan, &[("confbridge.conf", &text)])
}

fn left(house: &House) -> String {
    house.exchange.globals.lock().get("LEFT").unwrap_or("").to_owned()
}

#[tokio::test(start_paused = true)]
async fn manager_programs_hear_what_happens_in_a_conference() {
    let house = house(
        &[("u", "talk_detection_events=yes\nstartmuted=yes\nadmin=yes")],
        "record_conference=yes",
        "1=toggle_mute",
    );
    let party = house.dial("2001", "10");
    wait(1000).await;
    party.press('1');
    wait(3000).await;
    talk(&party, 3000, 20).await;
    wait(4000).await;
    party.press('1');
    wait(3000).await;
    party.hang_up();
    wait(100).await;
    assert_eq!(
        house.events(),
        [
            "ConfbridgeRecord",
            "ConfbridgeStart",
            "ConfbridgeJoin Admin=Yes Muted=Yes",
            "ConfbridgeUnmute Admin=Yes",
            "ConfbridgeTalking TalkingStatus=on Admin=Yes",
            "ConfbridgeTalking TalkingStatus=off Admin=Yes",
            "ConfbridgeMute Admin=Yes",
            "ConfbridgeLeave Admin=Yes",
            "ConfbridgeEnd",
            "ConfbridgeStopRecord",
        ]
    );
}

/// Who hears whom, for the settings that change it: whether the member is heard, and whether it hears.
#[tokio::test(start_paused = true)]
async fn who_hears_whom() {
    let settings = ["", "startmuted=yes", "wait_marked=yes", "marked=yes\nwait_marked=yes", "dsp_drop_silence=yes"];
    let settings =
        settings.into_iter().chain(["dsp_talking_threshold=2000\ndsp_drop_silence=yes", "admin=yes", "end_marked=yes"]);
    let mut told = Vec::new();
    for setting in settings {
        let house = house(&[("plain", ""), ("member", setting)], "", "");
        let plain = house.dial("2001", "10");
        let member = house.dial("2002", "11");
        wait(1000).await;
        let hears =
            |heard: Vec<i16>, level: i16| heard.iter().filter(|sample| **sample == level).count() > 10 * SAMPLES;
        plain.begin_listening();
        member.begin_listening();
        talk(&member, 1000, 20).await;
        wait(200).await;
        let is_heard = hears(plain.heard(), 1000);
        talk(&plain, 2000, 20).await;
        wait(200).await;
        told.push((is_heard, hears(member.heard(), 2000)));
    }
    let expected = [
        (true, true),
        (false, true),
        (false, false),
        (true, true),
        (true, true),
        (false, true),
        (true, true),
        (true, true),
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn a_member_leaves_with_any_marked_one_or_with_the_last() {
    let house = house(&[("any", "end_marked_any=yes"), ("last", "end_marked=yes"), ("marked", "marked=yes")], "", "");
    let _any = house.dial("2001", "10");
    let _last = house.dial("2002", "11");
    let marked = ["2003", "2004"].map(|name| house.dial(name, "12"));
    wait(1000).await;
    marked[0].hang_up();
    wait(100).await;
    assert_eq!((house.exchange.rooms.count("7"), left(&house).as_str()), (2, "ENDMARKED"));
    marked[1].hang_up();
    wait(100).await;
    assert_eq!(house.exchange.rooms.count("7"), 0);
}

#[tokio::test(start_paused = true)]
async fn keys_change_volumes() {
    let menu = "1=increase_talking_volume\n2=decrease_talking_volume\n3=reset_talking_volume";
    let house = house(&[("u", "")], "", menu);
    let talker = house.dial("2001", "10");
    let listener = house.dial("2002", "10");
    wait(1000).await;
    let mut heard = Vec::new();
    for keys in ["", "1", "3", "22"] {
        for key in keys.chars() {
            talker.press(key);
            wait(100).await;
        }
        listener.begin_listening();
        talk(&talker, 1000, 20).await;
        wait(200).await;
        heard.push(listener.heard()[10 * SAMPLES]);
    }
    assert_eq!(heard, [1000, 1412, 1000, 501], "3 dB a step");
}

#[tokio::test(start_paused = true)]
async fn no_more_are_heard_at_once_than_the_profile_lets() {
    for (bridge, expected) in [("", 4500), ("max_talkers=1", 3000)] {
        let house = house(&[("u", "")], bridge, "");
        let [quiet, loud, listener] = ["2001", "2002", "2003"].map(|name| house.dial(name, "10"));
        wait(1000).await;
        listener.begin_listening();
        for _ in 0..20 {
            quiet.say(&Frame::linear([1500; SAMPLES]));
            loud.say(&Frame::linear([3000; SAMPLES]));
            wait(20).await;
        }
        wait(200).await;
        assert_eq!(listener.heard()[10 * SAMPLES], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_named_and_its_command_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.wav");
    let bridge = format!(
        "record_conference=yes\nrecord_file={}\nrecord_command=echo done > {}",
        file.display(),
        folder.path().join("done").display()
    );
    let house = house(&[("u", "")], &bridge, "");
    let party = house.dial("2001", "10");
    wait(1000).await;
    talk(&party, 1000, 100).await;
    party.hang_up();
    wait(100).await;
    let epoch = house.exchange.epoch() - 3;
    let found = (epoch - 2..=epoch + 2)
        .map(|epoch| folder.path().join(format!("board-{epoch}.wav")))
        .find(|path| path.exists());
    let length = Sound::open(&found.expect("a recording with the time in its name")).unwrap().length();
    assert!(length.as_millis() > 2500, "{length:?}");
    let done = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !folder.path().join("done").exists() && std::time::Instant::now() < done {
        std::thread::yield_now();
    }
    assert!(folder.path().join("done").exists());
}

#[tokio::test(start_paused = true)]
async fn a_recording_goes_on_in_its_file_and_takes_the_options_of_mixmonitor() {
    let bridge = "record_file=board.wav\nrecord_options=v(1)t(copy.wav)r(said.wav)";
    let house = house(&[("u", "")], bridge, "");
    let party = house.dial("2001", "10");
    wait(1000).await;
    let room = house.exchange.rooms.find(RoomKind::ConfBridge, "7").unwrap();
    let first = recording::start(&house.exchange, &room, None).unwrap();
    talk(&party, 1000, 50).await;
    wait(2000).await;
    room.stop_recording(&house.exchange.channels);
    wait(2000).await;
    let second = recording::start(&house.exchange, &room, None).unwrap();
    assert_eq!(first, second, "the same recording goes on");
    talk(&party, 1000, 50).await;
    party.hang_up();
    wait(100).await;
    let monitor = house.folder.path().join("var/spool/monitor");
    let files = [first, monitor.join("copy.wav"), monitor.join("said.wav")].map(|path| {
        let mut sound = Sound::open(&path).unwrap();
        let length = sound.length().as_millis();
        let loudest = std::iter::from_fn(|| sound.next_frame().unwrap()).flat_map(|frame| frame.narrow()).max();
        (length / 500, loudest)
    });
    assert_eq!(files, [(8, Some(2000)), (8, Some(2000)), (8, Some(0))], "half seconds, and twice as loud");
}

/// The samples of a frame that a member is handed, by the rate of its room.
#[tokio::test(start_paused = true)]
async fn a_conference_is_mixed_at_no_higher_rate_than_its_profile_lets() {
    let cases = [
        ("", None),
        ("internal_sample_rate=auto", None),
        ("internal_sample_rate=16000", Some(16_000)),
        ("internal_sample_rate=44000", Some(44_100)),
        ("maximum_sample_rate=8000", Some(8000)),
        ("maximum_sample_rate=none", None),
        ("internal_sample_rate=12000\nmaximum_sample_rate=32000", Some(12_000)),
    ];
    for (bridge, expected) in cases {
        let house = house(&[("u", "")], bridge, "");
        let _party = house.dial("2001", "10");
        wait(1000).await;
        let room = house.exchange.rooms.find(RoomKind::ConfBridge, "7").unwrap();
        assert_eq!(room.opening().highest_rate, expected, "{bridge}");
        assert_eq!(house.warnings(), [] as [&str; 0], "{bridge}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_conference_has_its_name_in_any_case() {
    let plan = "exten => 1,1,ConfBridge(Board)\nexten => 2,1,ConfBridge(BOARD)";
    let house = House::new(plan, &[("confbridge.conf", "[default_user]\ntype=user\nquiet=yes\n")]);
    let _parties = ["1", "2"].map(|to| house.dial("2001", to));
    wait(1000).await;
    let rooms = house.exchange.rooms.of(RoomKind::ConfBridge);
    assert_eq!((rooms.len(), rooms[0].name(), rooms[0].census().members), (1, "Board", 2));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_too_long_is_refused() {
    let plan =
        format!("exten => 1,1,ConfBridge({})\nexten => h,1,Set(GLOBAL(LEFT)=${{CONFBRIDGE_RESULT}})", "7".repeat(80));
    let house = House::new(&plan, &[]);
    let _party = house.dial("2001", "1");
    wait(1000).await;
    assert_eq!((left(&house).as_str(), house.exchange.rooms.all().len()), ("FAILED", 0));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_room_is_said_and_warned_of() {
    let house = House::new("exten => 1,1,MeetMe(77a)\nexten => 2,1,MeetMe(7,dZ)", &[]);
    let party = house.dial("2001", "1");
    party.begin_listening();
    wait(5000).await;
    assert!(party.heard().iter().any(|sample| *sample > 1000), "conf-invalid");
    assert_eq!(house.warnings(), ["MeetMe: there is no conference 77a in meetme.conf, and no option makes it"]);
    let _party = house.dial("2001", "2");
    wait(1000).await;
    assert_eq!(house.warnings(), ["MeetMe has no option `Z`: it is passed over"]);
    assert_eq!(house.exchange.rooms.find(RoomKind::MeetMe, "7").unwrap().census().members, 1);
}

#[tokio::test(start_paused = true)]
async fn texts_pass_to_the_others_who_want_them() {
    let house = house(&[("u", ""), ("v", "text_messaging=no")], "", "");
    let [one, other, third] = [("2001", "10"), ("2002", "10"), ("2003", "11")].map(|(name, to)| house.dial(name, to));
    wait(1000).await;
    one.write("Hello");
    third.write("Me too");
    wait(100).await;
    assert_eq!([one.texts(), other.texts(), third.texts()], [vec!["Me too"], vec!["Hello", "Me too"], vec![]]);
}

#[tokio::test(start_paused = true)]
async fn devices_hear_of_what_happens() {
    let users =
        [("u", "send_events=yes\necho_events=yes\ntalk_detection_events=yes"), ("v", "send_events=yes"), ("w", "")];
    let house = house(&users, "enable_events=yes", "1=toggle_mute");
    let parties = ["10", "11", "12"].map(|to| {
        let party = house.dial(&format!("20{to}"), to);
        (to, party)
    });
    wait(1000).await;
    talk(&parties[0].1, 3000, 20).await;
    parties[1].1.press('1');
    wait(100).await;
    let told = parties.each_ref().map(|(_, party)| {
        let texts = party.texts();
        let told = texts.iter().map(|text| {
            let event: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(event["bridge"]["name"], "7");
            assert_eq!(event["timestamp"].as_str().map(str::len), Some("2026-03-02T09:00:00.000+0000".len()));
            let kind = event["type"].as_str().unwrap().trim_start_matches("Confbridge");
            let about = event["channels"].as_array().unwrap().iter().map(|channel| {
                let name = channel["name"].as_str().unwrap().trim_start_matches("SIP/");
                let talks = channel["talking_status"].as_str().unwrap_or("");
                let muted = if channel["muted"] == true { "muted" } else { "" };
                format!(" {}{talks}{muted}", &name[..4])
            });
            format!("{kind}{}", about.collect::<String>())
        });
        told.collect::<Vec<_>>()
    });
    let more = ["Join 2012", "Talking 2010on", "Mute 2011muted"].map(str::to_owned);
    let mut first = vec!["Welcome 2010".to_owned(), "Join 2010".to_owned(), "Join 2011".to_owned()];
    first.extend_from_slice(&more);
    let mut second = vec!["Welcome 2010 2011".to_owned()];
    second.extend_from_slice(&more[..2]);
    assert_eq!(told, [first, second, vec![]], "the second does not hear of itself");
}

#[tokio::test(start_paused = true)]
async fn a_conference_stands_in_the_plan_while_it_lasts() {
    let house = house(&[("u", "")], "regcontext=rooms", "");
    let stands = || {
        let plan = house.exchange.plan();
        Lookup::new(&plan, &house.exchange.clock).exists("rooms", "7", 1, "")
    };
    assert!(!stands());
    let party = house.dial("2001", "10");
    wait(1000).await;
    assert!(stands());
    house.exchange.forget_amendments().await;
    assert!(stands(), "also after a reload");
    party.hang_up();
    wait(1000).await;
    assert!(!stands());
}

#[tokio::test(start_paused = true)]
async fn noise_is_taken_out() {
    let house = house(&[("noisy", ""), ("clean", "denoise=yes")], "", "");
    let [noisy, clean] = ["10", "11"].map(|number| house.dial("2001", number));
    wait(1000).await;
    let mut seed = 1u32;
    let mut hiss = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 22) as i16 - 512
    };
    let heard = [(&noisy, &clean), (&clean, &noisy)];
    let mut levels = Vec::new();
    for (talker, listener) in heard {
        listener.begin_listening();
        for _ in 0..150 {
            talker.say(&Frame::linear(std::array::from_fn(|_| hiss())));
            wait(20).await;
        }
        levels.push(Frame::from_samples(&listener.heard()[140 * SAMPLES..141 * SAMPLES]).level());
    }
    assert!(levels[1] < levels[0] - 10.0, "{levels:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_warned_of() {
    let house = house(&[("u", "colour=red")], "video_mode=last_marked\nmixing_interval=10", "1=dance");
    let _party = house.dial("2001", "10");
    wait(1000).await;
    assert_eq!(
        house.warnings(),
        [
            "confbridge.conf, menu m: 1: there is no action dance",
            "confbridge.conf, bridge b: video_mode: there is no video",
            "confbridge.conf, bridge b: mixing_interval: 20, 40 or 80 ms; conferences are mixed every 20 ms",
            "confbridge.conf, user u: there is no setting colour",
        ]
    );
    assert_eq!(house.exchange.rooms.count("7"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_need_not_be_answered() {
    let house = house(&[("u", "answer_channel=no"), ("v", "")], "", "");
    let silent = house.dial("2001", "10");
    let answered = house.dial("2002", "11");
    wait(1000).await;
    assert!(!silent.channel().unwrap().is_up() && answered.channel().unwrap().is_up());
    assert_eq!(house.exchange.rooms.find(RoomKind::ConfBridge, "7").unwrap().census().members, 2);
}

#[tokio::test(start_paused = true)]
async fn all_hear_how_many_are_there() {
    let house = house(&[("u", ""), ("v", "announce_user_count_all=2")], "", "");
    let first = house.dial("2001", "10");
    let _second = house.dial("2002", "11");
    wait(3000).await;
    first.begin_listening();
    let _third = house.dial("2003", "11");
    wait(2000).await;
    assert!(first.heard().iter().any(|sample| *sample > 1000), "the count is announced");
}

/// Rooms, channels and tasks are as before.
#[tokio::test(start_paused = true)]
async fn joins_leave_nothing_behind() {
    let house = house(
        &[("u", "announce_join_leave=yes\nquiet=no"), ("v", "wait_marked=yes\nmusic_on_hold_when_empty=yes")],
        "",
        "1=leave_conference",
    );
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let round = async |count: usize| {
        for _ in 0..count {
            let parties = ["10", "11"].map(|extension| house.dial("2001", extension));
            // Asked for the name, and recording it.
            wait(5000).await;
            parties[0].press('#');
            wait(200).await;
            parties[0].say(&Frame::linear([1000; SAMPLES]));
            wait(100).await;
            parties[1].press('1');
            parties[0].hang_up();
            wait(100).await;
            parties[1].hang_up();
            wait(500).await;
            house.forget();
            house.events();
            house.warnings();
        }
        wait(5000).await;
    };
    round(5).await;
    let before = tasks();
    round(1000).await;
    assert!(house.exchange.rooms.all().is_empty() && house.exchange.channels.count() == 0);
    assert_eq!(before, tasks());
    let names = std::fs::read_dir(house.folder.path().join("var/spool/confbridge")).unwrap().count();
    assert_eq!(names, 0, "recorded names are gone with their members");
}
