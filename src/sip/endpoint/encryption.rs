//! How an endpoint's media is secured.

use super::setting::Reader;
use crate::conf::{Entry, is_false, is_true};
use crate::diagnostic::{Diagnostic, codes};
use crate::media::rtp::srtp::Suite;
use crate::sip::sdp::Security;

/// `encryption` in `sip.conf`, `media_encryption` in `pjsip.conf`: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encryption {
    /// Where the keys come from.
    pub keys: KeySource,
    /// `media_encryption_optimistic`: media may go in the clear where the far end has no keys.
    pub is_optional: bool,
    /// `encryption_taglen`, `srtp_tag_32`.
    pub suite: Suite,
}

/// Where the keys of media come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeySource {
    /// Media goes in the clear.
    #[default]
    None,
    /// From the session description (RFC 4568).
    Sdes,
    /// From a handshake that exten does not know: no call is possible.
    Dtls,
}

/// No media can be as secure as is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsecured {
    /// The endpoint wants DTLS.
    #[error("its media_encryption is dtls, which is not spoken: write sdes, or no")]
    Dtls,
    /// The system gives no random numbers.
    #[error("the system has no randomness for a key")]
    Randomness,
}

impl Encryption {
    /// What a call brings, with a key of its own. It is as the endpoint has it, or, where the plan demands it, secured in
    /// any case.
    ///
    /// # Errors
    /// Where it cannot be secured.
    pub fn security(&self, is_demanded: bool) -> Result<Option<Security>, Unsecured> {
        match self.keys {
            KeySource::Dtls => Err(Unsecured::Dtls),
            KeySource::None if !is_demanded => Ok(None),
            _ => Security::new(self.suite, self.is_optional && !is_demanded).map(Some).ok_or(Unsecured::Randomness),
        }
    }
}

/// A setting of `sip.conf`. Tells whether it is about encryption.
pub(super) fn of_sip(entry: &Entry, into: &mut Encryption, reader: &mut Reader<'_>) -> bool {
    match entry.key.to_ascii_lowercase().as_str() {
        "encryption" => {
            let mut wanted = false;
            reader.boolean(entry, &mut wanted);
            into.keys = if wanted { KeySource::Sdes } else { KeySource::None };
        }
        "encryption_taglen" => match entry.value.trim() {
            "80" => into.suite = Suite::Tag80,
            "32" => into.suite = Suite::Tag32,
            _ => reader.wrong(entry, "32 or 80"),
        },
        _ => return false,
    }
    true
}

/// A setting of `pjsip.conf`. Tells whether it is about encryption.
pub(super) fn of_pjsip(entry: &Entry, into: &mut Encryption, reader: &mut Reader<'_>) -> bool {
    match entry.key.to_ascii_lowercase().as_str() {
        "media_encryption" => match entry.value.trim().to_ascii_lowercase().as_str() {
            "no" => into.keys = KeySource::None,
            "sdes" => into.keys = KeySource::Sdes,
            "dtls" => {
                into.keys = KeySource::Dtls;
                reader.tell(without_dtls(entry));
            }
            _ => reader.wrong(entry, "no, sdes or dtls"),
        },
        "media_encryption_optimistic" => reader.boolean(entry, &mut into.is_optional),
        "srtp_tag_32" => match (is_true(&entry.value), is_false(&entry.value)) {
            (true, _) => into.suite = Suite::Tag32,
            (_, true) => into.suite = Suite::Tag80,
            _ => reader.wrong(entry, "yes or no"),
        },
        _ => return false,
    }
    true
}

fn without_dtls(entry: &Entry) -> Diagnostic {
    let message = "media_encryption asks for DTLS, which is not spoken: its calls are refused with 488";
    let diagnostic = Diagnostic::warning(codes::WITHOUT_EFFECT, message).at(entry.value_span, "no call is possible");
    diagnostic.help("write sdes where the phone takes its keys from SDP, which wants SIP over TLS, or no")
}
