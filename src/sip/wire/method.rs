//! Request methods.

use std::fmt;

use super::scan;

/// A request method: one that `rsip` names, or an extension kept as it was spelt (methods are case-sensitive).
///
/// The known ones are constants, so that `match request.method() { &Method::INVITE => … }` reads well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// A method of the SIP RFCs.
    Known(rsip::Method),
    /// Any other token.
    Extension(String),
}

macro_rules! known {
    ($($constant:ident $variant:ident $name:literal),* $(,)?) => {
        impl Method {
            $(#[doc = concat!("The method ", $name, ".")]
            pub const $constant: Method = Method::Known(rsip::Method::$variant);)*

            /// The method's name as it stands in a request line.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Method::Known(rsip::Method::$variant) => $name,)*
                    Method::Extension(name) => name,
                }
            }

            /// Reads a method; `None` if the text is no token.
            pub fn parse(text: &str) -> Option<Method> {
                match text {
                    $($name => Some(Method::$constant),)*
                    other if scan::is_token(other) => Some(Method::Extension(other.to_owned())),
                    _ => None,
                }
            }
        }
    };
}

known! {
    ACK Ack "ACK",
    BYE Bye "BYE",
    CANCEL Cancel "CANCEL",
    INFO Info "INFO",
    INVITE Invite "INVITE",
    MESSAGE Message "MESSAGE",
    NOTIFY Notify "NOTIFY",
    OPTIONS Options "OPTIONS",
    PRACK PRack "PRACK",
    PUBLISH Publish "PUBLISH",
    REFER Refer "REFER",
    REGISTER Register "REGISTER",
    SUBSCRIBE Subscribe "SUBSCRIBE",
    UPDATE Update "UPDATE",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_case_sensitive_tokens() {
        assert_eq!(Method::parse("INVITE"), Some(Method::INVITE));
        assert_eq!(Method::parse("invite"), Some(Method::Extension("invite".into())));
        assert_eq!(Method::parse("IN VITE"), None);
        assert_eq!(Method::parse(""), None);
        assert!(matches!(Method::parse("PRACK"), Some(Method::PRACK)));
    }
}
