//! The conferences of ConfBridge.

use std::sync::Arc;

use super::{Action, Answer, Asked, Run};
use crate::applications::conference::recording;
use crate::bridging::room::{MemberView, Room, RoomKind, Who};
use crate::management::ami::events::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

const NONE: &str = "No active conferences.";
const NOT_FOUND: &str = "No Conference by that name found.";

/// Lists the members of a conference.
pub static LIST: Action =
    Action::new("ConfbridgeList", Privilege::REPORTING, "List participants in a conference.", Run::Compute(list));

fn list(asked: &Asked<'_>) -> Answer {
    let room = room(asked)?;
    let (waiting, active): (Vec<_>, Vec<_>) = room.members().into_iter().partition(|member| member.is_waiting);
    let mut reply = Reply::list("Confbridge user list will follow", "ConfbridgeListComplete");
    for member in active.iter().chain(&waiting) {
        reply.event("ConfbridgeList", fields(&room, member));
    }
    Ok(reply)
}

fn fields(room: &Room, member: &MemberView) -> Fields {
    let mut fields = Fields::new()
        .with("Conference", room.name())
        .with("Admin", yes_or_no(member.is_admin()))
        .with("MarkedUser", yes_or_no(member.is_marked()))
        .with("WaitMarked", yes_or_no(member.terms.waits_for_marked))
        .with("EndMarked", yes_or_no(member.terms.leaves_with_marked))
        .with("EndMarkedAny", yes_or_no(member.terms.leaves_with_any_marked))
        .with("Waiting", yes_or_no(member.is_waiting))
        .with("Muted", yes_or_no(member.is_muted))
        .with("Talking", yes_or_no(member.is_talking))
        .with("AnsweredTime", member.channel.created().elapsed().as_secs());
    let state = member.channel.state();
    snapshot::channel(&mut fields, "", &member.channel, Some(&state), &[]);
    fields
}

/// Lists the conferences.
pub static LIST_ROOMS: Action =
    Action::new("ConfbridgeListRooms", Privilege::REPORTING, "List active conferences.", Run::Compute(list_rooms));

fn list_rooms(asked: &Asked<'_>) -> Answer {
    let mut reply = Reply::list("Confbridge conferences will follow", "ConfbridgeListRoomsComplete");
    for room in rooms(asked)? {
        let census = room.census();
        let fields = Fields::new()
            .with("Conference", room.name())
            .with("Parties", census.members)
            .with("Marked", census.marked)
            .with("Locked", yes_or_no(room.is_locked()))
            .with("Muted", yes_or_no(room.is_muted()));
        reply.event("ConfbridgeListRooms", fields);
    }
    Ok(reply)
}

/// Mutes members of a conference.
pub static MUTE: Action =
    Action::new("ConfbridgeMute", Privilege::CALL, "Mute a Confbridge user.", Run::Compute(|asked| mute(asked, true)));

/// Lets members of a conference talk again.
pub static UNMUTE: Action = Action::new(
    "ConfbridgeUnmute",
    Privilege::CALL,
    "Unmute a Confbridge user.",
    Run::Compute(|asked| mute(asked, false)),
);

fn mute(asked: &Asked<'_>, mutes: bool) -> Answer {
    let name = asked.need("Conference", "No Conference name provided.")?;
    let channel = asked.need("Channel", "No channel name provided.")?;
    match find(asked, name)?.mute(&Who::beginning(channel), mutes) {
        0 => Err(Reply::error("No Channel by that name found in Conference.")),
        _ => Ok(Reply::done(if mutes { "User muted" } else { "User unmuted" })),
    }
}

/// Removes members from a conference.
pub static KICK: Action = Action::new("ConfbridgeKick", Privilege::CALL, "Kick a Confbridge user.", Run::Compute(kick));

fn kick(asked: &Asked<'_>) -> Answer {
    let room = room(asked)?;
    let channel = asked.get("Channel").unwrap_or("");
    match (room.kick(&Who::named(channel)), channel) {
        (0, _) => Err(Reply::error("No Channel by that name found in Conference.")),
        (_, "all") => Ok(Reply::done("All participants kicked")),
        _ => Ok(Reply::done("User kicked")),
    }
}

/// Lets nobody but admins into a conference.
pub static LOCK: Action = Action::new(
    "ConfbridgeLock",
    Privilege::CALL,
    "Lock a Confbridge conference.",
    Run::Compute(|asked| {
        room(asked)?.set_locked(true);
        Ok(Reply::done("Conference locked"))
    }),
);

/// Lets everybody into a conference again.
pub static UNLOCK: Action = Action::new(
    "ConfbridgeUnlock",
    Privilege::CALL,
    "Unlock a Confbridge conference.",
    Run::Compute(|asked| {
        room(asked)?.set_locked(false);
        Ok(Reply::done("Conference unlocked"))
    }),
);

/// Records a conference.
pub static START_RECORD: Action = Action::new(
    "ConfbridgeStartRecord",
    Privilege::SYSTEM,
    "Start recording a Confbridge conference.",
    Run::Compute(start_record),
);

fn start_record(asked: &Asked<'_>) -> Answer {
    match recording::start(asked.exchange(), &room(asked)?, asked.get("RecordFile")) {
        Ok(_) => Ok(Reply::done("Conference Recording Started.")),
        Err(recording::RecordingError::Already) => Err(Reply::error("Conference is already being recorded.")),
        Err(error) => {
            tracing::warn!("a conference cannot be recorded: {error}");
            Err(Reply::error("Internal error starting conference recording."))
        }
    }
}

/// Ends the recording of a conference.
pub static STOP_RECORD: Action = Action::new(
    "ConfbridgeStopRecord",
    Privilege::SYSTEM,
    "Stop recording a Confbridge conference.",
    Run::Compute(|asked| match room(asked)?.stop_recording(&asked.exchange().channels) {
        Some(_) => Ok(Reply::done("Conference Recording Stopped.")),
        None => Err(Reply::error("Internal error while stopping recording.")),
    }),
);

/// There is no video.
pub static SET_SINGLE_VIDEO_SOURCE: Action = Action::new(
    "ConfbridgeSetSingleVideoSrc",
    Privilege::CALL,
    "Set a conference user as the single video source distributed to all other participants.",
    Run::Compute(|asked| {
        let name = asked.need("Conference", "No Conference name provided.")?;
        let channel = asked.need("Channel", "No channel name provided.")?;
        match find(asked, name)?.members().iter().any(|member| member.channel.name().starts_with(channel)) {
            true => Err(Reply::error("Conferences have no video.")),
            false => Err(Reply::error("No channel by that name found in conference.")),
        }
    }),
);

pub(super) fn yes_or_no(is: bool) -> &'static str {
    if is { "Yes" } else { "No" }
}

/// The conference that the action names.
fn room(asked: &Asked<'_>) -> Result<Arc<Room>, Reply> {
    find(asked, asked.need("Conference", "No Conference name provided.")?)
}

fn find(asked: &Asked<'_>, name: &str) -> Result<Arc<Room>, Reply> {
    rooms(asked)?;
    asked.exchange().rooms.find(RoomKind::ConfBridge, name).ok_or_else(|| Reply::error(NOT_FOUND))
}

/// All conferences, of which there must be one.
fn rooms(asked: &Asked<'_>) -> Result<Vec<Arc<Room>>, Reply> {
    let rooms = asked.exchange().rooms.of(RoomKind::ConfBridge);
    if rooms.is_empty() { Err(Reply::error(NONE)) } else { Ok(rooms) }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::find as action;
    use super::*;
    use crate::management::ami::manager::Manager;
    use crate::management::ami::message::Request;
    use crate::management::ami::session::{Peer, Session};
    use crate::management::ami::settings::Settings;
    use crate::management::console::testing::Desk;

    const PLAN: &str = "[default]\nexten => 1,1,Set(CONFBRIDGE(user,quiet)=yes)\n same => n,Set(CONFBRIDGE(user,admin)=yes)\n \
                        same => n,ConfBridge(77)\nexten => 2,1,MeetMe(800,dqT)\n";

    async fn ask(desk: &Desk, lines: &str) -> String {
        let manager = Manager::new(Arc::clone(&desk.pbx), Settings::default());
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let session =
            Session::new(Peer { number: 1, local: nowhere, remote: nowhere, transport: "TCP", asks_for_events: false });
        let request = Request::of(lines);
        let asked = Asked { manager: &manager, session: &session, request: &request };
        let reply = action(request.get("Action").unwrap()).unwrap().run(&asked).await;
        reply.render(None).replace('\r', "")
    }

    #[tokio::test(start_paused = true)]
    async fn conferences_are_listed_and_steered() {
        let desk = Desk::new(PLAN);
        assert_eq!(
            ask(&desk, "Action: ConfbridgeListRooms").await,
            "Response: Error\nMessage: No active conferences.\n\n"
        );
        let _member = desk.call("1").await;
        insta::assert_snapshot!(ask(&desk, "Action: ConfbridgeListRooms").await);
        insta::assert_snapshot!(ask(&desk, "Action: ConfbridgeList\nConference: 77").await);
        for (lines, message) in [
            ("Action: ConfbridgeList", "No Conference name provided."),
            ("Action: ConfbridgeMute\nConference: 77\nChannel: SIP/2001", "User muted"),
            ("Action: ConfbridgeUnmute\nConference: 77\nChannel: all", "User unmuted"),
            ("Action: ConfbridgeLock\nConference: 78", "No Conference by that name found."),
            ("Action: ConfbridgeLock\nConference: 77", "Conference locked"),
            ("Action: ConfbridgeUnlock\nConference: 77", "Conference unlocked"),
            ("Action: ConfbridgeStopRecord\nConference: 77", "Internal error while stopping recording."),
            ("Action: ConfbridgeSetSingleVideoSrc\nConference: 77", "No channel name provided."),
            ("Action: ConfbridgeSetSingleVideoSrc\nConference: 77\nChannel: SIP/2", "Conferences have no video."),
            (
                "Action: ConfbridgeKick\nConference: 77\nChannel: participants",
                "No Channel by that name found in Conference.",
            ),
            ("Action: ConfbridgeKick\nConference: 77\nChannel: all", "All participants kicked"),
        ] {
            let answer = ask(&desk, lines).await;
            assert!(answer.ends_with(&format!("Message: {message}\n\n")), "{lines}: {answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn rooms_of_meetme_are_listed_and_steered() {
        let desk = Desk::new(PLAN);
        let _member = desk.call("2").await;
        let listed = ask(&desk, "Action: MeetmeListRooms").await + &ask(&desk, "Action: MeetmeList").await;
        insta::assert_snapshot!(listed);
        for (lines, message) in [
            ("Action: MeetmeMute\nMeetme: 800\nUsernum: x", "Invalid user number"),
            ("Action: MeetmeMute\nMeetme: 800\nUsernum: 9", "User number not found"),
            ("Action: MeetmeMute\nMeetme: 801\nUsernum: 1", "Meetme conference does not exist"),
            ("Action: MeetmeMute\nMeetme: 800\nUsernum: 1", "User muted"),
            ("Action: MeetmeUnmute\nMeetme: 800\nUsernum: 1", "User unmuted"),
        ] {
            let answer = ask(&desk, lines).await;
            assert!(answer.ends_with(&format!("Message: {message}\n\n")), "{lines}: {answer}");
        }
    }
}
