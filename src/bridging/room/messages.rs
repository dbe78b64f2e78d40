//! Messages to members' devices: texts that members send each other, and what happens in the conference.

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{MemberId, MemberView, Room};
use crate::channel::{Channel, Channels};

/// The media type of events that devices get.
const EVENT: &str = "text/x-ast-confbridge-event";

/// Which messages a member's device gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// Texts of other members.
    pub texts: bool,
    /// Who comes, leaves, talks, is muted, where the room sends that.
    pub events: bool,
    /// Also those that it caused itself.
    pub own_events: bool,
}

impl Room {
    /// Shows a member's text to the others.
    pub fn pass_text(&self, from: MemberId, text: &str) {
        for member in self.members() {
            if member.id != from && member.terms.messages.texts {
                member.channel.leg().send_text(text);
            }
        }
    }

    /// Tells the devices that want it what happens; `fields` are those of the event for manager programs.
    pub(super) fn message(&self, event: &str, channel: Option<&Channel>, fields: &[(&str, &str)]) {
        // Nobody is there yet when it starts.
        if !self.opening.sends_events || event == "ConfbridgeStart" {
            return;
        }
        let caused_by = |member: &MemberView| channel.is_some_and(|channel| std::ptr::eq(channel, &*member.channel));
        let members = self.members();
        let listeners = members
            .iter()
            .filter(|member| member.terms.messages.events && (member.terms.messages.own_events || !caused_by(member)));
        let mut listeners = listeners.peekable();
        if listeners.peek().is_none() {
            return;
        }
        let mut about = channel.map(describe).unwrap_or_default();
        if let "ConfbridgeMute" | "ConfbridgeUnmute" = event {
            about.insert("muted".to_owned(), json!(event == "ConfbridgeMute"));
        }
        for (name, value) in fields {
            let value = match *value {
                "Yes" => json!(true),
                "No" => json!(false),
                value => json!(value),
            };
            let name = if *name == "TalkingStatus" { "talking_status".to_owned() } else { name.to_ascii_lowercase() };
            about.insert(name, value);
        }
        let about = if about.is_empty() { Vec::new() } else { vec![Value::Object(about)] };
        let text = self.event(event, about);
        listeners.for_each(|member| _ = member.channel.leg().send_document(EVENT, &text));
    }

    /// Tells a member who came who is there.
    pub(super) fn welcome(&self, id: MemberId) {
        let members = self.members();
        let Some(guest) = members.iter().find(|member| member.id == id) else { return };
        if !self.opening.sends_events || !guest.terms.messages.events {
            return;
        }
        let all = members.iter().map(|member| {
            let mut about = describe(&member.channel);
            about.insert("admin".to_owned(), json!(member.is_admin()));
            about.insert("muted".to_owned(), json!(member.is_muted || member.is_muted_by_admin));
            Value::Object(about)
        });
        guest.channel.leg().send_document(EVENT, &self.event("ConfbridgeWelcome", all.collect()));
    }

    fn event(&self, event: &str, channels: Vec<Value>) -> String {
        let bridge = json!({ "id": self.unique_id(), "name": self.name(), "video_mode": "none" });
        let timestamp = written(self.bridge.channels(), Instant::now());
        json!({ "type": event, "timestamp": timestamp, "bridge": bridge, "channels": channels }).to_string()
    }
}

/// A moment as Asterisk's documents have it: `2026-03-02T09:00:00.000+0000`.
fn written(channels: &Channels, moment: Instant) -> String {
    let time = jiff::SignedDuration::try_from(channels.unix_time(moment)).unwrap_or_default();
    let time = jiff::Timestamp::from_duration(time).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

fn describe(channel: &Channel) -> Map<String, Value> {
    let state = channel.state();
    let caller = json!({ "name": state.caller.name(), "number": state.caller.number() });
    let fields = [
        ("id", json!(&**channel.unique_id())),
        ("name", json!(&**channel.name())),
        ("state", json!(channel.phase().word())),
        ("caller", caller),
        ("creationtime", json!(written(channel.channels(), channel.created()))),
        ("language", json!(state.language)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
