//! The agent and a scripted peer, over the loopback interface.

mod incoming;
mod messages;
mod outgoing;
mod registering;
mod reliable;
mod subscribing;
mod transferring;
mod wire;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::Agent;
use crate::channel::arrivals::{Arrivals, Reach};
use crate::channel::{Cause, Channel, Channels, Event, Indication};
use crate::conf::{Config, Memory};
use crate::diagnostic::Sources;
use crate::sip::endpoint::{Endpoints, Technology};

/// Longer than any exchange on loopback takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 101\r\n\
                     a=rtpmap:101 telephone-event/8000\r\n";

/// A plan of three numbers: 100 answers, 101 rings, 102 is busy; 9 is the beginning of one.
struct Plan;

impl Arrivals for Plan {
    fn reach(&self, _context: &str, extension: &str, _caller: &str) -> Reach {
        match extension {
            "100" | "101" | "102" | "103" => Reach::Complete,
            "9" => Reach::Partial,
            _ => Reach::Unknown,
        }
    }

    fn arrive(&self, channel: Arc<Channel>) {
        let number = channel.state().position.extension.clone();
        match number.as_str() {
            "100" => channel.answer(),
            "101" => channel.indicate(Indication::Ringing),
            "103" => {
                channel.answer();
                channel.hang_up(Cause::NORMAL);
            }
            _ => channel.indicate(Indication::Busy),
        }
        tokio::spawn(async move {
            channel.interrupted().await;
            channel.hang_up(Cause::NORMAL);
        });
    }
}

fn settings(sip: &str) -> Endpoints {
    let path = Path::new("sip.conf");
    let config = Config::read(&mut Memory::default().with(path, sip), path, &mut Sources::default());
    let mut endpoints = Endpoints::from_configs(Some(&config), None, None);
    endpoints.listen.truncate(1);
    endpoints.listen.iter_mut().for_each(|listen| listen.address = "127.0.0.1:0".parse().unwrap());
    endpoints
}

/// The same of a `pjsip.conf`.
fn pjsip(text: &str) -> Endpoints {
    let path = Path::new("pjsip.conf");
    let config = Config::read(&mut Memory::default().with(path, text), path, &mut Sources::default());
    let mut endpoints = Endpoints::from_configs(None, Some(&config), None);
    endpoints.listen = settings("").listen;
    endpoints.listen.iter_mut().for_each(|listen| listen.technology = Technology::Pjsip);
    endpoints
}

async fn start_pjsip(text: &str) -> (Arc<Agent>, Arc<Channels>) {
    let channels = Channels::new(1);
    let agent = Agent::start(pjsip(text), Arc::clone(&channels), Arc::new(Plan)).await.unwrap();
    channels.add_technology(agent.clone());
    (agent, channels)
}

async fn start(sip: &str) -> (Arc<Agent>, Arc<Channels>) {
    let channels = Channels::new(1);
    let agent = Agent::start(settings(sip), Arc::clone(&channels), Arc::new(Plan)).await.unwrap();
    channels.add_technology(agent.clone());
    (agent, channels)
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("nothing came")
}

/// The next event of a kind, others passed over.
async fn event(channel: &Channel, wanted: Event) {
    soon(async { while channel.event().await != wanted {} }).await;
}

/// A peer that says exactly what it is told to.
struct Peer {
    socket: UdpSocket,
    server: SocketAddr,
}

impl Peer {
    async fn new(agent: &Agent) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        Self { socket, server: agent.udp_addresses()[0] }
    }

    fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    async fn say(&self, message: &str) {
        self.socket.send_to(message.as_bytes(), self.server).await.unwrap();
    }

    async fn hear(&self) -> String {
        let mut buffer = [0; 4096];
        let (length, _) = soon(self.socket.recv_from(&mut buffer)).await.unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// The next message that begins so, others passed over.
    async fn hear_of(&self, start: &str) -> String {
        loop {
            let message = self.hear().await;
            if message.starts_with(start) {
                return message;
            }
        }
    }

    /// A request; `to_tag` and `more` headers may be empty. The branch is new for each number and method.
    fn request(&self, method: &str, number: &str, cseq: u32, to_tag: &str, more: &str, body: &str) -> String {
        let (us, server) = (self.address(), self.server);
        let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
        let of = if method == "CANCEL" { "INVITE" } else { method };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {us};branch=z9hG4bK{cseq}{of}{port};rport\r\n\
             Max-Forwards: 70\r\nFrom: \"Ann\" <sip:2001@{server}>;tag=ann\r\nTo: <sip:{number}@{server}>{tag}\r\n\
             Call-ID: call-{port}\r\nCSeq: {cseq} {method}\r\nContact: <sip:2001@{us}>\r\n{more}{kind}\
             Content-Length: {length}\r\n\r\n{body}",
            port = us.port(),
            length = body.len(),
        )
    }

    /// A response to a request of the server.
    fn response(&self, request: &str, status: &str, more: &str, body: &str) -> String {
        let mut response = format!("SIP/2.0 {status}\r\n");
        for name in ["Via", "From", "Call-ID", "CSeq"] {
            response += &format!("{name}: {}\r\n", header(request, name));
        }
        let to = header(request, "To");
        let tag = if to.contains("tag=") { "" } else { ";tag=bob" };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        response
            + &format!(
                "To: {to}{tag}\r\nContact: <sip:bob@{}>\r\n{more}{kind}Content-Length: {}\r\n\r\n{body}",
                self.address(),
                body.len()
            )
    }
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let line =
        message.lines().find(|line| line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name)));
    line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
}

fn tag(value: &str) -> &str {
    value.split("tag=").nth(1).unwrap_or_default()
}
