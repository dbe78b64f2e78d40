//! Provisional responses that are acknowledged, and the other manners of `pjsip.conf`.

use super::*;
use crate::channel::Outgoing;

const ANN: &str = "[2001]\ntype=endpoint\ncontext=internal\naors=2001\n[2001]\ntype=aor\nmax_contacts=1\n";

fn ann(more: &str) -> String {
    ANN.replacen("context=internal", &format!("context=internal\n{more}"), 1)
}

#[tokio::test]
async fn ringing_is_sent_until_it_is_acknowledged_and_the_answer_waits_for_it() {
    let (agent, channels) = start_pjsip(ANN).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("INVITE", "101", 1, "", "Require: 100rel\r\n", OFFER)).await;
    let ringing = peer.hear_of("SIP/2.0 180").await;
    assert_eq!(header(&ringing, "Require"), "100rel");
    let again = peer.hear_of("SIP/2.0 180").await;
    assert_eq!(header(&ringing, "RSeq"), header(&again, "RSeq"));
    channels.all()[0].answer();
    let ours = tag(header(&ringing, "To")).to_owned();
    let rack = |number: &str| format!("RAck: {number} 1 INVITE\r\n");
    peer.say(&peer.request("PRACK", "101", 2, &ours, &rack("7"), "")).await;
    peer.hear_of("SIP/2.0 481").await;
    peer.say(&peer.request("PRACK", "101", 3, &ours, &rack(header(&ringing, "RSeq")), "")).await;
    let acknowledged = peer.hear_of("SIP/2.0 200").await;
    assert!(header(&acknowledged, "CSeq").ends_with("PRACK"), "{acknowledged}");
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert!(header(&answer, "CSeq").ends_with("INVITE") && answer.contains("m=audio"), "{answer}");
}

#[tokio::test]
async fn what_may_not_be_reliable_or_must_be_is_refused() {
    for (more, header_line, status) in [
        ("100rel=no", "Require: 100rel\r\n", "SIP/2.0 420"),
        ("100rel=required", "", "SIP/2.0 421"),
        ("100rel=peer_supported", "Supported: 100rel\r\n", "SIP/2.0 180"),
        ("100rel=yes", "Supported: 100rel\r\n", "SIP/2.0 180"),
    ] {
        let (agent, _channels) = start_pjsip(&ann(more)).await;
        let peer = Peer::new(&agent).await;
        peer.say(&peer.request("INVITE", "101", 1, "", header_line, OFFER)).await;
        let answer = peer.hear_of(status).await;
        assert_eq!(header(&answer, "RSeq").is_empty(), more != "100rel=peer_supported", "{answer}");
    }
}

#[tokio::test]
async fn reliable_responses_to_a_call_of_ours_are_acknowledged_once() {
    let (agent, channels) = start_pjsip(ANN).await;
    let peer = Peer::new(&agent).await;
    agent.reload(pjsip(&format!("{ANN}contact=sip:bob@{}\n", peer.address()))).await;
    let channel = channels.request("PJSIP", "2001", &|_| {}).unwrap().remove(0);
    channel.call(&Outgoing::default());
    let invite = peer.hear_of("INVITE").await;
    assert_eq!(header(&invite, "Supported"), "100rel, timer, replaces, norefersub, histinfo");
    assert_eq!(header(&invite, "Session-Expires"), "1800");
    let reliable = "Require: 100rel\r\nRSeq: 5\r\n";
    for _ in 0..2 {
        peer.say(&peer.response(&invite, "183 Session Progress", reliable, OFFER)).await;
    }
    let prack = peer.hear_of("PRACK").await;
    assert_eq!(header(&prack, "RAck"), format!("5 {}", header(&invite, "CSeq")));
    peer.say(&peer.response(&prack, "200 OK", "", "")).await;
    event(&channel, Event::Progress).await;
    // The peer moves its audio before it answers.
    let mut update = peer.request("UPDATE", "2001", 1, "", "", &OFFER.replace("40000", "40002"));
    for name in ["From", "To", "Call-ID"] {
        let (was, other) = (
            header(&update, name).to_owned(),
            match name {
                "From" => format!("{};tag=bob", header(&invite, "To")),
                "To" => header(&invite, "From").to_owned(),
                _ => header(&invite, "Call-ID").to_owned(),
            },
        );
        update = update.replacen(&format!("{name}: {was}"), &format!("{name}: {other}"), 1);
    }
    peer.say(&update).await;
    assert!(peer.hear_of("SIP/2.0 200").await.contains("m=audio"));
    assert!(channel.leg().fact("rtpdest").unwrap().ends_with(":40002"));
    peer.say(&peer.response(&invite, "486 Busy Here", "Reason: Q.850;cause=21\r\n", "")).await;
    soon(channel.interrupted()).await;
    assert_eq!(channel.hangup_cause(), Some(Cause(21)), "the peer's own word counts");
}

#[tokio::test]
async fn a_call_that_is_given_up_says_why() {
    let (agent, channels) = start_pjsip(ANN).await;
    let peer = Peer::new(&agent).await;
    agent.reload(pjsip(&format!("{ANN}contact=sip:bob@{}\n", peer.address()))).await;
    let channel = channels.request("PJSIP", "2001", &|_| {}).unwrap().remove(0);
    channel.call(&Outgoing::default());
    let invite = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&invite, "180 Ringing", "", "")).await;
    event(&channel, Event::Ringing).await;
    channel.hang_up(Cause::ANSWERED_ELSEWHERE);
    let cancel = peer.hear_of("CANCEL").await;
    let reasons: Vec<_> = cancel.lines().filter(|line| line.starts_with("Reason")).collect();
    assert_eq!(reasons, ["Reason: SIP;cause=200;text=\"Call completed elsewhere\"", "Reason: Q.850;cause=26"]);
}

#[tokio::test]
async fn who_answers_may_say_who_it_is_where_it_is_trusted() {
    for (more, expected) in [("", "\"\" <>"), ("trust_id_inbound=yes", "\"Bob\" <77>")] {
        let (agent, channels) = start_pjsip(ANN).await;
        let peer = Peer::new(&agent).await;
        agent.reload(pjsip(&format!("{}contact=sip:bob@{}\n", ann(more), peer.address()))).await;
        let channel = channels.request("PJSIP", "2001", &|_| {}).unwrap().remove(0);
        channel.call(&Outgoing::default());
        let invite = peer.hear_of("INVITE").await;
        let identity = "P-Asserted-Identity: \"Bob\" <sip:77@b>\r\n";
        peer.say(&peer.response(&invite, "200 OK", identity, OFFER)).await;
        event(&channel, Event::Answered).await;
        assert_eq!(channel.state().caller.all(), expected);
    }
}

#[tokio::test]
async fn who_calls_may_be_known_by_a_header() {
    let trunk = "[trunk]\ntype=endpoint\ncontext=outside\n[trunk]\ntype=identify\nendpoint=trunk\n\
                 match_header=X-Line: /^line-[0-9]$/\n";
    let (agent, channels) = start_pjsip(&format!("{trunk}[other]\ntype=endpoint\n")).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("INVITE", "100", 1, "", "X-Line: line-x\r\n", OFFER)).await;
    peer.hear_of("SIP/2.0 401").await;
    peer.say(&peer.request("INVITE", "100", 2, "", "X-Line: line-7\r\n", OFFER)).await;
    peer.hear_of("SIP/2.0 200").await;
    assert_eq!(channels.all()[0].state().position.context, "outside");
}

#[tokio::test]
async fn an_address_of_record_has_to_be_the_endpoints_own_and_strangers_may_be_kept_out() {
    let (agent, _channels) = start_pjsip(&format!("{ANN}[300]\ntype=aor\nmax_contacts=1\n")).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("REGISTER", "300", 1, "", "Expires: 90\r\n", "")).await;
    peer.hear_of("SIP/2.0 404").await;
    peer.say(&peer.request("REGISTER", "2001", 2, "", "Expires: 90\r\n", "")).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert_eq!((header(&answer, "Expires"), header(&answer, "Date").ends_with(" GMT")), ("90", true), "{answer}");
    agent.reload(pjsip(&format!("{ANN}[keep-out]\ntype=acl\ndeny=127.0.0.0/8\n"))).await;
    peer.say(&peer.request("OPTIONS", "100", 3, "", "", "")).await;
    peer.hear_of("SIP/2.0 403").await;
}

#[tokio::test]
async fn options_ask_for_an_extension() {
    let (agent, _channels) = start_pjsip(ANN).await;
    let peer = Peer::new(&agent).await;
    for (number, cseq, status) in [("100", 1, "SIP/2.0 200"), ("999", 2, "SIP/2.0 404")] {
        peer.say(&peer.request("OPTIONS", number, cseq, "", "", "")).await;
        peer.hear_of(status).await;
    }
}

#[tokio::test]
async fn a_plan_reads_the_dialog_and_refreshes_the_session() {
    let (agent, channels) = start_pjsip(ANN).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("INVITE", "100", 1, "", "", OFFER)).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    let ours = tag(header(&answer, "To")).to_owned();
    peer.say(&peer.request("ACK", "100", 1, &ours, "", "")).await;
    let channel = channels.all().remove(0);
    let fact = |name: &str| channel.leg().fact(&format!("pjsip,{name}")).unwrap();
    assert_eq!((fact("call-id"), fact("local_tag")), (header(&answer, "Call-ID").to_owned(), ours));
    assert_eq!((fact("remote_addr"), fact("secure")), (peer.address().to_string(), "0".to_owned()));
    assert!(channel.leg().refresh(true), "an UPDATE where the peer takes one");
    let invite = peer.hear_of("INVITE").await;
    assert!(invite.contains("m=audio"), "{invite}");
    peer.say(&peer.response(&invite, "200 OK", "", OFFER)).await;
    peer.hear_of("ACK").await;
}
