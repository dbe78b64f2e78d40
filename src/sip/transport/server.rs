//! Requests of a peer, and answering them.

use std::fmt;
use std::sync::Arc;

use rsip::StatusCode;
use tokio::sync::mpsc;

use super::core::{Shared, now};
use super::{Flow, Gone};
use crate::sip::transaction::ServerId;
use crate::sip::wire::{Method, Request, Response};

/// What happens to an INVITE after it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEvent {
    /// The caller gave up before the final response. The CANCEL has been answered; the INVITE wants a 487.
    Cancelled(Box<Request>),
    /// The ACK of our 2xx.
    Acknowledged(Box<Request>),
    /// Our final response was never acknowledged. After a 2xx, end the call by a BYE.
    Unacknowledged,
}

/// A request of a peer that wants a final response.
///
/// Dropping it without one answers 500, or 487 to an INVITE that was cancelled.
pub struct ServerTransaction {
    id: ServerId,
    /// The request.
    pub request: Request,
    /// The way it came.
    pub flow: Flow,
    to_tag: String,
    events: mpsc::Receiver<ServerEvent>,
    shared: Arc<Shared>,
}

impl ServerTransaction {
    pub(super) fn new(
        id: ServerId,
        request: Request,
        flow: Flow,
        to_tag: String,
        events: mpsc::Receiver<ServerEvent>,
        shared: Arc<Shared>,
    ) -> ServerTransaction {
        ServerTransaction { id, request, flow, to_tag, events, shared }
    }

    /// The tag that our responses give To: the dialog's, or a new one.
    pub fn to_tag(&self) -> &str {
        &self.to_tag
    }

    /// A response with our To tag, to be filled and given to [`ServerTransaction::respond`].
    pub fn response(&self, status: impl Into<StatusCode>) -> Response {
        self.request.response(status, Some(&self.to_tag))
    }

    /// Sends a response: provisional ones as they come, and one final. A 2xx to an INVITE is sent again until its ACK
    /// comes.
    ///
    /// # Errors
    ///
    /// [`Gone`] if the final response has been sent.
    pub fn respond(&self, response: &Response) -> Result<(), Gone> {
        self.shared.with(|core| {
            core.layer.respond(self.id, response, now())?;
            if response.code() >= 300 {
                core.serving.remove(&self.id);
            }
            Ok(())
        })
    }

    /// Sends a response without a body.
    ///
    /// # Errors
    ///
    /// [`Gone`] if the final response has been sent.
    pub fn reply(&self, status: impl Into<StatusCode>) -> Result<(), Gone> {
        self.respond(&self.response(status))
    }

    /// True until the final response.
    pub fn is_open(&self) -> bool {
        self.shared.with(|core| core.layer.is_open(self.id))
    }

    /// The next thing that happens to an INVITE; `None` when nothing more can come.
    pub async fn next(&mut self) -> Option<ServerEvent> {
        self.events.recv().await
    }
}

impl Drop for ServerTransaction {
    fn drop(&mut self) {
        let cancelled =
            std::iter::from_fn(|| self.events.try_recv().ok()).any(|event| matches!(event, ServerEvent::Cancelled(_)));
        let status = match cancelled && self.request.method == Method::INVITE {
            true => StatusCode::RequestTerminated,
            false => StatusCode::ServerInternalError,
        };
        _ = self.reply(status);
        self.shared.with(|core| core.serving.remove(&self.id));
    }
}

impl fmt::Debug for ServerTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTransaction")
            .field("id", &self.id)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
