//! Two layers against each other through virtual time, over a network that loses datagrams.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rsip::Transport;

use super::{ClientId, Event, Flow, Identifiers, Limits, ServerId, Timers, TransactionLayer, Transmit};
use crate::sip::wire::{Message, Method, NameAddr, Request, Response, Uri, parse_datagram};

const DELAY: Duration = Duration::from_millis(20);

struct Network {
    now: Instant,
    sides: [TransactionLayer; 2],
    addresses: [SocketAddr; 2],
    transport: Transport,
    in_flight: VecDeque<(Instant, usize, Transmit)>,
    /// Decides by the number of the datagram whether it is lost.
    loses: fn(usize) -> bool,
    sent: usize,
    events: [Vec<Event>; 2],
}

impl Network {
    fn new(transport: Transport, loses: fn(usize) -> bool) -> Network {
        let layer = |seed| TransactionLayer::new(Timers::default(), Limits::default(), Identifiers::seeded(seed));
        Network {
            now: Instant::now(),
            sides: [layer(1), layer(2)],
            addresses: ["192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5060".parse().unwrap()],
            transport,
            in_flight: VecDeque::new(),
            loses,
            sent: 0,
            events: [Vec::new(), Vec::new()],
        }
    }

    fn flow(&self, side: usize) -> Flow {
        Flow { transport: self.transport, local: self.addresses[side], remote: self.addresses[1 - side] }
    }

    fn call(&mut self, method: Method) -> ClientId {
        let address = |text: &str| NameAddr::new(Uri::parse(text).unwrap());
        let (from, to) = (address("sip:alice@192.0.2.1").with_tag("a"), address("sip:bob@192.0.2.2"));
        let request = Request::new(method, to.uri.clone(), from, to, "call-1", 1);
        let flow = self.flow(0);
        self.sides[0].request(request, flow, self.addresses[0].into(), self.now).unwrap()
    }

    fn acknowledge(&mut self, invite: ClientId, response: &Response) {
        let uri = Uri::parse("sip:bob@192.0.2.2").unwrap();
        let ack = Request::new(Method::ACK, uri, response.from.clone(), response.to.clone(), &response.call_id, 1);
        let flow = self.flow(0);
        self.sides[0].acknowledge(invite, ack, flow, self.addresses[0].into());
    }

    /// Moves messages and time until `until`; bounded, so that a livelock fails.
    fn run(&mut self, until: Duration) {
        let end = self.now + until;
        for _ in 0..10_000 {
            for side in 0..2 {
                while let Some(transmit) = self.sides[side].poll_transmit() {
                    self.sent += 1;
                    if !(self.loses)(self.sent) {
                        self.in_flight.push_back((self.now + DELAY, 1 - side, transmit));
                    }
                }
                while let Some(event) = self.sides[side].poll_event() {
                    self.events[side].push(event);
                }
            }
            let arrival = self.in_flight.front().map(|(at, ..)| *at);
            let timer = self.sides.iter().filter_map(TransactionLayer::poll_timeout).min();
            let Some(next) = arrival.into_iter().chain(timer).min().filter(|next| *next <= end) else {
                self.now = end;
                return;
            };
            self.now = next;
            while let Some((_, side, transmit)) = self.in_flight.pop_front_if(|(at, ..)| *at <= next) {
                let message = parse_datagram(&transmit.bytes).unwrap();
                let flow = self.flow(side);
                self.sides[side].receive(message, flow, next);
            }
            self.sides.iter_mut().for_each(|side| side.handle_timeout(next));
        }
        panic!("the layers do not come to rest");
    }

    fn incoming(&self) -> (ServerId, Request) {
        let requests: Vec<_> = self.events[1]
            .iter()
            .filter_map(|event| match event {
                Event::Request { transaction, request, .. } => Some((*transaction, request.as_ref().clone())),
                _ => None,
            })
            .collect();
        assert_eq!(requests.len(), 1, "a request is delivered once");
        requests.into_iter().next().unwrap()
    }

    fn respond(&mut self, code: u16) {
        let (transaction, request) = self.incoming();
        self.sides[1].respond(transaction, &request.response(code, Some("b")), self.now).unwrap();
    }

    fn responses(&self) -> Vec<u16> {
        let code = |event: &Event| match event {
            Event::Response { response, .. } => Some(response.code()),
            _ => None,
        };
        self.events[0].iter().filter_map(code).collect()
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn nothing(_: usize) -> bool {
    false
}

/// Scattered, so that no loss falls into step with the retransmissions.
fn one_in_three(number: usize) -> bool {
    (number.wrapping_mul(2_654_435_761) >> 13).is_multiple_of(3)
}

fn two_in_three(number: usize) -> bool {
    !one_in_three(number)
}

#[test]
fn a_call_is_answered_acknowledged_and_forgotten() {
    for (transport, loses) in [
        (Transport::Udp, nothing as fn(usize) -> bool),
        (Transport::Tcp, nothing),
        (Transport::Udp, one_in_three),
        (Transport::Udp, two_in_three),
    ] {
        let mut network = Network::new(transport, loses);
        let invite = network.call(Method::INVITE);
        network.run(8 * SECOND);
        network.respond(200);
        network.run(8 * SECOND);
        let Some(Event::Response { response, .. }) = network.events[0].last().cloned() else { panic!() };
        network.acknowledge(invite, &response);
        network.run(100 * SECOND);
        assert_eq!(network.responses(), [200]);
        assert!(matches!(network.events[1].last(), Some(Event::Ack { .. })), "{:?}", network.events[1]);
        assert_eq!(network.events[1].len(), 2);
        assert!(network.sides.iter().all(TransactionLayer::is_empty), "everything is forgotten in the end");
    }
}

#[test]
fn a_refused_call_is_acknowledged_inside_the_layer() {
    for loses in [nothing as fn(usize) -> bool, one_in_three, two_in_three] {
        let mut network = Network::new(Transport::Udp, loses);
        network.call(Method::INVITE);
        network.run(4 * SECOND);
        network.respond(180);
        network.respond(486);
        network.run(100 * SECOND);
        assert_eq!(network.responses().last(), Some(&486));
        assert_eq!(network.events[1].len(), 1, "the ACK is no event: {:?}", network.events[1]);
        assert!(network.sides.iter().all(TransactionLayer::is_empty));
    }
}

#[test]
fn other_requests_survive_loss() {
    let mut network = Network::new(Transport::Udp, one_in_three);
    network.call(Method::OPTIONS);
    network.run(8 * SECOND);
    network.respond(200);
    network.run(100 * SECOND);
    assert_eq!(network.responses(), [200]);
    assert!(network.sides.iter().all(TransactionLayer::is_empty));
}

#[test]
fn silence_is_reported_to_both_ends() {
    let mut network = Network::new(Transport::Udp, |_| true);
    network.call(Method::INVITE);
    network.call(Method::OPTIONS);
    network.run(33 * SECOND);
    assert!(matches!(network.events[0][..], [Event::TimedOut { .. }, Event::TimedOut { .. }]));
    let mut network = Network::new(Transport::Udp, nothing);
    network.call(Method::INVITE);
    network.run(SECOND);
    network.respond(200);
    network.run(33 * SECOND);
    assert!(matches!(network.events[1].last(), Some(Event::Unacknowledged { .. })));
}

#[test]
fn a_cancel_waits_for_the_first_provisional_response() {
    let mut network = Network::new(Transport::Udp, nothing);
    let invite = network.call(Method::INVITE);
    network.sides[0].cancel(invite, Default::default(), network.now).unwrap();
    network.run(SECOND);
    assert_eq!(network.events[1].len(), 1, "no CANCEL before a response");
    network.respond(180);
    network.run(SECOND);
    assert!(matches!(network.events[1].last(), Some(Event::Cancelled { .. })));
    network.respond(487);
    network.run(100 * SECOND);
    assert_eq!(network.responses(), [180, 487], "the 200 of the CANCEL stays inside");
    assert_eq!(network.sides[0].cancel(invite, Default::default(), network.now), Err(super::Gone));
    assert!(network.sides.iter().all(TransactionLayer::is_empty));
}

#[test]
fn a_cancelled_invite_without_final_response_times_out() {
    let mut network = Network::new(Transport::Udp, nothing);
    let invite = network.call(Method::INVITE);
    network.run(SECOND);
    network.respond(180);
    network.run(SECOND);
    network.sides[0].cancel(invite, Default::default(), network.now).unwrap();
    network.run(40 * SECOND);
    assert!(matches!(network.events[0].last(), Some(Event::TimedOut { transaction }) if *transaction == invite));
}

#[test]
fn peers_of_rfc_2543_are_matched_by_their_fields() {
    let mut network = Network::new(Transport::Udp, nothing);
    let invite = "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@h>\r\n\
                  Call-ID: old\r\nCSeq: 1 INVITE\r\n\r\n";
    let (flow, now) = (network.flow(1), network.now);
    let mut receive = |text: &str| network.sides[1].receive(parse_datagram(text.as_bytes()).unwrap(), flow, now);
    receive(invite);
    receive(invite);
    receive(&invite.replace("INVITE", "CANCEL"));
    network.run(Duration::ZERO);
    assert!(matches!(network.events[1][..], [Event::Request { .. }, Event::Cancelled { .. }]));
    network.respond(487);
    let ack = invite.replace("INVITE", "ACK").replace("To: <sip:b@h>", "To: <sip:b@h>;tag=b");
    network.sides[1].receive(parse_datagram(ack.as_bytes()).unwrap(), flow, now);
    network.run(100 * SECOND);
    assert_eq!(network.sides[1].counters().stray, 0);
    assert_eq!(network.events[1].len(), 2, "the ACK was taken: nothing is unacknowledged");
}

#[test]
fn a_full_layer_refuses_calls_with_503() {
    let mut network = Network::new(Transport::Udp, nothing);
    let limits = Limits { transactions: 1 };
    network.sides[1] = TransactionLayer::new(Timers::default(), limits, Identifiers::seeded(3));
    network.call(Method::INVITE);
    network.run(SECOND);
    network.call(Method::INVITE);
    network.run(SECOND);
    assert_eq!(network.responses(), [503]);
    assert_eq!(network.sides[1].counters().refused, 1);
}

#[test]
fn the_port_of_a_via_without_rport_is_kept_or_overruled() {
    for (to_source, port) in [(false, 5060), (true, 40_000)] {
        let mut network = Network::new(Transport::Udp, nothing);
        network.sides[1].reply_to_source(to_source);
        let options = "OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n\
                       To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n";
        let flow = Flow { remote: "192.0.2.1:40000".parse().unwrap(), ..network.flow(1) };
        let now = network.now;
        network.sides[1].receive(parse_datagram(options.as_bytes()).unwrap(), flow, now);
        network.events[1].extend(network.sides[1].poll_event());
        network.respond(200);
        assert_eq!(network.sides[1].poll_transmit().unwrap().flow.remote.port(), port);
    }
}

#[test]
fn responses_to_nothing_are_dropped() {
    let mut network = Network::new(Transport::Udp, nothing);
    network.call(Method::OPTIONS);
    let Some(sent) = network.sides[0].poll_transmit() else { panic!() };
    let Message::Request(request) = parse_datagram(&sent.bytes).unwrap() else { panic!() };
    let mut response = request.response(200, Some("b"));
    response.via[0].params.set("branch", Some("z9hG4bKother"));
    let (flow, now) = (network.flow(0), network.now);
    network.sides[0].receive(response.into(), flow, now);
    assert_eq!((network.sides[0].counters().stray, network.sides[0].poll_event()), (1, None));
}

#[test]
fn a_broken_connection_fails_the_requests_on_it() {
    let mut network = Network::new(Transport::Tcp, nothing);
    let id = network.call(Method::OPTIONS);
    let flow = network.flow(0);
    network.sides[0].undeliverable(flow);
    assert_eq!(network.sides[0].poll_event(), Some(Event::Undeliverable { transaction: id }));
    assert!(network.sides[0].is_empty());
}
