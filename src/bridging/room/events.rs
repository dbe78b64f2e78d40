//! What manager programs hear of a room, in Asterisk's fields.

use std::time::Duration;

use super::{Room, RoomKind, Terms};
use crate::channel::{Channel, Happening};

pub(super) fn yes_or_no(is: bool) -> &'static str {
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
        if !channels.is_observed() {
            return;
        }
        let members = self.inside.lock().members.len().to_string();
        let mut fields = match self.kind {
            RoomKind::MeetMe => vec![("Meetme", self.name.as_str())],
            RoomKind::ConfBridge => vec![
                ("Conference", self.name.as_str()),
                ("BridgeUniqueid", self.unique_id.as_str()),
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

    pub(super) fn tell_started(&self, channel: &Channel) {
        if self.kind == RoomKind::ConfBridge {
            self.tell("ConfbridgeStart", None, channel.channels(), &[]);
        }
    }

    pub(super) fn tell_ended(&self, channel: &Channel) {
        let event = match self.kind {
            RoomKind::MeetMe => "MeetmeEnd",
            RoomKind::ConfBridge => "ConfbridgeEnd",
        };
        self.tell(event, None, channel.channels(), &[]);
    }

    pub(super) fn tell_joined(&self, channel: &Channel, number: u32, terms: &Terms) {
        if !terms.reports_presence {
            return;
        }
        match self.kind {
            RoomKind::MeetMe => self.tell_of("MeetmeJoin", channel, &[("User", &number.to_string())]),
            RoomKind::ConfBridge => {
                let is_muted = self.members().iter().any(|member| member.number == number && member.is_muted);
                let admin = yes_or_no(terms.role.is_admin);
                self.tell_of("ConfbridgeJoin", channel, &[("Admin", admin), ("Muted", yes_or_no(is_muted))]);
            }
        }
    }

    pub(super) fn tell_left(&self, channel: &Channel, number: u32, terms: &Terms, stay: Duration) {
        if !terms.reports_presence {
            return;
        }
        match self.kind {
            RoomKind::MeetMe => {
                let (number, seconds) = (number.to_string(), stay.as_secs().to_string());
                self.tell_of("MeetmeLeave", channel, &[("User", &number), ("Duration", &seconds)]);
            }
            RoomKind::ConfBridge => {
                self.tell_of("ConfbridgeLeave", channel, &[("Admin", yes_or_no(terms.role.is_admin))]);
            }
        }
    }

    pub(super) fn tell_muted(&self, channel: &Channel, number: u32, terms: &Terms, is_muted: bool) {
        match (self.kind, is_muted) {
            (RoomKind::MeetMe, _) => {
                let fields = [("User", &*number.to_string()), ("Status", on_or_off(is_muted))];
                self.tell_of("MeetmeMute", channel, &fields);
            }
            (RoomKind::ConfBridge, true) => {
                self.tell_of("ConfbridgeMute", channel, &[("Admin", yes_or_no(terms.role.is_admin))]);
            }
            (RoomKind::ConfBridge, false) => {
                self.tell_of("ConfbridgeUnmute", channel, &[("Admin", yes_or_no(terms.role.is_admin))]);
            }
        }
    }

    pub(super) fn tell_talking(&self, channel: &Channel, number: u32, terms: &Terms, talks: bool, stay: Duration) {
        match self.kind {
            RoomKind::MeetMe => {
                let (number, seconds) = (number.to_string(), stay.as_secs().to_string());
                let fields = [("User", &*number), ("Duration", &seconds), ("Status", on_or_off(talks))];
                self.tell_of("MeetmeTalking", channel, &fields);
            }
            RoomKind::ConfBridge => {
                let admin = yes_or_no(terms.role.is_admin);
                self.tell_of("ConfbridgeTalking", channel, &[("TalkingStatus", on_or_off(talks)), ("Admin", admin)]);
            }
        }
    }

    pub(super) fn tell_request(&self, channel: &Channel, number: u32, wants: bool, stay: Duration) {
        let (number, seconds) = (number.to_string(), stay.as_secs().to_string());
        let fields = [("User", &*number), ("Duration", &seconds), ("Status", on_or_off(wants))];
        self.tell_of("MeetmeTalkRequest", channel, &fields);
    }
}
