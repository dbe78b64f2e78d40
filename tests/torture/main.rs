//! The 49 messages of RFC 4475, the SIP torture tests.
//!
//! They lie in `messages/`, one file each by the name that the RFC gives them, with LF for CRLF. Only the body of
//! `mpart01`, an S/MIME signature, is replaced by other bytes of the same length.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use exten::channel::arrivals::{Arrivals, Reach};
use exten::channel::{Channel, Channels};
use exten::conf::{Config, Memory};
use exten::diagnostic::Sources;
use exten::sip::agent::Agent;
use exten::sip::endpoint::Endpoints;
use exten::sip::wire::{Contacts, Inspection, Message, Method, Request, Response, Transport, parse_datagram};
use tokio::net::UdpSocket;

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It is understood, and a server would serve it.
    Accept,
    /// It is answered with this status.
    Answer(u16),
    /// It is dropped without an answer.
    Discard,
}

use Verdict::{Accept, Answer, Discard};

/// By section of the RFC.
const VERDICTS: [(&str, Verdict); 49] = [
    // 3.1.1: valid messages
    ("wsinv", Accept),
    ("intmeth", Answer(501)),
    ("esc01", Accept),
    ("escnull", Accept),
    ("esc02", Answer(501)),
    ("lwsdisp", Accept),
    ("longreq", Accept),
    ("dblreq", Accept),
    ("semiuri", Accept),
    ("transports", Accept),
    ("mpart01", Accept),
    ("unreason", Accept),
    ("noreason", Accept),
    // 3.1.2: invalid messages
    ("badinv01", Answer(400)),
    ("clerr", Answer(400)),
    ("ncl", Answer(400)),
    ("scalar02", Answer(400)),
    ("scalarlg", Discard),
    ("quotbal", Answer(400)),
    ("ltgtruri", Answer(400)),
    ("lwsruri", Answer(400)),
    ("lwsstart", Answer(400)),
    ("trws", Answer(400)),
    ("escruri", Answer(400)),
    // The RFC advises to ignore a bad Date that nobody reads.
    ("baddate", Accept),
    ("regbadct", Answer(400)),
    ("badaspec", Answer(400)),
    ("baddn", Answer(400)),
    ("badvers", Answer(505)),
    ("mismatch01", Answer(400)),
    ("mismatch02", Answer(400)),
    ("bigcode", Discard),
    // 3.2: transaction layer; matched as RFC 2543 has it
    ("badbranch", Accept),
    // 3.3: application layer
    ("insuf", Answer(400)),
    ("unkscm", Answer(416)),
    ("novelsc", Answer(416)),
    // What the registrar makes of a To that it does not serve is its own affair.
    ("unksm2", Accept),
    ("bext01", Answer(420)),
    ("invut", Answer(415)),
    // The authenticator challenges a scheme it does not know.
    ("regaut01", Accept),
    ("multi01", Answer(400)),
    ("mcl01", Answer(400)),
    // No transaction of ours matches it.
    ("bcast", Accept),
    // Only a proxy would refuse it with 483.
    ("zeromf", Accept),
    ("cparam01", Accept),
    ("cparam02", Accept),
    ("regescrt", Accept),
    // 406 is for the media negotiation to say.
    ("sdp01", Accept),
    // 3.4: backward compatibility
    ("inv2543", Accept),
];

fn message(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/torture/messages/{name}.sip", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    for byte in std::fs::read(path).unwrap() {
        if byte == b'\n' {
            bytes.push(b'\r');
        }
        bytes.push(byte);
    }
    if name == "mpart01" {
        bytes.extend((0..553_u32).map(|n| u8::try_from(n * 7 % 256).unwrap()));
    }
    bytes
}

fn server() -> Inspection {
    Inspection {
        methods: vec![Method::INVITE, Method::ACK, Method::OPTIONS, Method::REGISTER, Method::MESSAGE],
        extensions: Vec::new(),
        content_types: vec!["application/sdp".into(), "multipart/*".into()],
    }
}

fn verdict(name: &str) -> Verdict {
    match parse_datagram(&message(name)) {
        Ok(Message::Request(request)) => {
            server().inspect(&request).map_or_else(|refusal| Answer(refusal.status.code()), |()| Accept)
        }
        Ok(Message::Response(_)) => Accept,
        Err(malformed) => malformed.reply.map_or(Discard, |reply| Answer(reply.status().code())),
    }
}

fn request(name: &str) -> Request {
    match parse_datagram(&message(name)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

fn response(name: &str) -> Response {
    match parse_datagram(&message(name)) {
        Ok(Message::Response(response)) => response,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_message_gets_what_the_rfc_asks_for() {
    let wrong: Vec<_> = VERDICTS.iter().map(|(name, right)| (*name, verdict(name), *right)).collect();
    let wrong: Vec<_> = wrong.into_iter().filter(|(_, is, right)| is != right).collect();
    assert!(wrong.is_empty(), "(message, verdict, right verdict): {wrong:#?}");
}

#[test]
fn what_is_understood_survives_being_written() {
    for (name, _) in VERDICTS {
        if let Ok(message) = parse_datagram(&message(name)) {
            assert_eq!(parse_datagram(&message.to_bytes()).unwrap(), message, "{name}");
        }
    }
}

#[test]
fn no_cut_and_no_flipped_byte_breaks_the_parser() {
    for (name, _) in VERDICTS {
        let whole = message(name);
        for length in (0..whole.len()).step_by(29) {
            _ = parse_datagram(&whole[..length]);
        }
        for (at, other) in (0..whole.len()).step_by(3).zip([0, b'"', b'<', b',', b'\n', 0xff, b';'].into_iter().cycle())
        {
            let mut bytes = whole.clone();
            bytes[at] = other;
            if let Ok(message) = parse_datagram(&bytes) {
                _ = message.to_bytes();
            }
        }
    }
}

#[test]
fn wsinv_is_unfolded_and_split() {
    let request = request("wsinv");
    assert_eq!(request.to.tag(), Some("1918181833n"));
    assert_eq!(request.from.display_name().unwrap(), r#"J Rosenberg \""#);
    assert_eq!((request.cseq, request.headers.max_forwards()), (9, Some(68)));
    let branches: Vec<_> = request.via.iter().map(|via| via.branch()).collect();
    assert_eq!(branches, ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]);
    assert!(!request.via[0].has_magic_cookie());
    assert_eq!(request.via[1].transport(), Some(Transport::Tcp));
    assert_eq!(request.headers.get("Subject"), Some(""));
    assert_eq!(request.headers.get("NewFangledHeader"), Some("newfangled value continued newfangled value"));
    assert_eq!(request.headers.get("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    let contact = request.headers.contact().unwrap();
    assert_eq!(contact.display_name().unwrap(), r#"Quoted string """#);
    assert_eq!((contact.params.get("newparam"), contact.params.get("q")), (Some("newvalue"), Some("0.33")));
    assert_eq!(contact.params.get("secondparam"), Some(""));
    let route = &request.headers.addresses("Route")[0];
    assert!(route.uri.as_sip().unwrap().is_loose_router());
    assert_eq!(request.body.len(), 150);
}

#[test]
fn intmeth_keeps_every_odd_character() {
    let request = request("intmeth");
    assert_eq!(request.method.as_str(), "!interesting-Method0123456789_*+`.%indeed'~");
    let uri = request.uri.as_sip().unwrap();
    assert_eq!(uri.user.as_deref(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(uri.password.as_deref(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    assert_eq!(request.to.display_name().unwrap(), "BEL:\u{7} NUL:\0 DEL:\u{7f}");
    assert_eq!(request.from.display_name().unwrap(), "token1~` token2'+_ token3*%!.-");
    assert_eq!(request.from.params.text("fromParam''~+*_!.-%").unwrap(), "работающий");
    assert_eq!(request.call_id, r#"intmeth.word%ZK-!.*_+'@word`~)(><:\/"][?}{"#);
    assert_eq!(request.headers.get("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
    let refusal = server().inspect(&request).unwrap_err().response(&request, "t");
    assert_eq!(refusal.headers.get("Allow"), Some("INVITE, ACK, OPTIONS, REGISTER, MESSAGE"));
}

#[test]
fn escapes_are_undone_once_and_only_in_uris() {
    let esc01 = request("esc01");
    assert_eq!(esc01.uri.user().unwrap(), "sips:user@example.com");
    assert_eq!(esc01.uri.host().unwrap().to_string(), "example.net");
    assert_eq!(esc01.to.uri.user().unwrap(), "user");
    assert_eq!(esc01.from.uri.user().unwrap(), "I have spaces");
    let contact = esc01.headers.contact().unwrap();
    assert_eq!(contact.uri.as_sip().unwrap().params.get("n%61me"), Some("v%61lue%25%34%31"));
    let escnull = request("escnull");
    assert_eq!(escnull.from.uri.user().unwrap(), "null-\0-null");
    let Some(Contacts::List(contacts)) = escnull.headers.contacts() else { panic!() };
    assert_eq!((contacts[0].uri.user().unwrap().len(), contacts[1].uri.user().unwrap().len()), (1, 2));
    let esc02 = request("esc02");
    assert_eq!((esc02.method.as_str(), esc02.from.display_name().unwrap().as_ref()), ("RE%47IST%45R", "%Z%45"));
    assert_eq!(esc02.headers.list("Contact").count(), 2, "C%6Fntact is another header");
}

#[test]
fn the_other_valid_ones_are_understood() {
    let lwsdisp = request("lwsdisp");
    assert_eq!((lwsdisp.from.display_name().unwrap().as_ref(), lwsdisp.from.tag()), ("caller", Some("323")));
    let longreq = request("longreq");
    assert_eq!((longreq.via.len(), longreq.to.uri.as_sip().unwrap().port), (34, Some(6000)));
    assert_eq!(longreq.to.uri.as_sip().unwrap().params.iter().count(), 3);
    let dblreq = request("dblreq");
    assert_eq!((dblreq.method, dblreq.body.len()), (Method::REGISTER, 0));
    let semiuri = request("semiuri");
    assert_eq!(semiuri.uri.as_sip().unwrap().user.as_deref(), Some("user;par=u%40example.net"));
    assert_eq!(semiuri.headers.list("Accept").count(), 6);
    let transports = request("transports");
    let known: Vec<_> = transports.via.iter().map(|via| via.transport()).collect();
    let right = [Some(Transport::Udp), Some(Transport::Sctp), Some(Transport::Tls), None, Some(Transport::Tcp)];
    assert_eq!(known, right);
    assert_eq!(request("mpart01").body.len(), 553);
    assert_eq!(response("unreason").reason, "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!((response("noreason").code(), response("noreason").reason.as_str()), (100, ""));
}

#[test]
fn contact_parameters_belong_to_the_header_or_to_the_uri() {
    let contact = |name| request(name).headers.contact().unwrap();
    assert!(contact("cparam01").params.has("unknownparam"));
    assert!(contact("cparam02").params.is_empty());
    assert!(contact("cparam02").uri.as_sip().unwrap().params.has("unknownparam"));
    assert_eq!(contact("regescrt").uri.as_sip().unwrap().headers, "Route=%3Csip:sip.example.com%3E");
}

#[test]
fn the_application_layer_ones_keep_what_their_reader_needs() {
    let refusal = server().inspect(&request("bext01")).unwrap_err();
    assert_eq!(refusal.field, Some(("Unsupported", "nothingSupportsThis, nothingSupportsThisEither".into())));
    assert!(!request("badbranch").via[0].has_magic_cookie());
    assert_eq!(request("unksm2").to.uri.to_string(), "isbn:2983792873");
    assert_eq!(request("regaut01").headers.get("Authorization"), Some("NoOneKnowsThisScheme opaque-data=here"));
    assert_eq!(request("zeromf").headers.max_forwards(), Some(0));
    let inv2543 = request("inv2543");
    assert_eq!((inv2543.from.tag(), inv2543.body.is_empty()), (None, false));
    assert_eq!(inv2543.to.params.get("user"), Some("phone"), "a bare URI leaves its parameters to the header");
}

/// A plan without numbers.
struct Nobody;

impl Arrivals for Nobody {
    fn reach(&self, _: &str, _: &str, _: &str) -> Reach {
        Reach::Unknown
    }

    fn arrive(&self, _: Arc<Channel>) {}
}

/// The status of the next final answer to `call_id`.
async fn answer(socket: &UdpSocket, call_id: &str) -> u16 {
    let mut bytes = [0; 65_535];
    loop {
        let length = socket.recv(&mut bytes).await.unwrap();
        if let Ok(Message::Response(response)) = parse_datagram(&bytes[..length])
            && !response.is_provisional()
            && response.call_id == call_id
        {
            return response.code();
        }
    }
}

#[tokio::test]
async fn a_server_that_gets_them_all_refuses_what_it_must_and_lives_on() {
    let text =
        "[general]\nudpbindaddr = 127.0.0.1:0\nallowguest = no\n[2001]\ntype = friend\nsecret = x\nhost = dynamic\n";
    let mut files = Memory::default().with("sip.conf", text);
    let config = Config::read(&mut files, Path::new("sip.conf"), &mut Sources::default());
    let settings = Endpoints::from_configs(Some(&config), None, None);
    let agent = Agent::start(settings, Channels::new(0), Arc::new(Nobody)).await.unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(agent.udp_addresses()[0]).await.unwrap();
    for (name, _) in VERDICTS {
        socket.send(&message(name)).await.unwrap();
    }
    let here = socket.local_addr().unwrap();
    let ping = format!(
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-after\r\nMax-Forwards: 70\r\n\
         From: <sip:torture@{here}>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: after\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    );
    socket.send(ping.as_bytes()).await.unwrap();
    let status = tokio::time::timeout(Duration::from_secs(20), answer(&socket, "after")).await.unwrap();
    assert_eq!(status, 200);
    agent.shutdown().await;
}
