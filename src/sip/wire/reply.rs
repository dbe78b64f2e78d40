//! Responses to a request (RFC 3261 §8.2.6), and what is sent back for one that cannot be read.

use std::net::SocketAddr;

use rsip::StatusCode;

use super::message::Lines;
use super::{Headers, Request, Response, Via};

impl Request {
    /// A response to this request: Via, From, To, Call-ID, CSeq and Record-Route are copied.
    ///
    /// `to_tag` is added to To if the request brought none; a 100 takes none.
    pub fn response(&self, status: impl Into<StatusCode>, to_tag: Option<&str>) -> Response {
        let status = status.into();
        let code = status.code();
        let mut to = self.to.clone();
        if let (Some(tag), None) = (to_tag.filter(|_| code != 100), to.tag()) {
            to.params.set("tag", Some(tag));
        }
        let mut headers = Headers::default();
        if (101..300).contains(&code) {
            for route in self.headers.all("Record-Route") {
                headers.push("Record-Route", route);
            }
        }
        if let (100, Some(timestamp)) = (code, self.headers.get("Timestamp")) {
            headers.push("Timestamp", timestamp);
        }
        Response {
            reason: reason_phrase(code).to_owned(),
            status,
            via: self.via.clone(),
            from: self.from.clone(),
            to,
            call_id: self.call_id.clone(),
            cseq: self.cseq(),
            headers,
            body: Vec::new(),
        }
    }
}

/// The answer to a request that could not be read: what was legible of it is copied as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawReply {
    pub(super) status: StatusCode,
    pub(super) via: Vec<Via>,
    /// From, To, Call-ID and CSeq, as far as they were there.
    pub(super) fields: Vec<(&'static str, String)>,
}

impl RawReply {
    /// The status of the answer.
    pub fn status(&self) -> &StatusCode {
        &self.status
    }

    /// Notes where the request came from in the topmost Via, and returns where the answer goes over UDP.
    pub fn stamp(&mut self, source: SocketAddr) -> SocketAddr {
        let Some(via) = self.via.first_mut() else { return source };
        via.stamp(source);
        via.reply_address().unwrap_or(source)
    }

    /// The answer as it goes over the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines = Lines::default();
        let code = self.status.code();
        lines.push(format_args!("SIP/2.0 {code} {}", reason_phrase(code)));
        for via in &self.via {
            lines.push(format_args!("Via: {via}"));
        }
        for (name, value) in &self.fields {
            lines.push(format_args!("{name}: {value}"));
        }
        lines.body(&[])
    }
}

/// The usual reason phrase of a status code; that of its class if the code has none of its own.
pub fn reason_phrase(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        199 => "Early Dialog Terminated",
        200 => "OK",
        202 => "Accepted",
        204 => "No Notification",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        305 => "Use Proxy",
        380 => "Alternative Service",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        410 => "Gone",
        412 => "Conditional Request Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        421 => "Extension Required",
        422 => "Session Interval Too Small",
        423 => "Interval Too Brief",
        428 => "Use Identity Header",
        429 => "Provide Referrer Identity",
        433 => "Anonymity Disallowed",
        469 => "Bad Info Package",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        485 => "Ambiguous",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        489 => "Bad Event",
        491 => "Request Pending",
        493 => "Undecipherable",
        494 => "Security Agreement Required",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        580 => "Precondition Failure",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        other => match other / 100 {
            1 => "Session Progress",
            2 => "OK",
            3 => "Redirected",
            4 => "Request Failure",
            5 => "Server Failure",
            _ => "Global Failure",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::wire::{Message, parse_datagram};

    fn request(text: &str) -> Request {
        match parse_datagram(text.as_bytes()).unwrap() {
            Message::Request(request) => request,
            Message::Response(_) => panic!("a request was expected"),
        }
    }

    const INVITE: &str = "INVITE sip:bob@example.com SIP/2.0\r\n\
        Via: SIP/2.0/UDP p1;branch=z9hG4bK1, SIP/2.0/UDP p2;branch=z9hG4bK2\r\n\
        Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3>\r\n\
        From: <sip:a@x>;tag=f\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nTimestamp: 54\r\n\r\n";

    #[test]
    fn a_response_copies_what_the_rfc_says() {
        let ringing = request(INVITE).response(StatusCode::Ringing, Some("t"));
        assert_eq!(ringing.via.len(), 2);
        assert_eq!(ringing.to.tag(), Some("t"));
        assert_eq!(ringing.cseq.to_string(), "7 INVITE");
        assert_eq!(ringing.headers.list("Record-Route").count(), 3);
        let text = String::from_utf8(ringing.to_bytes()).unwrap();
        assert!(text.starts_with("SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP p1;branch=z9hG4bK1\r\nVia: "), "{text}");
        assert!(text.ends_with("Content-Length: 0\r\n\r\n"));
    }

    #[test]
    fn a_100_has_no_tag_and_an_error_no_route() {
        let trying = request(INVITE).response(100, Some("t"));
        assert_eq!((trying.to.tag(), trying.headers.get("Timestamp")), (None, Some("54")));
        let busy = request(INVITE).response(486, Some("t"));
        assert_eq!((busy.headers.get("Record-Route"), busy.reason.as_str()), (None, "Busy Here"));
    }

    #[test]
    fn line_breaks_cannot_be_smuggled_out() {
        let mut response = request(INVITE).response(200, Some("t\r\nX-Tag: 1"));
        response.reason = "OK\r\nX-Reason: 1".into();
        response.call_id = "c\r\nX-Call: 1".into();
        response.headers.push("Subject", "s\r\n\r\nINVITE sip:x SIP/2.0");
        let text = String::from_utf8(response.to_bytes()).unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("X-") || line.starts_with("INVITE")).count(), 0);
        assert_eq!(text.matches("\r\n\r\n").count(), 1);
    }
}
