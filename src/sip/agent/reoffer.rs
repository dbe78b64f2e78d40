//! Re-INVITEs of ours: to refresh the session, or to say whom the peer is connected with, where it takes no UPDATE.

use std::time::Duration;

use tokio::time::Instant;

use super::identity;
use super::proof::Proof;
use super::session::Session;
use super::session_timer::SessionTimer;
use crate::channel::{Cause, Party};
use crate::sip::sdp::{Description, Direction};
use crate::sip::transport::{ClientEvent, ClientTransaction};
use crate::sip::wire::{Method, Request, Response};

/// After a re-INVITE of the peer crossed ours we wait so long at least (RFC 3261 §14.1).
const GLARE: Duration = Duration::from_millis(2100);

/// What the next re-INVITE is for.
#[derive(Default)]
pub(super) struct Reoffer {
    refreshes: bool,
    connected: Option<Party>,
    /// Which way audio is to go from now on.
    direction: Option<Direction>,
    /// Which way it goes by the last one of ours.
    settled: Option<Direction>,
    not_before: Option<Instant>,
    /// The one whose final response has not come.
    sent: Option<(ClientTransaction, Proof)>,
}

impl Reoffer {
    /// Whether the peer's own re-INVITE would cross ours.
    pub fn is_open(&self) -> bool {
        self.sent.is_some()
    }

    /// Waits until one may be sent that is wanted; for ever where none is.
    pub async fn due(is_wanted: bool, not_before: Option<Instant>) {
        match (is_wanted, not_before) {
            (false, _) => std::future::pending().await,
            (true, None) => {}
            (true, Some(time)) => tokio::time::sleep_until(time).await,
        }
    }

    /// The next thing that comes of the one that was sent.
    pub async fn event(&mut self) -> Option<ClientEvent> {
        match &mut self.sent {
            Some((transaction, _)) => transaction.next().await,
            None => std::future::pending().await,
        }
    }
}

impl Session {
    /// Wants the session to be refreshed.
    pub fn want_refresh(&mut self) {
        self.reoffer.refreshes = true;
    }

    /// Wants the peer to know whom it is connected with.
    pub fn want_connected(&mut self, party: &Party) {
        self.reoffer.connected = Some(party.clone());
    }

    /// Wants audio to go another way: the peer is put on hold, or taken from it.
    pub fn want_direction(&mut self, direction: Direction) {
        self.reoffer.direction = Some(direction);
    }

    /// Whether a re-INVITE is wanted that may be sent, and when: what [`Reoffer::due`] goes by.
    pub fn next_reoffer(&self) -> (bool, Option<Instant>) {
        let Reoffer { refreshes, connected, direction, not_before, sent, .. } = &self.reoffer;
        let is_free = sent.is_none() && self.dialog.is_confirmed() && self.unacknowledged.is_none();
        (is_free && (*refreshes || connected.is_some() || direction.is_some()), *not_before)
    }

    /// Sends what is wanted.
    pub async fn send_reoffer(&mut self) {
        let direction = self.reoffer.direction.take().or(self.reoffer.settled).unwrap_or(Direction::SendRecv);
        let Ok(offer) = self.negotiation.offer(direction) else { return self.forget_reoffer() };
        self.reoffer.settled = Some(direction);
        let mut request = self.dialog.request(Method::INVITE);
        match &self.timer {
            Some(timer) if timer.is_ours() => timer.refresh(&mut request.headers),
            Some(timer) => timer.keep(&mut request.headers),
            None => {}
        }
        let party = self.reoffer.connected.take().unwrap_or_else(|| self.channel.state().connected.clone());
        identity::assert_connected(&mut request.headers, &self.line.endpoint, &party, &self.contact);
        request.set_body("application/sdp", offer);
        self.reoffer.refreshes = false;
        self.send_again(request, Proof::default()).await;
    }

    async fn send_again(&mut self, request: Request, proof: Proof) {
        match self.send(request).await {
            Ok(transaction) => self.reoffer.sent = Some((transaction, proof)),
            Err(error) => {
                tracing::info!("{}: no way for a re-INVITE: {error}", self.channel.name());
                self.negotiation.withdraw();
            }
        }
    }

    fn forget_reoffer(&mut self) {
        (self.reoffer.refreshes, self.reoffer.connected, self.reoffer.direction) = (false, None, None);
    }

    /// What came of a re-INVITE. False where the peer does not know of the call any more.
    pub async fn reoffered(&mut self, event: Option<ClientEvent>) -> bool {
        let response = match event {
            Some(ClientEvent::Response(response)) if response.is_provisional() => return true,
            Some(ClientEvent::Response(response)) => Some(response),
            Some(ClientEvent::TimedOut | ClientEvent::Undeliverable) | None => None,
        };
        let Some((transaction, mut proof)) = self.reoffer.sent.take() else { return true };
        let is_there = match response {
            Some(response) if response.is_success() => {
                self.agreed(&transaction, &response).await;
                return true;
            }
            Some(response) => {
                let logins = self.line.endpoint.outbound_logins();
                if let Some(mut again) = proof.answer(transaction.request(), &response, logins) {
                    again.cseq = self.dialog.request(Method::INVITE).cseq;
                    self.send_again(again, proof).await;
                    return true;
                }
                self.negotiation.withdraw();
                match response.code() {
                    491 => {
                        self.reoffer.refreshes = true;
                        self.reoffer.not_before = Some(Instant::now() + GLARE);
                        true
                    }
                    408 | 481 => false,
                    code => {
                        tracing::debug!("{}: the peer refused a re-INVITE: {code}", self.channel.name());
                        true
                    }
                }
            }
            None => false,
        };
        if !is_there {
            tracing::warn!("{}: the peer does not know of the call any more", self.channel.name());
            self.channel.party_hung_up(Cause::NORMAL);
        }
        is_there
    }

    async fn agreed(&mut self, transaction: &ClientTransaction, response: &Response) {
        self.dialog.receive_response(response);
        if let Ok(answer) = Description::parse(response.description())
            && let Ok(settled) = self.negotiation.accept(&answer, self.reoffer.settled.unwrap_or(Direction::SendRecv))
        {
            self.settle(&settled);
        }
        self.negotiation.withdraw();
        if let Some(timer) = SessionTimer::answered(response, &self.line.endpoint.session_timers) {
            self.timer = Some(timer);
        }
        let ack = self.dialog.ack(response);
        let way = self.way_of(&ack).await;
        transaction.acknowledge(ack, &way);
    }
}
