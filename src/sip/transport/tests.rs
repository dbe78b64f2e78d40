//! Two user agents over the loopback. Nothing here waits for a timer.

use std::net::UdpSocket;

use rsip::{StatusCode, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::sip::dialog::Dialog;
use crate::sip::wire::{Method, NameAddr, Request, Uri};

async fn agent() -> (Handle, Incoming) {
    agent_with(Config::default()).await
}

async fn agent_with(config: Config) -> (Handle, Incoming) {
    let loopback = vec!["127.0.0.1:0".parse().unwrap()];
    bind(Config { udp: loopback.clone(), tcp: loopback, ..config }).await.unwrap()
}

fn target(handle: &Handle, transport: Transport) -> Target {
    Target { transport, address: handle.addresses(transport)[0] }
}

fn request(handle: &Handle, method: Method, target: Target) -> Request {
    let way = handle.way_to(target, &[]).unwrap();
    let from = way.contact(Some("alice")).with_tag(&handle.new_tag());
    let to = NameAddr::new(Uri::sip(Some("bob"), target.address.ip().into(), Some(target.address.port())));
    let mut request = Request::new(method, to.uri.clone(), from, to, &handle.new_call_id(), 1);
    request.headers.push("Contact", way.contact(Some("alice")).to_string());
    request
}

#[tokio::test]
async fn options_over_udp_and_tcp() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let ((alice, _), (bob, mut calls)) = (agent().await, agent().await);
        let target = target(&bob, transport);
        for _ in 0..2 {
            let mut sent = alice.send(request(&alice, Method::OPTIONS, target), target).unwrap();
            let received = calls.next().await.unwrap();
            assert_eq!(received.request.method, Method::OPTIONS);
            received.reply(200).unwrap();
            assert_eq!(received.reply(200), Err(Gone));
            let response = sent.final_response().await.unwrap();
            assert_eq!(response.to.tag(), Some(received.to_tag()));
            assert_eq!(sent.next().await, None, "nothing more can come");
        }
        assert_eq!((alice.counters().lost, bob.counters().received), (0, 2));
    }
}

#[tokio::test]
async fn a_call_from_invite_to_bye() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let ((alice, mut alices), (bob, mut bobs)) = (agent().await, agent().await);
        let target = target(&bob, transport);
        let mut invite = alice.send(request(&alice, Method::INVITE, target), target).unwrap();
        let mut call = bobs.next().await.unwrap();
        let mut bobs_dialog = Dialog::server(&call.request, call.to_tag()).unwrap();
        call.reply(100).unwrap();
        call.reply(180).unwrap();
        let mut answer = call.response(200);
        answer.headers.push("Contact", bob.way_back(call.flow).contact(Some("bob")).to_string());
        call.respond(&answer).unwrap();
        let response = invite.final_response().await.unwrap();
        let dialog = Dialog::client(invite.request(), &response).unwrap();
        let ack = dialog.ack(&response);
        let way = alice.way_to(Target::of(&ack.next_hop()).unwrap(), &[]).unwrap();
        invite.acknowledge(ack, &way);
        assert!(matches!(call.next().await, Some(ServerEvent::Acknowledged(_))));
        let bye = bobs_dialog.request(Method::BYE);
        let mut bye = bob.send_on(bye, bob.way_back(call.flow)).unwrap();
        let received = alices.next().await.unwrap();
        assert_eq!(crate::sip::dialog::DialogId::of_request(&received.request).as_ref(), Some(dialog.id()));
        received.reply(200).unwrap();
        assert_eq!(bye.final_response().await.unwrap().code(), 200);
    }
}

#[tokio::test]
async fn dropping_the_call_cancels_it() {
    let ((alice, _alices), (bob, mut bobs)) = (agent().await, agent().await);
    let target = target(&bob, Transport::Udp);
    let mut invite = alice.send(request(&alice, Method::INVITE, target), target).unwrap();
    let mut call = bobs.next().await.unwrap();
    call.reply(180).unwrap();
    assert!(matches!(invite.next().await, Some(ClientEvent::Response(response)) if response.code() == 180));
    drop(invite);
    assert!(matches!(call.next().await, Some(ServerEvent::Cancelled(_))));
    call.reply(StatusCode::RequestTerminated).unwrap();
}

#[tokio::test]
async fn an_answer_to_a_dropped_call_is_acknowledged_and_ended() {
    let ((alice, _alices), (bob, mut bobs)) = (agent().await, agent().await);
    let target = target(&bob, Transport::Udp);
    let invite = alice.send(request(&alice, Method::INVITE, target), target).unwrap();
    let mut call = bobs.next().await.unwrap();
    drop(invite);
    let mut answer = call.response(200);
    answer.headers.push("Contact", bob.way_back(call.flow).contact(Some("bob")).to_string());
    call.respond(&answer).unwrap();
    assert!(matches!(call.next().await, Some(ServerEvent::Acknowledged(_))));
    let bye = bobs.next().await.unwrap();
    assert_eq!((bye.request.method.as_str(), bye.request.cseq), ("BYE", 2));
}

#[tokio::test]
async fn a_dropped_request_is_answered() {
    let ((alice, _alices), (bob, mut bobs)) = (agent().await, agent().await);
    let target = target(&bob, Transport::Udp);
    let mut sent = alice.send(request(&alice, Method::OPTIONS, target), target).unwrap();
    drop(bobs.next().await.unwrap());
    assert_eq!(sent.final_response().await.unwrap().code(), 500);
}

#[tokio::test]
async fn a_user_agent_that_does_not_keep_up_refuses_with_503() {
    let (alice, _alices) = agent().await;
    let (bob, _bobs) = agent_with(Config { queue: 1, ..Config::default() }).await;
    let target = target(&bob, Transport::Udp);
    let _waiting = alice.send(request(&alice, Method::INVITE, target), target).unwrap();
    let mut refused = alice.send(request(&alice, Method::INVITE, target), target).unwrap();
    let response = refused.final_response().await.unwrap();
    assert_eq!((response.code(), response.headers.get("Retry-After")), (503, Some("10")));
    assert_eq!(bob.counters().overload, 1);
}

#[tokio::test]
async fn no_listener_means_undeliverable_over_tcp() {
    let (alice, _alices) = agent().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut sent = alice.send(request(&alice, Method::OPTIONS, Target::tcp(closed)), Target::tcp(closed)).unwrap();
    assert_eq!(sent.next().await, Some(ClientEvent::Undeliverable));
}

const OPTIONS: &str = "OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.9.9;rport;branch=z9hG4bKq\r\n\
    From: <sip:a@x>;tag=1\r\nTo: <sip:bob@127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 5\r\n\r\n";

#[tokio::test]
async fn a_malformed_datagram_is_answered_to_its_source() {
    let (bob, _bobs) = agent().await;
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let bobs_address = bob.addresses(Transport::Udp)[0];
    socket.send_to(b"\r\n\r\n", bobs_address).await.unwrap();
    socket.send_to(OPTIONS.as_bytes(), bobs_address).await.unwrap();
    let mut buffer = [0; 2000];
    let length = socket.recv(&mut buffer).await.unwrap();
    let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
    let port = socket.local_addr().unwrap().port();
    assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
    assert!(answer.contains(&format!(";rport={port};branch=z9hG4bKq;received=127.0.0.1\r\n")), "{answer}");
    assert_eq!(bob.counters().malformed, 1);
}

#[tokio::test]
async fn tcp_pings_are_answered_and_a_lost_framing_ends_the_connection() {
    let (bob, _bobs) = agent().await;
    let mut stream = TcpStream::connect(bob.addresses(Transport::Tcp)[0]).await.unwrap();
    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    stream.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\r\n");
    stream.write_all(OPTIONS.replace("Content-Length: 5", "Content-Length: 999999999").as_bytes()).await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.starts_with("SIP/2.0 513 "), "{rest}");
}

#[tokio::test]
async fn a_socket_for_all_addresses_names_the_one_the_peer_reaches() {
    let config = Config { udp: vec!["0.0.0.0:0".parse().unwrap()], ..Config::default() };
    let (handle, mut incoming) = bind(config).await.unwrap();
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let way = handle.way_to(Target::udp(peer), &[]).unwrap();
    let port = handle.addresses(Transport::Udp)[0].port();
    assert_eq!(way.contact(Some("x")).to_string(), format!("<sip:x@127.0.0.1:{port}>"));
    assert!(matches!(handle.way_to(Target::tcp(peer), &[]), Err(Unreachable::NoSocket(_))));
    handle.shutdown();
    assert!(incoming.next().await.is_none());
}
