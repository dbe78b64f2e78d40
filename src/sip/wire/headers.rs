//! The header fields beyond the five routing ones, as text and in order.

use std::borrow::Cow;

use super::{Contacts, NameAddr, scan};

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in its usual spelling if it is a known one; never a compact form.
    pub name: Cow<'static, str>,
    /// The value, unfolded and trimmed.
    pub value: String,
}

/// The header fields of a message except Via, From, To, Call-ID, CSeq and Content-Length, which the message itself
/// holds. Names are compared without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// Every value of a field, a line a value.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// Every element of a field that is a comma list, over all its lines; commas in quotes and `<>` do not split.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.all(name).flat_map(scan::split_list).filter(|element| !element.is_empty())
    }

    /// True if a comma list holds a word: `headers.lists("Supported", "timer")`.
    pub fn lists(&self, name: &str, word: &str) -> bool {
        self.list(name).any(|element| element.eq_ignore_ascii_case(word))
    }

    /// Adds a field at the end.
    ///
    /// A name that is no token, and the fields that the message holds itself, are left out: a field added from
    /// outside cannot break or forge the message.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        let name = canonical(name);
        if scan::is_token(&name) && !is_held_by_message(&name) {
            self.0.push(Header { name, value: value.into() });
        }
    }

    /// Replaces every field of that name by one; see [`Headers::push`].
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.push(name, value);
    }

    /// Takes every field of that name away.
    pub fn remove(&mut self, name: &str) {
        let name = canonical(name);
        self.0.retain(|h| !h.name.eq_ignore_ascii_case(&name));
    }

    /// The fields in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// The Contact fields; `None` if one is malformed.
    pub fn contacts(&self) -> Option<Contacts> {
        let mut elements = self.list("Contact").peekable();
        if elements.peek() == Some(&"*") {
            elements.next();
            return elements.next().is_none().then_some(Contacts::Any);
        }
        elements.map(NameAddr::parse).collect::<Option<Vec<_>>>().map(Contacts::List)
    }

    /// The first Contact address.
    pub fn contact(&self) -> Option<NameAddr> {
        self.list("Contact").next().and_then(NameAddr::parse)
    }

    /// The addresses of a field that is a list of them, such as Route, Record-Route, P-Asserted-Identity or
    /// Diversion. Malformed elements are left out.
    pub fn addresses(&self, name: &str) -> Vec<NameAddr> {
        self.list(name).filter_map(NameAddr::parse).collect()
    }

    /// Max-Forwards; `None` if it is missing or no number up to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        self.get("Max-Forwards").and_then(scan::number).and_then(|n| u8::try_from(n).ok())
    }

    /// Expires in seconds.
    pub fn expires(&self) -> Option<u32> {
        self.get("Expires").and_then(scan::number)
    }

    /// The media type of the body in lower case, without parameters: `application/sdp`.
    pub fn content_type(&self) -> Option<String> {
        let value = self.get("Content-Type")?;
        let kind = value.split(';').next().unwrap_or(value);
        Some(kind.split('/').map(scan::trim).collect::<Vec<_>>().join("/").to_ascii_lowercase())
    }

    /// Adds a field read from the wire, whatever it is.
    pub(super) fn keep(&mut self, name: Cow<'static, str>, value: String) {
        self.0.push(Header { name, value });
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn is_held_by_message(name: &str) -> bool {
    ["Via", "From", "To", "Call-ID", "CSeq", "Content-Length"].iter().any(|held| held.eq_ignore_ascii_case(name))
}

/// The usual spelling of a known name, compact forms written out; another name as it is.
pub(super) fn canonical(name: &str) -> Cow<'static, str> {
    let long = match name.as_bytes() {
        [letter] => COMPACT.iter().find(|(short, _)| letter.eq_ignore_ascii_case(short)).map(|(_, long)| *long),
        _ => KNOWN.iter().find(|known| known.eq_ignore_ascii_case(name)).copied(),
    };
    long.map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)
}

const COMPACT: [(u8, &str); 19] = [
    (b'a', "Accept-Contact"),
    (b'b', "Referred-By"),
    (b'c', "Content-Type"),
    (b'd', "Request-Disposition"),
    (b'e', "Content-Encoding"),
    (b'f', "From"),
    (b'i', "Call-ID"),
    (b'j', "Reject-Contact"),
    (b'k', "Supported"),
    (b'l', "Content-Length"),
    (b'm', "Contact"),
    (b'n', "Identity-Info"),
    (b'o', "Event"),
    (b'r', "Refer-To"),
    (b's', "Subject"),
    (b't', "To"),
    (b'u', "Allow-Events"),
    (b'v', "Via"),
    (b'x', "Session-Expires"),
];

/// The names met most stand first.
const KNOWN: [&str; 62] = [
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Max-Forwards",
    "Content-Type",
    "Content-Length",
    "User-Agent",
    "Allow",
    "Supported",
    "Authorization",
    "Route",
    "Record-Route",
    "Expires",
    "Server",
    "Require",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Alert-Info",
    "Allow-Events",
    "Authentication-Info",
    "Call-Info",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Date",
    "Diversion",
    "Error-Info",
    "Event",
    "History-Info",
    "In-Reply-To",
    "Identity",
    "Min-Expires",
    "Min-SE",
    "MIME-Version",
    "Organization",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Path",
    "Priority",
    "Privacy",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Require",
    "RAck",
    "RSeq",
    "Reason",
    "Refer-To",
    "Referred-By",
    "Remote-Party-ID",
    "Replaces",
    "Retry-After",
    "Session-Expires",
    "Subject",
    "Subscription-State",
    "Timestamp",
    "Unsupported",
    "Warning",
    "WWW-Authenticate",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_compact_forms_are_written_out() {
        let mut headers = Headers::default();
        headers.push("k", "timer, 100rel");
        headers.push("SUPPORTED", "replaces");
        assert_eq!(headers.list("supported").collect::<Vec<_>>(), ["timer", "100rel", "replaces"]);
        assert!(headers.lists("Supported", "100REL"));
        assert!(headers.iter().all(|h| h.name == "Supported"));
    }

    #[test]
    fn fields_from_outside_cannot_forge_the_message() {
        let mut headers = Headers::default();
        for name in ["From", "v", "content-length", "X-A: b\r\nVia", "", "a b"] {
            headers.push(name, "x");
        }
        assert_eq!(headers, Headers::default());
    }

    #[test]
    fn contacts_are_a_star_or_addresses() {
        let mut headers = Headers::default();
        assert_eq!(headers.contacts(), Some(Contacts::List(Vec::new())));
        headers.push("m", "*");
        assert_eq!(headers.contacts(), Some(Contacts::Any));
        headers.push("Contact", "<sip:a@b>");
        assert_eq!(headers.contacts(), None);
        headers.set("Contact", "<sip:a@b>, \"x, y\" <sip:c@d>");
        assert!(matches!(headers.contacts(), Some(Contacts::List(list)) if list.len() == 2));
    }

    #[test]
    fn typed_values() {
        let mut headers = Headers::default();
        headers.push("Max-Forwards", "0068");
        headers.push("Expires", "10");
        headers.push("c", "Application/SDP ;charset=x");
        assert_eq!((headers.max_forwards(), headers.expires()), (Some(68), Some(10)));
        assert_eq!(headers.content_type().as_deref(), Some("application/sdp"));
        headers.set("Max-Forwards", "300");
        assert_eq!(headers.max_forwards(), None);
    }
}
