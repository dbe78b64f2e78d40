//! What exactly goes over the wire for phones of `pjsip.conf`: sipp scripts count every message.

use super::*;
use crate::channel::Outgoing;

const PHONE: &str = "[2001]\ntype=endpoint\naors=2001\n[2001]\ntype=aor\nmax_contacts=1\nsupport_path=yes\n\
                     [bare]\ntype=endpoint\n";

fn lines<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    let named = message.lines().filter(|line| line.split_once(':').is_some_and(|(known, _)| known == name));
    named.map(|line| line.split_once(": ").map_or("", |(_, value)| value)).collect()
}

fn status(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

#[tokio::test]
async fn a_call_that_is_none_hears_no_100_first() {
    let (agent, _channels) = start_pjsip(PHONE).await;
    let peer = Peer::new(&agent).await;
    let mut cseq = 0;
    let mut refused = async |number: &str, more: &str, body: &str| {
        cseq += 1;
        peer.say(&peer.request("INVITE", number, cseq, "", more, body)).await;
        let answer = peer.hear().await;
        let to = tag(header(&answer, "To")).to_owned();
        peer.say(
            &peer.request("ACK", number, cseq, &to, "", "").replace(&format!("{cseq}ACK"), &format!("{cseq}INVITE")),
        )
        .await;
        answer
    };
    assert_eq!(status(&refused("nobody", "", OFFER).await), "SIP/2.0 404 Not Found");
    assert_eq!(status(&refused("100;x=1", "", OFFER).await), "SIP/2.0 404 Not Found");
    assert_eq!(status(&refused("9", "", OFFER).await), "SIP/2.0 484 Address Incomplete");
    assert_eq!(status(&refused("100", "", "no description").await), "SIP/2.0 400 Bad Request");
    let brief = refused("100", "Supported: timer\r\nSession-Expires: 30\r\n", OFFER).await;
    assert_eq!((status(&brief), header(&brief, "Min-SE")), ("SIP/2.0 422 Session Interval Too Small", "90"));
    let foreign = OFFER.replace("AVP 0 101", "AVP 18 101");
    assert_eq!(status(&refused("100", "", &foreign).await), "SIP/2.0 100 Trying");
    peer.hear_of("SIP/2.0 488").await;
}

#[tokio::test]
async fn an_answer_has_what_telephones_look_at() {
    let (agent, _channels) = start_pjsip(PHONE).await;
    let peer = Peer::new(&agent).await;
    let invite = peer.request("INVITE", "101", 1, "", "", OFFER);
    peer.say(&invite.replace("Max-Forwards: 70", "Max-Forwards: 0")).await;
    let ringing = peer.hear_of("SIP/2.0 180").await;
    assert!(header(&ringing, "Allow").contains("PRACK"));
    assert_eq!(header(&ringing, "Contact"), format!("<sip:{}>", peer.server));
    peer.say(&peer.request("CANCEL", "101", 1, "", "", "")).await;
    let cancelled = peer.hear_of("SIP/2.0 487").await;
    assert_eq!(lines(&cancelled, "Reason"), [""; 0]);
}

#[tokio::test]
async fn a_description_may_come_among_other_parts() {
    let (agent, _channels) = start_pjsip(PHONE).await;
    let peer = Peer::new(&agent).await;
    let parts = format!(
        "--x\r\nContent-Type: application/isup\r\n\r\nabc\r\n--x\r\nContent-Type: application/sdp\r\n\r\n{OFFER}\r\n--x--\r\n"
    );
    let invite = peer.request("INVITE", "100", 1, "", "", &parts);
    peer.say(&invite.replace(
        "Content-Type: application/sdp\r\nContent-Length",
        "Content-Type: multipart/mixed;boundary=x\r\nContent-Length",
    ))
    .await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert!(answer.contains("\r\ns=Asterisk\r\n") && answer.contains("\r\na=maxptime:140\r\n"), "{answer}");
    let text = peer.request("INVITE", "100", 2, "", "", "hello").replace("application/sdp", "text/plain");
    peer.say(&text.replace("Call-ID: call", "Call-ID: other")).await;
    assert_eq!(header(&peer.hear_of("SIP/2.0 415").await, "Accept"), "application/sdp");
}

#[tokio::test]
async fn who_asks_for_an_offer_has_to_answer_it() {
    let (agent, _channels) = start_pjsip(PHONE).await;
    for (body, reason) in [("", "Q.850;cause=0"), (&*OFFER.replace("AVP 0 101", "AVP 18 101"), "Q.850;cause=58")] {
        let peer = Peer::new(&agent).await;
        peer.say(&peer.request("INVITE", "100", 1, "", "", "")).await;
        let answer = peer.hear_of("SIP/2.0 200").await;
        peer.say(&peer.request("ACK", "100", 1, tag(header(&answer, "To")), "", body)).await;
        assert_eq!(lines(&peer.hear_of("BYE").await, "Reason"), [reason]);
    }
}

#[tokio::test]
async fn a_registration_is_told_as_it_was_taken() {
    let (agent, _channels) = start_pjsip(PHONE).await;
    let peer = Peer::new(&agent).await;
    let asked = peer.request("REGISTER", "2001", 1, "", "Expires: 90000\r\n", "");
    peer.say(&asked).await;
    let taken = peer.hear_of("SIP/2.0 200").await;
    assert_eq!((header(&taken, "Expires"), header(&taken, "Supported")), ("7200", "path"));
    peer.say(&asked.replace("1REGISTER", "7REGISTER").replace("Expires: 90000", "Expires: 0")).await;
    assert_eq!(header(&peer.hear_of("SIP/2.0 200").await, "Expires"), "0");
    let bare = peer.request("REGISTER", "bare", 2, "", "", "").replace("sip:2001@", "sip:bare@");
    peer.say(&bare).await;
    assert_eq!(status(&peer.hear().await), "SIP/2.0 403 Forbidden");
}

#[tokio::test]
async fn a_call_of_ours_names_the_default_user_and_the_callers_codecs_first() {
    let (agent, channels) = start_pjsip(PHONE).await;
    let peer = Peer::new(&agent).await;
    let settings = format!(
        "[global]\ntype=global\ndefault_from_user=office\nmax_forwards=20\n[bob]\ntype=endpoint\naors=bob\nsend_pai=yes\n\
         sdp_owner=us\nsdp_session=talk\nmedia_address=192.0.2.9\nallow=!all,g722,alaw,ulaw\n\
         [bob]\ntype=aor\ncontact=sip:bob@{}\n",
        peer.address()
    );
    agent.reload(pjsip(&settings)).await;
    let channel = channels.request("PJSIP", "bob", &|_| {}).unwrap().remove(0);
    channel.state().headers.push(("X-Own".to_owned(), "1".to_owned()));
    let codecs = vec![crate::media::Codec::Ulaw];
    channel.call(&Outgoing { number: "2001".to_owned(), codecs, ..Outgoing::default() });
    let invite = peer.hear_of("INVITE").await;
    assert_eq!(header(&invite, "Contact"), format!("<sip:office@{}>", peer.server));
    assert_eq!(header(&invite, "Max-Forwards"), "20");
    assert_eq!(header(&invite, "P-Asserted-Identity"), format!("<sip:2001@{}>", peer.server.ip()));
    assert_eq!(header(&invite, "X-Own"), "1");
    assert!(invite.contains(" RTP/AVP 0 9 8 101\r\n"), "{invite}");
    assert!(invite.contains("o=us ") && invite.contains("s=talk\r\nc=IN IP4 192.0.2.9\r\n"), "{invite}");
}

#[tokio::test]
async fn an_endpoint_may_prove_itself_in_several_ways_and_is_told_of_each_mailbox() {
    let text = "[2001]\ntype=endpoint\naors=2001\nauth=one,two\naggregate_mwi=no\nmailboxes=1,2\n\
                [2001]\ntype=aor\nmax_contacts=1\n[one]\ntype=auth\nusername=2001\npassword=a\n\
                [two]\ntype=auth\nusername=desk\npassword=b\n";
    let endpoints = pjsip(text);
    let endpoint = endpoints.get(Technology::Pjsip, "2001").unwrap();
    let of = |user| endpoint.login_of(user).map(|login| login.username.as_str());
    assert_eq!(
        (of(None), of(Some("2001")), of(Some("desk")), of(Some("x"))),
        (Some("2001"), Some("2001"), Some("desk"), Some("2001"))
    );
    assert!(!endpoint.signalling.aggregates_mailboxes);
}

#[tokio::test]
async fn a_text_to_an_address_goes_by_the_default_outbound_endpoint() {
    let text = "[global]\ntype=global\ndefault_outbound_endpoint=out\n[out]\ntype=endpoint\nfrom_user=desk\n";
    let (agent, channels) = start_pjsip(text).await;
    let peer = Peer::new(&agent).await;
    let message = crate::channel::message::TextMessage { body: "hello".to_owned(), ..Default::default() };
    channels.send_message("pjsip", &format!("sip:bob@{}", peer.address()), &message).unwrap();
    let told = peer.hear_of("MESSAGE").await;
    assert!(header(&told, "From").contains("sip:desk@") && told.ends_with("hello"), "{told}");
    assert!(agent.notify_uri(&format!("sip:bob@{}", peer.address()), &Default::default()));
    assert!(header(&peer.hear_of("NOTIFY").await, "From").contains("sip:desk@"));
}
