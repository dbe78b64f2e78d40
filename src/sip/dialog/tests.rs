use super::*;
use crate::sip::wire::{Message, parse_datagram};

const INVITE: &str = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
    From: \"Alice\" <sip:alice@example.org>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: c1\r\nCSeq: 10 INVITE\r\n\
    Contact: <sip:alice@192.0.2.1:5070>\r\nRecord-Route: <sip:p2;lr>\r\nRecord-Route: <sip:p1;lr>\r\n\r\n";

fn invite() -> Request {
    let Message::Request(request) = parse_datagram(INVITE.as_bytes()).unwrap() else { panic!() };
    request
}

/// What bob answers alice's INVITE.
fn answer(code: u16, tag: &str, contact: &str, routes: &[&str]) -> Response {
    let mut response = invite().response(code, Some(tag));
    response.headers.remove("Record-Route");
    routes.iter().for_each(|route| response.headers.push("Record-Route", *route));
    response.headers.push("Contact", contact);
    response
}

fn routes(request: &Request) -> Vec<String> {
    request.headers.addresses("Route").iter().map(|route| route.uri.to_string()).collect()
}

#[test]
fn the_server_side_mirrors_the_request() {
    let mut dialog = Dialog::server(&invite(), "b").unwrap();
    assert_eq!(dialog.id().to_string(), "c1 (b to a)");
    let bye = dialog.request(Method::BYE);
    assert_eq!(bye.uri.to_string(), "sip:alice@192.0.2.1:5070");
    assert_eq!((bye.from.tag(), bye.to.tag(), bye.cseq), (Some("b"), Some("a"), 1));
    assert_eq!(routes(&bye), ["sip:p2;lr", "sip:p1;lr"]);
    assert_eq!(dialog.request(Method::INFO).cseq, 2);
    let mut without = invite();
    without.headers.remove("Contact");
    assert_eq!(Dialog::server(&without, "b"), Err(StatusCode::BadRequest));
}

#[test]
fn the_client_side_reverses_the_route() {
    let response = answer(200, "b", "<sip:bob@192.0.2.9>", &["<sip:p2;lr>", "<sip:p1;lr>"]);
    let mut dialog = Dialog::client(&invite(), &response).unwrap();
    assert!(dialog.is_confirmed());
    let ack = dialog.ack(&response);
    assert_eq!((ack.cseq, ack.method.as_str(), ack.uri.to_string().as_str()), (10, "ACK", "sip:bob@192.0.2.9"));
    assert_eq!(routes(&ack), ["sip:p1;lr", "sip:p2;lr"]);
    assert_eq!(dialog.request(Method::BYE).cseq, 11);
    assert_eq!(dialog.ack(&response).cseq, 10, "also after other requests");
}

#[test]
fn a_strict_router_becomes_the_request_uri() {
    let response = answer(200, "b", "<sip:bob@192.0.2.9>", &["<sip:loose;lr>", "<sip:strict>"]);
    let mut dialog = Dialog::client(&invite(), &response).unwrap();
    let bye = dialog.request(Method::BYE);
    assert_eq!(bye.uri.to_string(), "sip:strict");
    assert_eq!(routes(&bye), ["sip:loose;lr", "sip:bob@192.0.2.9"]);
}

#[test]
fn a_fork_has_a_dialog_for_each_tag() {
    let early = |tag| Dialog::client(&invite(), &answer(180, tag, "<sip:b@h>", &[])).unwrap();
    assert_ne!(early("b1").id(), early("b2").id());
    assert!(!early("b1").is_confirmed());
    assert!(Dialog::client(&invite(), &answer(486, "b", "<sip:b@h>", &[])).is_none());
    assert!(Dialog::client(&invite(), &answer(100, "b", "<sip:b@h>", &[])).is_none());
}

#[test]
fn the_2xx_settles_route_and_target_anew() {
    let mut dialog = Dialog::client(&invite(), &answer(180, "b", "<sip:early@h>", &["<sip:p1;lr>"])).unwrap();
    dialog.receive_response(&answer(200, "b", "<sip:final@h>", &["<sip:p9;lr>"]));
    let bye = dialog.request(Method::BYE);
    assert_eq!((bye.uri.to_string().as_str(), routes(&bye)), ("sip:final@h", vec!["sip:p9;lr".to_owned()]));
    dialog.receive_response(&answer(200, "b", "<sip:moved@h>", &["<sip:p0;lr>"]));
    let bye = dialog.request(Method::BYE);
    assert_eq!(bye.uri.to_string(), "sip:moved@h");
    assert_eq!(routes(&bye), ["sip:p9;lr"], "the route of a confirmed dialog stays");
}

#[test]
fn requests_out_of_order_are_refused() {
    let mut dialog = Dialog::server(&invite(), "b").unwrap();
    let mut request = invite();
    assert_eq!(dialog.receive_request(&request), Err(StatusCode::ServerInternalError));
    request.cseq = 12;
    request.headers.set("Contact", "<sip:alice@192.0.2.77>");
    assert_eq!(dialog.receive_request(&request), Ok(()));
    assert_eq!(dialog.remote_target().to_string(), "sip:alice@192.0.2.77");
    request.cseq = 11;
    assert_eq!(dialog.receive_request(&request), Err(StatusCode::ServerInternalError));
    request.method = Method::ACK;
    assert_eq!(dialog.receive_request(&request), Ok(()), "an ACK bears the number of its INVITE");
}

#[test]
fn requests_find_their_dialog() {
    let dialog = Dialog::server(&invite(), "b").unwrap();
    assert_eq!(DialogId::of_request(&invite()), None);
    let mut bye = invite();
    bye.to.params.set("tag", Some("b"));
    assert_eq!(DialogId::of_request(&bye).as_ref(), Some(dialog.id()));
}
