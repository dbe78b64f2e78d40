//! The messages that came and went of late, and which calls they belong to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rsip::Transport;
use tokio::time::Instant;

use super::Flow;
use super::logger::{method, without_keys};
use crate::sip::wire::Message;

/// So many messages are remembered.
const MOST_MESSAGES: usize = 4096;

/// So many calls are remembered.
const MOST_CALLS: usize = 2048;

/// A message that came or went.
#[derive(Clone, Debug)]
pub struct Passed {
    /// Counted from 0 since the start, or since the history was cleared.
    pub number: u64,
    pub at: Instant,
    pub is_received: bool,
    pub transport: Transport,
    pub peer: SocketAddr,
    pub call_id: Box<str>,
    /// `INVITE sip:600@192.0.2.1 SIP/2.0`, `SIP/2.0 200 OK`
    pub start_line: Box<str>,
    /// Of its CSeq.
    pub method: Box<str>,
    /// It has a session description.
    pub has_description: bool,
    /// All of it, where the history keeps whole messages.
    pub text: Option<Arc<str>>,
}

/// A SIP dialog and the channel above it.
#[derive(Clone, Debug)]
pub struct Belonging {
    pub call_id: Box<str>,
    pub channel: Arc<str>,
    /// The unique id of the oldest channel of the call.
    pub linked_id: Arc<str>,
}

/// What is remembered. Start lines always are, for `channel show ladder`; whole messages on request.
#[derive(Default)]
pub(super) struct History {
    messages: Mutex<Messages>,
    calls: Mutex<VecDeque<Belonging>>,
    keeps_whole: AtomicBool,
}

#[derive(Default)]
struct Messages {
    next: u64,
    passed: VecDeque<Passed>,
}

impl History {
    pub(super) fn keep_whole(&self, keeps: bool) {
        self.keeps_whole.store(keeps, Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        *self.messages.lock() = Messages::default();
    }

    pub(super) fn passed(&self) -> Vec<Passed> {
        self.messages.lock().passed.iter().cloned().collect()
    }

    pub(super) fn calls(&self) -> Vec<Belonging> {
        self.calls.lock().iter().cloned().collect()
    }

    pub(super) fn note_call(&self, belonging: Belonging) {
        let mut calls = self.calls.lock();
        if calls.len() >= MOST_CALLS {
            calls.pop_front();
        }
        calls.push_back(belonging);
    }

    pub(super) fn received(&self, flow: Flow, message: &Message) {
        let start_line = match message {
            Message::Request(request) => format!("{} {} SIP/2.0", request.method, request.uri),
            Message::Response(response) => format!("SIP/2.0 {} {}", response.code(), response.reason),
        };
        let (method, body) = match message {
            Message::Request(request) => (request.method.to_string(), &request.body),
            Message::Response(response) => (response.cseq.method.to_string(), &response.body),
        };
        let text = || String::from_utf8_lossy(&message.to_bytes()).into_owned();
        self.note(
            flow,
            true,
            Outline {
                call_id: message.call_id(),
                start_line: &start_line,
                method: &method,
                has_description: body.starts_with(b"v=0"),
            },
            text,
        );
    }

    pub(super) fn sent(&self, flow: Flow, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        self.note(
            flow,
            false,
            Outline {
                call_id: field("Call-ID:"),
                start_line: head.lines().next().unwrap_or_default(),
                method: method(head),
                has_description: body.starts_with("v=0"),
            },
            || text.clone().into_owned(),
        );
    }

    fn note(&self, flow: Flow, is_received: bool, outline: Outline<'_>, text: impl FnOnce() -> String) {
        let text = self.keeps_whole.load(Ordering::Relaxed).then(|| Arc::from(without_keys(&text())));
        let mut messages = self.messages.lock();
        let number = messages.next;
        messages.next += 1;
        if messages.passed.len() >= MOST_MESSAGES {
            messages.passed.pop_front();
        }
        messages.passed.push_back(Passed {
            number,
            at: Instant::now(),
            is_received,
            transport: flow.transport,
            peer: flow.remote,
            call_id: outline.call_id.into(),
            start_line: outline.start_line.into(),
            method: outline.method.into(),
            has_description: outline.has_description,
            text,
        });
    }
}

/// What is always kept of a message.
struct Outline<'a> {
    call_id: &'a str,
    start_line: &'a str,
    method: &'a str,
    has_description: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_messages_make_room_and_whole_ones_are_kept_on_request() {
        let history = History::default();
        let flow = Flow {
            transport: Transport::Udp,
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "192.0.2.2:5060".parse().unwrap(),
        };
        let invite = b"INVITE sip:2001@192.0.2.2 SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n";
        history.sent(flow, invite);
        history.keep_whole(true);
        for _ in 0..MOST_MESSAGES {
            history.sent(flow, b"SIP/2.0 200 OK\r\nCall-ID: b\r\nCSeq: 2 BYE\r\n\r\n");
        }
        let passed = history.passed();
        assert_eq!((passed.len(), passed[0].number), (MOST_MESSAGES, 1));
        assert_eq!((&*passed[0].start_line, &*passed[0].method, &*passed[0].call_id), ("SIP/2.0 200 OK", "BYE", "b"));
        assert!(passed[0].text.as_deref().is_some_and(|text| text.contains("CSeq: 2 BYE")));
        history.clear();
        history.sent(flow, invite);
        let passed = history.passed();
        assert!(passed[0].has_description && passed[0].number == 0 && !passed[0].is_received);
    }
}
