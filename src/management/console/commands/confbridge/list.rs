//! `confbridge list`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::{find, names, no_conference};
use crate::bridging::room::{MemberView, RoomKind};
use crate::management::console::{Answer, Command, Request};

pub static LIST: Command = Command::now(
    "confbridge list",
    "[<name>]",
    "Lists all conferences, or the members of one",
    |request| match request.words.as_slice() {
        [] => rooms(request),
        [name] => members(request, name),
        _ => request.usage(),
    },
)
.manual(
    "Flags of members:\nA - is an admin\nM - is marked\nW - waits for a marked member\nE - leaves with the marked \
         members\nm - is muted\nw - waits now\n",
)
.completes(names);

fn yes_or_no(is: bool) -> &'static str {
    if is { "Yes" } else { "No" }
}

#[derive(Serialize)]
struct Row {
    conference: String,
    users: usize,
    marked: usize,
    locked: bool,
    muted: bool,
}

#[derive(Serialize)]
struct Rows(Vec<Row>);

fn rooms(request: &Request<'_>) -> Answer {
    let rooms = request.exchange().rooms.of(RoomKind::ConfBridge);
    let row = |room: &std::sync::Arc<crate::bridging::room::Room>| Row {
        conference: room.name().to_owned(),
        users: room.census().members,
        marked: room.census().marked,
        locked: room.is_locked(),
        muted: room.is_muted(),
    };
    Answer::of(Rows(rooms.iter().map(row).collect()))
}

impl Display for Rows {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "Conference Bridge Name           Users  Marked Locked Muted")?;
        writeln!(formatter, "================================ ====== ====== ====== =====")?;
        self.0.iter().try_for_each(|Row { conference, users, marked, locked, muted }| {
            let (locked, muted) = (yes_or_no(*locked), yes_or_no(*muted));
            writeln!(formatter, "{conference:<32} {users:>6} {marked:>6} {locked:<6} {muted}")
        })
    }
}

#[derive(Serialize)]
struct Member {
    channel: String,
    admin: bool,
    marked: bool,
    wait_marked: bool,
    end_marked: bool,
    muted: bool,
    waiting: bool,
    talking: bool,
    user_profile: String,
    bridge_profile: String,
    menu: String,
    caller: Option<String>,
}

#[derive(Serialize)]
struct Members(Vec<Member>);

fn members(request: &Request<'_>, name: &str) -> Answer {
    let Some(room) = find(request, name) else { return no_conference(name) };
    let (waiting, active): (Vec<_>, Vec<_>) = room.members().into_iter().partition(|member| member.is_waiting);
    Answer::of(Members(active.iter().chain(&waiting).map(member).collect()))
}

fn member(view: &MemberView) -> Member {
    let [user_profile, bridge_profile, menu] = view.terms.profiles.clone();
    Member {
        channel: view.channel.name().to_string(),
        admin: view.is_admin(),
        marked: view.is_marked(),
        wait_marked: view.terms.waits_for_marked,
        end_marked: view.terms.leaves_with_marked,
        muted: view.is_muted,
        waiting: view.is_waiting,
        talking: view.is_talking,
        user_profile,
        bridge_profile,
        menu,
        caller: view.channel.state().caller.number.clone().filter(|number| !number.is_empty()),
    }
}

impl Member {
    fn flags(&self) -> String {
        let flags = [
            (self.admin, 'A'),
            (self.marked, 'M'),
            (self.wait_marked, 'W'),
            (self.end_marked, 'E'),
            (self.muted, 'm'),
            (self.waiting, 'w'),
        ];
        flags.into_iter().filter_map(|(is, flag)| is.then_some(flag)).collect()
    }
}

impl Display for Members {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let title = "Channel                        Flags  User Profile     Bridge Profile   Menu             CallerID";
        writeln!(formatter, "{title}")?;
        let line =
            "============================== ====== ================ ================ ================ ================";
        writeln!(formatter, "{line}")?;
        self.0.iter().try_for_each(|member| {
            let Member { channel, user_profile, bridge_profile, menu, .. } = member;
            let caller = member.caller.as_deref().unwrap_or("<unknown>");
            let flags = member.flags();
            writeln!(formatter, "{channel:<30} {flags:<6} {user_profile:<16} {bridge_profile:<16} {menu:<16} {caller}")
        })
    }
}
