//! Cuts messages out of a byte stream (RFC 3261 §18.3): by Content-Length, with bounds.

use super::error::{Fault, Malformed};
use super::headers::canonical;
use super::parse::{MAX_MESSAGE, head_len, parse_datagram, unfold};
use super::{Message, scan};

/// The receiving end of one TCP connection.
///
/// ```
/// use exten::sip::wire::{Framed, Framer};
///
/// let mut framer = Framer::default();
/// framer.push(b"\r\n\r\n");
/// assert!(matches!(framer.poll(), Some(Framed::Ping)));
/// assert!(framer.poll().is_none());
/// ```
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    broken: bool,
}

/// What was cut out of the stream.
#[derive(Debug)]
pub enum Framed {
    /// A message, read or refused. After [`Framer::is_broken`] the connection has to be closed.
    Message(Box<Result<Message, Malformed>>),
    /// A keep-alive that wants a CRLF back (RFC 5626 §4.4.1).
    Ping,
}

impl Framer {
    /// Adds bytes as they were received. The caller polls before it pushes more, so the buffer is bounded by one
    /// message and one read.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// True once the stream has lost its framing: no later byte can be trusted.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// The next message or keep-alive; `None` if more bytes are needed.
    pub fn poll(&mut self) -> Option<Framed> {
        if self.broken {
            return None;
        }
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.drain(..4);
            return Some(Framed::Ping);
        }
        let blank = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        if blank == self.buffer.len() {
            return None;
        }
        self.buffer.drain(..blank);
        let Some(head) = head_len(&self.buffer) else {
            return (self.buffer.len() > MAX_MESSAGE).then(|| self.give_up(Fault::TooLarge));
        };
        let total = match content_length(self.buffer.get(..head).unwrap_or_default()) {
            Ok(length) => head.saturating_add(length),
            Err(fault) => return Some(self.refuse(head, fault)),
        };
        if total > MAX_MESSAGE {
            return Some(self.refuse(head, Fault::TooLarge));
        }
        if total > self.buffer.len() {
            return None;
        }
        let message: Vec<u8> = self.buffer.drain(..total).collect();
        Some(Framed::Message(Box::new(parse_datagram(&message))))
    }

    /// Answers the message whose length is unknown from its header alone, and ends the stream.
    fn refuse(&mut self, head: usize, fault: Fault) -> Framed {
        let refused = parse_datagram(self.buffer.get(..head).unwrap_or_default()).err();
        let reply = refused.and_then(|malformed| malformed.reply).map(|mut reply| {
            reply.status = fault.status();
            reply
        });
        self.give_up(Fault::TooLarge);
        Framed::Message(Box::new(Err(Malformed { fault, reply })))
    }

    fn give_up(&mut self, fault: Fault) -> Framed {
        self.broken = true;
        self.buffer = Vec::new();
        Framed::Message(Box::new(Err(fault.into())))
    }
}

/// The Content-Length of a header block; without one, 0.
fn content_length(head: &[u8]) -> Result<usize, Fault> {
    let mut length = None;
    for line in unfold(&scan::text_of(head)).skip(1) {
        let Some((name, value)) = line.split_once(':') else { continue };
        if canonical(scan::trim(name)) == "Content-Length" {
            let value = scan::number(scan::trim(value)).ok_or(Fault::Value("Content-Length"))?;
            if length.replace(value).is_some() {
                return Err(Fault::Repeated("Content-Length"));
            }
        }
    }
    Ok(length.unwrap_or(0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(length: &str, body: &str) -> String {
        format!(
            "OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@h>\r\n\
             Call-ID: c\r\nCSeq: 1 OPTIONS\r\n{length}\r\n{body}"
        )
    }

    #[test]
    fn cuts_messages_however_the_bytes_arrive() {
        let stream = format!("\r\n{}\r\n\r\n{}{}", options("l: 2\r\n", "ab"), options("", ""), options("l: 0\r\n", ""));
        for step in [1, 7, stream.len()] {
            let mut framer = Framer::default();
            let (mut bodies, mut pings) = (Vec::new(), 0);
            for chunk in stream.as_bytes().chunks(step) {
                framer.push(chunk);
                while let Some(framed) = framer.poll() {
                    match framed {
                        Framed::Message(message) => match *message {
                            Ok(Message::Request(request)) => bodies.push(request.body),
                            other => panic!("{other:?}"),
                        },
                        Framed::Ping => pings += 1,
                    }
                }
            }
            assert_eq!((bodies, pings), (vec![b"ab".to_vec(), vec![], vec![]], 1), "in steps of {step}");
        }
    }

    #[test]
    fn a_length_that_cannot_be_trusted_ends_the_stream() {
        for (length, fault) in [
            ("Content-Length: 99999999999\r\n", Fault::Value("Content-Length")),
            ("Content-Length: 4000000000\r\n", Fault::TooLarge),
            ("Content-Length: -1\r\n", Fault::Value("Content-Length")),
            ("Content-Length: 1\r\nl: 2\r\n", Fault::Repeated("Content-Length")),
        ] {
            let mut framer = Framer::default();
            framer.push(options(length, "").as_bytes());
            let Some(Framed::Message(message)) = framer.poll() else { panic!() };
            let refused = message.unwrap_err();
            assert_eq!(refused.fault, fault);
            assert!(refused.reply.is_some() && framer.is_broken() && framer.poll().is_none());
        }
    }

    #[test]
    fn a_header_without_end_is_cut_off() {
        let mut framer = Framer::default();
        framer.push(&vec![b'x'; MAX_MESSAGE]);
        assert!(framer.poll().is_none());
        framer.push(b"x");
        assert!(matches!(framer.poll(), Some(Framed::Message(refused)) if refused.is_err()));
        assert!(framer.is_broken());
    }
}
