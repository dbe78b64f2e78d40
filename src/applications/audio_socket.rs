//! `AudioSocket`

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::media::{Frame, Sink};

/// Sends the caller's audio to a server and plays what comes back, over TCP by the AudioSocket protocol.
///
/// The id is a UUID by which the server knows the call. It ends when the server ends it. An unanswered call is answered
/// first.
pub static AUDIO_SOCKET: Application = Application {
    name: "AudioSocket",
    synopsis: "Exchanges the call's audio with a server",
    arguments: &[Argument::required("uuid", Kind::Text), Argument::required("host:port", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(audio_socket(call, arguments))),
};

/// The kinds of messages: one octet, two of length, and what follows.
const HANGUP: u8 = 0x00;
const ID: u8 = 0x01;
const DIGIT: u8 = 0x03;
/// Signed 16 bits at 8 kHz, little-endian.
const AUDIO: u8 = 0x10;
const FAILED: u8 = 0xff;

/// How long a server may take to answer.
const CONNECTING: Duration = Duration::from_secs(2);

/// Hands the caller's audio to who sends it. What the server does not take in time is left out.
struct Outgoing(mpsc::Sender<Vec<u8>>);

impl Sink for Outgoing {
    fn accept(&self, frame: &Frame) {
        let octets = frame.samples().iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>();
        // A full queue is a server that does not keep up.
        let _ = self.0.try_send(message(AUDIO, &octets));
    }
}

fn message(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[kind], length.as_slice(), payload].concat()
}

/// The 16 octets of a UUID, with or without dashes.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut octets = [0; 16];
    for (slot, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(octets)
}

async fn audio_socket(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(id) = uuid(arguments.get(0)) else {
        call.context().warn(&format!("AudioSocket: `{}` is no UUID", arguments.get(0)));
        return Outcome::Hangup;
    };
    call.answer(Duration::ZERO).await;
    call.background = None;
    let server = arguments.get(1).to_owned();
    let connected = call.exchange.clock.outside(TcpStream::connect(&server));
    let stream = match tokio::time::timeout(CONNECTING, connected).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            call.context().warn(&format!("AudioSocket: {server}: {error}"));
            return Outcome::Hangup;
        }
        Err(_) => {
            call.context().warn(&format!("AudioSocket: {server} does not answer"));
            return Outcome::Hangup;
        }
    };
    if let Err(error) = exchange(call, stream, id).await {
        call.context().warn(&format!("AudioSocket: {server}: {error}"));
    }
    Outcome::Continue
}

/// Sends and plays until the server ends it.
async fn exchange(call: &Call, stream: TcpStream, id: [u8; 16]) -> std::io::Result<()> {
    let (mut from, mut to) = stream.into_split();
    to.write_all(&message(ID, &id)).await?;
    let (sender, mut queue) = mpsc::channel(50);
    let _listening = call.channel.listen(Arc::new(Outgoing(sender.clone())));
    let sending = async {
        while let Some(message) = queue.recv().await {
            to.write_all(&message).await?;
        }
        Ok(())
    };
    let keys = async {
        loop {
            if let Event::Digit(key) = call.channel.event().await {
                let mut octet = [0; 4];
                // The server reads keys at its leisure, or not.
                let _ = sender.try_send(message(DIGIT, key.encode_utf8(&mut octet).as_bytes()));
            }
        }
    };
    let playing = async {
        let mut waiting: Vec<i16> = Vec::new();
        loop {
            // A virtual clock stands meanwhile.
            let kind = match call.exchange.clock.outside(from.read_u8()).await {
                Ok(kind) => kind,
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(error),
            };
            let mut payload = vec![0; from.read_u16().await?.into()];
            from.read_exact(&mut payload).await?;
            match kind {
                HANGUP => return Ok(()),
                AUDIO => {
                    let samples = payload.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
                    waiting.extend(samples);
                    while waiting.len() >= 160 {
                        let rest = waiting.split_off(160);
                        call.channel.write(&Frame::from_samples(&waiting));
                        waiting = rest;
                    }
                }
                FAILED => return Err(std::io::Error::other("the server reports an error")),
                _ => {}
            }
        }
    };
    tokio::select! {
        biased;
        ended = playing => ended,
        ended = sending => ended,
        () = keys => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;
    use crate::applications::testing::Trial;

    #[test]
    fn a_server_gets_the_id_and_is_heard() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let mut hello = [0; 19];
            stream.read_exact(&mut hello).unwrap();
            stream.write_all(&message(AUDIO, &[0x10; 320])).unwrap();
            stream.write_all(&message(HANGUP, &[])).unwrap();
            hello
        });
        let id = "40325ec2-5efd-4bd3-805f-53576e581d13";
        let told = Trial::of(&format!("AudioSocket({id},{address})\nNoOp(on)")).listen().run();
        let hello = serving.join().unwrap();
        assert_eq!((hello[..3].to_vec(), hello[3..].to_vec()), (vec![ID, 0, 16], uuid(id).unwrap().to_vec()));
        assert!(told.has("100@default:3 NoOp on") && told.heard.contains(&0x1010), "{:?}", told.lines);
    }

    #[test]
    fn bad_ids_and_absent_servers_end_the_call() {
        assert!(Trial::of("AudioSocket(x,127.0.0.1:1)\nNoOp(on)").run().has("warning AudioSocket: `x`"));
        let id = "40325ec25efd4bd3805f53576e581d13";
        assert!(!Trial::of(&format!("AudioSocket({id},127.0.0.1:1)\nNoOp(on)")).run().has("100@default:3"));
    }
}
