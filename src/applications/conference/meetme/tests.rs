use super::super::testing::{House, talk, wait};
use crate::applications::testing::Trial;
use crate::bridging::room::{RoomKind, Who};
use crate::media::frame::{Frame, SAMPLES};
use crate::media::sound::Sound;

#[test]
fn a_room_that_is_not_there_is_warned_of() {
    let told = Trial::of("MeetMe(7)\nNoOp(not here)").run();
    assert!(told.has("warning MeetMe: there is no conference 7 in meetme.conf") && !told.has("100@default:3"));
}

#[test]
fn letters_that_are_no_option_are_warned_of() {
    let told = Trial::of("MeetMe(7,dqYp)").press("#").run();
    assert!(told.has("warning MeetMe has no option `Y`"));
}

#[test]
fn admins_commands_need_a_room_and_a_member() {
    let told = Trial::of("MeetMeAdmin(7,K)\nMeetMeAdmin()\nNoOp(not here)").run();
    assert_eq!(told.value("MEETMEADMINSTATUS"), Some("NOPARSE"));
    assert!(told.has("warning MeetMeAdmin(7,K): there is no such conference") && !told.has("100@default:4"));
    let told = Trial::of("MeetMeChannelAdmin(SIP/2001,x)\nMeetMeChannelAdmin(SIP/2001,k)\nMeetMeCount()").run();
    assert!(told.has("warning MeetMeChannelAdmin has no command `x`"));
    assert!(told.has("warning MeetMeChannelAdmin: SIP/2001 is in no conference"));
}

const ROOM: &str = "
exten => 1,1,MeetMe(7,dqTzp)
exten => 2,1,MeetMe(7,dqarT)
exten => 3,1,Set(MEETME_RECORDINGFILE=/dev/null/minutes)
 same => n,MeetMe(7,dqr)
exten => 4,1,MeetMe(room-b,d1)
exten => 5,1,MeetMeAdmin(7,${EXTEN:1}M,1)
exten => 6,1,MeetMe(7,qd)
exten => _1.,1,MeetMeAdmin(7,${EXTEN:1:1},${EXTEN:2})
exten => _2.,1,MeetMe(${EXTEN:1},dqb)
";

#[tokio::test(start_paused = true)]
async fn manager_programs_hear_what_happens_in_a_room() {
    let house = House::new(ROOM, &[]);
    let guest = house.dial("2001", "1");
    wait(1000).await;
    talk(&guest, 3000, 20).await;
    wait(4000).await;
    guest.press('5');
    for command in ["1M1", "1m1"] {
        house.dial("2009", command);
        wait(100).await;
    }
    guest.press('#');
    wait(100).await;
    assert_eq!(
        house.events(),
        [
            "MeetmeJoin User=1",
            "MeetmeTalking Status=on User=1 Duration=1",
            "MeetmeTalking Status=off User=1 Duration=2",
            "MeetmeDTMF User=1 Key=5",
            "MeetmeMute Status=on User=1 Duration=5",
            "MeetmeMute Status=off User=1 Duration=5",
            "MeetmeDTMF User=1 Key=#",
            "MeetmeLeave User=1 Duration=5",
            "MeetmeEnd",
        ]
    );
    assert!(house.exchange.rooms.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_recording_has_everybody_and_a_name_of_its_own() {
    let house = House::new(ROOM, &[]);
    let first = house.dial("2001", "2");
    let second = house.dial("2002", "6");
    wait(1000).await;
    tokio::join!(talk(&first, 1000, 50), talk(&second, 2000, 50));
    first.hang_up();
    second.hang_up();
    wait(100).await;
    let spool = house.folder.path().join("var/spool/meetme");
    let files: Vec<_> = std::fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].file_name().unwrap().to_str().unwrap().starts_with("meetme-conf-rec-7-"), "{files:?}");
    let mut sound = Sound::open(&files[0]).unwrap();
    let levels: Vec<i16> = std::iter::from_fn(|| sound.next_frame().unwrap()).map(|frame| frame.samples()[0]).collect();
    assert!(levels.iter().filter(|level| **level == 3000).count() > 40, "{levels:?}");
    assert!(levels.len() > 95, "the silence before is there");
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_cannot_be_written_is_warned_of_and_the_talk_goes_on() {
    let house = House::new(ROOM, &[]);
    std::fs::write(house.folder.path().join("var"), "in the way").unwrap();
    let first = house.dial("2001", "2");
    let second = house.dial("2002", "6");
    second.begin_listening();
    wait(100).await;
    assert!(house.warnings()[0].starts_with("MeetMe: the conference is not recorded: "));
    talk(&first, 1000, 20).await;
    assert!(second.heard().contains(&1000));
}

#[tokio::test(start_paused = true)]
async fn a_room_may_have_any_name() {
    let house = House::new(ROOM, &[]);
    let _member = house.dial("2001", "4");
    wait(100).await;
    assert_eq!(house.exchange.rooms.find(RoomKind::MeetMe, "room-b").unwrap().census().members, 1);
}

#[tokio::test(start_paused = true)]
async fn a_member_whose_audio_stops_disturbs_nobody() {
    let house = House::new(ROOM, &[]);
    let [gone, talker, listener] = ["2001", "2002", "2003"].map(|name| house.dial(name, "6"));
    wait(100).await;
    talk(&gone, 500, 10).await;
    listener.begin_listening();
    talk(&talker, 1000, 100).await;
    wait(100).await;
    let heard = listener.heard();
    assert!(heard.len() > 98 * 160 && heard[160 * 5..].iter().all(|sample| *sample == 1000));
    gone.hang_up();
    wait(100).await;
    assert_eq!(house.exchange.rooms.count("7"), 2);
}

/// Who hears whom, for the options that change it: the last that talks, `-` for nobody.
#[tokio::test(start_paused = true)]
async fn who_hears_whom() {
    let options = ["", "l", "t", "m", "w", "a", "A", "o", "F", "M", "T"];
    let plan: String = (0..options.len())
        .map(|number| format!("exten => 1{number:02},1,MeetMe(7,dq1{})\n", options[number]))
        .chain(["exten => 500,1,MeetMe(7,dq1)\n".to_owned()])
        .collect();
    let mut told = Vec::new();
    for (number, option) in options.iter().enumerate() {
        let house = House::new(&plan, &[]);
        let plain = house.dial("2001", "500");
        let member = house.dial("2002", &format!("1{number:02}"));
        wait(500).await;
        let hears = |heard: Vec<i16>, level: i16| heard.iter().filter(|sample| **sample == level).count() > 10 * 160;
        plain.begin_listening();
        member.begin_listening();
        talk(&member, 1000, 20).await;
        wait(200).await;
        let is_heard = hears(plain.heard(), 1000);
        talk(&plain, 2000, 20).await;
        wait(200).await;
        told.push(format!("{option:1} {} {}", u8::from(is_heard), u8::from(hears(member.heard(), 2000))));
    }
    let expected = ["  1 1", "l 0 1", "t 1 0", "m 0 1", "w 0 0", "a 1 1", "A 1 1", "o 1 1", "F 1 1", "M 1 1", "T 1 1"];
    assert_eq!(told, expected, "option, is heard, hears");
}

/// Rooms, channels, tasks and files are as before.
#[tokio::test(start_paused = true)]
async fn ten_thousand_joins_leave_nothing_behind() {
    let house = House::new(ROOM, &[]);
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let files = || std::fs::read_dir("/proc/self/fd").map(|files| files.count()).unwrap_or(0);
    let round = async |count: usize| {
        for number in 0..count {
            let parties = ["2", "1", "3", "24"].map(|extension| house.dial("2001", extension));
            parties[1].say(&Frame::linear([1000; SAMPLES]));
            wait(100).await;
            parties.iter().for_each(|party| party.hang_up());
            wait(if number % 100 == 0 { 5000 } else { 100 }).await;
            house.forget();
            house.events();
            house.warnings();
        }
        wait(5000).await;
    };
    round(10).await;
    let before = (tasks(), files());
    round(2500).await;
    let after = (tasks(), files());
    assert!(house.exchange.rooms.all().is_empty() && house.exchange.channels.count() == 0);
    assert_eq!(before.0, after.0, "tasks");
    // Other tests of this program open files meanwhile.
    assert!(after.1 < before.1 + 100, "files: {} and {}", before.1, after.1);
}

/// A house whose rooms stand in a table.
fn booked(meetme: &str, rows: &str) -> House {
    let plan = "exten => _X.,1,MeetMe(${EXTEN},Cq)\n same => n,Set(GLOBAL(BOOKED)=${MEETMEBOOKID})\n \
                exten => e,1,MeetMe(,eq)\nexten => x,1,MeetMeAdmin(901,E)\n same => n,Set(GLOBAL(LONGER)=${MEETMEADMINSTATUS})";
    let house = House::new(
        plan,
        &[
            ("extconfig.conf", "[settings]\nmeetme => sqlite3,main,booking\n"),
            ("res_config_sqlite3.conf", "[main]\ndbfile=rooms.db\n"),
            ("meetme.conf", &format!("[general]\n{meetme}\n")),
        ],
    );
    let columns = "bookid, confno, starttime, endtime, pin, adminpin, opts, adminopts, maxusers, members";
    let database = rusqlite::Connection::open(house.folder.path().join("rooms.db")).unwrap();
    database.execute_batch(&format!("CREATE TABLE booking ({columns}); INSERT INTO booking VALUES {rows};")).unwrap();
    house
}

fn column(house: &House, column: &str) -> Vec<String> {
    let database = rusqlite::Connection::open(house.folder.path().join("rooms.db")).unwrap();
    let mut rows = database.prepare(&format!("SELECT CAST({column} AS TEXT) FROM booking ORDER BY confno")).unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn global(house: &House, name: &str) -> String {
    house.exchange.globals.lock().get(name).unwrap_or("").to_owned()
}

#[tokio::test(start_paused = true)]
async fn rooms_stand_in_a_table() {
    let rows = "('7', '901', '', '', '12', '99', 'mq', 'aq', 2, 0), ('8', '902', '', '', '', '', '', '', 0, 0)";
    let house = booked("", rows);
    let guest = house.dial("2001", "901");
    wait(4000).await;
    "12#".chars().for_each(|key| guest.press(key));
    let admin = house.dial("2002", "901");
    wait(4000).await;
    "99#".chars().for_each(|key| admin.press(key));
    wait(2000).await;
    let members = house.exchange.rooms.find(RoomKind::MeetMe, "901").unwrap().members();
    let roles: Vec<_> = members.iter().map(|member| (member.is_admin(), member.is_muted)).collect();
    assert_eq!(roles, [(false, true), (true, false)], "each has the options of the table");
    assert_eq!(column(&house, "members"), ["2", "0"]);
    let _third = house.dial("2003", "e");
    wait(3000).await;
    assert!(house.exchange.rooms.find(RoomKind::MeetMe, "902").is_some(), "the one that is empty");
    house.events();
    guest.hang_up();
    wait(1000).await;
    assert_eq!(column(&house, "members"), ["1", "1"]);
    assert_eq!(global(&house, "BOOKED"), "");
    house.exchange.rooms.find(RoomKind::MeetMe, "901").unwrap().kick(&Who::Everybody);
    wait(3000).await;
    assert_eq!(global(&house, "BOOKED"), "7");
    assert_eq!(house.warnings(), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_room_is_open_while_it_is_booked() {
    let rows = "('7', '901', '2026-03-02 08:00:00', '2026-03-02 09:05:00', '', '', '', '', 1, 0), \
                ('8', '902', '2026-03-02 09:00:30', '2026-03-02 10:00:00', '', '', '', '', 0, 0), \
                ('9', '903', '2026-03-02 09:08:00', '2026-03-02 10:00:00', '', '', '', '', 0, 0), \
                ('10', '904', '2026-03-02 07:00:00', '2026-03-02 08:00:00', '', '', '', '', 0, 0)";
    let house = booked("schedule=yes\nfuzzystart=60\nearlyalert=600\nendalert=120\nextendby=300", rows);
    let is_open = |number: &str| house.exchange.rooms.find(RoomKind::MeetMe, number).is_some();
    let parties = ["901", "902", "903", "904", "901"].map(|number| (number, house.dial("2001", number)));
    parties[0].1.begin_listening();
    wait(4000).await;
    assert_eq!(["901", "902", "903", "904"].map(is_open), [true, true, false, false]);
    let census = || house.exchange.rooms.find(RoomKind::MeetMe, "901").map(|room| room.census().members);
    assert_eq!(census(), Some(1), "one at most");
    wait(170_000).await;
    assert!(parties[0].1.heard().iter().all(|sample| sample.abs() < 100));
    parties[0].1.begin_listening();
    wait(15_000).await;
    assert!(parties[0].1.heard().iter().any(|sample| *sample > 1000), "told two minutes before the end");
    house.dial("2009", "x");
    wait(1000).await;
    assert_eq!(
        (global(&house, "LONGER").as_str(), &column(&house, "endtime")[..1]),
        ("OK", &["2026-03-02 09:10:00".to_owned()][..])
    );
    wait(150_000).await;
    assert_eq!(census(), Some(1), "longer than it was booked at first");
    wait(290_000).await;
    assert_eq!((census(), global(&house, "BOOKED").as_str()), (None, "7"));
}

#[tokio::test(start_paused = true)]
async fn a_muted_room_mutes_who_comes() {
    let house = House::new("exten => 1,1,MeetMe(7,dqas)\nexten => 2,1,MeetMe(7,dqsm)\n", &[]);
    let admin = house.dial("2001", "1");
    wait(500).await;
    "*83".chars().for_each(|key| admin.press(key));
    wait(4000).await;
    house.events();
    let guest = house.dial("2002", "2");
    wait(500).await;
    assert_eq!(house.events(), ["MeetmeJoin User=2", "MeetmeMute Status=on User=2"]);
    "*1".chars().for_each(|key| guest.press(key));
    wait(4000).await;
    let room = house.exchange.rooms.find(RoomKind::MeetMe, "7").unwrap();
    assert!(room.members()[1].is_muted_by_admin, "it cannot let itself talk");
    "*1".chars().for_each(|key| admin.press(key));
    wait(4000).await;
    assert!(room.members()[0].is_muted_by_admin);
}
