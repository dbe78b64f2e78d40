//! Transfers by REFER, in both directions.

use rsip::StatusCode;

use super::session::Session;
use crate::channel::arrivals::Reach;
use crate::channel::{Interrupt, Position};
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::{Method, NameAddr, Request, Uri, escape_user};

/// The peer sends whom it talks with to another number (a blind transfer). One that joins two calls (Replaces) is
/// not done yet and refused as such.
pub(super) async fn referred(session: &mut Session, transaction: &ServerTransaction) {
    let Some(refer_to) = transaction.request.headers.get("Refer-To").and_then(NameAddr::parse) else {
        return session.reply(transaction, StatusCode::BadRequest);
    };
    if refer_to.uri.as_sip().is_some_and(|uri| uri.headers.to_ascii_lowercase().contains("replaces")) {
        return session.reply(transaction, StatusCode::NotImplemented);
    }
    let number = refer_to.uri.user().unwrap_or_default().into_owned();
    let channels = session.channel.channels();
    let peer = session.channel.bridged_with().and_then(|name| channels.find(&name));
    let Some(peer) = peer else {
        return session.reply(transaction, StatusCode::Decline);
    };
    let of = |channel: &crate::channel::Channel| {
        channel.state().variables.get("TRANSFER_CONTEXT").filter(|context| !context.is_empty()).map(str::to_owned)
    };
    let context = of(&session.channel).or_else(|| of(&peer)).unwrap_or_else(|| session.line.endpoint.context.clone());
    let caller = peer.state().caller.number().to_owned();
    if session.agent.arrivals.reach(&context, &number, &caller) != Reach::Complete {
        tracing::info!("transfer to '{number}' refused: not found in context '{context}'");
        return session.reply(transaction, StatusCode::NotFound);
    }
    let mut accepted = session.agent.response(transaction, StatusCode::Accepted);
    accepted.headers.set("Contact", session.contact.to_string());
    if transaction.respond(&accepted).is_err() {
        return;
    }
    peer.state().variables.set("BLINDTRANSFER", session.channel.name());
    let mut notify = session.dialog.request(Method::NOTIFY);
    notify.headers.set("Event", format!("refer;id={}", transaction.request.cseq));
    notify.headers.set("Subscription-State", "terminated;reason=noresource");
    notify.set_body("message/sipfrag;version=2.0", "SIP/2.0 200 OK\r\n");
    session.send_aside(notify).await;
    peer.interrupt(Interrupt::Goto(Position::new(&context, &number, 1)));
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
    fn a_number_is_called_at_the_same_host() {
        let near = Uri::parse("sip:2001@10.0.0.1:5070;transport=tcp").unwrap();
        let uri = |destination| target(destination, &near).unwrap().to_string();
        assert_eq!(uri("100"), "sip:100@10.0.0.1:5070");
        assert_eq!(uri("SIP/100"), "sip:100@10.0.0.1:5070");
        assert_eq!(uri("100@example.com"), "sip:100@example.com");
        assert_eq!(uri("sip:100@example.com;x"), "sip:100@example.com;x");
    }
}
