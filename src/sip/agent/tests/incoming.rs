//! Calls that peers make.

use super::*;

const OPEN: &str = "[ann]\ntype=peer\nhost=127.0.0.1\ninsecure=port,invite\ncontext=internal\nlanguage=de\nsetvar=COLOUR=red\n\
     use_q850_reason=yes\n";

async fn called(peer: &Peer, number: &str, more: &str, body: &str) -> String {
    peer.say(&peer.request("INVITE", number, 1, "", more, body)).await;
    peer.hear_of("SIP/2.0 200").await
}

async fn acknowledge(peer: &Peer, answer: &str, number: &str, body: &str) -> String {
    let tag = tag(header(answer, "To")).to_owned();
    peer.say(&peer.request("ACK", number, 1, &tag, "", body)).await;
    tag
}

#[tokio::test]
async fn a_call_is_answered_and_ended_by_the_peer() {
    let (agent, channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    let answer = called(&peer, "100", "", OFFER).await;
    assert!(answer.contains("m=audio") && answer.contains("PCMU/8000"), "{answer}");
    let channel = channels.all().remove(0);
    assert_eq!(&**channel.name(), "SIP/ann-00000000");
    {
        let state = channel.state();
        assert_eq!(state.caller.all(), "\"Ann\" <2001>");
        assert_eq!((state.language.as_str(), state.variables.get("COLOUR")), ("de", Some("red")));
        assert_eq!(state.position.to_string(), "100@internal:1");
    }
    assert_eq!(channel.leg().fact("recvip").as_deref(), Some("127.0.0.1"));
    assert_eq!(channel.leg().fact("header:Max-Forwards").as_deref(), Some("70"));
    let tag = acknowledge(&peer, &answer, "100", "").await;
    peer.say(&peer.request("BYE", "100", 2, &tag, "Reason: Q.850;cause=31\r\n", "")).await;
    peer.hear_of("SIP/2.0 200").await;
    soon(channel.interrupted()).await;
    assert_eq!(channel.hangup_cause(), Some(Cause(31)));
}

#[tokio::test]
async fn hanging_up_after_the_answer_waits_for_the_ack() {
    let (agent, _channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    let answer = called(&peer, "103", "", OFFER).await;
    acknowledge(&peer, &answer, "103", "").await;
    let bye = peer.hear_of("BYE").await;
    assert!(header(&bye, "Reason").contains("cause=16"), "{bye}");
    peer.say(&peer.response(&bye, "200 OK", "", "")).await;
    soon(agent.calls.all_gone()).await;
}

#[tokio::test]
async fn a_bye_that_crosses_ours_is_answered() {
    let (agent, _channels) = start(OPEN).await;
    for _ in 0..8 {
        let peer = Peer::new(&agent).await;
        let answer = called(&peer, "103", "", OFFER).await;
        acknowledge(&peer, &answer, "103", "").await;
        let bye = peer.hear_of("BYE").await;
        let ours = tag(header(&answer, "To")).to_owned();
        peer.say(&peer.request("BYE", "103", 2, &ours, "", "")).await;
        peer.say(&peer.response(&bye, "200 OK", "", "")).await;
        peer.hear_of("SIP/2.0 200").await;
        soon(agent.calls.all_gone()).await;
    }
}

#[tokio::test]
async fn numbers_are_looked_up_before_a_channel_is_made() {
    let (agent, channels) = start(OPEN).await;
    for (number, status) in [("555", "SIP/2.0 404"), ("9", "SIP/2.0 484"), ("102", "SIP/2.0 486")] {
        let peer = Peer::new(&agent).await;
        peer.say(&peer.request("INVITE", number, 1, "", "", OFFER)).await;
        peer.hear_of(status).await;
    }
    soon(agent.calls.all_gone()).await;
    soon(async {
        while channels.count() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_caller_may_give_up() {
    let (agent, channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("INVITE", "101", 1, "", "", OFFER)).await;
    peer.hear_of("SIP/2.0 180").await;
    let channel = channels.all().remove(0);
    peer.say(&peer.request("CANCEL", "101", 1, "", "", "")).await;
    peer.hear_of("SIP/2.0 487").await;
    soon(channel.interrupted()).await;
}

#[tokio::test]
async fn a_call_without_an_offer_gets_one() {
    let (agent, channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    let answer = called(&peer, "100", "", "").await;
    assert!(answer.contains("m=audio"), "{answer}");
    let channel = channels.all().remove(0);
    assert_eq!(channel.leg().codec(), crate::media::Codec::Linear);
    acknowledge(&peer, &answer, "100", OFFER).await;
    soon(async {
        while channel.leg().codec() != crate::media::Codec::Ulaw {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn codecs_have_to_be_in_common() {
    let (agent, _channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    let offer = OFFER.replace("RTP/AVP 0 101", "RTP/AVP 18");
    peer.say(&peer.request("INVITE", "100", 1, "", "", &offer)).await;
    peer.hear_of("SIP/2.0 488").await;
    soon(agent.calls.all_gone()).await;
}

#[tokio::test]
async fn a_peer_holds_comes_back_and_presses_keys() {
    let (agent, channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    let answer = called(&peer, "100", "", OFFER).await;
    let tag = acknowledge(&peer, &answer, "100", "").await;
    let channel = channels.all().remove(0);
    let held = OFFER.to_owned() + "a=sendonly\r\n";
    peer.say(&peer.request("INVITE", "100", 2, &tag, "", &held)).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert!(answer.contains("a=recvonly"), "{answer}");
    event(&channel, Event::Held).await;
    // The ACK of the first change is still to come.
    peer.say(&peer.request("INVITE", "100", 3, &tag, "", OFFER)).await;
    peer.hear_of("SIP/2.0 491").await;
    peer.say(&peer.request("ACK", "100", 3, &tag, "", "")).await;
    peer.say(&peer.request("ACK", "100", 2, &tag, "", "")).await;
    peer.say(&peer.request("UPDATE", "100", 4, &tag, "", OFFER)).await;
    peer.hear_of("SIP/2.0 200").await;
    event(&channel, Event::Resumed).await;
    let info = peer.request("INFO", "100", 5, &tag, "Content-Type: application/dtmf-relay\r\n", "");
    let info = info.replace("Content-Length: 0\r\n\r\n", "Content-Length: 10\r\n\r\nSignal=5\r\n");
    peer.say(&info).await;
    event(&channel, Event::Digit('5')).await;
}

#[tokio::test]
async fn what_belongs_to_nothing_is_refused() {
    let (agent, _channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    for (method, cseq, status) in [("BYE", 1, "SIP/2.0 481"), ("INFO", 2, "SIP/2.0 481"), ("UPDATE", 3, "SIP/2.0 481")]
    {
        peer.say(&peer.request(method, "100", cseq, "nobody", "", "")).await;
        peer.hear_of(status).await;
    }
    peer.say(&peer.request("OPTIONS", "100", 4, "", "", "")).await;
    assert!(header(&peer.hear_of("SIP/2.0 200").await, "Allow").contains("INVITE"));
    peer.say(&peer.request("INVITE", "100", 5, "", "Require: 100rel\r\n", OFFER)).await;
    assert_eq!(header(&peer.hear_of("SIP/2.0 420").await, "Unsupported"), "100rel");
    peer.say(&peer.request("PUBLISH", "100", 6, "", "", "")).await;
    peer.hear_of("SIP/2.0 489").await;
}

#[tokio::test]
async fn an_endpoint_has_as_many_calls_as_it_may() {
    let (agent, _channels) = start(&format!("{OPEN}call-limit=1\n")).await;
    let (first, second) = (Peer::new(&agent).await, Peer::new(&agent).await);
    called(&first, "100", "", OFFER).await;
    second.say(&second.request("INVITE", "100", 1, "", "", OFFER)).await;
    second.hear_of("SIP/2.0 480").await;
}

#[tokio::test]
async fn a_party_is_sent_elsewhere_by_a_302_before_the_answer_and_a_refer_after() {
    let (agent, channels) = start(OPEN).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("INVITE", "101", 1, "", "", OFFER)).await;
    peer.hear_of("SIP/2.0 180").await;
    assert!(channels.all()[0].leg().transfer("7000"));
    let moved = peer.hear_of("SIP/2.0 302").await;
    assert!(header(&moved, "Contact").contains("sip:7000@"), "{moved}");
    let peer = Peer::new(&agent).await;
    let answer = called(&peer, "100", "", OFFER).await;
    acknowledge(&peer, &answer, "100", "").await;
    let talking = channels.all().into_iter().find(|channel| channel.is_up()).unwrap();
    talking.leg().transfer("7000");
    let refer = peer.hear_of("REFER").await;
    assert!(header(&refer, "Refer-To").contains("sip:7000@"), "{refer}");
}

#[tokio::test]
async fn a_session_is_refreshed_in_time() {
    let (_agent, _channels) = start(OPEN).await;
    let peer = Peer::new(&_agent).await;
    let more = "Supported: timer\r\nSession-Expires: 60\r\n";
    peer.say(&peer.request("INVITE", "100", 1, "", more, OFFER)).await;
    assert_eq!(header(&peer.hear_of("SIP/2.0 422").await, "Min-SE"), "90");
    let peer = Peer::new(&_agent).await;
    let more = "Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n";
    peer.say(&peer.request("INVITE", "100", 1, "", more, OFFER)).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert_eq!(header(&answer, "Session-Expires"), "120;refresher=uac");
    assert_eq!(header(&answer, "Require"), "timer");
}

#[tokio::test]
async fn a_variable_of_the_plan_chooses_the_codec_of_the_answer() {
    let (agent, channels) = start(&format!("{OPEN}disallow=all\nallow=ulaw,alaw\n")).await;
    let peer = Peer::new(&agent).await;
    peer.say(&peer.request("INVITE", "101", 1, "", "", &OFFER.replace("AVP 0", "AVP 0 8"))).await;
    peer.hear_of("SIP/2.0 180").await;
    let channel = channels.all().remove(0);
    channel.state().variables.set("SIP_CODEC_INBOUND", "alaw");
    channel.answer();
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert!(answer.contains("RTP/AVP 8 101") && !answer.contains("PCMU"), "{answer}");
}

#[tokio::test]
async fn what_comes_right_behind_the_ack_finds_it_taken() {
    let (agent, _channels) = start(OPEN).await;
    for _ in 0..16 {
        let peer = Peer::new(&agent).await;
        let answer = called(&peer, "100", "", OFFER).await;
        let tag = tag(header(&answer, "To")).to_owned();
        peer.say(&peer.request("ACK", "100", 1, &tag, "", "")).await;
        peer.say(&peer.request("INVITE", "100", 2, &tag, "", &OFFER.replace("AVP 0", "AVP 8"))).await;
        let again = peer.hear_of("SIP/2.0").await;
        assert!(again.starts_with("SIP/2.0 200") && again.contains("RTP/AVP 8"), "{again}");
        peer.say(&peer.request("ACK", "100", 2, &tag, "", "")).await;
    }
}

#[tokio::test]
async fn guests_have_what_the_general_section_says() {
    let (agent, channels) = start("[general]\ndisallow=all\nallow=alaw\nlanguage=de\ncontext=hall\n").await;
    let peer = Peer::new(&agent).await;
    let answer = called(&peer, "100", "", &OFFER.replace("AVP 0", "AVP 0 8")).await;
    assert!(answer.contains("RTP/AVP 8 101"), "{answer}");
    let channel = channels.all().remove(0);
    let state = channel.state();
    assert_eq!((state.language.as_str(), state.position.context.as_str()), ("de", "hall"));
}
