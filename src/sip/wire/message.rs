//! Requests and responses, and how they are written.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use rsip::StatusCode;

use super::headers::canonical;
use super::multipart::part;
use super::{Headers, Method, NameAddr, Uri, Via};

/// The media type of a session description.
const SESSION: &str = "application/sdp";

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// A SIP request. The method of its CSeq is its own method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI.
    pub uri: Uri,
    /// The Via values, the topmost first.
    pub via: Vec<Via>,
    /// From.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Call-ID.
    pub call_id: String,
    /// The number in CSeq.
    pub cseq: u32,
    /// The other header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A SIP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The reason phrase as it stands, or will stand, in the status line.
    pub reason: String,
    /// The Via values, the topmost first.
    pub via: Vec<Via>,
    /// From.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Call-ID.
    pub call_id: String,
    /// CSeq.
    pub cseq: CSeq,
    /// The other header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A CSeq value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// The number.
    pub sequence: u32,
    /// The method of the request.
    pub method: Method,
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sequence, self.method)
    }
}

impl Request {
    /// A request with Max-Forwards 70 and without Via: the transaction layer adds that.
    pub fn new(method: Method, uri: Uri, from: NameAddr, to: NameAddr, call_id: &str, cseq: u32) -> Request {
        let mut headers = Headers::default();
        headers.push("Max-Forwards", "70");
        Request { method, uri, via: Vec::new(), from, to, call_id: call_id.to_owned(), cseq, headers, body: Vec::new() }
    }

    /// Sets the body and its type.
    pub fn set_body(&mut self, content_type: &str, body: impl Into<Vec<u8>>) {
        self.headers.set("Content-Type", content_type);
        self.body = body.into();
    }

    /// The session description in the body, alone or among other parts; empty where there is none.
    pub fn description(&self) -> &[u8] {
        part(&self.headers, &self.body, SESSION).unwrap_or_default()
    }

    /// The CSeq value.
    pub fn cseq(&self) -> CSeq {
        CSeq { sequence: self.cseq, method: self.method.clone() }
    }

    /// The text of any header field, those held by the message included; with several, that of the `nth` from 0.
    pub fn field(&self, name: &str, nth: usize) -> Option<Cow<'_, str>> {
        field(&self.routing(&self.cseq()), &self.call_id, &self.headers, name, nth)
    }

    /// The request as it goes over the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines = Lines::default();
        lines.push(format_args!("{} {} SIP/2.0", self.method, self.uri));
        lines.finish(&self.routing(&self.cseq()), &self.headers, &self.body)
    }

    fn routing<'a>(&'a self, cseq: &'a CSeq) -> Routing<'a> {
        Routing { via: &self.via, from: &self.from, to: &self.to, call_id: &self.call_id, cseq }
    }
}

impl Response {
    /// The session description in the body, alone or among other parts; empty where there is none.
    pub fn description(&self) -> &[u8] {
        part(&self.headers, &self.body, SESSION).unwrap_or_default()
    }

    /// The status code as a number.
    pub fn code(&self) -> u16 {
        self.status.code()
    }

    /// True for 1xx.
    pub fn is_provisional(&self) -> bool {
        self.code() < 200
    }

    /// True for 2xx.
    pub fn is_success(&self) -> bool {
        self.code() / 100 == 2
    }

    /// Sets the body and its type.
    pub fn set_body(&mut self, content_type: &str, body: impl Into<Vec<u8>>) {
        self.headers.set("Content-Type", content_type);
        self.body = body.into();
    }

    /// The text of any header field, those held by the message included; with several, that of the `nth` from 0.
    pub fn field(&self, name: &str, nth: usize) -> Option<Cow<'_, str>> {
        field(&self.routing(), &self.call_id, &self.headers, name, nth)
    }

    /// The response as it goes over the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines = Lines::default();
        lines.push(format_args!("SIP/2.0 {} {}", self.code(), self.reason));
        lines.finish(&self.routing(), &self.headers, &self.body)
    }

    fn routing(&self) -> Routing<'_> {
        Routing { via: &self.via, from: &self.from, to: &self.to, call_id: &self.call_id, cseq: &self.cseq }
    }
}

impl Message {
    /// The message as it goes over the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Message::Request(request) => request.to_bytes(),
            Message::Response(response) => response.to_bytes(),
        }
    }

    /// The Call-ID.
    pub fn call_id(&self) -> &str {
        match self {
            Message::Request(request) => &request.call_id,
            Message::Response(response) => &response.call_id,
        }
    }

    /// The first line, for traces: `INVITE sip:bob@example.com SIP/2.0`.
    pub fn summary(&self) -> String {
        match self {
            Message::Request(request) => format!("{} {}", request.method, request.uri),
            Message::Response(response) => format!("{} {}", response.code(), response.cseq.method),
        }
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Message::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Message::Response(response)
    }
}

/// The fields that both kinds of message hold in typed form.
struct Routing<'a> {
    via: &'a [Via],
    from: &'a NameAddr,
    to: &'a NameAddr,
    call_id: &'a str,
    cseq: &'a CSeq,
}

fn field<'a>(
    routing: &Routing<'_>,
    call_id: &'a str,
    headers: &'a Headers,
    name: &str,
    nth: usize,
) -> Option<Cow<'a, str>> {
    let name = canonical(name);
    let held = |value: String| (nth == 0).then_some(Cow::Owned(value));
    match name.as_ref() {
        "Via" => routing.via.get(nth).map(|via| Cow::Owned(via.to_string())),
        "From" => held(routing.from.to_string()),
        "To" => held(routing.to.to_string()),
        "CSeq" => held(routing.cseq.to_string()),
        "Call-ID" => (nth == 0).then_some(Cow::Borrowed(call_id)),
        other => headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(other))
            .nth(nth)
            .map(|header| Cow::Borrowed(header.value.as_str())),
    }
}

/// Writes header lines. A line break inside a value becomes a blank, so no value can add a line of its own.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn push(&mut self, line: fmt::Arguments<'_>) {
        let start = self.0.len();
        _ = self.0.write_fmt(line);
        if self.0.get(start..).is_some_and(|line| line.contains(['\r', '\n'])) {
            let clean = self.0.split_off(start).replace(['\r', '\n'], " ");
            self.0.push_str(&clean);
        }
        self.0.push_str("\r\n");
    }

    fn finish(mut self, routing: &Routing<'_>, headers: &Headers, body: &[u8]) -> Vec<u8> {
        for via in routing.via {
            self.push(format_args!("Via: {via}"));
        }
        self.push(format_args!("From: {}", routing.from));
        self.push(format_args!("To: {}", routing.to));
        self.push(format_args!("Call-ID: {}", routing.call_id));
        self.push(format_args!("CSeq: {}", routing.cseq));
        for header in headers {
            self.push(format_args!("{}: {}", header.name, header.value));
        }
        self.body(body)
    }

    pub(super) fn body(mut self, body: &[u8]) -> Vec<u8> {
        self.push(format_args!("Content-Length: {}", body.len()));
        self.0.push_str("\r\n");
        let mut bytes = self.0.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }
}
