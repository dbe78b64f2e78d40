//! Transfers by REFER, in both directions, and the Replaces of attended ones.

use std::sync::Arc;

use rsip::StatusCode;

use super::Agent;
use super::session::Session;
use crate::bridging::transfer;
use crate::channel::arrivals::Reach;
use crate::channel::{Channel, Interrupt, Position};
use crate::sip::dialog::DialogId;
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::{Method, NameAddr, Request, Uri, escape_user};

/// 202 Accepted, which rsip takes for 201.
pub(super) const ACCEPTED: u16 = 202;

/// The peer sends whom it talks with to another number (a blind transfer), or joins two of its calls (an attended one).
pub(super) async fn referred(session: &mut Session, transaction: &ServerTransaction) {
    let Some(refer_to) = transaction.request.headers.get("Refer-To").and_then(NameAddr::parse) else {
        return session.reply(transaction, StatusCode::BadRequest);
    };
    if let Some(replaces) = refer_to.uri.as_sip().and_then(|uri| Replaces::in_uri(&uri.headers)) {
        return attended(session, transaction, &replaces).await;
    }
    let number = refer_to.uri.user().unwrap_or_default().into_owned();
    let channels = session.channel.channels();
    let peer = session.channel.bridged_with().and_then(|name| channels.find(&name));
    let Some(peer) = peer else {
        return session.reply(transaction, StatusCode::Decline);
    };
    let of = |channel: &Channel| {
        channel.state().variables.get("TRANSFER_CONTEXT").filter(|context| !context.is_empty()).map(str::to_owned)
    };
    let context = of(&session.channel).or_else(|| of(&peer)).unwrap_or_else(|| session.line.endpoint.context.clone());
    let caller = peer.state().caller.number().to_owned();
    if session.agent.arrivals.reach(&context, &number, &caller) != Reach::Complete {
        tracing::info!("transfer to '{number}' refused: not found in context '{context}'");
        return session.reply(transaction, StatusCode::NotFound);
    }
    let mut accepted = session.agent.response(transaction, StatusCode::from(ACCEPTED));
    accepted.headers.set("Contact", session.contact.to_string());
    if transaction.respond(&accepted).is_err() {
        return;
    }
    if let Some(by) = transaction.request.headers.get("Referred-By") {
        peer.set_variable("__SIPREFERREDBYHDR", by);
        peer.set_variable("SIPREFERTOHDR", &refer_to.to_string());
    }
    succeed(session, transaction).await;
    let position = Position::new(&context, &number, 1);
    transfer::note_blind(&session.channel, &peer, &position, true);
    peer.interrupt(Interrupt::Goto(position));
}

/// Tells who asked that the transfer came to be.
async fn succeed(session: &mut Session, transaction: &ServerTransaction) {
    let mut notify = session.dialog.request(Method::NOTIFY);
    notify.headers.set("Event", format!("refer;id={}", transaction.request.cseq));
    notify.headers.set("Subscription-State", "terminated;reason=noresource");
    notify.set_body("message/sipfrag;version=2.0", "SIP/2.0 200 OK\r\n");
    session.send_aside(notify).await;
}

/// Joins the party of this call with that of another call of the same telephone (an attended transfer). Both calls of the
/// telephone end with it.
async fn attended(session: &mut Session, transaction: &ServerTransaction, replaces: &Replaces) {
    let channels = session.channel.channels();
    let partner = |channel: &Channel| channel.bridged_with().and_then(|name| channels.find(&name));
    let other = session.agent.calls.channel_of(&replaces.dialog);
    let Some(other) = other.and_then(|name| channels.find(&name)) else {
        return session.reply(transaction, StatusCode::CallTransactionDoesNotExist);
    };
    let Some(transferee) = partner(&session.channel) else {
        return session.reply(transaction, StatusCode::Decline);
    };
    let Some(target) = partner(&other) else {
        return session.reply(transaction, StatusCode::Decline);
    };
    let mut accepted = session.agent.response(transaction, StatusCode::from(ACCEPTED));
    accepted.headers.set("Contact", session.contact.to_string());
    if transaction.respond(&accepted).is_err() {
        return;
    }
    succeed(session, transaction).await;
    transfer::note_attended([&session.channel, &other], &transferee, &target, true);
    session.agent.arrivals.join(transferee, target);
}

impl Agent {
    /// Whom a new call with this Replaces is to talk with: the party of the call that it names. A telephone that watches
    /// an extension picks its calls up so: `pickup-` and the id of the call that rings.
    pub(super) fn replaced(&self, replaces: &str) -> Option<Arc<Channel>> {
        let replaces = Replaces::parse(replaces)?;
        let channel = match replaces.dialog.call_id.strip_prefix("pickup-") {
            Some(call) => self.channels.find(call.split('@').next().unwrap_or(call))?,
            None => self.channels.find(&self.calls.channel_of(&replaces.dialog)?)?,
        };
        if channel.is_up() && replaces.is_early_only {
            return None;
        }
        match channel.bridged_with() {
            Some(partner) => self.channels.find(&partner),
            // One that rings is called by the oldest channel of its call.
            None if !channel.is_up() => {
                self.channels.find(&channel.linked_id()).filter(|caller| !Arc::ptr_eq(caller, &channel))
            }
            None => None,
        }
    }
}

/// A dialog that another is to take the place of (RFC 3891).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replaces {
    pub dialog: DialogId,
    /// Only while it is not answered.
    pub is_early_only: bool,
}

impl Replaces {
    /// Reads a Replaces header. The tags are as the one who sends it to us sees them: `to-tag` is ours.
    pub fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split(';').map(str::trim);
        let call_id = parts.next().filter(|call_id| !call_id.is_empty())?.to_owned();
        let (mut local_tag, mut remote_tag, mut is_early_only) = (None, None, false);
        for part in parts {
            match part.split_once('=') {
                Some((name, value)) if name.eq_ignore_ascii_case("to-tag") => local_tag = Some(value.to_owned()),
                Some((name, value)) if name.eq_ignore_ascii_case("from-tag") => remote_tag = Some(value.to_owned()),
                None if part.eq_ignore_ascii_case("early-only") => is_early_only = true,
                _ => {}
            }
        }
        let dialog = DialogId { call_id, local_tag: local_tag?, remote_tag: remote_tag? };
        Some(Self { dialog, is_early_only })
    }

    /// The one among the headers of a URI.
    fn in_uri(headers: &str) -> Option<Self> {
        let value = headers.split('&').find_map(|header| {
            let (name, value) = header.split_once('=')?;
            name.eq_ignore_ascii_case("Replaces").then_some(value)
        })?;
        Self::parse(&unescape(value))
    }
}

/// Resolves `%XX`.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escaped = (byte == b'%').then(|| {
            let mut ahead = rest.clone();
            let digit = |byte: Option<u8>| byte.and_then(|byte| (byte as char).to_digit(16));
            let (high, low) = (digit(ahead.next())?, digit(ahead.next())?);
            rest = ahead;
            u8::try_from(high * 16 + low).ok()
        });
        bytes.push(escaped.flatten().unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asks the peer of a session to call elsewhere.
pub(super) fn request(session: &mut Session, destination: &str) -> Request {
    let target = target(destination, &session.dialog.remote().uri);
    let target = target.unwrap_or_else(|| session.dialog.remote().uri.clone());
    let mut request = session.dialog.request(Method::REFER);
    request.headers.set("Refer-To", NameAddr::new(target).to_string());
    request.headers.set("Referred-By", NameAddr::new(session.dialog.local().uri.clone()).to_string());
    request
}

/// The URI of a transfer's destination: a URI, `number@host`, or a number at the host of `near`. A technology before
/// it is passed over.
pub(super) fn target(destination: &str, near: &Uri) -> Option<Uri> {
    let bare = destination.strip_prefix("SIP/").or_else(|| destination.strip_prefix("PJSIP/")).unwrap_or(destination);
    if let Some(uri @ Uri::Sip(_)) = Uri::parse(bare) {
        return Some(uri);
    }
    if bare.contains('@') {
        return Uri::parse(&format!("sip:{bare}"));
    }
    let mut uri = near.clone();
    let sip = uri.as_sip_mut()?;
    sip.user = Some(escape_user(bare));
    sip.headers.clear();
    sip.params = Default::default();
    Some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialog_that_is_replaced() {
        let replaces = Replaces::in_uri("Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2%3Bearly-only&X=y").unwrap();
        let dialog = DialogId { call_id: "a@b".into(), local_tag: "1".into(), remote_tag: "2".into() };
        assert_eq!(replaces, Replaces { dialog, is_early_only: true });
        assert_eq!(Replaces::in_uri("X=y"), None);
        assert_eq!(Replaces::parse("a;to-tag=1"), None);
        assert_eq!(unescape("50%25%"), "50%%");
    }

    #[test]
    fn a_number_is_called_at_the_same_host() {
        let near = Uri::parse("sip:2001@10.0.0.1:5070;transport=tcp").unwrap();
        let uri = |destination| target(destination, &near).unwrap().to_string();
        assert_eq!(uri("100"), "sip:100@10.0.0.1:5070");
        assert_eq!(uri("SIP/100"), "sip:100@10.0.0.1:5070");
        assert_eq!(uri("100@example.com"), "sip:100@example.com");
        assert_eq!(uri("sip:100@example.com;x"), "sip:100@example.com;x");
    }
}
