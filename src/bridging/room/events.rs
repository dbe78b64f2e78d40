//! What manager programs hear of a room, in Asterisk's fields.

use std::time::Duration;

use super::{MemberView, Room, RoomKind, Terms};
use crate::channel::{Channel, Happening};

fn yes_or_no(is: bool) -> &'static str {
    if is { "Yes" } else { "No" }
}

fn on_or_off(is: bool) -> &'static str {
    if is { "on" } else { "off" }
}

impl Room {
    /// Raises an event of this room with further fields.
    pub fn tell(
        &self,
        event: &str,
        channel: Option<&Channel>,
        channels: &crate::channel::Channels,
        more: &[(&str, &str)],
    ) {
        self.message(event, channel, more);
        if !channels.is_observed() {
            return;
        }
        let members = self.inside.lock().members.len().to_string();
        let mut fields = match self.kind {
            RoomKind::MeetMe => vec![("Meetme", self.name.as_str())],
            RoomKind::ConfBridge => vec![
                ("Conference", self.name.as_str()),
                ("BridgeUniqueid", self.unique_id()),
                ("BridgeType", "base"),
                ("BridgeTechnology", "softmix"),
                ("BridgeCreator", "ConfBridge"),
                ("BridgeName", self.name.as_str()),
                ("BridgeNumChannels", members.as_str()),
                ("BridgeVideoSourceMode", "none"),
            ],
        };
        fields.extend_from_slice(more);
        channels.publish(&Happening::Manager { channel, event, privilege: "call", fields: &fields });
    }

    /// An event about one member.
    fn tell_of(&self, event: &str, channel: &Channel, more: &[(&str, &str)]) {
        self.tell(event, Some(channel), channel.channels(), more);
    }

    /// An event about one member of MeetMe.
    fn tell_of_user(&self, event: &str, channel: &Channel, number: u32, stay: Duration, status: Option<bool>) {
        let (number, seconds) = (number.to_string(), stay.as_secs().to_string());
        let status = status.map(|status| ("Status", on_or_off(status)));
        let duration = (stay.as_secs() > 0).then_some(("Duration", seconds.as_str()));
        let fields: Vec<(&str, &str)> = status.into_iter().chain([("User", number.as_str())]).chain(duration).collect();
        self.tell_of(event, channel, &fields);
    }

    /// Tells manager programs that the conference has begun.
    pub fn tell_started(&self, channel: &Channel) {
        self.tell("ConfbridgeStart", None, channel.channels(), &[]);
    }

    pub(super) fn tell_ended(&self, channel: &Channel) {
        let event = match self.kind {
            RoomKind::MeetMe => "MeetmeEnd",
            RoomKind::ConfBridge => "ConfbridgeEnd",
        };
        self.tell(event, None, channel.channels(), &[]);
    }

    pub(super) fn tell_joined(&self, member: &MemberView) {
        let channel = &member.channel;
        match self.kind {
            RoomKind::MeetMe => {
                self.tell_of_user("MeetmeJoin", channel, member.number, Duration::ZERO, None);
                if (member.is_muted || member.is_muted_by_admin) && !member.terms.listens_only {
                    self.tell_muted(member, true);
                }
            }
            RoomKind::ConfBridge => {
                let fields = [("Admin", yes_or_no(member.is_admin())), ("Muted", yes_or_no(member.is_muted))];
                self.tell_of("ConfbridgeJoin", channel, &fields);
            }
        }
    }

    pub(super) fn tell_left(&self, channel: &Channel, number: u32, terms: &Terms, stay: Duration) {
        match self.kind {
            RoomKind::MeetMe => self.tell_of_user("MeetmeLeave", channel, number, stay, None),
            RoomKind::ConfBridge => {
                self.tell_of("ConfbridgeLeave", channel, &[("Admin", yes_or_no(terms.role.is_admin))]);
            }
        }
    }

    pub(super) fn tell_muted(&self, member: &MemberView, is_muted: bool) {
        match self.kind {
            RoomKind::MeetMe => {
                self.tell_of_user("MeetmeMute", &member.channel, member.number, member.stay, Some(is_muted));
            }
            RoomKind::ConfBridge => {
                let event = if is_muted { "ConfbridgeMute" } else { "ConfbridgeUnmute" };
                self.tell_of(event, &member.channel, &[("Admin", yes_or_no(member.is_admin()))]);
            }
        }
    }

    /// The member began or stopped talking.
    pub(super) fn tell_talking(&self, member: &MemberView) {
        let (channel, talks) = (&member.channel, member.is_talking);
        match self.kind {
            RoomKind::MeetMe => self.tell_of_user("MeetmeTalking", channel, member.number, member.stay, Some(talks)),
            RoomKind::ConfBridge => {
                let admin = yes_or_no(member.is_admin());
                self.tell_of("ConfbridgeTalking", channel, &[("TalkingStatus", on_or_off(talks)), ("Admin", admin)]);
            }
        }
    }

    pub(super) fn tell_request(&self, member: &MemberView) {
        let wants = Some(member.wants_to_talk);
        self.tell_of_user("MeetmeTalkRequest", &member.channel, member.number, member.stay, wants);
    }
}
