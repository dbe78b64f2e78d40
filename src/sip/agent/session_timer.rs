//! Session timers (RFC 4028): a call whose peer has vanished is noticed, because one side refreshes it in time.

use std::time::Duration;

use tokio::time::Instant;

use crate::sip::endpoint::{Initiative, Refresher, SessionTimers};
use crate::sip::wire::{Headers, Request, Response};

/// Who does not refresh is given so long before the end of the interval.
const GRACE: Duration = Duration::from_secs(32);

/// The timer of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SessionTimer {
    interval: Duration,
    /// We refresh; otherwise the peer does.
    is_ours: bool,
    /// When we refresh, or when the peer should have.
    due: Instant,
}

/// A peer wants its session to be refreshed more often than we like: the shortest interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooSmall(pub Duration);

/// The interval of a `Session-Expires`, and who refreshes where it says so.
fn expires(headers: &Headers) -> Option<(Duration, Option<bool>)> {
    let text = headers.get("Session-Expires")?;
    let mut parts = text.split(';').map(str::trim);
    let seconds = parts.next()?.parse().ok()?;
    let refresher = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("refresher").then(|| value.trim().eq_ignore_ascii_case("uac"))
    });
    Some((Duration::from_secs(seconds), refresher))
}

fn knows_timers(headers: &Headers) -> bool {
    headers.lists("Supported", "timer")
}

impl SessionTimer {
    fn new(interval: Duration, is_ours: bool) -> Self {
        let wait = if is_ours { interval / 2 } else { interval - GRACE.min(interval / 3) };
        Self { interval, is_ours, due: Instant::now() + wait }
    }

    /// What becomes of a request that opens or refreshes a session with us.
    ///
    /// # Errors
    /// Where the peer's interval is too small.
    pub fn asked(request: &Request, settings: &SessionTimers) -> Result<Option<Self>, TooSmall> {
        if !settings.is_accepted {
            return Ok(None);
        }
        let Some((interval, refresher)) = expires(&request.headers) else {
            // The peer did not ask: we do where the endpoint wants it or the peer insists, and refresh.
            let asks = settings.initiative == Initiative::Always
                || request.headers.lists("Require", "timer")
                || settings.offers_to_callers && knows_timers(&request.headers);
            return Ok(asks.then(|| Self::new(settings.interval, true)));
        };
        if interval < settings.least {
            return Err(TooSmall(settings.least));
        }
        let wanted = settings.refresher.map(|refresher| refresher == Refresher::Uac);
        let peer_refreshes = refresher.or(wanted).unwrap_or(true) && knows_timers(&request.headers);
        Ok(Some(Self::new(interval, !peer_refreshes)))
    }

    /// What an answer to our request settles.
    pub fn answered(response: &Response, settings: &SessionTimers) -> Option<Self> {
        let (interval, we_refresh) = expires(&response.headers).filter(|_| settings.is_accepted)?;
        Some(Self::new(interval, we_refresh.unwrap_or(true)))
    }

    /// Writes it into our answer.
    pub fn answer(&self, headers: &mut Headers) {
        let who = if self.is_ours { "uas" } else { "uac" };
        headers.set("Session-Expires", format!("{};refresher={who}", self.interval.as_secs()));
        if !self.is_ours {
            headers.set("Require", "timer");
        }
    }

    /// Writes it into our request that refreshes.
    pub fn refresh(&self, headers: &mut Headers) {
        headers.set("Session-Expires", format!("{};refresher=uac", self.interval.as_secs()));
    }

    /// Writes it into a request of ours that is for something else: the peer goes on refreshing.
    pub fn keep(&self, headers: &mut Headers) {
        headers.set("Session-Expires", format!("{};refresher=uas", self.interval.as_secs()));
    }

    /// The interval begins anew.
    pub fn restart(&mut self) {
        *self = Self::new(self.interval, self.is_ours);
    }

    pub fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Waits until it is due; never where there is none.
    pub async fn due(timer: Option<Self>) {
        match timer {
            Some(timer) => tokio::time::sleep_until(timer.due).await,
            None => std::future::pending().await,
        }
    }
}

/// Asks in an INVITE for a timer where the endpoint wants one.
pub(super) fn offer(request: &mut Request, settings: &SessionTimers) {
    if settings.is_accepted && settings.initiative != Initiative::Never {
        let who = settings.refresher.map_or("", |refresher| match refresher {
            Refresher::Uac => ";refresher=uac",
            Refresher::Uas => ";refresher=uas",
        });
        request.headers.set("Session-Expires", format!("{}{who}", settings.interval.as_secs()));
        request.headers.set("Min-SE", settings.least.as_secs().to_string());
    }
}

/// Asks again with the interval that a 422 wants; false where it is no such answer.
pub(super) fn ask_again(request: &mut Request, response: &Response) -> bool {
    let least = response.headers.get("Min-SE").and_then(|text| text.split(';').next()?.trim().parse::<u32>().ok());
    let Some(least) = least.filter(|_| response.code() == 422) else { return false };
    request.headers.set("Session-Expires", least.to_string());
    request.headers.set("Min-SE", least.to_string());
    request.cseq = request.cseq.saturating_add(1);
    true
}
