//! A call of ours between its first response and its answer: the peer's requests, and the provisional responses that want
//! to be acknowledged (RFC 3262, RFC 3311).

use rsip::StatusCode;
use tokio::sync::mpsc;

use super::calls::Entry;
use super::outgoing::Calling;
use super::session::REQUESTS;
use super::{info, reliable};
use crate::channel::{Channel, Event};
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::Reliability;
use crate::sip::sdp::{Description, Direction, Negotiation};
use crate::sip::transport::{ServerTransaction, Way};
use crate::sip::wire::{Method, Request, Response};

/// The dialog that the peer's last provisional response belongs to.
pub(super) struct Early {
    dialog: Dialog,
    requests: mpsc::Receiver<ServerTransaction>,
    /// The number of the last provisional response that was acknowledged.
    acknowledged: Option<u32>,
    _entry: Entry,
}

impl Early {
    /// The dialog, if a response belongs to it: its numbers go on.
    pub fn into_dialog(self, response: &Response) -> Option<Dialog> {
        let mut dialog = self.dialog;
        let is_same = dialog.id().remote_tag == response.to.tag().unwrap_or_default();
        is_same.then(|| {
            dialog.receive_response(response);
            dialog
        })
    }
}

/// The next request of the peer; never one without a dialog.
pub(super) async fn request(early: &mut Option<Early>) -> ServerTransaction {
    match early {
        Some(early) => match early.requests.recv().await {
            Some(request) => request,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

impl Calling {
    /// Takes note of a provisional response. False where it came before.
    pub(super) async fn proceed(&mut self, request: &Request, response: &Response, way: &Way) -> bool {
        let Some(tag) = response.to.tag().filter(|_| response.code() > 100) else { return true };
        let is_new = self.early.as_ref().is_none_or(|early| early.dialog.id().remote_tag != tag);
        if is_new && let Some(dialog) = Dialog::client(request, response) {
            let (sender, requests) = mpsc::channel(REQUESTS);
            let entry = self.agent.calls.add_dialog(dialog.id(), sender);
            self.early = Some(Early { dialog, requests, acknowledged: None, _entry: entry });
        }
        self.acknowledge(response, way).await
    }

    /// Sends the PRACK of a response that wants one. False where it had one before.
    async fn acknowledge(&mut self, response: &Response, way: &Way) -> bool {
        let endpoint = &self.line.endpoint;
        let is_wanted =
            response.headers.lists("Require", reliable::TAG) && endpoint.signalling.reliability != Reliability::No;
        let number: Option<u32> = response.headers.get("RSeq").and_then(|number| number.trim().parse().ok());
        let (Some(number), Some(early)) = (number.filter(|_| is_wanted), &mut self.early) else { return true };
        if early.acknowledged.is_some_and(|last| number <= last) {
            return false;
        }
        early.acknowledged = Some(number);
        early.dialog.receive_response(response);
        let mut prack = early.dialog.request(Method::PRACK);
        self.agent.sign_request(&mut prack);
        prack.headers.set("RAck", format!("{number} {} INVITE", response.cseq.sequence));
        let way = self.agent.way_inside(endpoint, way, &prack).await;
        if let Ok(mut transaction) = self.agent.handle.send_on(prack, way) {
            tokio::spawn(async move { transaction.final_response().await });
        }
        true
    }

    /// A request of the peer before its answer.
    pub(super) fn take(&mut self, transaction: &ServerTransaction, channel: &Channel, negotiation: &mut Negotiation) {
        let Some(early) = &mut self.early else { return };
        let request = &transaction.request;
        let mut answer = None;
        let status = match (early.dialog.receive_request(request), &request.method) {
            (Err(status), _) => status,
            (Ok(()), &Method::UPDATE) if !request.description().is_empty() => {
                let settled = Description::parse(request.description())
                    .and_then(|offer| negotiation.answer(&offer, Direction::SendRecv));
                match settled {
                    Ok((description, settled)) => {
                        self.line.audio.connect(&settled, self.line.endpoint.nat.symmetric_rtp);
                        answer = Some(description);
                        StatusCode::OK
                    }
                    Err(error) => StatusCode::from(error.status()),
                }
            }
            (Ok(()), &Method::INFO) => {
                if let Some(digit) = info::digit(request) {
                    channel.report(Event::Digit(digit));
                }
                StatusCode::OK
            }
            (Ok(()), &Method::UPDATE | &Method::OPTIONS | &Method::NOTIFY) => StatusCode::OK,
            (Ok(()), _) => StatusCode::MethodNotAllowed,
        };
        let mut response = self.agent.response(transaction, status);
        if let Some(contact) = self.contact.as_ref().filter(|_| response.is_success()) {
            response.headers.set("Contact", contact.to_string());
        }
        if let Some(answer) = answer {
            response.set_body("application/sdp", answer);
        }
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&response);
    }
}
