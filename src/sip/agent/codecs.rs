//! The codecs that the plan wants for one call.

use crate::channel::{Channel, Outgoing};
use crate::media::Codec as Form;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::sdp::{Codec, CodecList};

/// What the endpoint allows, changed by what the plan wants of a call to it: `PJSIP_MEDIA_OFFER()`, or on a channel of
/// `sip.conf` the variables `SIP_CODEC_OUTBOUND` and `SIP_CODEC`.
pub(super) fn for_outgoing(endpoint: &Endpoint, channel: &Channel, outgoing: &Outgoing) -> CodecList {
    let offer = channel.state().media_offer.clone();
    if let Some(offer) = offer {
        let mut codecs = endpoint.codecs.clone();
        for unknown in codecs.allow(&offer) {
            tracing::warn!("{}: the plan wants `{unknown}`, which is no codec of exten", channel.name());
        }
        return codecs;
    }
    by_variable(endpoint, channel, "SIP_CODEC_OUTBOUND")
        .unwrap_or_else(|| preferring(&endpoint.codecs, &outgoing.codecs))
}

/// The codecs of an endpoint, those first that its caller has: what both speak need not be translated.
fn preferring(own: &CodecList, caller: &[Form]) -> CodecList {
    let common = caller.iter().filter_map(|form| own.iter().find(|codec| codec.in_frames() == Some(*form)));
    common.chain(own.iter()).collect()
}

/// What the plan wants of a call that came from a phone of `sip.conf`, by the variables `SIP_CODEC_INBOUND` and `SIP_CODEC`.
pub(super) fn for_incoming(endpoint: &Endpoint, channel: &Channel) -> Option<CodecList> {
    by_variable(endpoint, channel, "SIP_CODEC_INBOUND")
}

/// The codecs that a variable names, of those that the endpoint allows; `None` where it names none of them.
fn by_variable(endpoint: &Endpoint, channel: &Channel, name: &str) -> Option<CodecList> {
    if endpoint.technology != Technology::Sip {
        return None;
    }
    let wish = {
        let state = channel.state();
        let value = |name| state.variables.get(name).filter(|value| !value.is_empty()).map(str::to_owned);
        value(name).or_else(|| value("SIP_CODEC"))?
    };
    let mut codecs = CodecList::none();
    for name in wish.split(',').map(str::trim) {
        match Codec::from_name(name).filter(|codec| endpoint.codecs.contains(*codec)) {
            Some(_) => _ = codecs.allow(name),
            None => {
                tracing::info!("{}: SIP_CODEC names `{name}`, which {} does not have", channel.name(), endpoint.name)
            }
        }
    }
    (!codecs.is_empty()).then_some(codecs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_speaks_is_offered_first() {
        let mut own = CodecList::none();
        own.allow("g722,gsm,ulaw");
        assert_eq!(preferring(&own, &[Form::Ulaw, Form::Alaw]).to_string(), "ulaw,g722,gsm");
        assert_eq!(preferring(&own, &[Form::Linear]).to_string(), "g722,gsm,ulaw");
    }
}
