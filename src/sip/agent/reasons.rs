//! Why a call ended: the Reason of a message (RFC 3326, RFC 6432).

use crate::channel::Cause;
use crate::sip::cause;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::wire::Headers;

/// Says why a call ends, in a BYE, a CANCEL or a refusal.
pub(super) fn state(headers: &mut Headers, endpoint: &Endpoint, cause: Cause) {
    let Some(number) = u8::try_from(cause.0).ok().filter(|number| *number != 0) else { return };
    if endpoint.technology == Technology::Sip {
        headers.set("X-Asterisk-HangupCause", cause.words());
        headers.set("X-Asterisk-HangupCauseCode", number.to_string());
    }
    if endpoint.signalling.gives_reasons {
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

/// The same for a CANCEL, which may say that somebody else has the call.
pub(super) fn of_cancel(headers: &Headers, endpoint: &Endpoint) -> Option<Cause> {
    let is_elsewhere = headers.all("Reason").any(|reason| {
        let mut parts = reason.split(';').map(|part| part.trim().to_ascii_lowercase());
        parts.next().as_deref() == Some("sip") && parts.any(|part| part.replace(' ', "") == "cause=200")
    });
    if is_elsewhere { Some(Cause::ANSWERED_ELSEWHERE) } else { given(headers, endpoint) }
}
