//! Texts that are sent outside of calls.

/// A text to somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextMessage {
    /// The URI of whom it is for.
    pub to: String,
    /// Who sends it: `"Ann" <sip:2001@example.com>`.
    pub from: String,
    pub body: String,
    /// Further headers: those that came with it, and those that go along when it is sent.
    pub data: Vec<(String, String)>,
}

impl TextMessage {
    /// A header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.data.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Sets a header; an empty value takes it out.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.data.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            self.data.push((name.to_owned(), value.to_owned()));
        }
    }
}
