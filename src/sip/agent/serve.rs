//! Taking requests: to their call, or answering them at once.

use std::borrow::Cow;
use std::sync::Arc;

use rsip::StatusCode;

use super::extensions::{UNDERSTOOD, supported};
use super::{Agent, incoming, message, subscribe};
use crate::sip::dialog::DialogId;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::transport::{Incoming, ServerTransaction};
use crate::sip::wire::{Inspection, Method, Request, Response, Uri};

/// The methods served anywhere.
const METHODS: [Method; 14] = [
    Method::INVITE,
    Method::ACK,
    Method::CANCEL,
    Method::OPTIONS,
    Method::BYE,
    Method::REFER,
    Method::NOTIFY,
    Method::INFO,
    Method::UPDATE,
    Method::PRACK,
    Method::REGISTER,
    Method::SUBSCRIBE,
    Method::MESSAGE,
    Method::PUBLISH,
];

/// The bodies that are understood.
const CONTENT_TYPES: [&str; 7] = [
    "application/sdp",
    "text/plain",
    "application/dtmf-relay",
    "application/dtmf",
    "application/vnd.nortelnetworks.digits",
    "message/sipfrag",
    "multipart/*",
];

/// Takes requests until the sockets close.
pub(super) async fn serve(agent: Arc<Agent>, mut incoming: Incoming) {
    let inspection = Inspection {
        methods: METHODS.to_vec(),
        extensions: UNDERSTOOD.map(str::to_owned).to_vec(),
        content_types: CONTENT_TYPES.map(str::to_owned).to_vec(),
    };
    while let Some(transaction) = incoming.next().await {
        agent.take(transaction, &inspection);
    }
}

impl Agent {
    fn take(&self, transaction: ServerTransaction, inspection: &Inspection) {
        let request = &transaction.request;
        if let Err(refusal) = inspection.inspect(request)
            && !is_harmless(request, &refusal.status)
        {
            tracing::debug!(peer = %transaction.flow.remote, "{} refused: {}", request.method, refusal.status);
            let mut response = refusal.response(request, transaction.to_tag());
            self.sign(&mut response);
            // Fails only where the request has been answered already.
            let _ = transaction.respond(&response);
            return;
        }
        if let Some(id) = DialogId::of_request(request) {
            if let Some(stray) = self.calls.deliver(&id, transaction) {
                let _ = stray.respond(&self.response(&stray, StatusCode::CallTransactionDoesNotExist));
            }
            return;
        }
        if !self.settings.load().general.global.access.permits(transaction.flow.remote.ip()) {
            return self.keep_out(&transaction);
        }
        match &request.method {
            &Method::INVITE => incoming::invited(self, transaction),
            &Method::REGISTER => self.register(&transaction),
            &Method::MESSAGE => message::received(self, &transaction),
            &Method::SUBSCRIBE => subscribe::subscribed(self, &transaction),
            &Method::OPTIONS => self.asked(&transaction),
            method => {
                let status = match *method {
                    // Nothing is published here.
                    Method::PUBLISH => StatusCode::BadEvent,
                    Method::INFO | Method::UPDATE | Method::PRACK | Method::NOTIFY | Method::REFER
                        if self.technology_of(&transaction) == Technology::Pjsip =>
                    {
                        StatusCode::NotImplemented
                    }
                    _ => StatusCode::CallTransactionDoesNotExist,
                };
                let _ = transaction.respond(&self.response(&transaction, status));
            }
        }
    }

    /// OPTIONS outside of dialogs: whether a call to this number would be taken.
    fn asked(&self, transaction: &ServerTransaction) {
        let Some(endpoint) = self.admit_asking(transaction) else { return };
        let request = &transaction.request;
        let number = self.dialled(&request.uri);
        let caller = request.from.uri.user().unwrap_or_default();
        let is_there = number.is_none_or(|number| {
            self.arrivals.reach(&endpoint.context, &number, &caller) == crate::channel::arrivals::Reach::Complete
        });
        let mut response = self.response(transaction, if is_there { StatusCode::OK } else { StatusCode::NotFound });
        introduce(&mut response, &endpoint);
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&response);
    }

    /// A response that says who we are, and to a success or refused method what we do.
    pub(super) fn response(&self, transaction: &ServerTransaction, status: impl Into<StatusCode>) -> Response {
        let mut response = transaction.response(status);
        self.sign(&mut response);
        let is_about_calls = matches!(transaction.request.method, Method::INVITE | Method::UPDATE | Method::OPTIONS);
        let tells = match response.code() {
            ..=100 => false,
            101..300 => is_about_calls,
            code => matches!(code, 405 | 501),
        };
        if tells || self.technology_of(transaction) == Technology::Sip {
            response.headers.set("Allow", self.methods());
        }
        response
    }

    /// What we do, as Allow says it.
    fn methods(&self) -> String {
        METHODS.each_ref().map(Method::as_str).join(", ")
    }

    /// The number that a request is for; `None` where its URI has no user.
    pub(super) fn dialled(&self, uri: &Uri) -> Option<String> {
        let user = match self.settings.load().general.global.ignores_user_options {
            true => uri.user(),
            false => uri.user_with_options(),
        };
        user.filter(|user| !user.is_empty()).map(Cow::into_owned)
    }

    /// Whose socket a request came to.
    pub(super) fn technology_of(&self, transaction: &ServerTransaction) -> Technology {
        let settings = self.settings.load();
        let local = transaction.flow.local;
        let at = settings.listen.iter().find(|listen| {
            let address = listen.address;
            address.port() == local.port() && (address.ip().is_unspecified() || address.ip() == local.ip())
        });
        at.map_or(Technology::Sip, |listen| listen.technology)
    }

    pub(super) fn sign(&self, response: &mut Response) {
        if response.code() > 100 {
            response.headers.set("Server", self.settings.load().general.user_agent.clone());
        }
    }

    /// Says in a request who we are and what we do.
    pub(super) fn sign_request(&self, request: &mut Request) {
        let settings = self.settings.load();
        request.headers.set("User-Agent", settings.general.user_agent.clone());
        request.headers.set("Max-Forwards", settings.general.max_forwards.to_string());
        if matches!(request.method, Method::INVITE | Method::UPDATE | Method::SUBSCRIBE | Method::NOTIFY) {
            request.headers.set("Allow", self.methods());
        }
    }
}

/// Says in the answer to OPTIONS what we understand.
pub(super) fn introduce(response: &mut Response, endpoint: &Endpoint) {
    response.headers.set("Accept", CONTENT_TYPES.join(", "));
    response.headers.set("Accept-Encoding", "identity");
    response.headers.set("Accept-Language", "en");
    response.headers.set("Supported", supported(endpoint));
}

/// An INFO or NOTIFY with a body that we do not know can be let pass.
fn is_harmless(request: &Request, status: &StatusCode) -> bool {
    status.code() == 415 && matches!(request.method, Method::INFO | Method::NOTIFY | Method::BYE)
}
