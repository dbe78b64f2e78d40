//! `meetme`: the rooms of MeetMe.

use std::fmt::{Display, Formatter, Result};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::bridging::room::{MemberView, Room, RoomKind, Who};
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static LIST: Command =
    Command::now("meetme list", "[<confno>] [concise]", "Lists all conferences, or the members of one", |request| {
        let is_concise = |word: &String| word.eq_ignore_ascii_case("concise");
        match request.words.as_slice() {
            [] => rooms(request, false),
            [word] if is_concise(word) => rooms(request, true),
            [number] => members(request, number, false),
            [number, word] if is_concise(word) => members(request, number, true),
            _ => request.usage(),
        }
    })
    .completes(numbers);

pub static LOCK: Command =
    Command::now("meetme lock", "<confno>", "Lets nobody but admins into a conference", |request| {
        locked(request, true)
    })
    .completes(numbers);

pub static UNLOCK: Command =
    Command::now("meetme unlock", "<confno>", "Lets everybody into a conference again", |request| {
        locked(request, false)
    })
    .completes(numbers);

pub static KICK: Command =
    Command::now("meetme kick", "<confno> all|<userno>", "Removes members from a conference", |request| {
        order(request, &Who::Everybody, |room, who| room.kick(who))
    })
    .completes(numbers);

pub static MUTE: Command = Command::now(
    "meetme mute",
    "<confno> all|<userno>",
    "Mutes a member of a conference, or all but admins",
    |request| order(request, &Who::Participants, |room, who| room.mute(who, true)),
)
.completes(numbers);

pub static UNMUTE: Command =
    Command::now("meetme unmute", "<confno> all|<userno>", "Lets members of a conference talk again", |request| {
        order(request, &Who::Everybody, |room, who| room.mute(who, false))
    })
    .completes(numbers);

pub static WHISPER: Command = Command::now(
    "meetme whisper",
    "<confno> <userno> <userno>|all",
    "Lets a member be heard by one other only",
    |request| {
        let [number, from, to] = request.words.as_slice() else { return request.usage() };
        let room = match find(request, number) {
            Ok(room) => room,
            Err(answer) => return answer,
        };
        let to = if to.eq_ignore_ascii_case("all") { Some(None) } else { to.parse().ok().map(Some) };
        match from.parse().ok().zip(to) {
            Some((from, to)) if room.whisper(from, to) => Answer::line(""),
            _ => Answer::refusal("Specified User not found!"),
        }
    },
)
.manual("With all for the other, everybody hears the member again.\n")
.completes(numbers);

fn find(request: &Request<'_>, number: &str) -> std::result::Result<Arc<Room>, Answer> {
    let room = request.exchange().rooms.find(RoomKind::MeetMe, number);
    room.ok_or_else(|| Answer::refusal(format!("Conference number '{number}' not found!")))
}

fn locked(request: &Request<'_>, locks: bool) -> Answer {
    let [number] = request.words.as_slice() else { return request.usage() };
    match find(request, number) {
        Ok(room) => {
            room.set_locked(locks);
            Answer::line("")
        }
        Err(answer) => answer,
    }
}

/// Orders something of a member, or of those that `all` means.
fn order(request: &Request<'_>, all: &Who, order: impl Fn(&Room, &Who) -> usize) -> Answer {
    let [number, user] = request.words.as_slice() else { return request.usage() };
    let room = match find(request, number) {
        Ok(room) => room,
        Err(answer) => return answer,
    };
    let one = || user.parse().ok().map(Who::Number);
    let who = if user.eq_ignore_ascii_case("all") { Some(all.clone()) } else { one() };
    match who.map(|who| order(&room, &who)) {
        Some(count) if count > 0 || user.eq_ignore_ascii_case("all") => Answer::line(""),
        _ => Answer::refusal("Specified User not found!"),
    }
}

/// The numbers of the conferences, and the members of one.
fn numbers(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    let rooms = &pbx.exchange.rooms;
    match words {
        [_] => rooms.of(RoomKind::MeetMe).iter().map(|room| room.name().to_owned()).collect(),
        [number, _] | [number, _, _] => {
            let members = rooms.find(RoomKind::MeetMe, number).map(|room| room.members()).unwrap_or_default();
            let numbers = members.iter().map(|member| member.number.to_string());
            numbers.chain(["all".to_owned()]).collect()
        }
        _ => Vec::new(),
    }
}

/// `hh:mm:ss`
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[derive(Serialize)]
struct Row {
    conference: String,
    parties: usize,
    marked: usize,
    activity: String,
    dynamic: bool,
    locked: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rows {
    rows: Vec<Row>,
    #[serde(skip)]
    is_concise: bool,
}

fn rooms(request: &Request<'_>, is_concise: bool) -> Answer {
    let row = |room: &Arc<Room>| {
        let census = room.census();
        Row {
            conference: room.name().to_owned(),
            parties: census.members,
            marked: census.marked,
            activity: clock(room.age()),
            dynamic: room.opening().is_dynamic,
            locked: room.is_locked(),
        }
    };
    let rows = request.exchange().rooms.of(RoomKind::MeetMe).iter().map(row).collect();
    Answer::of(Rows { rows, is_concise })
}

impl Display for Rows {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if self.is_concise {
            return self.rows.iter().try_for_each(|row| {
                let Row { conference, parties, marked, activity, dynamic, locked } = row;
                let (dynamic, locked) = (u8::from(*dynamic), u8::from(*locked));
                writeln!(formatter, "{conference}!{parties}!{marked}!{activity}!{dynamic}!{locked}")
            });
        }
        if self.rows.is_empty() {
            return writeln!(formatter, "No active MeetMe conferences.");
        }
        let [number, parties, marked] = ["Conf Num", "Parties", "Marked"];
        let [activity, creation, locked] = ["Activity", "Creation", "Locked"];
        writeln!(formatter, "{number:<14} {parties:<14} {marked:<10} {activity:<8}  {creation:<8}  {locked:<6}")?;
        for Row { conference, parties, marked, activity, dynamic, locked } in &self.rows {
            let marked = if *marked == 0 { "N/A ".to_owned() } else { format!("{marked:04}") };
            let creation = if *dynamic { "Dynamic" } else { "Static" };
            let locked = if *locked { "Yes" } else { "No" };
            writeln!(
                formatter,
                "{conference:<12.12}   {parties:04}\t      {marked:>4.4}       {activity}  {creation:<8}  {locked:<6}"
            )?;
        }
        let total: usize = self.rows.iter().map(|row| row.parties).sum();
        writeln!(formatter, "* Total number of MeetMe users: {total}")
    }
}

#[derive(Serialize)]
struct Member {
    user: u32,
    number: Option<String>,
    name: Option<String>,
    channel: String,
    admin: bool,
    listen_only: bool,
    muted: bool,
    muted_by_admin: bool,
    wants_to_talk: bool,
    /// Unknown where nobody wants to know.
    talking: Option<bool>,
    time: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Members {
    members: Vec<Member>,
    #[serde(skip)]
    is_concise: bool,
}

fn members(request: &Request<'_>, number: &str, is_concise: bool) -> Answer {
    let rooms = &request.exchange().rooms;
    if rooms.of(RoomKind::MeetMe).is_empty() {
        return Answer::line(if is_concise { "" } else { "No active MeetMe conferences." });
    }
    match rooms.find(RoomKind::MeetMe, number) {
        Some(room) => Answer::of(Members { members: room.members().iter().map(member).collect(), is_concise }),
        None if is_concise => Answer::line(""),
        None => Answer::line(format!("No such conference: {number}.")),
    }
}

fn member(view: &MemberView) -> Member {
    let state = view.channel.state();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Member {
        user: view.number,
        number: given(&state.caller.number),
        name: given(&state.caller.name),
        channel: view.channel.name().to_string(),
        admin: view.is_admin(),
        listen_only: view.terms.listens_only,
        muted: view.is_muted,
        muted_by_admin: view.is_muted_by_admin,
        wants_to_talk: view.wants_to_talk,
        talking: view.terms.watches_talking.then_some(view.is_talking),
        time: clock(view.stay),
    }
}

impl Display for Members {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let when = |is: bool, text: &'static str| if is { text } else { "" };
        for member in &self.members {
            let Member { user, channel, time, .. } = member;
            if self.is_concise {
                let number = member.number.as_deref().unwrap_or("");
                let name = member.name.as_deref().unwrap_or("");
                let flags =
                    [member.admin, member.listen_only, member.muted || member.muted_by_admin, member.wants_to_talk];
                let flags = flags.map(|flag| when(flag, "1")).join("!");
                let talking = member.talking.map_or(-1, i32::from);
                writeln!(formatter, "{user}!{number}!{name}!{channel}!{flags}!{talking}!{time}")?;
                continue;
            }
            let number = member.number.as_deref().unwrap_or("<unknown>");
            let name = member.name.as_deref().unwrap_or("<no name>");
            let admin = when(member.admin, "(Admin)");
            let listens = when(member.listen_only, "(Listen only)");
            let muted = match member.muted_by_admin {
                true => "(Admin Muted)",
                false => when(member.muted, "(Muted)"),
            };
            let request = when(member.wants_to_talk, "(Request to Talk)");
            let talking = match member.talking {
                Some(true) => "(talking)",
                Some(false) => "(not talking)",
                None => "(unmonitored)",
            };
            writeln!(
                formatter,
                "User #: {user:02} {number:>12.12} {name:<20.20} Channel: {channel} {admin} {listens} {muted} {request} {talking} {time}"
            )?;
        }
        if self.is_concise { Ok(()) } else { writeln!(formatter, "{} users in that conference.", self.members.len()) }
    }
}
