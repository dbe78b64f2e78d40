//! The events by name: the classes of which a program must have one to see it, and what it tells.

/// Name, class and meaning of every event, sorted by name without case.
pub static EVENTS: &[(&str, &str, &str)] = &[
    ("AgentCalled", "agent", "A queue calls a member for a caller"),
    ("AgentComplete", "agent", "A member is done with a caller of a queue"),
    ("AgentConnect", "agent", "A member takes a caller of a queue"),
    ("AgentDump", "agent", "A member hung up while it was told of a caller"),
    ("AgentRingNoAnswer", "agent", "A member did not answer for a caller of a queue"),
    ("AGIExecEnd", "agi", "A command of an AGI program is done"),
    ("AGIExecStart", "agi", "A command of an AGI program begins"),
    ("AsyncAGIEnd", "agi", "A call takes no commands of programs any more"),
    ("AsyncAGIExec", "agi", "A command of a program is done"),
    ("AsyncAGIStart", "agi", "A call takes commands of programs"),
    ("AttendedTransfer", "call", "A call was transferred after talking with the target"),
    ("BlindTransfer", "call", "A call was transferred without talking with the target"),
    ("BridgeCreate", "call", "A bridge came into being"),
    ("BridgeDestroy", "call", "A bridge is gone"),
    ("BridgeEnter", "call", "A channel entered a bridge"),
    ("BridgeLeave", "call", "A channel left a bridge"),
    ("Cdr", "cdr", "A call record was written"),
    ("CEL", "call", "An event of the channel event log"),
    ("ChallengeResponseFailed", "security", "The answer to a challenge was wrong"),
    ("ChallengeSent", "security", "A challenge was sent"),
    ("ChannelTalkingStart", "call", "A party begins to talk"),
    ("ChannelTalkingStop", "call", "A party stops talking"),
    ("ChanSpyStart", "call", "A channel begins to listen to another"),
    ("ChanSpyStop", "call", "A channel listens to another no more"),
    ("ConfbridgeEnd", "call", "A conference ended"),
    ("ConfbridgeJoin", "call", "A party joined a conference"),
    ("ConfbridgeLeave", "call", "A party left a conference"),
    ("ConfbridgeMute", "call", "A party of a conference was muted"),
    ("ConfbridgeRecord", "call", "A conference is recorded"),
    ("ConfbridgeStart", "call", "A conference began"),
    ("ConfbridgeStopRecord", "call", "A conference is recorded no more"),
    ("ConfbridgeTalking", "call", "A party of a conference talks, or does not any more"),
    ("ConfbridgeUnmute", "call", "A party of a conference may talk again"),
    ("ContactStatus", "system", "A contact came, went, or is otherwise reachable"),
    ("DeviceStateChange", "call", "A device is otherwise than before"),
    ("DialBegin", "call", "A destination is called"),
    ("DialEnd", "call", "A destination answered or failed"),
    ("DialState", "call", "A destination rings, or its network says something"),
    ("DTMFBegin", "dtmf", "A key is pressed"),
    ("DTMFEnd", "dtmf", "A key is let go"),
    ("ExtensionStatus", "call", "An extension with a hint is otherwise than before"),
    ("FailedACL", "security", "An address may not come in"),
    ("FullyBooted", "system", "The server takes calls"),
    ("Hangup", "call", "A channel is gone"),
    ("HangupRequest", "call", "A party hung up"),
    ("Hold", "call", "A party put a call on hold"),
    ("InvalidAccountID", "security", "There is no such account"),
    ("InvalidPassword", "security", "A password was wrong"),
    ("LocalBridge", "call", "The two ends of a Local channel begin to work"),
    ("MeetmeEnd", "call", "A room of MeetMe ended"),
    ("MeetmeJoin", "call", "A party joined a room of MeetMe"),
    ("MeetmeLeave", "call", "A party left a room of MeetMe"),
    ("MeetmeMute", "call", "A party of a room of MeetMe was muted"),
    ("MeetmeTalking", "call", "A party of a room of MeetMe talks, or does not any more"),
    ("MeetmeTalkRequest", "call", "A muted party of a room of MeetMe wants to talk"),
    ("MessageWaiting", "call", "A mailbox has other messages than before"),
    ("MixMonitorMute", "call", "A recording was muted"),
    ("MixMonitorStart", "call", "A recording began"),
    ("MixMonitorStop", "call", "A recording ended"),
    ("MonitorStart", "call", "A recording of Monitor began"),
    ("MonitorStop", "call", "A recording of Monitor ended"),
    ("MusicOnHoldStart", "call", "Music on hold began"),
    ("MusicOnHoldStop", "call", "Music on hold ended"),
    ("NewAccountCode", "call", "The account of a channel changed"),
    ("NewCallerid", "call", "The caller's name or number changed"),
    ("Newchannel", "call", "A channel came into being"),
    ("NewConnectedLine", "call", "Whom a channel is connected with changed"),
    ("Newexten", "dialplan", "A step of the plan begins"),
    ("Newstate", "call", "A channel rang, was answered, ..."),
    ("OriginateResponse", "call", "What came of a call that was originated"),
    ("ParkedCall", "call", "A call was parked"),
    ("ParkedCallGiveUp", "call", "A parked call hung up"),
    ("ParkedCallTimeOut", "call", "A call was parked too long"),
    ("PeerStatus", "system", "A phone or trunk came, went, or is otherwise reachable"),
    ("Pickup", "call", "A call was picked up"),
    ("PresenceStateChange", "call", "A presence changed"),
    ("QueueCallerAbandon", "agent", "A caller left a queue before anybody answered"),
    ("QueueCallerJoin", "agent", "A caller joined a queue"),
    ("QueueCallerLeave", "agent", "A caller left a queue"),
    ("QueueMemberAdded", "agent", "A member was added to a queue"),
    ("QueueMemberPause", "agent", "A member of a queue pauses, or does not any more"),
    ("QueueMemberPenalty", "agent", "The penalty of a member of a queue changed"),
    ("QueueMemberRemoved", "agent", "A member was removed from a queue"),
    ("QueueMemberRinginuse", "agent", "Whether a busy member of a queue rings changed"),
    ("QueueMemberStatus", "agent", "A member of a queue is otherwise than before"),
    ("Registry", "system", "A registration with a server stands, or does not any more"),
    ("Reload", "system", "The configuration was read again"),
    ("RequestBadFormat", "security", "What came is no request"),
    ("RequestNotAllowed", "security", "An account may not do what it asked for"),
    ("SessionLimit", "security", "Too many are there"),
    ("Shutdown", "system", "The server ends"),
    ("SoftHangupRequest", "call", "Somebody asked a channel to hang up"),
    ("SuccessfulAuth", "security", "An account came in"),
    ("Unhold", "call", "A party took a call from hold"),
    ("UnParkedCall", "call", "A parked call was taken"),
    ("UserEvent", "user", "A program's or plan's own event"),
    ("VarSet", "dialplan", "A variable was set"),
];

/// The event of this name, in any case.
pub fn find(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    EVENTS.iter().find(|(event, ..)| event.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::management::ami::privilege::Privilege;

    #[test]
    fn every_event_stands_there_once_and_has_a_class() {
        let names: Vec<_> = EVENTS.iter().map(|(name, ..)| name.to_ascii_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        assert!(EVENTS.iter().all(|(_, class, _)| Privilege::parse(class).1.is_empty()));
        assert_eq!(find("hangup").map(|(name, ..)| *name), Some("Hangup"));
    }
}
