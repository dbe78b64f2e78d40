//! Why a call ended: the Reason of a message (RFC 3326, RFC 6432).

use crate::channel::Cause;
use crate::sip::cause;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::wire::Headers;

/// Says why a call ends, in a BYE.
pub(super) fn state(headers: &mut Headers, endpoint: &Endpoint, cause: Cause) {
    if endpoint.technology == Technology::Sip {
        headers.set("X-Asterisk-HangupCause", cause.words());
        headers.set("X-Asterisk-HangupCauseCode", cause.0.to_string());
    }
    give(headers, endpoint, cause);
}

/// The same in a CANCEL or a refusal.
pub(super) fn give(headers: &mut Headers, endpoint: &Endpoint, cause: Cause) {
    if let (Ok(number), true) = (u8::try_from(cause.0), endpoint.signalling.gives_reasons) {
        if cause == Cause::ANSWERED_ELSEWHERE {
            headers.push("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
        }
        headers.push("Reason", cause::to_reason(number));
    }
}

/// The cause that a peer gives, where it is believed.
pub(super) fn given(headers: &Headers, endpoint: &Endpoint) -> Option<Cause> {
    let cause = headers.all("Reason").find_map(cause::from_reason).filter(|_| endpoint.signalling.gives_reasons);
    cause.map(|cause| Cause(cause.into()))
}

/// Why a caller gave up: somebody else has the call, or nothing in particular. To `chan_pjsip` that is
/// [`Cause::INTERWORKING`], the cause of the 487 that the caller gets.
pub(super) fn of_cancel(headers: &Headers, endpoint: &Endpoint) -> Cause {
    let is_elsewhere = headers.all("Reason").any(|reason| {
        let mut parts = reason.split(';').map(|part| part.trim().to_ascii_lowercase());
        parts.next().as_deref() == Some("sip") && parts.any(|part| part.replace(' ', "") == "cause=200")
    });
    let unsaid = if endpoint.technology == Technology::Pjsip { Cause::INTERWORKING } else { Cause::NONE };
    let otherwise = || given(headers, endpoint).unwrap_or(unsaid);
    if is_elsewhere { Cause::ANSWERED_ELSEWHERE } else { otherwise() }
}
