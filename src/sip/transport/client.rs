//! Requests of our own, and waiting for what comes of them.

use std::sync::Arc;

use rsip::StatusCode;
use tokio::sync::mpsc;

use super::core::{Core, Shared, now};
use super::handle::Way;
use super::{Flow, Gone, Target};
use crate::sip::dialog::Dialog;
use crate::sip::transaction::ClientId;
use crate::sip::wire::{Headers, Method, Request, Response};

/// Room for responses nobody has read yet; the last places are kept for what ends the transaction.
const QUEUE: usize = 16;
const KEPT: usize = 4;

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEvent {
    /// A response. Of a 2xx to an INVITE only the first of each To tag.
    Response(Box<Response>),
    /// No final response came in time; counts as a 408.
    TimedOut,
    /// The request could not be delivered; counts as a 503.
    Undeliverable,
}

/// A request that was sent.
///
/// Dropping it while an INVITE is open cancels the INVITE; should the call be answered all the same, it is
/// acknowledged and ended behind the scenes.
pub struct ClientTransaction {
    id: ClientId,
    way: Way,
    request: Request,
    events: mpsc::Receiver<ClientEvent>,
    shared: Arc<Shared>,
}

impl ClientTransaction {
    pub(super) fn new(
        id: ClientId,
        way: Way,
        request: Request,
        events: mpsc::Receiver<ClientEvent>,
        shared: Arc<Shared>,
    ) -> ClientTransaction {
        ClientTransaction { id, way, request, events, shared }
    }

    /// The request as it was given to [`Handle::send`](super::Handle::send): to make the dialog from, or to send
    /// again with credentials.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The way it went: where the ACK goes if nothing in the response says otherwise.
    pub fn way(&self) -> &Way {
        &self.way
    }

    /// The next thing that happens; `None` when nothing more can come: after the final response, and for an answered
    /// INVITE 32 seconds later.
    pub async fn next(&mut self) -> Option<ClientEvent> {
        self.events.recv().await
    }

    /// The final response, provisional ones passed over.
    ///
    /// # Errors
    ///
    /// 408 or 503 if there is none.
    pub async fn final_response(&mut self) -> Result<Response, StatusCode> {
        loop {
            match self.next().await {
                Some(ClientEvent::Response(response)) if response.is_provisional() => {}
                Some(ClientEvent::Response(response)) => return Ok(*response),
                Some(ClientEvent::TimedOut) => return Err(StatusCode::RequestTimeout),
                Some(ClientEvent::Undeliverable) | None => return Err(StatusCode::ServiceUnavailable),
            }
        }
    }

    /// Cancels an INVITE; the CANCEL carries these headers. Its final response, usually a 487, is still reported.
    ///
    /// # Errors
    ///
    /// [`Gone`] if it has its final response.
    pub fn cancel(&self, headers: Headers) -> Result<(), Gone> {
        self.shared.with(|core| core.layer.cancel(self.id, headers, now()))
    }

    /// Sends the ACK of a 2xx, made by [`Dialog::ack`], and sends it again whenever the 2xx comes again.
    pub fn acknowledge(&self, ack: Request, way: &Way) {
        self.shared.with(|core| core.layer.acknowledge(self.id, ack, way.flow, way.sent_by.clone()));
    }
}

impl Drop for ClientTransaction {
    fn drop(&mut self) {
        if self.request.method == Method::INVITE {
            self.events.close();
            let unread = std::iter::from_fn(|| self.events.try_recv().ok()).last();
            self.shared.with(|core| {
                _ = core.layer.cancel(self.id, Headers::default(), now());
                // An answer that came and was never looked at.
                if let Some(ClientEvent::Response(response)) = unread
                    && response.is_success()
                {
                    hang_up(core, self.id, &response, self.way.flow);
                }
            });
        }
    }
}

/// Who waits for the responses of a transaction.
pub(super) struct Waiting {
    way: Way,
    invite: Option<Box<Request>>,
    sender: mpsc::Sender<ClientEvent>,
}

impl Waiting {
    pub(super) fn new(way: Way, request: &Request) -> (Waiting, mpsc::Receiver<ClientEvent>) {
        let (sender, events) = mpsc::channel(QUEUE);
        let invite = (request.method == Method::INVITE).then(|| {
            let bare = Request { body: Vec::new(), ..request.clone() };
            Box::new(bare)
        });
        (Waiting { way, invite, sender }, events)
    }

    pub(super) fn is_invite(&self) -> bool {
        self.invite.is_some()
    }

    /// Hands a response over. Gives it back if it answers an INVITE that nobody waits for any more.
    pub(super) fn respond(&self, response: Box<Response>) -> Option<Box<Response>> {
        if response.is_provisional() && self.sender.capacity() <= KEPT {
            return None;
        }
        let answers = response.is_success() && self.is_invite();
        match self.sender.try_send(ClientEvent::Response(response)) {
            Ok(()) => None,
            Err(mpsc::error::TrySendError::Closed(ClientEvent::Response(response))) if answers => Some(response),
            Err(_) => None,
        }
    }

    pub(super) fn fail(&self, event: ClientEvent) {
        _ = self.sender.try_send(event);
    }
}

/// Acknowledges an answer that nobody waits for, and ends the call (RFC 3261 §9.1, §15).
pub(super) fn hang_up(core: &mut Core, id: ClientId, response: &Response, flow: Flow) {
    let Some(waiting) = core.waiting.get(&id) else { return };
    let Some(mut dialog) = waiting.invite.as_deref().and_then(|invite| Dialog::client(invite, response)) else {
        return;
    };
    let sent_by = waiting.way.sent_by.clone();
    let (ack, bye) = (dialog.ack(response), dialog.request(Method::BYE));
    let remote = Target::of(&bye.next_hop()).filter(|target| target.transport == flow.transport);
    let flow = Flow { remote: remote.map_or(flow.remote, |target| target.address), ..waiting.way.flow };
    core.layer.acknowledge(id, ack, flow, sent_by.clone());
    _ = core.layer.request(bye, flow, sent_by, now());
}
