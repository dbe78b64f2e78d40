//! Transfers by REFER, in both directions, and the Replaces of attended ones.

use std::sync::Arc;
use std::time::Duration;

use rsip::StatusCode;
use tokio::time::Instant;

use super::session::Session;
use super::transfer_progress::{LONGEST, Progress};
use super::{Agent, transfer_progress};
use crate::bridging::transfer;
use crate::channel::arrivals::Reach;
use crate::channel::{Channel, Interrupt, Position};
use crate::sip::dialog::DialogId;
use crate::sip::endpoint::Technology;
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::{Method, NameAddr, Request, Uri, escape_user, reason_phrase};

/// The extension that takes transfers to calls of other servers.
const ELSEWHERE: &str = "external_replaces";

/// How long a transfer waits for the call to be connected.
const CONNECTING: Duration = Duration::from_millis(500);

/// 202 Accepted, which rsip takes for 201.
pub(super) const ACCEPTED: u16 = 202;

/// A transfer whose end the peer waits to hear of.
pub(super) struct Transfer {
    until: Instant,
    /// The peer has heard that it is worked on.
    is_begun: bool,
}

impl Transfer {
    /// Comes back when the peer has waited for long enough; never where it does not wait.
    pub async fn over(transfer: &Option<Self>) {
        match transfer {
            Some(transfer) => tokio::time::sleep_until(transfer.until).await,
            None => std::future::pending().await,
        }
    }
}

/// The peer sends whom it talks with to another number (a blind transfer), or joins two of its calls (an attended one).
///
/// It gets a 202 at once and hears by NOTIFYs what comes of it, or with `Refer-Sub: false` the outcome as the response.
pub(super) async fn referred(session: &mut Session, transaction: &ServerTransaction) {
    let request = &transaction.request;
    let Some(refer_to) = request.headers.get("Refer-To").and_then(NameAddr::parse) else {
        return session.reply(transaction, StatusCode::BadRequest);
    };
    if !session.line.endpoint.signalling.allows_transfer {
        tracing::warn!("'{}' may not transfer its calls (allow_transfer)", session.line.endpoint.name);
        return session.reply(transaction, StatusCode::Decline);
    }
    let allows_silence = session.agent.settings.load().general.global.allows_silent_transfers;
    let is_silent = request.headers.get("Refer-Sub").is_some_and(|word| word.trim().eq_ignore_ascii_case("false"));
    let is_told = !(is_silent && allows_silence);
    if is_told {
        let mut accepted = session.agent.response(transaction, StatusCode::from(ACCEPTED));
        accepted.headers.set("Contact", session.contact.to_string());
        accepted.headers.set("Expires", LONGEST.as_secs().to_string());
        if transaction.respond(&accepted).is_err() {
            return;
        }
        session.transfer = Some(Transfer { until: Instant::now() + LONGEST, is_begun: false });
    }
    let _ = tokio::time::timeout(CONNECTING, connected(session)).await;
    let status = match refer_to.uri.as_sip().and_then(|uri| Replaces::in_uri(&uri.headers)) {
        Some(replaces) => attended(session, &refer_to, &replaces),
        None => blind(session, request, &refer_to, is_told),
    };
    if !is_told {
        note_end(session, status.unwrap_or(200));
        let mut response = session.agent.response(transaction, StatusCode::from(status.unwrap_or(200)));
        response.headers.set("Contact", session.contact.to_string());
        response.headers.set("Refer-Sub", "false");
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&response);
    } else if let Some(status) = status {
        tell(session, Progress { refer: request.cseq, status }).await;
    }
}

/// Comes back when the peer talks with somebody: a REFER may come right behind the answer.
async fn connected(session: &Session) {
    while session.channel.is_up() && session.channel.bridged_with().is_none() {
        tokio::time::sleep(CONNECTING / 20).await;
    }
}

/// Tells the peer how its transfer stands: first of all that it is worked on.
pub(super) async fn tell(session: &mut Session, progress: Progress) {
    let Some(transfer) = &mut session.transfer else { return };
    let is_begun = std::mem::replace(&mut transfer.is_begun, true);
    let trying = Progress { status: 100, ..progress };
    let steps = [(!is_begun).then_some(trying), (progress.status > 100).then_some(progress)];
    for step in steps.into_iter().flatten() {
        let mut notify = session.dialog.request(Method::NOTIFY);
        notify.headers.set(
            "Event",
            match session.line.endpoint.technology {
                Technology::Sip => format!("refer;id={}", step.refer),
                Technology::Pjsip => "refer".to_owned(),
            },
        );
        let state = match step.is_final() {
            true => "terminated;reason=noresource".to_owned(),
            false => format!("active;expires={}", LONGEST.as_secs()),
        };
        notify.headers.set("Subscription-State", state);
        let line = format!("SIP/2.0 {} {}\r\n", step.status, reason_phrase(step.status));
        notify.set_body("message/sipfrag;version=2.0", line);
        session.send_aside(notify).await;
    }
    if progress.is_final() {
        session.transfer = None;
        note_end(session, progress.status);
    }
}

/// A telephone of `pjsip.conf` whose transfer came off is left to end its call itself.
fn note_end(session: &mut Session, status: u16) {
    session.has_transferred = status < 300 && session.line.endpoint.technology == Technology::Pjsip;
}

/// The status that a peer tells of a transfer.
pub(super) fn status_of(sipfrag: &[u8]) -> Option<u16> {
    let line = sipfrag.split(|byte| *byte == b'\r' || *byte == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split_whitespace();
    words.next().filter(|version| version.eq_ignore_ascii_case("SIP/2.0"))?;
    words.next()?.parse().ok()
}

/// Where the party of a call is looked for that is sent elsewhere.
fn context_of(session: &Session, parties: &[&Channel]) -> String {
    let of = |channel: &Channel| {
        channel.state().variables.get("TRANSFER_CONTEXT").filter(|context| !context.is_empty()).map(str::to_owned)
    };
    parties.iter().find_map(|party| of(party)).unwrap_or_else(|| session.line.endpoint.context.clone())
}

/// Sends the party that the peer talks with to a number. Gives the status that is known at once.
fn blind(session: &Session, request: &Request, refer_to: &NameAddr, is_told: bool) -> Option<u16> {
    let number = refer_to.uri.user().unwrap_or_default().into_owned();
    let channels = session.channel.channels();
    let peer = session.channel.bridged_with().and_then(|name| channels.find(&name));
    let Some(peer) = peer else { return Some(400) };
    let context = context_of(session, &[&session.channel, &peer]);
    let caller = peer.state().caller.number().to_owned();
    if session.agent.arrivals.reach(&context, &number, &caller) != Reach::Complete {
        tracing::info!("transfer to '{number}' refused: not found in context '{context}'");
        return Some(404);
    }
    if let Some(by) = request.headers.get("Referred-By") {
        peer.set_variable("__SIPREFERREDBYHDR", by);
    }
    send(session, &peer, refer_to, &context, &number);
    if is_told && session.line.endpoint.signalling.tells_transfers {
        transfer_progress::follow(&session.line, &peer, request.cseq);
        return None;
    }
    Some(200)
}

fn send(session: &Session, peer: &Arc<Channel>, refer_to: &NameAddr, context: &str, number: &str) {
    peer.set_variable("SIPTRANSFER", "yes");
    peer.set_variable("SIPREFERRINGCONTEXT", context);
    peer.set_variable("SIPREFERTOHDR", &refer_to.uri.to_string());
    let position = Position::new(context, number, 1);
    transfer::note_blind(&session.channel, peer, &position, true);
    peer.interrupt(Interrupt::Goto(position));
}

/// Joins the party of this call with that of another call of the same telephone (an attended transfer). Both calls of the
/// telephone end with it. A call that is not here is the plan's `external_replaces`.
fn attended(session: &Session, refer_to: &NameAddr, replaces: &Replaces) -> Option<u16> {
    let channels = session.channel.channels();
    let partner = |channel: &Channel| channel.bridged_with().and_then(|name| channels.find(&name));
    let Some(transferee) = partner(&session.channel) else { return Some(400) };
    let other = session.agent.calls.channel_of(&replaces.dialog);
    let Some(other) = other.and_then(|name| channels.find(&name)) else {
        let context = context_of(session, &[&session.channel, &transferee]);
        if session.agent.arrivals.reach(&context, ELSEWHERE, "") != Reach::Complete {
            return Some(404);
        }
        transferee.set_variable("__SIPREPLACESHDR", &replaces.to_string());
        send(session, &transferee, refer_to, &context, ELSEWHERE);
        return Some(200);
    };
    let Some(target) = partner(&other) else { return Some(400) };
    transfer::note_attended([&session.channel, &other], &transferee, &target, true);
    session.agent.arrivals.join(transferee, target);
    Some(200)
}

impl Agent {
    /// Whom a new call with this Replaces is to talk with: the party of the call that it names. A telephone that watches
    /// an extension picks its calls up so: `pickup-` and the id of the call that rings.
    ///
    /// # Errors
    /// The status to refuse the call with.
    pub(super) fn replaced(&self, replaces: &str) -> Result<Arc<Channel>, StatusCode> {
        let replaces = Replaces::parse(replaces).ok_or(StatusCode::CallTransactionDoesNotExist)?;
        let call = match replaces.dialog.call_id.strip_prefix("pickup-") {
            Some(call) => Some(call.split('@').next().unwrap_or(call).into()),
            None => self.calls.channel_of(&replaces.dialog),
        };
        let channel = call.and_then(|call| self.channels.find(&call));
        let channel = channel.ok_or(StatusCode::CallTransactionDoesNotExist)?;
        if channel.is_up() && replaces.is_early_only {
            return Err(StatusCode::BusyHere);
        }
        let partner = match channel.bridged_with() {
            Some(partner) => self.channels.find(&partner),
            // One that rings is called by the oldest channel of its call.
            None if !channel.is_up() => {
                self.channels.find(&channel.linked_id()).filter(|caller| !Arc::ptr_eq(caller, &channel))
            }
            None => None,
        };
        partner.ok_or(StatusCode::CallTransactionDoesNotExist)
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

impl std::fmt::Display for Replaces {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let DialogId { call_id, local_tag, remote_tag } = &self.dialog;
        write!(out, "{call_id};to-tag={local_tag};from-tag={remote_tag}")?;
        if self.is_early_only { out.write_str(";early-only") } else { Ok(()) }
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
