//! Subscriptions (RFC 6665), from the notifier's side: how long one lives, what each NOTIFY says of it, and the
//! documents that it carries. It knows no socket.

pub mod documents;

use std::time::Duration;

use tokio::time::Instant;

/// The time that a subscription is given without a wish, and the longest in `sip.conf`.
pub const USUAL: Duration = Duration::from_secs(3600);

/// What can be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// Whether an extension is free (RFC 3856), as a PIDF document.
    Presence,
    /// Its calls (RFC 4235).
    Dialog,
    /// The messages of a mailbox (RFC 3842).
    MessageSummary,
}

/// The presence documents of old telephones.
pub const XPIDF: &str = "application/xpidf+xml";
pub const CPIM: &str = "application/cpim-pidf+xml";

/// The packages, as `Allow-Events` lists them.
pub const PACKAGES: &str = "presence, dialog, message-summary, refer";

impl Package {
    /// Reads an Event header; its parameters aside.
    pub fn parse(event: &str) -> Option<Self> {
        match event.split(';').next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "presence" => Some(Self::Presence),
            "dialog" => Some(Self::Dialog),
            "message-summary" => Some(Self::MessageSummary),
            _ => None,
        }
    }

    /// The name in the Event header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Dialog => "dialog",
            Self::MessageSummary => "message-summary",
        }
    }

    /// The types of its documents, the usual one first.
    pub fn content_types(self) -> &'static [&'static str] {
        match self {
            Self::Presence => &["application/pidf+xml", XPIDF, CPIM],
            Self::Dialog => &["application/dialog-info+xml"],
            Self::MessageSummary => &["application/simple-message-summary"],
        }
    }

    /// The usual type of its documents.
    pub fn content_type(self) -> &'static str {
        self.content_types().first().copied().unwrap_or_default()
    }

    /// The type that a subscriber takes, by its Accept headers; the usual one without any.
    pub fn choose<'a>(self, accept: impl Iterator<Item = &'a str>) -> Option<&'static str> {
        let mut has_any = false;
        for kind in accept {
            has_any = true;
            let kind = kind.split(';').next().unwrap_or("").trim();
            if kind == "*/*" || kind.eq_ignore_ascii_case("application/*") {
                return Some(self.content_type());
            }
            if let Some(known) = self.content_types().iter().find(|known| kind.eq_ignore_ascii_case(known)) {
                return Some(known);
            }
        }
        (!has_any).then(|| self.content_type())
    }
}

/// Why a subscription is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was not refreshed, or to `chan_sip` also that its subscriber took leave.
    Timeout,
    /// Its subscriber took leave.
    Unsubscribed,
    /// What it is about is there no more.
    NoResource,
    /// It may be made again at once, after a restart or so.
    Deactivated,
}

impl End {
    fn words(self) -> &'static str {
        match self {
            End::Timeout => "terminated;reason=timeout",
            End::Unsubscribed => "terminated",
            End::NoResource => "terminated;reason=noresource",
            End::Deactivated => "terminated;reason=deactivated",
        }
    }
}

/// One subscription.
#[derive(Clone, Debug)]
pub struct Notifier {
    expires: Instant,
    longest: Duration,
    version: u32,
}

impl Notifier {
    /// Begins: for as long as was asked for, at most `longest`; without a wish an hour. Gives the time granted.
    pub fn begin(wanted: Option<u32>, longest: Duration, now: Instant) -> (Self, Duration) {
        let granted = granted(wanted, longest);
        (Self { expires: now + granted, longest, version: 0 }, granted)
    }

    /// A SUBSCRIBE in its dialog: lives on for the time that is given, or ends where it is none.
    pub fn refresh(&mut self, wanted: Option<u32>, now: Instant) -> Duration {
        let granted = granted(wanted, self.longest);
        self.expires = now + granted;
        granted
    }

    /// When it ends unless it is refreshed.
    pub fn expires(&self) -> Instant {
        self.expires
    }

    /// The Subscription-State of a NOTIFY.
    pub fn state(&self, now: Instant, end: Option<End>) -> String {
        match end {
            Some(end) => end.words().to_owned(),
            None => format!("active;expires={}", self.expires.saturating_duration_since(now).as_secs()),
        }
    }

    /// The version of the document that was sent last.
    pub fn last_version(&self) -> u32 {
        self.version.saturating_sub(1)
    }

    /// The version of the next document, from 0.
    pub fn next_version(&mut self) -> u32 {
        let version = self.version;
        self.version = version.wrapping_add(1);
        version
    }
}

fn granted(wanted: Option<u32>, longest: Duration) -> Duration {
    wanted.map_or(USUAL, |seconds| Duration::from_secs(seconds.into())).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_lives_as_long_as_it_is_refreshed() {
        let now = Instant::now();
        let (mut notifier, granted) = Notifier::begin(Some(600), USUAL, now);
        assert_eq!(granted, Duration::from_secs(600));
        assert_eq!(notifier.state(now + Duration::from_secs(100), None), "active;expires=500");
        assert_eq!(notifier.refresh(Some(999_999), now), USUAL);
        assert_eq!(notifier.refresh(Some(0), now), Duration::ZERO);
        assert_eq!(notifier.state(now, Some(End::Timeout)), "terminated;reason=timeout");
        assert_eq!((notifier.next_version(), notifier.next_version()), (0, 1));
    }

    #[test]
    fn what_a_subscriber_takes() {
        let choose = |text: &'static str| Package::Dialog.choose(text.split(',').filter(|text| !text.is_empty()));
        let accepts = |text| choose(text).is_some();
        assert_eq!(Package::Presence.choose(["text/html", "application/XPIDF+xml"].into_iter()), Some(XPIDF));
        assert!(accepts("") && accepts("text/plain, application/dialog-info+xml") && accepts("*/*"));
        assert!(!accepts("application/pidf+xml"));
        assert_eq!(Package::parse("Dialog;id=3"), Some(Package::Dialog));
        assert_eq!(Package::parse("conference"), None);
    }
}
