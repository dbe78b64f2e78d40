//! The messages that the consoles show.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;

use super::Flow;

/// Which messages are shown: those with one of the hosts and of one of the methods. An empty list takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    pub hosts: Vec<IpAddr>,
    /// `INVITE`, with the responses to it.
    pub methods: Vec<String>,
}

impl Watched {
    fn takes(&self, peer: IpAddr, text: &str) -> bool {
        let is_host = self.hosts.is_empty() || self.hosts.contains(&peer.to_canonical());
        let is_method =
            || self.methods.is_empty() || self.methods.iter().any(|wanted| wanted.eq_ignore_ascii_case(method(text)));
        is_host && is_method()
    }
}

/// The method of a message: a response has it in its CSeq (RFC 3261 §8.1.1.5).
pub(super) fn method(text: &str) -> &str {
    if !text.starts_with("SIP/2.0 ") {
        return text.split(' ').next().unwrap_or_default();
    }
    let sequence = text.lines().find(|line| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("cseq:")));
    sequence.and_then(|line| line.split_whitespace().next_back()).unwrap_or_default()
}

/// Shows messages, or does not.
#[derive(Default)]
pub(super) struct Watch {
    is_on: AtomicBool,
    watched: ArcSwap<Watched>,
}

impl Watch {
    /// Shows these from now on; `None` shows no more.
    pub(super) fn set(&self, watched: Option<Watched>) {
        self.is_on.store(watched.is_some(), Ordering::Relaxed);
        self.watched.store(watched.unwrap_or_default().into());
    }

    /// What is shown now.
    pub(super) fn get(&self) -> Option<Watched> {
        self.is_on.load(Ordering::Relaxed).then(|| (**self.watched.load()).clone())
    }

    pub(super) fn received(&self, flow: Flow, bytes: impl FnOnce() -> Vec<u8>) {
        if self.is_on.load(Ordering::Relaxed) {
            self.show("Received", "from", flow, &bytes());
        }
    }

    pub(super) fn sent(&self, flow: Flow, bytes: &[u8]) {
        if self.is_on.load(Ordering::Relaxed) {
            self.show("Transmitting", "to", flow, bytes);
        }
    }

    /// Shows a message as Asterisk's loggers of SIP do.
    fn show(&self, what: &str, which_way: &str, flow: Flow, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        if !self.watched.load().takes(flow.remote.ip(), &text) {
            return;
        }
        let text = without_keys(&text);
        let kind = if text.starts_with("SIP/2.0") { "response" } else { "request" };
        let (transport, peer, length) = (flow.transport, flow.remote, bytes.len());
        tracing::info!(
            verbose = 0_i64,
            "<--- {what} SIP {kind} ({length} bytes) {which_way} {transport}:{peer} --->\n{text}\n"
        );
    }
}

/// The message without what secures its call (RFC 4568).
pub(super) fn without_keys(text: &str) -> String {
    let mut parts = text.split("inline:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| !letter.is_whitespace() && !"|;".contains(letter));
        shown.extend(["inline:(hidden)", rest]);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_method_narrow_what_is_shown() {
        let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse::<IpAddr>().unwrap());
        let invite = "INVITE sip:600@192.0.2.9 SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n";
        let answer = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1\r\ncseq: 1 INVITE\r\n\r\n";
        assert!(Watched::default().takes(here, invite));
        let watched = Watched { hosts: vec![here], methods: vec!["invite".to_owned()] };
        assert!(watched.takes(here, invite) && watched.takes(here, answer));
        assert!(!watched.takes(there, invite));
        assert!(!watched.takes(here, "OPTIONS sip:a SIP/2.0\r\n\r\n"));
        assert!(!watched.takes(here, "SIP/2.0 200 OK\r\n\r\n"));
    }

    #[test]
    fn keys_of_media_are_not_shown() {
        let line = |key: &str| format!("v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20\r\na=sendrecv\r\n");
        assert_eq!(without_keys(&line("c2VjcmV0/+=")), line("(hidden)"));
        assert_eq!(without_keys("v=0"), "v=0");
    }
}
