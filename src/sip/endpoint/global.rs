//! What `pjsip.conf` says about all endpoints and `sip.conf` does not.

use super::AccessList;

/// A way to find out whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// By the address that it came from.
    Ip,
    /// By the user of its From.
    Username,
    /// By the user of its credentials.
    AuthUsername,
    /// By a header.
    Header,
    /// It is nobody's in particular.
    Anonymous,
}

impl Identifier {
    /// Every way in the order in which they are tried where nothing else is said.
    pub const ALL: [Self; 5] = [Self::Ip, Self::Username, Self::Header, Self::AuthUsername, Self::Anonymous];

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "ip" => Self::Ip,
            "username" => Self::Username,
            "auth_username" => Self::AuthUsername,
            "header" => Self::Header,
            "anonymous" => Self::Anonymous,
            _ => return None,
        })
    }
}

/// The sections with `type = global` and `type = acl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// `endpoint_identifier_order`: the ways that it does not name come after those that it does.
    pub identifiers: Vec<Identifier>,
    /// Who may send anything at all.
    pub access: AccessList,
    /// Which addresses may be registered.
    pub contact_access: AccessList,
    /// `default_from_user`: who calls without a number: `asterisk`.
    pub from_user: String,
    /// `default_outbound_endpoint`: by whose settings a text or NOTIFY goes to an address.
    pub outbound_endpoint: String,
    /// `ignore_uri_user_options`: what stands behind a `;` in the user of a URI is not dialled: no.
    pub ignores_user_options: bool,
    /// `default_voicemail_extension`
    pub voicemail_extension: Option<String>,
    /// `allow_sending_180_after_183`: no.
    pub rings_after_progress: bool,
    /// `norefersub`: who transfers may ask not to hear how it goes on, yes.
    pub allows_silent_transfers: bool,
    /// `disable_multi_domain`: endpoints named `user@domain` are not looked for: no.
    pub is_single_domain: bool,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            identifiers: Identifier::ALL.to_vec(),
            access: AccessList::default(),
            contact_access: AccessList::default(),
            from_user: "asterisk".to_owned(),
            outbound_endpoint: "default_outbound_endpoint".to_owned(),
            ignores_user_options: false,
            voicemail_extension: None,
            rings_after_progress: false,
            allows_silent_transfers: true,
            is_single_domain: false,
        }
    }
}

/// `match_header`: a header field that a caller is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderMatch {
    /// The field's name.
    pub name: String,
    /// What its value has to be.
    pub value: HeaderValue,
}

/// A value, or an expression that is looked for in it.
#[derive(Clone, Debug)]
pub enum HeaderValue {
    Text(String),
    Pattern(regex::Regex),
}

impl PartialEq for HeaderValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Pattern(one), Self::Pattern(other)) => one.as_str() == other.as_str(),
            _ => false,
        }
    }
}

impl Eq for HeaderValue {}

impl HeaderMatch {
    /// Reads `Name: value` and `Name: /expression/`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, value) = text.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        let pattern = value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let value = match pattern {
            Some(pattern) => HeaderValue::Pattern(regex::Regex::new(pattern).ok()?),
            None => HeaderValue::Text(value.to_owned()),
        };
        (!name.is_empty()).then(|| Self { name: name.to_owned(), value })
    }

    /// Whether a field with this value fits.
    pub fn fits(&self, value: &str) -> bool {
        match &self.value {
            HeaderValue::Text(wanted) => wanted == value.trim(),
            HeaderValue::Pattern(pattern) => pattern.is_match(value),
        }
    }
}
