use super::*;
use crate::media::rtp::srtp::Suite;

fn local(codecs: &str) -> Local {
    let mut list = CodecList::none();
    list.allow(codecs);
    Local {
        address: "192.0.2.1".parse().unwrap(),
        port: 10_000,
        codecs: list,
        telephone_events: true,
        security: None,
        title: Title::default(),
    }
}

fn negotiation(codecs: &str) -> Negotiation {
    Negotiation::new(7, local(codecs))
}

fn describe(streams: &str) -> Description {
    let text = format!("v=0\r\no=phone 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n{streams}");
    Description::parse(text.as_bytes()).unwrap()
}

const G711: &str = "m=audio 4000 RTP/AVP 18 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n";

#[test]
fn an_answer_prefers_our_order_and_mirrors_their_numbers() {
    let (answer, settled) = negotiation("alaw,ulaw").answer(&describe(G711), Direction::SendRecv).unwrap();
    assert_eq!(
        answer,
        "v=0\r\no=- 7 7 IN IP4 192.0.2.1\r\ns=Asterisk\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         m=audio 10000 RTP/AVP 8 0 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ptime:20\r\na=maxptime:140\r\n\
         a=sendrecv\r\n"
    );
    assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::Alaw));
    assert_eq!(settled.remote, Some("10.0.0.2:4000".parse().unwrap()));
    assert_eq!(settled.remote_rtcp, Some("10.0.0.2:4001".parse().unwrap()));
    assert_eq!(settled.telephone_event, Some(Payload { send: 96, receive: 96 }));
    assert_eq!((settled.direction, settled.on_hold), (Direction::SendRecv, false));
}

#[test]
fn wide_codecs_are_offered_and_taken_where_they_are_allowed() {
    let offer = negotiation("g722,slin16,ulaw").offer(Direction::SendRecv).unwrap();
    assert!(offer.contains("m=audio 10000 RTP/AVP 9 118 0 101\r\n"), "{offer}");
    assert!(offer.contains("a=rtpmap:9 G722/8000\r\na=rtpmap:118 L16/16000\r\n"), "{offer}");
    let theirs = describe("m=audio 4000 RTP/AVP 9 0 8\r\n");
    let (answer, settled) = negotiation("g722,ulaw").answer(&theirs, Direction::SendRecv).unwrap();
    assert!(answer.contains("m=audio 10000 RTP/AVP 9 0\r\n"), "{answer}");
    assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::G722));
    let theirs = describe("m=audio 4000 RTP/AVP 96 0\r\na=rtpmap:96 L16/16000\r\n");
    let (_, settled) = negotiation("slin16,ulaw").answer(&theirs, Direction::SendRecv).unwrap();
    let payload = Payload { send: 96, receive: 96 };
    assert_eq!(settled.preferred(), Some(Format { codec: Codec::Slin16, payload }));
    let theirs = describe("m=audio 4000 RTP/AVP 9 0\r\n");
    let (_, settled) = negotiation("ulaw,alaw").answer(&theirs, Direction::SendRecv).unwrap();
    assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::Ulaw));
}

#[test]
fn opus_is_offered_with_two_channels_and_has_the_wishes_of_the_far_end() {
    let offer = negotiation("opus,slin48,ulaw").offer(Direction::SendRecv).unwrap();
    assert!(offer.contains("m=audio 10000 RTP/AVP 107 126 0 101\r\n"), "{offer}");
    assert!(offer.contains("a=rtpmap:107 opus/48000/2\r\na=fmtp:107 useinbandfec=1\r\n"), "{offer}");
    assert!(offer.contains("a=rtpmap:126 L16/48000\r\n"), "{offer}");
    let theirs = describe(
        "m=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxplaybackrate=16000;useinbandfec=1\r\n",
    );
    let (answer, settled) = negotiation("opus,ulaw").answer(&theirs, Direction::SendRecv).unwrap();
    assert!(answer.contains("m=audio 10000 RTP/AVP 96 0\r\na=rtpmap:96 opus/48000/2\r\n"), "{answer}");
    let payload = Payload { send: 96, receive: 96 };
    assert_eq!(settled.preferred(), Some(Format { codec: Codec::Opus, payload }));
    assert_eq!((settled.opus.playback_rate, settled.opus.takes_fec), (16_000, true));
}

#[test]
fn other_streams_are_declined_in_their_places() {
    let offer = describe(&format!(
        "m=video 5000 RTP/AVP 31 32\r\nm=audio 6000 RTP/SAVP 0\r\n{G711}m=application 7000 UDP/BFCP *\r\n"
    ));
    let mut ours = negotiation("ulaw");
    let (answer, _) = ours.answer(&offer, Direction::SendRecv).unwrap();
    let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        ["m=video 0 RTP/AVP 31 32", "m=audio 0 RTP/SAVP 0", "m=audio 10000 RTP/AVP 0 96", "m=application 0 UDP/BFCP *"]
    );
    let again = ours.offer(Direction::SendOnly).unwrap();
    assert_eq!(again.lines().filter(|line| line.starts_with("m=")).count(), 4, "places are kept in a new offer");
    assert!(again.contains("m=audio 10000 RTP/AVP 0 96\r\n"), "and so are numbers: {again}");
}

#[test]
fn what_cannot_be_agreed_to_is_488() {
    let cases = [
        ("m=audio 4000 RTP/SAVP 0\r\n", SdpError::Transport("RTP/SAVP".to_owned())),
        ("m=audio 0 RTP/AVP 0\r\n", SdpError::NoAudio),
        ("m=video 4000 RTP/AVP 31\r\n", SdpError::NoAudio),
        ("m=audio 4000 RTP/AVP 18 3\r\n", SdpError::NoCommonCodec),
        ("m=audio 4000 RTP/AVP 8\r\n", SdpError::NoCommonCodec),
    ];
    for (streams, error) in cases {
        assert_eq!(negotiation("ulaw").answer(&describe(streams), Direction::SendRecv), Err(error.clone()));
        assert_eq!(error.status(), 488);
    }
}

#[test]
fn directions_mirror_and_hold_is_seen() {
    let cases = [
        ("sendrecv", Direction::SendRecv, "a=sendrecv", false),
        ("sendonly", Direction::RecvOnly, "a=recvonly", true),
        ("recvonly", Direction::SendOnly, "a=sendonly", false),
        ("inactive", Direction::Inactive, "a=inactive", true),
    ];
    for (theirs, ours, line, on_hold) in cases {
        let offer = describe(&format!("{G711}a={theirs}\r\n"));
        let (answer, settled) = negotiation("ulaw").answer(&offer, Direction::SendRecv).unwrap();
        assert_eq!((settled.direction, settled.on_hold), (ours, on_hold), "{theirs}");
        assert!(answer.contains(line), "{answer}");
    }
}

#[test]
fn a_null_address_holds() {
    let offer = describe(&format!("{G711}c=IN IP4 0.0.0.0\r\n"));
    let (answer, settled) = negotiation("ulaw").answer(&offer, Direction::SendRecv).unwrap();
    assert_eq!((settled.remote, settled.remote_rtcp), (None, None));
    assert_eq!((settled.direction, settled.on_hold), (Direction::RecvOnly, true));
    assert!(answer.contains("a=recvonly"));
}

#[test]
fn the_version_rises_when_something_changed() {
    let mut ours = negotiation("ulaw");
    let version = |text: &str| text.split(' ').nth(2).unwrap().parse::<u64>().unwrap();
    assert_eq!(version(&ours.offer(Direction::SendRecv).unwrap()), 7);
    assert_eq!(version(&ours.offer(Direction::SendRecv).unwrap()), 7);
    assert_eq!(version(&ours.offer(Direction::SendOnly).unwrap()), 8);
    assert_eq!(version(&ours.offer(Direction::SendRecv).unwrap()), 9);
}

#[test]
fn an_answer_may_renumber_and_choose() {
    let mut ours = negotiation("ulaw,alaw");
    let offer = ours.offer(Direction::SendRecv).unwrap();
    assert!(offer.contains("m=audio 10000 RTP/AVP 0 8 101\r\n"));
    let answer = describe("m=audio 4000 RTP/AVP 8 0 97\r\na=rtpmap:97 telephone-event/8000\r\na=ptime:30\r\n");
    let settled = ours.accept(&answer, Direction::SendRecv).unwrap();
    assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::Alaw));
    assert_eq!(settled.telephone_event, Some(Payload { send: 97, receive: 101 }));
    assert_eq!(settled.packet_time, Duration::from_millis(30));
    assert!(ours.accept(&answer, Direction::SendRecv).is_ok(), "after 183 comes 200");
    ours.withdraw();
    assert_eq!(ours.accept(&answer, Direction::SendRecv), Err(SdpError::NoOffer));
}

#[test]
fn a_declined_answer_is_no_audio() {
    let mut ours = negotiation("ulaw");
    ours.offer(Direction::SendRecv).unwrap();
    assert_eq!(ours.accept(&describe("m=audio 0 RTP/AVP 0\r\n"), Direction::SendRecv), Err(SdpError::NoAudio));
}

#[test]
fn ipv6_is_written_as_such() {
    let mut here = local("ulaw");
    here.address = "2001:db8::1".parse().unwrap();
    let offer = Negotiation::new(1, here).offer(Direction::SendRecv).unwrap();
    assert!(offer.contains("o=- 1 1 IN IP6 2001:db8::1\r\n") && offer.contains("c=IN IP6 2001:db8::1\r\n"));
}

fn secured(suite: Suite, is_optional: bool) -> Negotiation {
    let security = Security::new(suite, is_optional);
    assert!(security.is_some());
    Negotiation::new(7, Local { security, ..local("ulaw") })
}

const THEIRS: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

fn line(text: &str) -> &str {
    text.lines().find(|line| line.starts_with("a=crypto:")).unwrap_or_default()
}

#[test]
fn an_offer_with_keys_is_answered_with_ours_in_the_first_suite_that_we_have() {
    let offer = format!(
        "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:{THEIRS}\r\n\
         a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{THEIRS}|2^31\r\n\
         a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{THEIRS}\r\n"
    );
    let mut ours = secured(Suite::Tag80, false);
    let (answer, settled) = ours.answer(&describe(&offer), Direction::SendRecv).unwrap();
    assert!(answer.contains("m=audio 10000 RTP/SAVP 0\r\n"), "{answer}");
    assert!(line(&answer).starts_with("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:"), "{answer}");
    assert!(!answer.contains(THEIRS));
    let keys = settled.keys.unwrap();
    assert_eq!((keys.suite, keys.send), (Suite::Tag32, ours.local().security.unwrap().key));
    let (again, resettled) = ours.answer(&describe(&offer), Direction::SendRecv).unwrap();
    assert_eq!((again, resettled.keys), (answer.clone(), settled.keys), "our key is one for the call");
    let reoffer = ours.offer(Direction::SendRecv).unwrap();
    assert_eq!(line(&reoffer), line(&answer));
}

#[test]
fn our_offer_wants_keys_in_the_answer_or_is_content_without() {
    let with = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{THEIRS}\r\n");
    let mut required = secured(Suite::Tag80, false);
    let offer = required.offer(Direction::SendRecv).unwrap();
    assert!(offer.contains("m=audio 10000 RTP/SAVP 0 101\r\n"), "{offer}");
    assert!(line(&offer).starts_with("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"), "{offer}");
    let accept = |ours: &mut Negotiation, text: &str| ours.accept(&describe(text), Direction::SendRecv);
    let settled = accept(&mut required, &format!("m=audio 4000 RTP/SAVP 0\r\n{with}")).unwrap();
    assert!(settled.keys.is_some());
    assert_eq!(accept(&mut required, "m=audio 4000 RTP/AVP 0\r\n"), Err(SdpError::Insecure));
    assert_eq!(accept(&mut required, "m=audio 4000 RTP/SAVP 0\r\n"), Err(SdpError::Crypto));
    let other = with.replace("crypto:1", "crypto:2");
    assert_eq!(accept(&mut required, &format!("m=audio 4000 RTP/SAVP 0\r\n{other}")), Err(SdpError::Crypto));

    let mut optional = secured(Suite::Tag32, true);
    let offer = optional.offer(Direction::SendRecv).unwrap();
    assert!(offer.contains("RTP/AVP 0 101") && offer.contains("_32 inline:"), "{offer}");
    assert_eq!(accept(&mut optional, "m=audio 4000 RTP/AVP 0\r\n").unwrap().keys, None);
    let with = with.replace("_80", "_32");
    assert!(accept(&mut optional, &format!("m=audio 4000 RTP/AVP 0\r\n{with}")).unwrap().keys.is_some());
}

#[test]
fn who_offers_the_other_kind_is_refused() {
    let refused = |mut ours: Negotiation, text: &str| ours.answer(&describe(text), Direction::SendRecv).unwrap_err();
    let plain = "m=audio 4000 RTP/AVP 0\r\n";
    assert_eq!(refused(secured(Suite::Tag80, false), plain), SdpError::Insecure);
    let keyless = "m=audio 4000 RTP/SAVP 0\r\n";
    assert_eq!(refused(secured(Suite::Tag80, true), keyless), SdpError::Crypto);
    let dtls = "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n";
    assert_eq!(refused(secured(Suite::Tag80, true), dtls), SdpError::Transport("UDP/TLS/RTP/SAVP".to_owned()));
    let both = format!("{plain}m=audio 5000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{THEIRS}\r\n");
    let (answer, settled) = secured(Suite::Tag80, false).answer(&describe(&both), Direction::SendRecv).unwrap();
    assert!(answer.contains("m=audio 0 RTP/AVP 0\r\nm=audio 10000 RTP/SAVP 0\r\n"), "{answer}");
    assert!(settled.keys.is_some());
}
