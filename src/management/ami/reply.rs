//! What an action answers: a response, and the events of a list behind it.

use std::fmt::{Display, Write as _};

/// Keys and values of a response or an event, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    text: String,
}

impl Fields {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line. A value cannot begin a line of its own.
    pub fn push(&mut self, name: impl Display, value: impl Display) {
        let start = self.text.len();
        // Writing to a text cannot fail.
        let _ = write!(self.text, "{name}: {value}");
        let written = self.text.get(start..).unwrap_or_default();
        if written.contains(['\r', '\n']) {
            let clean = written.replace("\r\n", " ").replace(['\r', '\n'], " ");
            self.text.truncate(start);
            self.text.push_str(&clean);
        }
        self.text.push_str("\r\n");
    }

    /// The same, for building in one go.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.push(name, value);
        self
    }

    /// Adds lines that are written already.
    pub fn append(&mut self, lines: &str) {
        self.text.push_str(lines);
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    response: &'static str,
    fields: Fields,
    /// Events that had happened before, as they were told.
    told: String,
    events: Vec<(String, Fields)>,
    /// The events of the list say whose they are behind what they tell, not before it.
    is_id_last: bool,
    /// The event that ends a list, with what it says besides the number of items.
    complete: Option<Box<(&'static str, Fields)>>,
    /// The conversation is over.
    pub is_last: bool,
}

impl Reply {
    fn new(response: &'static str) -> Self {
        Self {
            response,
            fields: Fields::new(),
            told: String::new(),
            events: Vec::new(),
            is_id_last: false,
            complete: None,
            is_last: false,
        }
    }

    /// `Response: Success`
    pub fn success() -> Self {
        Self::new("Success")
    }

    /// `Response: Success` with a message.
    pub fn done(message: impl Display) -> Self {
        Self::success().with("Message", message)
    }

    /// `Response: Error` with a message.
    pub fn error(message: impl Display) -> Self {
        Self::new("Error").with("Message", message)
    }

    /// `Response: Goodbye`, which ends the conversation.
    pub fn goodbye(message: &str) -> Self {
        Self { is_last: true, ..Self::new("Goodbye").with("Message", message) }
    }

    /// The beginning of a list, which an event of the name `complete` ends.
    pub fn list(message: impl Display, complete: &'static str) -> Self {
        let mut reply = Self::success().with("EventList", "start").with("Message", message);
        reply.complete = Some(Box::new((complete, Fields::new())));
        reply
    }

    /// The events of the list end with the `ActionID` instead of beginning with it: some of Asterisk's lists do.
    #[must_use]
    pub fn with_id_last(mut self) -> Self {
        self.is_id_last = true;
        self
    }

    /// Adds a line to the response.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.fields.push(name, value);
        self
    }

    /// Adds lines to the response.
    #[must_use]
    pub fn with_lines(mut self, lines: &Fields) -> Self {
        self.fields.append(lines.as_str());
        self
    }

    /// Ends the conversation behind this answer.
    #[must_use]
    pub fn and_leave(mut self) -> Self {
        self.is_last = true;
        self
    }

    /// Puts events behind the response that had happened before, as they were told.
    #[must_use]
    pub fn telling(mut self, told: String) -> Self {
        self.told = told;
        self
    }

    /// Whether what was asked for was done.
    pub fn is_success(&self) -> bool {
        self.response == "Success"
    }

    /// Adds an event behind the response.
    pub fn event(&mut self, name: impl Into<String>, fields: Fields) {
        self.events.push((name.into(), fields));
    }

    /// What the event that ends the list says besides the number of items.
    #[must_use]
    pub fn ending_with(mut self, name: &str, value: impl Display) -> Self {
        if let Some(complete) = &mut self.complete {
            complete.1.push(name, value);
        }
        self
    }

    /// How many events the list has.
    pub fn items(&self) -> usize {
        self.events.len()
    }

    /// The bytes on the wire; every part echoes the action's `ActionID`.
    pub fn render(&self, action_id: Option<&str>) -> String {
        let mut text = String::new();
        let id = action_id.map(|id| format!("ActionID: {id}\r\n")).unwrap_or_default();
        // Writing to a text cannot fail.
        let _ = write!(text, "Response: {}\r\n{id}{}\r\n", self.response, self.fields.as_str());
        text.push_str(&self.told);
        for (name, fields) in &self.events {
            let (before, behind) = if self.is_id_last { ("", &*id) } else { (&*id, "") };
            let _ = write!(text, "Event: {name}\r\n{before}{}{behind}\r\n", fields.as_str());
        }
        if let Some((name, fields)) = self.complete.as_deref() {
            let items = self.events.len();
            let _ = write!(
                text,
                "Event: {name}\r\n{id}EventList: Complete\r\nListItems: {items}\r\n{}\r\n",
                fields.as_str()
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_echoes_the_action_id() {
        assert_eq!(
            Reply::done("Channel Hungup").render(Some("42")),
            "Response: Success\r\nActionID: 42\r\nMessage: Channel Hungup\r\n\r\n"
        );
        assert_eq!(Reply::error("No").render(None), "Response: Error\r\nMessage: No\r\n\r\n");
    }

    #[test]
    fn a_list_ends_with_its_number_of_items() {
        let mut reply = Reply::list("Channels will follow", "CoreShowChannelsComplete");
        reply.event("CoreShowChannel", Fields::new().with("Channel", "SIP/a-00000000"));
        assert_eq!(
            reply.render(Some("1")),
            "Response: Success\r\nActionID: 1\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n\
             Event: CoreShowChannel\r\nActionID: 1\r\nChannel: SIP/a-00000000\r\n\r\n\
             Event: CoreShowChannelsComplete\r\nActionID: 1\r\nEventList: Complete\r\nListItems: 1\r\n\r\n"
        );
    }

    #[test]
    fn some_lists_say_whose_they_are_at_the_end_of_each_item() {
        let mut reply = Reply::list("Result will follow", "DBGetComplete").with_id_last();
        reply.event("DBGetResponse", Fields::new().with("Val", "1"));
        let text = reply.render(Some("7"));
        assert!(text.contains("Event: DBGetResponse\r\nVal: 1\r\nActionID: 7\r\n\r\n"), "{text}");
        assert!(text.contains("Event: DBGetComplete\r\nActionID: 7\r\nEventList: Complete\r\n"), "{text}");
    }

    #[test]
    fn a_value_begins_no_line_of_its_own() {
        let fields = Fields::new().with("Value", "a\r\nResponse: Success\nb");
        assert_eq!(fields.as_str(), "Value: a Response: Success b\r\n");
    }
}
