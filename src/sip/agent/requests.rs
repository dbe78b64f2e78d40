//! What a peer asks inside its call.

use std::ops::ControlFlow;

use rsip::StatusCode;

use super::refer::{self, ACCEPTED};
use super::session::Session;
use super::{identity, info, message, reasons, serve};
use crate::channel::{Cause, Event};
use crate::sip::sdp::{Description, Direction, SdpError};
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::{Method, Request};

impl Session {
    /// A request of the peer inside the dialog. Breaks when the call is over.
    pub async fn take(&mut self, transaction: ServerTransaction) -> ControlFlow<()> {
        if let Err(status) = self.dialog.receive_request(&transaction.request) {
            self.reply(&transaction, status);
            return ControlFlow::Continue(());
        }
        match transaction.request.method {
            Method::BYE => {
                self.reply(&transaction, StatusCode::OK);
                self.line.audio.stop();
                let cause = reasons::given(&transaction.request.headers, &self.line.endpoint).unwrap_or(Cause::NORMAL);
                self.channel.party_hung_up(cause);
                return ControlFlow::Break(());
            }
            Method::INVITE => {
                self.refreshed(&transaction.request);
                self.learn_identity(&transaction.request);
                self.reinvite(transaction);
            }
            Method::UPDATE => {
                self.refreshed(&transaction.request);
                self.learn_identity(&transaction.request);
                self.update(&transaction);
            }
            Method::INFO => {
                let status = self.informed(&transaction.request);
                self.reply(&transaction, status);
            }
            Method::MESSAGE => {
                let status = match message::text(&transaction.request) {
                    Some(text) => {
                        self.pass_text(&text);
                        StatusCode::from(ACCEPTED)
                    }
                    None => StatusCode::UnsupportedMediaType,
                };
                self.reply(&transaction, status);
            }
            Method::REFER => refer::referred(self, &transaction).await,
            Method::NOTIFY => {
                self.notified(&transaction.request);
                self.reply(&transaction, StatusCode::OK);
            }
            Method::OPTIONS => {
                let mut response = self.agent.response(&transaction, StatusCode::OK);
                serve::introduce(&mut response, &self.line.endpoint);
                // Fails only where the request has been answered already.
                let _ = transaction.respond(&response);
            }
            _ => self.reply(&transaction, StatusCode::MethodNotAllowed),
        }
        ControlFlow::Continue(())
    }

    /// An INFO: a key, or the wish for a recording.
    fn informed(&self, request: &Request) -> StatusCode {
        if let Some(digit) = info::digit(request) {
            self.channel.report(Event::Digit(digit));
        }
        let signalling = &self.line.endpoint.signalling;
        let feature = match request.headers.get("Record").map(|word| word.trim().to_ascii_lowercase()).as_deref() {
            Some("on") => &signalling.record_features[0],
            Some("off") => &signalling.record_features[1],
            _ => return StatusCode::OK,
        };
        if !signalling.records_on_request {
            return StatusCode::Forbidden;
        }
        match self.agent.arrivals.feature_keys(&self.channel, feature) {
            Some(keys) => {
                keys.chars().for_each(|key| self.channel.report(Event::Digit(key)));
                StatusCode::OK
            }
            None => StatusCode::ServerInternalError,
        }
    }

    /// A NOTIFY: how a transfer goes that we asked the peer for.
    fn notified(&self, request: &Request) {
        let event = request.headers.get("Event").unwrap_or_default();
        if event.split(';').next().is_some_and(|event| event.trim().eq_ignore_ascii_case("refer"))
            && let Some(status) = refer::status_of(&request.body).filter(|status| *status >= 200)
        {
            self.channel.report(Event::Transferred(status));
        }
    }

    /// Whom the peer says that it is, for who talks with it.
    fn learn_identity(&self, request: &Request) {
        let Some(party) = identity::told(&request.headers, &self.line.endpoint) else { return };
        let is_news = self.channel.state().caller != party;
        if is_news {
            self.channel.state().caller = party.clone();
            let partner = self.channel.bridged_with().and_then(|name| self.channel.channels().find(&name));
            if let Some(partner) = partner {
                partner.connect_with(&party);
            }
        }
    }

    /// Shows a text to whom the peer talks with; where it talks with nobody the conference or the plan takes it.
    fn pass_text(&self, text: &str) {
        let channels = self.channel.channels();
        match self.channel.bridged_with().and_then(|name| channels.find(&name)) {
            Some(partner) => _ = partner.leg().send_text(text),
            None => self.channel.report(Event::Text(text.into())),
        }
    }

    /// The peer changes the session, or refreshes it.
    fn reinvite(&mut self, transaction: ServerTransaction) {
        if self.unacknowledged.is_some() || self.reoffer.is_open() || !self.dialog.is_confirmed() {
            return self.reply(&transaction, StatusCode::RequestPending);
        }
        let description = match transaction.request.description() {
            [] => self.negotiation.offer(Direction::SendRecv),
            offer => self.renegotiate(offer),
        };
        match description {
            Ok(description) => {
                let response = self.success(&transaction, Some(description));
                if transaction.respond(&response).is_ok() {
                    self.unacknowledged = Some(transaction);
                }
            }
            Err(error) => {
                tracing::info!("{}: change of the call refused: {error}", self.channel.name());
                self.reply(&transaction, StatusCode::from(error.status()));
            }
        }
    }

    pub fn update(&mut self, transaction: &ServerTransaction) {
        let description = match transaction.request.description() {
            [] => Ok(None),
            offer => self.renegotiate(offer).map(Some),
        };
        let response = match description {
            Ok(description) => self.success(transaction, description),
            Err(error) => self.agent.response(transaction, StatusCode::from(error.status())),
        };
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&response);
    }

    fn renegotiate(&mut self, offer: &[u8]) -> Result<String, SdpError> {
        let offer = Description::parse(offer)?;
        let (answer, settled) = self.negotiation.answer(&offer, Direction::SendRecv)?;
        self.settle(&settled);
        Ok(answer)
    }
}
