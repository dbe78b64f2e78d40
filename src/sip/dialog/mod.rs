//! Dialogs (RFC 3261 §12): what two user agents remember of each other between requests.
//!
//! A [`Dialog`] begins with an INVITE (or another request that opens one) and its first response with a To tag. It
//! then makes our requests (tags, CSeq, Route, remote target) and judges those of the peer. It knows no socket and
//! no clock; a forked INVITE simply has several.

use std::fmt;

use rsip::StatusCode;

use super::wire::{Method, NameAddr, Request, Response, Uri};

/// What identifies a dialog, seen from our side.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId {
    /// The Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// The peer's tag; empty with an RFC 2543 peer.
    pub remote_tag: String,
}

impl DialogId {
    /// The dialog that an incoming request wants to belong to. `None` if it stands outside of dialogs: it has no To
    /// tag. If it has one and we know no such dialog, the answer is 481.
    pub fn of_request(request: &Request) -> Option<DialogId> {
        let remote_tag = request.from.tag().unwrap_or("").to_owned();
        Some(DialogId { call_id: request.call_id.clone(), local_tag: request.to.tag()?.to_owned(), remote_tag })
    }

    /// The dialog that a response to our request belongs to or opens. `None` without a To tag (a 100).
    pub fn of_response(response: &Response) -> Option<DialogId> {
        let local_tag = response.from.tag().unwrap_or("").to_owned();
        Some(DialogId { call_id: response.call_id.clone(), local_tag, remote_tag: response.to.tag()?.to_owned() })
    }
}

impl fmt::Display for DialogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} to {})", self.call_id, self.local_tag, self.remote_tag)
    }
}

/// One dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    id: DialogId,
    local: NameAddr,
    remote: NameAddr,
    remote_target: Uri,
    route_set: Vec<NameAddr>,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    confirmed: bool,
}

impl Dialog {
    /// The dialog that our response with `local_tag` opens to a request of the peer (§12.1.1).
    ///
    /// # Errors
    ///
    /// 400 if the request has no usable Contact.
    pub fn server(request: &Request, local_tag: &str) -> Result<Dialog, StatusCode> {
        let contact = request.headers.contact().ok_or(StatusCode::BadRequest)?;
        let id = DialogId {
            call_id: request.call_id.clone(),
            local_tag: local_tag.to_owned(),
            remote_tag: request.from.tag().unwrap_or("").to_owned(),
        };
        Ok(Dialog {
            id,
            local: request.to.clone().with_tag(local_tag),
            remote: request.from.clone(),
            remote_target: contact.uri,
            route_set: request.headers.addresses("Record-Route"),
            local_cseq: 0,
            remote_cseq: Some(request.cseq),
            confirmed: false,
        })
    }

    /// The dialog that the peer's response opens to our request: early with a 1xx, confirmed with a 2xx (§12.1.2).
    /// `None` if the response opens none: a failure, or without To tag.
    ///
    /// A response without a Contact leaves the URI that was called as the target.
    pub fn client(request: &Request, response: &Response) -> Option<Dialog> {
        if !(101..300).contains(&response.code()) {
            return None;
        }
        let mut dialog = Dialog {
            id: DialogId::of_response(response)?,
            local: request.from.clone(),
            remote: response.to.clone(),
            remote_target: request.uri.clone(),
            route_set: Vec::new(),
            local_cseq: request.cseq,
            remote_cseq: None,
            confirmed: false,
        };
        dialog.learn(response);
        Some(dialog)
    }

    /// What identifies it.
    pub fn id(&self) -> &DialogId {
        &self.id
    }

    /// The peer, with its tag.
    pub fn remote(&self) -> &NameAddr {
        &self.remote
    }

    /// Ourselves, with our tag.
    pub fn local(&self) -> &NameAddr {
        &self.local
    }

    /// Where the peer wants its requests: its last Contact.
    pub fn remote_target(&self) -> &Uri {
        &self.remote_target
    }

    /// True once a 2xx was sent or received; until then the dialog is early.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Our 2xx to the request that opened the dialog was sent.
    pub fn confirm(&mut self) {
        self.confirmed = true;
    }

    /// A response to one of our requests inside the dialog, or a further one to the request that opened it: a 2xx
    /// to INVITE or UPDATE may move the target, and the 2xx that confirms an early dialog settles the route anew
    /// (§13.2.2.4).
    pub fn receive_response(&mut self, response: &Response) {
        let refreshes = matches!(response.cseq.method, Method::INVITE | Method::UPDATE | Method::SUBSCRIBE);
        if !self.confirmed && response.cseq.method == Method::INVITE {
            self.learn(response);
        } else if refreshes && response.is_success() {
            self.retarget(response.headers.contact());
        }
    }

    fn learn(&mut self, response: &Response) {
        if response.is_success() {
            self.confirmed = true;
        }
        let mut routes = response.headers.addresses("Record-Route");
        routes.reverse();
        self.route_set = routes;
        self.retarget(response.headers.contact());
    }

    fn retarget(&mut self, contact: Option<NameAddr>) {
        if let Some(contact) = contact {
            self.remote_target = contact.uri;
        }
    }

    /// A request of the peer inside this dialog (§12.2.2). INVITE and UPDATE may move the target.
    ///
    /// # Errors
    ///
    /// 500 if its CSeq goes backwards: it is out of order.
    pub fn receive_request(&mut self, request: &Request) -> Result<(), StatusCode> {
        if matches!(request.method, Method::ACK | Method::CANCEL) {
            return Ok(());
        }
        if self.remote_cseq.is_some_and(|last| request.cseq <= last) {
            return Err(StatusCode::ServerInternalError);
        }
        self.remote_cseq = Some(request.cseq);
        if matches!(request.method, Method::INVITE | Method::UPDATE | Method::SUBSCRIBE | Method::NOTIFY) {
            self.retarget(request.headers.contact());
        }
        Ok(())
    }

    /// Our next request in this dialog; an ACK is made by [`Dialog::ack`], a CANCEL by its transaction.
    pub fn request(&mut self, method: Method) -> Request {
        self.local_cseq = self.local_cseq.saturating_add(1);
        self.request_numbered(method, self.local_cseq)
    }

    /// The ACK of a 2xx: it bears the number of the INVITE that the response answers (§13.2.2.4).
    pub fn ack(&self, response: &Response) -> Request {
        self.request_numbered(Method::ACK, response.cseq.sequence)
    }

    /// Request-URI and Route follow the route set: past a loose router the target stays the Request-URI, a strict one
    /// wants to be it itself (§12.2.1.1).
    fn request_numbered(&self, method: Method, cseq: u32) -> Request {
        let mut routes = self.route_set.clone();
        let mut uri = self.remote_target.clone();
        if let Some(first) = routes.first()
            && !first.uri.as_sip().is_some_and(|uri| uri.is_loose_router())
        {
            routes.push(NameAddr::new(std::mem::replace(&mut uri, first.uri.clone())));
            routes.remove(0);
        }
        if let Some(sip) = uri.as_sip_mut() {
            // Not allowed in a Request-URI (§19.1.1).
            sip.headers.clear();
            sip.params.remove("method");
        }
        let mut request = Request::new(method, uri, self.local.clone(), self.remote.clone(), &self.id.call_id, cseq);
        for route in routes {
            request.headers.push("Route", route.to_string());
        }
        request
    }
}

#[cfg(test)]
mod tests;
