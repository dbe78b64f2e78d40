use std::sync::Arc;

use super::*;
use crate::channel::simulated::{Behaviour, Party, SimulatedTechnology};
use crate::channel::{Channels, Observer};
use crate::media::sound::{Recording, Sound};
use crate::media::{FRAME, Frame};

#[derive(Default)]
struct Events(Mutex<Vec<String>>);

impl Observer for Events {
    fn happened(&self, happening: &Happening<'_>) {
        if let Happening::Manager { event, fields, .. } = happening {
            let of_bridge = |name: &str| name.starts_with("Bridge") || ["Meetme", "Conference"].contains(&name);
            let fields: Vec<String> = fields
                .iter()
                .filter(|(name, _)| !of_bridge(name))
                .map(|(name, value)| format!(" {name}={value}"))
                .collect();
            self.0.lock().push(format!("{event}{}", fields.concat()));
        }
    }
}

/// A house with phones and rooms.
struct House {
    channels: Arc<Channels>,
    phones: Arc<SimulatedTechnology>,
    rooms: Arc<Rooms>,
    events: Arc<Events>,
}

impl House {
    fn new() -> Self {
        let channels = Channels::new(0);
        let events = Arc::new(Events::default());
        channels.add_observer(events.clone());
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        Self { channels, phones, rooms: Rooms::new(), events }
    }

    fn phone(&self, name: &str) -> (Arc<Channel>, Arc<Party>) {
        self.phones.dial(&self.channels, "SIP", name, |_| {})
    }

    fn join(&self, name: &str, change: impl FnOnce(&mut Terms)) -> (Membership, Arc<Party>) {
        self.open(&Opening::default(), name, change)
    }

    fn open(&self, opening: &Opening, name: &str, change: impl FnOnce(&mut Terms)) -> (Membership, Arc<Party>) {
        let (channel, party) = self.phone(name);
        let mut terms = Terms::of(&channel);
        change(&mut terms);
        let joined = self.rooms.join((RoomKind::ConfBridge, "1"), opening, &channel, terms);
        let joined = joined.ok().unwrap();
        if joined.is_first() {
            joined.room().tell_started(&channel);
        }
        joined.enter();
        (joined, party)
    }

    fn events(&self) -> Vec<String> {
        std::mem::take(&mut self.events.0.lock())
    }
}

async fn talk(party: &Party, frames: usize) {
    for _ in 0..frames {
        party.say(&Frame::linear([4000; crate::media::frame::SAMPLES]));
        tokio::time::sleep(FRAME).await;
    }
}

#[tokio::test(start_paused = true)]
async fn admins_come_into_locked_and_full_rooms() {
    let house = House::new();
    let (first, _) = house.open(&Opening { limit: Some(2), ..Opening::default() }, "a", |_| {});
    first.room().set_locked(true);
    let (channel, _) = house.phone("b");
    let try_to_join = |is_admin: bool| {
        let mut terms = Terms::of(&channel);
        terms.role.is_admin = is_admin;
        house.rooms.join((RoomKind::ConfBridge, "1"), &Opening::default(), &channel, terms)
    };
    assert_eq!(try_to_join(false).err(), Some(Refused::Locked));
    assert!(try_to_join(true).is_ok());
    first.room().set_locked(false);
    let second = try_to_join(false).ok().unwrap();
    assert_eq!(try_to_join(false).err(), Some(Refused::Full));
    assert!(try_to_join(true).is_ok());
    drop(second);
    drop(first);
    assert!(house.rooms.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn both_applications_have_rooms_of_their_own() {
    let house = House::new();
    let (_member, _) = house.join("a", |_| {});
    assert!(house.rooms.find(RoomKind::MeetMe, "1").is_none());
    assert_eq!(house.rooms.of(RoomKind::ConfBridge).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_in_the_talk_only_while_a_marked_member_is() {
    let house = House::new();
    let (waiting, _) = house.join("a", |terms| terms.waits_for_marked = true);
    assert!(waiting.is_waiting());
    let (marked, _) = house.join("b", |terms| terms.role.is_marked = true);
    assert!(!waiting.is_waiting());
    drop(marked);
    assert!(waiting.is_waiting());
    assert_eq!(waiting.room().census().marked_departures, 1);
}

#[tokio::test(start_paused = true)]
async fn orders_reach_whom_they_name() {
    let house = House::new();
    let (admin, _) = house.join("a", |terms| terms.role.is_admin = true);
    let (guest, _) = house.join("b", |_| {});
    let room = Arc::clone(guest.room());
    assert_eq!(room.mute_participants(true), 1);
    assert!(guest.standing().is_muted && !admin.standing().is_muted);
    let (late, _) = house.join("c", |_| {});
    assert!(late.standing().is_muted, "the room mutes who comes");
    assert_eq!(room.mute(&Who::Channel("sip/b".to_owned()), false), 1);
    assert_eq!(room.change_volume(&Who::Number(2), Volume::Talking, 9), 1);
    assert_eq!(room.members()[1].talk_volume, VOLUME_STEPS);
    assert_eq!(room.kick(&Who::Last), 1);
    assert!(late.standing().is_kicked && !guest.standing().is_kicked);
    assert_eq!(room.kick(&Who::Channel("SIP/nobody".to_owned())), 0);
    assert_eq!(
        house.events(),
        [
            "ConfbridgeStart",
            "ConfbridgeJoin Admin=Yes Muted=No",
            "ConfbridgeJoin Admin=No Muted=No",
            "ConfbridgeJoin Admin=No Muted=Yes",
            "ConfbridgeUnmute Admin=No",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_private_word_is_heard_by_one() {
    let house = House::new();
    let members = ["a", "b", "c"].map(|name| house.join(name, |_| {}));
    let room = Arc::clone(members[0].0.room());
    let heard = async || {
        members.iter().for_each(|(_, party)| party.begin_listening());
        talk(&members[0].1, 20).await;
        tokio::time::sleep(FRAME * 10).await;
        [1, 2].map(|at: usize| members[at].1.heard().contains(&4000))
    };
    assert_eq!(heard().await, [true, true]);
    assert!(
        room.whisper(1, Some(3)) && !room.whisper(1, Some(1)) && !room.whisper(1, Some(9)) && !room.whisper(9, None)
    );
    assert_eq!((heard().await, room.members()[0].whispers_to), ([false, true], Some(3)));
    assert!(room.whisper(1, None));
    assert_eq!(heard().await, [true, true]);
    assert!(room.whisper(1, Some(3)));
    let [first, second, third] = members;
    drop(third);
    second.1.begin_listening();
    talk(&first.1, 20).await;
    assert!(second.1.heard().contains(&4000), "who is left hears it again");
}

#[tokio::test(start_paused = true)]
async fn talking_is_told_for_those_of_whom_it_is_wanted() {
    let house = House::new();
    let (talker, party) = house.join("a", |terms| terms.reports_talking = true);
    let (_quiet, other) = house.join("b", |_| {});
    house.events();
    talk(&party, 20).await;
    talk(&other, 20).await;
    assert!(talker.room().members().iter().all(|member| member.is_talking));
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let told = ["ConfbridgeTalking TalkingStatus=on Admin=No", "ConfbridgeTalking TalkingStatus=off Admin=No"];
    assert_eq!(house.events(), told);
    drop(talker);
}

#[tokio::test(start_paused = true)]
async fn a_recording_keeps_time_with_the_clock() {
    let house = House::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("room.wav");
    let (member, party) = house.join("a", |_| {});
    let room = Arc::clone(member.room());
    assert!(room.start_recording(&house.channels, NewRecording::of(Recording::create(&path).unwrap())));
    assert!(
        !room.start_recording(
            &house.channels,
            NewRecording::of(Recording::create(&folder.path().join("b.wav")).unwrap())
        )
    );
    assert_eq!(room.recording().as_deref(), Some(path.as_path()));
    tokio::time::sleep(FRAME * 100).await;
    talk(&party, 50).await;
    tokio::time::sleep(FRAME * 50).await;
    drop(member);
    let mut sound = Sound::open(&path).unwrap();
    let levels: Vec<u32> =
        std::iter::from_fn(|| sound.next_frame().unwrap()).map(|frame| frame.mean_magnitude()).collect();
    assert!((198..=202).contains(&levels.len()), "{}", levels.len());
    let loud: Vec<usize> = (0..levels.len()).filter(|at| levels[*at] > 3000).collect();
    assert!(loud.len() >= 48 && loud[0] >= 95 && loud[loud.len() - 1] <= 158, "{loud:?}");
}

#[tokio::test(start_paused = true)]
async fn a_longer_interval_mixes_the_same_in_fewer_beats() {
    for frames_a_beat in [1, 2, 4] {
        let house = House::new();
        let (_first, ann) = house.open(&Opening { frames_a_beat, ..Opening::default() }, "a", |_| {});
        let (_second, bob) = house.join("a", |_| {});
        let (mut beats, mut heard) = (0, Vec::new());
        for _ in 0..40 {
            bob.begin_listening();
            talk(&ann, 1).await;
            let new = bob.heard();
            beats += usize::from(!new.is_empty());
            heard.extend(new);
        }
        let loud = heard.chunks(160).filter(|frame| frame[80] > 3000).count();
        assert!(loud >= 34, "{frames_a_beat}: {loud}");
        assert!(
            (36 / frames_a_beat as usize..=40 / frames_a_beat as usize).contains(&beats),
            "{frames_a_beat}: {beats}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn announcements_wait_for_each_other() {
    let house = House::new();
    let (member, party) = house.join("a", |_| {});
    party.begin_listening();
    let say = |name: &str, level: i16| {
        let mut left = 10;
        let source = move || {
            left -= 1;
            (left >= 0).then(|| Frame::linear([level; crate::media::frame::SAMPLES]))
        };
        member.room().announce(vec![Announcement { name: name.to_owned(), source: Box::new(source) }]);
    };
    say("one", 1000);
    say("two", 2000);
    tokio::time::sleep(FRAME * 40).await;
    let heard: Vec<i16> = party.heard().chunks(160).map(|frame| frame[80]).collect();
    let expected: Vec<i16> = [[1000; 10], [2000; 10]].concat();
    assert_eq!(heard, expected);
}
