//! Bytes to messages: the scanner in front of everything else.
//!
//! It unfolds lines, writes compact names out, bounds what it takes, and collects the fields of the message. A fault
//! does not stop it: the rest is read all the same, so that the refusal can carry what the peer needs to match it.

use std::borrow::Cow;

use rsip::StatusCode;

use super::error::{Fault, Malformed};
use super::headers::canonical;
use super::{CSeq, Headers, Message, Method, NameAddr, RawReply, Request, Response, Uri, Via, scan};

/// The largest message that is read, in bytes.
pub const MAX_MESSAGE: usize = 65_535;
/// The most header lines that are read.
const MAX_LINES: usize = 256;
/// The longest header line that is read, in bytes, after unfolding.
const MAX_LINE: usize = 8_192;

/// Reads one message from a datagram. Bytes after the body are ignored; without a Content-Length the body reaches to
/// the end of the datagram (RFC 3261 §18.3).
///
/// # Errors
///
/// [`Malformed`] with the first fault found, and the answer to it unless the message is an ACK, a response, or has
/// no legible Via.
pub fn parse_datagram(bytes: &[u8]) -> Result<Message, Malformed> {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).ok_or(Fault::StartLine)?;
    let bytes = bytes.get(start..).unwrap_or_default();
    let head_len = head_len(bytes).ok_or(Fault::HeaderLine)?;
    let (head, body) = bytes.split_at_checked(head_len).ok_or(Fault::Truncated)?;
    let head = scan::text_of(head);
    let mut lines = unfold(&head);
    let start = Start::parse(&lines.next().unwrap_or_default())?;
    let mut draft = Draft::default();
    if bytes.len() > MAX_MESSAGE {
        draft.fail(Fault::TooLarge);
    }
    for (count, line) in lines.enumerate() {
        if count == MAX_LINES {
            draft.fail(Fault::TooLarge);
            break;
        }
        draft.line(&line);
    }
    draft.finish(start, body)
}

/// True if a datagram or the rest of a stream holds nothing but a keep-alive (RFC 5626 §3.5.1, or a NUL byte).
pub(in crate::sip) fn is_keep_alive(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0))
}

/// The length of the header block, the blank line counted. `None` if the blank line is missing.
pub(super) fn head_len(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let line = bytes.get(from..)?.iter().position(|b| *b == b'\n')? + from + 1;
        match bytes.get(line..)? {
            [b'\n', ..] => return Some(line + 1),
            [b'\r', b'\n', ..] => return Some(line + 2),
            _ => from = line,
        }
    }
}

/// The lines of a header block, continued ones joined by a blank. Ends at the blank line.
pub(super) fn unfold(head: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut lines = head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
    std::iter::from_fn(move || {
        let mut line = Cow::Borrowed(lines.next().filter(|line| !line.is_empty())?);
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            let joined = line.to_mut();
            joined.truncate(joined.trim_end_matches([' ', '\t']).len());
            joined.push(' ');
            joined.push_str(scan::trim(more));
        }
        Some(line)
    })
}

/// The first line.
enum Start {
    Request { method: Method, uri: Result<Uri, Fault> },
    Response { status: StatusCode, reason: String },
}

impl Start {
    fn parse(line: &str) -> Result<Start, Fault> {
        if line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("SIP/")) {
            return Start::parse_status(line);
        }
        let (method, rest) = line.split_once(' ').ok_or(Fault::StartLine)?;
        let method = Method::parse(method).ok_or(Fault::StartLine)?;
        let uri = match rest.rsplit_once(' ') {
            Some((uri, version)) if version.eq_ignore_ascii_case("SIP/2.0") => {
                Uri::parse(uri).filter(|uri| uri.as_sip().is_none_or(|sip| sip.headers.is_empty())).ok_or(Fault::Uri)
            }
            Some((_, version)) if version.get(..4).is_some_and(|v| v.eq_ignore_ascii_case("SIP/")) => {
                Err(Fault::Version(version.to_owned()))
            }
            _ => Err(Fault::StartLine),
        };
        Ok(Start::Request { method, uri })
    }

    fn parse_status(line: &str) -> Result<Start, Fault> {
        let (version, rest) = line.split_once(' ').ok_or(Fault::StartLine)?;
        if !version.eq_ignore_ascii_case("SIP/2.0") {
            return Err(Fault::Version(version.to_owned()));
        }
        let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let code = scan::number(code).and_then(|code| u16::try_from(code).ok());
        let code = code.filter(|code| (100..700).contains(code)).ok_or(Fault::StartLine)?;
        Ok(Start::Response { status: code.into(), reason: reason.to_owned() })
    }
}

/// What has been collected of a message.
#[derive(Default)]
struct Draft {
    via: Vec<Via>,
    from: Option<NameAddr>,
    to: Option<NameAddr>,
    call_id: Option<String>,
    cseq: Option<CSeq>,
    content_length: Option<usize>,
    headers: Headers,
    /// From, To, Call-ID and CSeq as they were spelt.
    spelt: Vec<(&'static str, String)>,
    fault: Option<Fault>,
}

impl Draft {
    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn line(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else { return self.fail(Fault::HeaderLine) };
        let (name, value) = (scan::trim(name), scan::trim(value));
        if line.len() > MAX_LINE {
            return self.fail(Fault::TooLarge);
        }
        if !scan::is_token(name) {
            return self.fail(Fault::HeaderLine);
        }
        let name = canonical(name);
        match name.as_ref() {
            "Via" => scan::split_list(value).for_each(|value| match Via::parse(value) {
                Some(via) => self.via.push(via),
                None => self.fail(Fault::Value("Via")),
            }),
            "From" => self.once("From", value, |draft| &mut draft.from, NameAddr::parse),
            "To" => self.once("To", value, |draft| &mut draft.to, NameAddr::parse),
            "Call-ID" => self.once("Call-ID", value, |draft| &mut draft.call_id, call_id),
            "CSeq" => self.once("CSeq", value, |draft| &mut draft.cseq, cseq),
            "Content-Length" => match (self.content_length, scan::number(value)) {
                (None, Some(length)) => self.content_length = Some(length as usize),
                (None, None) => self.fail(Fault::Value("Content-Length")),
                (Some(_), _) => self.fail(Fault::Repeated("Content-Length")),
            },
            _ => self.headers.keep(name, value.to_owned()),
        }
    }

    fn once<T>(
        &mut self,
        name: &'static str,
        value: &str,
        slot: fn(&mut Draft) -> &mut Option<T>,
        parse: fn(&str) -> Option<T>,
    ) {
        if self.spelt.iter().any(|(seen, _)| *seen == name) {
            return self.fail(Fault::Repeated(name));
        }
        self.spelt.push((name, value.to_owned()));
        match parse(value) {
            Some(parsed) => *slot(self) = Some(parsed),
            None => self.fail(Fault::Value(name)),
        }
    }

    /// Looks at the fields that every reader relies on.
    fn check_headers(&mut self) {
        if self.headers.contacts().is_none() {
            self.fail(Fault::Value("Contact"));
        }
        for name in ["Route", "Record-Route"] {
            if self.headers.list(name).any(|value| NameAddr::parse(value).is_none()) {
                self.fail(Fault::Value(name));
            }
        }
        match self.headers.all("Max-Forwards").count() {
            0 => {}
            1 if self.headers.max_forwards().is_some() => {}
            1 => self.fail(Fault::Value("Max-Forwards")),
            _ => self.fail(Fault::Repeated("Max-Forwards")),
        }
    }

    fn finish(mut self, start: Start, body: &[u8]) -> Result<Message, Malformed> {
        self.check_headers();
        let body = match self.content_length {
            Some(length) if length > body.len() => {
                self.fail(Fault::Truncated);
                body
            }
            Some(length) => body.get(..length).unwrap_or(body),
            None => body,
        };
        if let (Start::Request { method, .. }, Some(cseq)) = (&start, &self.cseq)
            && *method != cseq.method
        {
            self.fail(Fault::MethodMismatch);
        }
        let (method, built) = match start {
            Start::Request { method, uri } => (Some(method.clone()), self.request(method, uri, body)),
            Start::Response { status, reason } => (None, self.response(status, reason, body)),
        };
        built.map_err(|fault| {
            let answered = method.is_some_and(|method| method != Method::ACK) && !self.via.is_empty();
            let (status, via, fields) = (fault.status(), self.via, self.spelt);
            Malformed { fault, reply: answered.then(|| Box::new(RawReply { status, via, fields })) }
        })
    }

    fn request(&mut self, method: Method, uri: Result<Uri, Fault>, body: &[u8]) -> Result<Message, Fault> {
        let uri = uri?;
        let CSeq { sequence: cseq, .. } = self.take_fault_or(|draft| draft.cseq.clone(), "CSeq")?;
        Ok(Message::Request(Request {
            method,
            uri,
            cseq,
            from: self.take_fault_or(|draft| draft.from.take(), "From")?,
            to: self.take_fault_or(|draft| draft.to.take(), "To")?,
            call_id: self.take_fault_or(|draft| draft.call_id.take(), "Call-ID")?,
            via: self.take_fault_or(|draft| (!draft.via.is_empty()).then(|| std::mem::take(&mut draft.via)), "Via")?,
            headers: std::mem::take(&mut self.headers),
            body: body.to_vec(),
        }))
    }

    fn response(&mut self, status: StatusCode, reason: String, body: &[u8]) -> Result<Message, Fault> {
        Ok(Message::Response(Response {
            status,
            reason,
            cseq: self.take_fault_or(|draft| draft.cseq.take(), "CSeq")?,
            from: self.take_fault_or(|draft| draft.from.take(), "From")?,
            to: self.take_fault_or(|draft| draft.to.take(), "To")?,
            call_id: self.take_fault_or(|draft| draft.call_id.take(), "Call-ID")?,
            via: self.take_fault_or(|draft| (!draft.via.is_empty()).then(|| std::mem::take(&mut draft.via)), "Via")?,
            headers: std::mem::take(&mut self.headers),
            body: body.to_vec(),
        }))
    }

    /// The fault noted so far, or else the field, or else its absence.
    fn take_fault_or<T>(&mut self, field: impl FnOnce(&mut Self) -> Option<T>, name: &'static str) -> Result<T, Fault> {
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => field(self).ok_or(Fault::Missing(name)),
        }
    }
}

/// Call-ID is opaque, but one word.
fn call_id(value: &str) -> Option<String> {
    (!value.is_empty() && !value.contains([' ', '\t'])).then(|| value.to_owned())
}

fn cseq(value: &str) -> Option<CSeq> {
    let (number, method) = value.split_once([' ', '\t'])?;
    Some(CSeq { sequence: scan::number(number)?, method: Method::parse(scan::trim(method))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(extra: &str, body: &str) -> Vec<u8> {
        format!(
            "OPTIONS sip:b@example.com SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: <sip:a@x>;tag=1\r\n\
             t: <sip:b@example.com>\r\ni: c1\r\nCSeq: 1 OPTIONS\r\n{extra}\r\n{body}"
        )
        .into_bytes()
    }

    fn fault(bytes: &[u8]) -> Malformed {
        parse_datagram(bytes).unwrap_err()
    }

    #[test]
    fn the_body_reaches_to_the_end_without_a_content_length() {
        let Message::Request(request) = parse_datagram(&options("", "hello")).unwrap() else { panic!() };
        assert_eq!(request.body, b"hello");
        let Message::Request(request) = parse_datagram(&options("l: 2\r\n", "hello")).unwrap() else { panic!() };
        assert_eq!(request.body, b"he");
    }

    #[test]
    fn a_content_length_beyond_the_datagram_is_a_400() {
        let refused = fault(&options("Content-Length: 99999999\r\n", "hello"));
        assert_eq!(refused.fault, Fault::Truncated);
        let reply = String::from_utf8(refused.reply.unwrap().to_bytes()).unwrap();
        assert!(reply.starts_with("SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"), "{reply}");
        assert!(reply.contains("\r\nCall-ID: c1\r\n"));
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let extra = "Subject: x\r\n folded\r\nm: \"a\\\"b\" <sip:a@[::1]:5070;transport=tcp>;q=0.1\r\nX-Y:\r\n";
        let message = parse_datagram(&options(extra, "body")).unwrap();
        assert_eq!(parse_datagram(&message.to_bytes()).unwrap(), message);
    }

    #[test]
    fn bounds_hold() {
        let many = "X: 1\r\n".repeat(MAX_LINES + 1);
        assert_eq!(fault(&options(&many, "")).fault, Fault::TooLarge);
        let long = format!("X: {}\r\n", "y".repeat(MAX_LINE));
        assert_eq!(fault(&options(&long, "")).fault.status(), StatusCode::MessageTooLarge);
        assert_eq!(fault(&options("", &"z".repeat(MAX_MESSAGE))).fault, Fault::TooLarge);
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_visible() {
        let mut bytes = options("Subject: a", "");
        let at = bytes.windows(3).position(|w| w == b": a").unwrap() + 2;
        bytes.splice(at..=at, [b'a', 0xff, 0xfe, b'b', b'\r', b'\n']);
        let Message::Request(request) = parse_datagram(&bytes).unwrap() else { panic!() };
        assert_eq!(request.headers.get("Subject"), Some("a??b"));
    }

    #[test]
    fn garbage_is_refused_without_an_answer() {
        for bytes in
            [&b""[..], b"\r\n\r\n", b"x", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\0\0", b"SIP/2.0 200\r\n\r\n"]
        {
            assert!(fault(bytes).reply.is_none());
        }
        let ack = String::from_utf8(options("l: 9\r\n", "")).unwrap().replace("OPTIONS", "ACK");
        assert!(fault(ack.as_bytes()).reply.is_none());
    }

    #[test]
    fn the_text_of_held_fields_can_be_asked_for() {
        let Message::Request(request) = parse_datagram(&options("", "")).unwrap() else { panic!() };
        assert_eq!(request.field("f", 0).unwrap(), "<sip:a@x>;tag=1");
        assert_eq!(request.field("cseq", 0).unwrap(), "1 OPTIONS");
        assert_eq!(request.field("Via", 1), None);
    }
}
