//! The values of From, To, Contact, Route and their kin: `"Display" <sip:user@host>;param`.

use std::borrow::Cow;
use std::fmt;

use super::{Params, Uri, scan};

/// A name-addr or addr-spec with header parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name as it was spelt, quotes included; empty if there is none.
    display: String,
    /// The URI.
    pub uri: Uri,
    /// The header parameters (not those of the URI).
    pub params: Params,
}

impl NameAddr {
    /// An address without a display name.
    pub fn new(uri: Uri) -> NameAddr {
        NameAddr { display: String::new(), uri, params: Params::default() }
    }

    /// The same address with a display name, which is always written quoted. An empty name takes it away.
    #[must_use]
    pub fn with_display(mut self, name: &str) -> NameAddr {
        self.display = if name.is_empty() { String::new() } else { scan::quote(name) };
        self
    }

    /// The same address with a tag.
    #[must_use]
    pub fn with_tag(mut self, tag: &str) -> NameAddr {
        self.params.set("tag", Some(tag));
        self
    }

    /// The same address outside of dialogs.
    #[must_use]
    pub fn without_tag(mut self) -> NameAddr {
        self.params.remove("tag");
        self
    }

    /// The display name in plain text.
    pub fn display_name(&self) -> Option<Cow<'_, str>> {
        (!self.display.is_empty()).then(|| scan::unquote(&self.display))
    }

    /// The tag; `None` also if it is empty.
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// Reads one value. `None` if it is malformed.
    ///
    /// A bare URI must not hold `?` or `,`, and a `;` in it begins the header's parameters (RFC 3261 §20).
    pub fn parse(text: &str) -> Option<NameAddr> {
        let text = scan::trim(text);
        let (display, rest) = if text.starts_with('"') {
            let (display, rest) = text.split_at_checked(scan::quoted_len(text)?)?;
            let rest = scan::trim(rest);
            rest.starts_with('<').then_some((display, rest))?
        } else {
            match text.find('<') {
                Some(at) => {
                    let (display, rest) = text.split_at_checked(at)?;
                    let display = scan::trim(display);
                    let plain = !display.bytes().any(|b| b"\">,;:@".contains(&b));
                    plain.then_some((display, rest))?
                }
                None => return NameAddr::parse_bare(text),
            }
        };
        let (uri, params) = rest.strip_prefix('<')?.split_once('>')?;
        Some(NameAddr { display: display.to_owned(), uri: Uri::parse(uri)?, params: Params::parse(params)? })
    }

    fn parse_bare(text: &str) -> Option<NameAddr> {
        let (uri, params) = text.split_at_checked(text.find(';').unwrap_or(text.len()))?;
        if uri.contains(['?', ',']) {
            return None;
        }
        Some(NameAddr { display: String::new(), uri: Uri::parse(scan::trim(uri))?, params: Params::parse(params)? })
    }
}

impl From<Uri> for NameAddr {
    fn from(uri: Uri) -> Self {
        NameAddr::new(uri)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            write!(f, "{} ", self.display)?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// The Contact fields of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contacts {
    /// `Contact: *`, which in a REGISTER means every binding.
    Any,
    /// The addresses in order; none if there is no Contact.
    List(Vec<NameAddr>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_display_name_cannot_pass_for_the_address() {
        let address = NameAddr::parse(r#""A < B" <sip:a@x>;tag=1"#).unwrap();
        assert_eq!(address.display_name().unwrap(), "A < B");
        assert_eq!(address.uri.to_string(), "sip:a@x");
        let address = NameAddr::parse(r#""<sip:ceo@bank>" <sip:a@x>"#).unwrap();
        assert_eq!(address.uri.user().unwrap(), "a");
        assert_eq!(address.display_name().unwrap(), "<sip:ceo@bank>");
    }

    #[test]
    fn reads_bare_and_bracketed_forms() {
        let bare = NameAddr::parse("sip:c8oqz84zk7z@privacy.org;tag=hyh8").unwrap();
        assert_eq!((bare.tag(), bare.uri.to_string().as_str()), (Some("hyh8"), "sip:c8oqz84zk7z@privacy.org"));
        let bracketed = NameAddr::parse("Mary Ann <sip:a@b;lr>;q=0.5").unwrap();
        assert_eq!(bracketed.display_name().unwrap(), "Mary Ann");
        assert_eq!(bracketed.to_string(), "Mary Ann <sip:a@b;lr>;q=0.5");
    }

    #[test]
    fn refuses_malformed_ones() {
        for text in [
            r#""Open <sip:a@b>"#,
            "<sip:a@b",
            "sip:a@b?Route=x",
            r#""A" sip:a@b"#,
            "<sip:a@b> junk",
            "sip:x@y <sip:a@b>",
            "< sip:a@b >",
            "",
            "<>",
            "Bell, Alexander <sip:a.g.bell@example.com>",
        ] {
            assert_eq!(NameAddr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn display_names_are_written_quoted() {
        let address = NameAddr::parse("<sip:a@b>").unwrap().with_display("x\" <sip:evil@h>\r\n").with_tag("t");
        assert_eq!(address.to_string(), "\"x\\\" <sip:evil@h>  \" <sip:a@b>;tag=t");
        assert_eq!(NameAddr::parse(&address.to_string()).unwrap(), address);
    }
}
