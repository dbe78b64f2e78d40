//! The rooms of MeetMe.

use std::sync::Arc;

use super::confbridge::yes_or_no;
use super::{Action, Answer, Asked, Run};
use crate::bridging::room::{MemberView, Room, RoomKind, Who};
use crate::management::ami::events::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

/// Lists the members of all rooms, or of one.
pub static LIST: Action =
    Action::new("MeetmeList", Privilege::REPORTING, "List participants in a conference.", Run::Compute(list));

fn list(asked: &Asked<'_>) -> Answer {
    let wanted = asked.get("Conference");
    let mut reply = Reply::list("Meetme user list will follow", "MeetmeListComplete");
    for room in rooms(asked)?.iter().filter(|room| wanted.is_none_or(|wanted| wanted == room.name())) {
        for member in room.members() {
            reply.event("MeetmeList", fields(room, &member));
        }
    }
    Ok(reply)
}

fn fields(room: &Room, member: &MemberView) -> Fields {
    let state = member.channel.state();
    let named = |name: &str| if name.is_empty() { "<no name>".to_owned() } else { name.to_owned() };
    let role = match (member.terms.listens_only, member.terms.talks_only) {
        (true, _) => "Listen only",
        (false, true) => "Talk only",
        (false, false) => "Talk and listen",
    };
    let muted = match (member.is_muted_by_admin, member.is_muted) {
        (true, _) => "By admin",
        (false, true) => "By self",
        (false, false) => "No",
    };
    let talking = if member.terms.watches_talking { yes_or_no(member.is_talking) } else { "Not monitored" };
    Fields::new()
        .with("Conference", room.name())
        .with("UserNumber", member.number)
        .with("CallerIDNum", snapshot::known(state.caller.number()))
        .with("CallerIDName", named(state.caller.name()))
        .with("ConnectedLineNum", snapshot::known(state.connected.number()))
        .with("ConnectedLineName", named(state.connected.name()))
        .with("Channel", member.channel.name())
        .with("Admin", yes_or_no(member.is_admin()))
        .with("Role", role)
        .with("MarkedUser", yes_or_no(member.is_marked()))
        .with("Muted", muted)
        .with("Talking", talking)
}

/// Lists the rooms.
pub static LIST_ROOMS: Action =
    Action::new("MeetmeListRooms", Privilege::REPORTING, "List active conferences.", Run::Compute(list_rooms));

fn list_rooms(asked: &Asked<'_>) -> Answer {
    let mut reply = Reply::list("Meetme conferences will follow", "MeetmeListRoomsComplete");
    for room in rooms(asked)? {
        let census = room.census();
        let seconds = room.age().as_secs();
        let marked = if census.marked == 0 { "N/A".to_owned() } else { format!("{:04}", census.marked) };
        let activity = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fields = Fields::new()
            .with("Conference", room.name())
            .with("Parties", census.members)
            .with("Marked", marked)
            .with("Activity", activity)
            .with("Creation", if room.opening().is_dynamic { "Dynamic" } else { "Static" })
            .with("Locked", yes_or_no(room.is_locked()));
        reply.event("MeetmeListRooms", fields);
    }
    Ok(reply)
}

/// Mutes a member.
pub static MUTE: Action =
    Action::new("MeetmeMute", Privilege::CALL, "Mute a Meetme user.", Run::Compute(|asked| mute(asked, true)));

/// Lets a member talk again.
pub static UNMUTE: Action =
    Action::new("MeetmeUnmute", Privilege::CALL, "Unmute a Meetme user.", Run::Compute(|asked| mute(asked, false)));

fn mute(asked: &Asked<'_>, mutes: bool) -> Answer {
    let name = asked.need("Meetme", "Meetme conference not specified")?;
    let number = asked.need("Usernum", "Meetme user number not specified")?;
    let number = number.parse().map_err(|_| Reply::error("Invalid user number"))?;
    let room = asked.exchange().rooms.find(RoomKind::MeetMe, name);
    let room = room.ok_or_else(|| Reply::error("Meetme conference does not exist"))?;
    match room.mute(&Who::Number(number), mutes) {
        0 => Err(Reply::error("User number not found")),
        _ => Ok(Reply::done(if mutes { "User muted" } else { "User unmuted" })),
    }
}

/// All rooms, of which there must be one.
fn rooms(asked: &Asked<'_>) -> Result<Vec<Arc<Room>>, Reply> {
    let rooms = asked.exchange().rooms.of(RoomKind::MeetMe);
    if rooms.is_empty() { Err(Reply::error("No active conferences.")) } else { Ok(rooms) }
}
