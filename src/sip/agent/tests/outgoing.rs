//! Calls that we make.

use super::*;
use crate::channel::Outgoing;
use crate::channel::leg::Unavailable;
use crate::sip::endpoint::{Listen, Technology, Transport};
use crate::sip::transport::Target;

fn towards(peer: &Peer, more: &str) -> String {
    let address = peer.address();
    format!(
        "[bob]\ntype=peer\nhost={}\nport={}\nsecret=key\nfromuser=us\nuse_q850_reason=yes\n{more}\n[away]\ntype=friend\nhost=dynamic\nsecret=x\n",
        address.ip(),
        address.port()
    )
}

/// An agent that knows the peer as `bob`.
async fn start_with(more: &str) -> (Arc<Agent>, Arc<Channels>, Peer) {
    let (agent, channels) = start("").await;
    let peer = Peer::new(&agent).await;
    agent.reload(settings(&towards(&peer, more))).await;
    (agent, channels, peer)
}

fn call(channels: &Arc<Channels>, resource: &str, outgoing: &Outgoing) -> Arc<Channel> {
    let channel = channels.request("SIP", resource, &|_| {}).unwrap().remove(0);
    channel.call(outgoing);
    channel
}

fn ann() -> Outgoing {
    Outgoing {
        number: "2001".to_owned(),
        name: "Ann".to_owned(),
        headers: vec![
            ("X-Colour".to_owned(), "red".to_owned()),
            ("X-Evil".to_owned(), "1\r\nX-More: 2".to_owned()),
            ("Contact".to_owned(), "<sip:thief@x>".to_owned()),
        ],
        ..Outgoing::default()
    }
}

#[tokio::test]
async fn each_technology_calls_from_its_own_address() {
    let find = |technology| Listen {
        technology,
        name: "udp".to_owned(),
        transport: Transport::Udp,
        address: std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap(),
    };
    let mut both = settings("");
    both.listen = vec![find(Technology::Pjsip), find(Technology::Sip)];
    let addresses = both.listen.clone();
    let agent = Agent::start(both, Channels::new(1), Arc::new(Plan)).await.unwrap();
    let target = Target::udp("127.0.0.1:5060".parse().unwrap());
    for listen in addresses {
        let way = agent.way_to(target, listen.technology, None).unwrap();
        assert_eq!(way.flow.local, listen.address);
    }
}

#[tokio::test]
async fn a_call_proves_itself_rings_and_is_answered() {
    let (agent, channels, peer) = start_with("sendrpid=yes").await;
    let channel = call(&channels, "555@bob", &ann());
    assert_eq!(&**channel.name(), "SIP/bob-00000000");
    let invite = peer.hear_of("INVITE sip:555@").await;
    assert!(header(&invite, "From").starts_with("\"Ann\" <sip:us@"), "{invite}");
    assert!(header(&invite, "Remote-Party-ID").contains("sip:2001@"), "{invite}");
    assert!(invite.contains("X-Colour: red") && !invite.contains("X-More") && !invite.contains("thief"), "{invite}");
    let challenge = "WWW-Authenticate: Digest realm=\"bob\", nonce=\"1\"\r\n";
    peer.say(&peer.response(&invite, "401 Unauthorized", challenge, "")).await;
    let invite = peer.hear_of("INVITE").await;
    assert!(header(&invite, "Authorization").contains("username=\"us\""), "{invite}");
    peer.say(&peer.response(&invite, "180 Ringing", "", "")).await;
    event(&channel, Event::Ringing).await;
    peer.say(&peer.response(&invite, "183 Session Progress", "", OFFER)).await;
    event(&channel, Event::Progress).await;
    assert_eq!(channel.leg().codec(), crate::media::Codec::Ulaw);
    peer.say(&peer.response(&invite, "200 OK", "", OFFER)).await;
    peer.hear_of("ACK").await;
    event(&channel, Event::Answered).await;
    channel.hang_up(Cause::BUSY);
    let bye = peer.hear_of("BYE sip:bob@").await;
    assert!(header(&bye, "Reason").contains("cause=17"), "{bye}");
    peer.say(&peer.response(&bye, "200 OK", "", "")).await;
    soon(agent.calls.all_gone()).await;
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_for_ever() {
    let (_agent, channels, peer) = start_with("").await;
    let channel = call(&channels, "bob", &ann());
    let challenge = "WWW-Authenticate: Digest realm=\"bob\", nonce=\"1\"\r\n";
    for _ in 0..2 {
        let invite = peer.hear_of("INVITE").await;
        peer.say(&peer.response(&invite, "401 Unauthorized", challenge, "")).await;
    }
    soon(channel.interrupted()).await;
    assert_eq!(channel.hangup_cause(), Some(Cause::REJECTED));
}

#[tokio::test]
async fn a_failure_gives_its_cause() {
    for (status, cause) in [("486 Busy Here", 17), ("404 Not Found", 1), ("480 Temporarily Unavailable", 19)] {
        let (_agent, channels, peer) = start_with("").await;
        let channel = call(&channels, "bob", &ann());
        let invite = peer.hear_of("INVITE").await;
        peer.say(&peer.response(&invite, status, "", "")).await;
        peer.hear_of("ACK").await;
        soon(channel.interrupted()).await;
        assert_eq!(channel.hangup_cause(), Some(Cause(cause)), "{status}");
    }
}

#[tokio::test]
async fn giving_up_cancels_and_ends_an_answer_that_crosses() {
    let (_agent, channels, peer) = start_with("").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&invite, "180 Ringing", "", "")).await;
    event(&channel, Event::Ringing).await;
    channel.hang_up(Cause::NORMAL);
    peer.hear_of("CANCEL").await;
    peer.say(&peer.response(&invite, "200 OK", "", OFFER)).await;
    peer.hear_of("ACK").await;
    peer.hear_of("BYE").await;
}

#[tokio::test]
async fn a_redirection_is_followed() {
    let (agent, channels, peer) = start_with("promiscredir=yes").await;
    let there = Peer::new(&agent).await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    let moved = peer.response(&invite, "302 Moved Temporarily", "", "");
    let moved = moved.replace(&format!("sip:bob@{}", peer.address()), &format!("sip:bert@{}", there.address()));
    peer.say(&moved).await;
    let invite = there.hear_of("INVITE sip:bert@").await;
    there.say(&there.response(&invite, "200 OK", "", OFFER)).await;
    there.hear_of("ACK").await;
    event(&channel, Event::Answered).await;
}

#[tokio::test]
async fn a_phone_forwards_the_call_to_a_number_of_the_plan() {
    let (_agent, channels, peer) = start_with("context=inside").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    let moved = peer.response(&invite, "302 Moved Temporarily", "Diversion: <sip:bob@x>;reason=user-busy\r\n", "");
    peer.say(&moved.replace("sip:bob@127", "sip:200@127")).await;
    event(&channel, Event::Forwarded("200@inside".into())).await;
    assert_eq!(channel.state().redirecting_reason, "cfb");
}

#[tokio::test]
async fn whom_a_phone_talks_with_is_told_to_it() {
    let (_agent, channels, peer) = start_with("sendrpid=pai").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&invite, "200 OK", "Allow: INVITE, ACK, UPDATE\r\n", OFFER)).await;
    event(&channel, Event::Answered).await;
    channel.connect_with(&crate::channel::Party::new("Cora", "2003"));
    let update = peer.hear_of("UPDATE").await;
    assert!(header(&update, "P-Asserted-Identity").starts_with("\"Cora\" <sip:2003@"), "{update}");
    assert_eq!(header(&update, "Remote-Party-ID"), "");
    peer.say(&peer.response(&update, "200 OK", "", "")).await;
}

#[tokio::test]
async fn a_longer_session_is_asked_for_where_the_peer_wants_it() {
    let (_agent, channels, peer) = start_with("session-timers=originate\nsession-expires=100").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    assert_eq!((header(&invite, "Session-Expires"), header(&invite, "Min-SE")), ("100;refresher=uas", "90"));
    peer.say(&peer.response(&invite, "422 Session Interval Too Small", "Min-SE: 300\r\n", "")).await;
    let invite = peer.hear_of("INVITE").await;
    assert_eq!((header(&invite, "Session-Expires"), header(&invite, "CSeq")), ("300", "103 INVITE"));
    peer.say(&peer.response(&invite, "200 OK", "Session-Expires: 300;refresher=uas\r\n", OFFER)).await;
    event(&channel, Event::Answered).await;
}

#[tokio::test]
async fn the_plan_says_what_is_offered() {
    let (_agent, channels, peer) = start_with("disallow=all\nallow=ulaw,alaw").await;
    let wish = |state: &mut crate::channel::State| state.media_offer = Some("!all,alaw,no-such".to_owned());
    let channel = channels.request("SIP", "bob", &wish).unwrap().remove(0);
    channel.call(&ann());
    let invite = peer.hear_of("INVITE").await;
    assert!(invite.contains("RTP/AVP 8 101") && !invite.contains("PCMU"), "{invite}");
}

#[tokio::test]
async fn an_answer_without_common_audio_is_ended() {
    let (_agent, channels, peer) = start_with("").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&invite, "200 OK", "", &OFFER.replace("RTP/AVP 0 101", "RTP/AVP 18"))).await;
    peer.hear_of("ACK").await;
    peer.hear_of("BYE").await;
    soon(channel.interrupted()).await;
    assert_eq!(channel.hangup_cause(), Some(Cause(58)));
}

#[tokio::test]
async fn who_cannot_be_called_says_why() {
    let (_agent, channels, _peer) = start_with("").await;
    let cause = |technology: &str, resource: &str| {
        channels.request(technology, resource, &|_| {}).map(drop).unwrap_err().cause()
    };
    assert_eq!(cause("SIP", "away"), Cause(20));
    assert_eq!(cause("SIP", "nobody"), Cause(20));
    assert_eq!(cause("PJSIP", "nobody"), Cause(3));
    let unavailable = channels.request("SIP", "away", &|_| {}).map(drop).unwrap_err();
    assert_eq!(unavailable, Unavailable::NotReachable("SIP/away is not registered".to_owned()));
}

#[tokio::test]
async fn digits_travel_as_info_where_the_endpoint_wants_it() {
    let (_agent, channels, peer) = start_with("dtmfmode=info").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    assert!(!invite.contains("telephone-event"), "{invite}");
    peer.say(&peer.response(&invite, "200 OK", "", OFFER)).await;
    event(&channel, Event::Answered).await;
    channel.send_digit('7', Duration::from_millis(100));
    let info = peer.hear_of("INFO").await;
    assert!(info.ends_with("Signal=7\r\nDuration=100\r\n"), "{info}");
}

#[tokio::test]
async fn a_phone_that_takes_no_update_is_told_by_a_re_invite() {
    let (_agent, channels, peer) = start_with("sendrpid=yes").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&invite, "200 OK", "Allow: INVITE, ACK\r\n", OFFER)).await;
    event(&channel, Event::Answered).await;
    peer.hear_of("ACK").await;
    channel.connect_with(&crate::channel::Party::new("Cora", "2003"));
    let again = peer.hear_of("INVITE").await;
    assert!(header(&again, "Remote-Party-ID").contains("sip:2003@"), "{again}");
    assert!(header(&again, "Remote-Party-ID").contains("party=called;privacy=off"), "{again}");
    assert_eq!((header(&again, "CSeq"), tag(header(&again, "To"))), ("103 INVITE", "bob"));
    assert!(again.contains("m=audio"), "{again}");
    // Asked for its password, it comes again.
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\r\n";
    peer.say(&peer.response(&again, "401 Unauthorized", challenge, "")).await;
    let proven = peer.hear_of("INVITE").await;
    assert_eq!(header(&proven, "CSeq"), "104 INVITE");
    assert!(header(&proven, "Authorization").starts_with("Digest username=\"us\""), "{proven}");
    peer.say(&peer.response(&proven, "200 OK", "", &OFFER.replace("m=audio 40000", "m=audio 40002"))).await;
    let ack = peer.hear_of("ACK").await;
    assert_eq!(header(&ack, "CSeq"), "104 ACK");
    // A peer that does not know of the call any more ends it.
    channel.connect_with(&crate::channel::Party::new("Dan", "2004"));
    let gone = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&gone, "481 Call/Transaction Does Not Exist", "", "")).await;
    soon(channel.interrupted()).await;
}

#[tokio::test]
async fn a_variable_of_the_plan_chooses_the_codec() {
    let (_agent, channels, peer) = start_with("disallow=all\nallow=ulaw,alaw").await;
    let wish = |state: &mut crate::channel::State| state.variables.set("SIP_CODEC_OUTBOUND", "g722,alaw");
    let channel = channels.request("SIP", "bob", &wish).unwrap().remove(0);
    channel.call(&ann());
    let invite = peer.hear_of("INVITE").await;
    assert!(invite.contains("RTP/AVP 8 101") && !invite.contains("PCMU"), "{invite}");
}

#[tokio::test]
async fn who_refreshes_the_session_is_said() {
    let (_agent, channels, peer) = start_with("session-timers=originate\nsession-refresher=uas").await;
    call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    assert_eq!(header(&invite, "Session-Expires"), "1800;refresher=uas");
}

#[tokio::test]
async fn numbers_are_marked_where_the_endpoint_wants_it() {
    let (_agent, channels, peer) = start_with("usereqphone=yes").await;
    call(&channels, "555@bob", &ann());
    let invite = peer.hear_of("INVITE sip:555@").await;
    assert!(invite.lines().next().is_some_and(|line| line.contains(";user=phone")), "{invite}");
    assert!(header(&invite, "To").contains(";user=phone"), "{invite}");
    assert!(!header(&invite, "From").contains("user=phone"), "`us` is no number: {invite}");
}

#[tokio::test]
async fn progress_that_nobody_hears_is_ringing() {
    let (_agent, channels, peer) = start_with("").await;
    let channel = call(&channels, "bob", &ann());
    let invite = peer.hear_of("INVITE").await;
    peer.say(&peer.response(&invite, "183 Session Progress", "", "")).await;
    event(&channel, Event::Ringing).await;
    peer.say(&peer.response(&invite, "183 Session Progress", "", OFFER)).await;
    event(&channel, Event::Progress).await;
}
