//! Provisional responses of ours that the caller has to acknowledge (RFC 3262).
//!
//! One is under way at a time; those that come meanwhile wait, and so does the answer.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use rsip::StatusCode;
use tokio::time::Instant;

use crate::sip::endpoint::Reliability;
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::{Request, Response};

/// The tag of the extension.
pub(super) const TAG: &str = "100rel";

/// 421 Extension Required.
const EXTENSION_REQUIRED: u16 = 421;

/// Provisional responses that may wait; a plan that sends more loses the newest.
const MOST: usize = 16;

/// The provisional responses to one INVITE.
#[derive(Debug, Default)]
pub(super) struct Reliable {
    is_wanted: bool,
    number: u32,
    sent: Option<Sent>,
    waiting: VecDeque<Response>,
}

/// The one whose PRACK has not come.
#[derive(Debug)]
struct Sent {
    response: Response,
    number: u32,
    again: Instant,
    pause: Duration,
    until: Instant,
}

impl Reliable {
    /// What the caller and the endpoint's `100rel` make of it.
    ///
    /// # Errors
    /// 420 where the caller requires what the endpoint may not have, 421 where it is the other way round.
    pub fn agreed(request: &Request, wanted: Reliability) -> Result<Self, StatusCode> {
        let requires = request.headers.lists("Require", TAG);
        let supports = requires || request.headers.lists("Supported", TAG);
        let is_wanted = match wanted {
            Reliability::No if requires => return Err(StatusCode::BadExtension),
            Reliability::Required if !supports => return Err(StatusCode::from(EXTENSION_REQUIRED)),
            Reliability::No => false,
            Reliability::Supported => requires,
            Reliability::PeerSupported | Reliability::Required => supports,
        };
        Ok(Self { is_wanted, number: fastrand::u32(1..0x7fff), ..Self::default() })
    }

    /// Sends a provisional response, now or when its turn comes.
    pub fn send(&mut self, transaction: &ServerTransaction, response: Response, t1: Duration) {
        match (self.is_wanted, &self.sent) {
            // Fails only where the INVITE has its final response, which is noticed elsewhere.
            (false, _) => _ = transaction.respond(&response),
            (true, None) => self.begin(transaction, response, t1),
            (true, Some(_)) if self.waiting.len() < MOST => self.waiting.push_back(response),
            (true, Some(_)) => {}
        }
    }

    fn begin(&mut self, transaction: &ServerTransaction, mut response: Response, t1: Duration) {
        self.number += 1;
        response.headers.set("Require", TAG);
        response.headers.set("RSeq", self.number.to_string());
        let _ = transaction.respond(&response);
        let now = Instant::now();
        self.sent = Some(Sent { response, number: self.number, again: now + t1, pause: t1, until: now + t1 * 64 });
    }

    /// Whether provisional responses want a PRACK.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// Whether a PRACK is waited for; the answer has to wait with it.
    pub fn is_open(&self) -> bool {
        self.sent.is_some()
    }

    /// When [`resend`](Self::resend) is due; `None` while nothing is waited for.
    pub fn due(&self) -> Option<Instant> {
        self.sent.as_ref().map(|sent| sent.again.min(sent.until))
    }

    /// Sends the response again. Breaks where its PRACK never came.
    pub fn resend(&mut self, transaction: &ServerTransaction) -> ControlFlow<()> {
        let Some(sent) = &mut self.sent else { return ControlFlow::Continue(()) };
        let now = Instant::now();
        if now >= sent.until {
            return ControlFlow::Break(());
        }
        sent.pause *= 2;
        sent.again = now + sent.pause;
        let _ = transaction.respond(&sent.response);
        ControlFlow::Continue(())
    }

    /// Whether a PRACK is that of the response under way; the next one goes out then.
    pub fn acknowledge(&mut self, transaction: &ServerTransaction, prack: &Request, t1: Duration) -> bool {
        let mut words = prack.headers.get("RAck").unwrap_or_default().split_whitespace();
        let number: Option<u32> = words.next().and_then(|number| number.parse().ok());
        let cseq: Option<u32> = words.next().and_then(|number| number.parse().ok());
        let is_ours = self.sent.as_ref().is_some_and(|sent| Some(sent.number) == number)
            && cseq == Some(transaction.request.cseq)
            && words.next() == Some("INVITE");
        if is_ours {
            self.sent = None;
            if let Some(next) = self.waiting.pop_front() {
                self.begin(transaction, next, t1);
            }
        }
        is_ours
    }
}

/// Waits until then; for ever without a time.
pub(super) async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
