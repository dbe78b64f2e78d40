//! Texts outside of calls.

use parking_lot::Mutex;

use super::*;
use crate::channel::caller_id::Party;
use crate::channel::message::TextMessage;

const PHONES: &str = "[ann]\ntype=peer\nhost=127.0.0.1\ninsecure=port,invite\ncontext=internal\n\
                      outofcall_message_context=texts\n";

/// Takes texts for the extension 100 of `texts`.
#[derive(Default)]
struct Letters(Mutex<Vec<(Party, TextMessage)>>);

impl Arrivals for Letters {
    fn reach(&self, _context: &str, _extension: &str, _caller: &str) -> Reach {
        Reach::Complete
    }

    fn arrive(&self, channel: Arc<Channel>) {
        channel.answer();
    }

    fn message(&self, context: &str, extension: &str, from: Party, message: TextMessage) -> bool {
        let is_there = (context, extension) == ("texts", "100");
        if is_there {
            self.0.lock().push((from, message));
        }
        is_there
    }
}

#[tokio::test]
async fn a_text_enters_the_plan_or_is_refused() {
    let letters = Arc::new(Letters::default());
    let agent = Agent::start(settings(PHONES), Channels::new(1), letters.clone()).await.unwrap();
    let peer = Peer::new(&agent).await;
    let text = |number: &str, cseq: u32, kind: &str| {
        let request = peer.request("MESSAGE", number, cseq, "", "X-Id: 7\r\n", "hello");
        request.replace("application/sdp", kind)
    };
    peer.say(&text("100", 1, "text/plain;charset=UTF-8")).await;
    peer.hear_of("SIP/2.0 202").await;
    let (from, message) = letters.0.lock().remove(0);
    assert_eq!((from.all().as_str(), message.body.as_str()), ("\"Ann\" <2001>", "hello"));
    assert_eq!(message.header("x-id"), Some("7"));
    assert!(message.from.starts_with("\"Ann\" <sip:2001@") && !message.from.contains("tag="), "{}", message.from);
    peer.say(&text("999", 2, "text/plain")).await;
    peer.hear_of("SIP/2.0 404").await;
    peer.say(&text("100", 3, "image/png")).await;
    peer.hear_of("SIP/2.0 415").await;
}

#[tokio::test]
async fn a_text_is_sent_to_a_telephone_and_within_a_call() {
    let letters = Arc::new(Letters::default());
    let channels = Channels::new(1);
    let agent = Agent::start(settings(PHONES), Arc::clone(&channels), letters).await.unwrap();
    channels.add_technology(agent.clone());
    let peer = Peer::new(&agent).await;
    let message = TextMessage {
        from: "\"Bob\" <sip:2002@example.com>".to_owned(),
        body: "good morning".to_owned(),
        data: vec![("X-Id".to_owned(), "9".to_owned()), ("Via".to_owned(), "not this".to_owned())],
        ..TextMessage::default()
    };
    channels.send_message("sip", &format!("bob@{}", peer.address()), &message).unwrap();
    let heard = peer.hear_of("MESSAGE").await;
    assert!(heard.ends_with("good morning") && heard.contains("X-Id: 9") && !heard.contains("not this"), "{heard}");
    assert!(header(&heard, "From").starts_with("\"Bob\" <sip:2002@example.com>;tag="), "{heard}");
    peer.say(&peer.response(&heard, "200 OK", "", "")).await;
    assert!(channels.send_message("pjsip", "nobody", &message).is_err());

    peer.say(&peer.request("INVITE", "100", 1, "", "", OFFER)).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    peer.say(&peer.request("ACK", "100", 1, tag(header(&answer, "To")), "", "")).await;
    assert!(channels.all()[0].leg().send_text("in the call"));
    let heard = peer.hear_of("MESSAGE").await;
    assert!(heard.ends_with("in the call") && header(&heard, "To").contains("tag=ann"), "{heard}");

    // A phone that asks for a password gets it.
    let asking = format!("[asks]\ntype=peer\nhost=127.0.0.1\nport={}\nsecret=key\n", peer.address().port());
    agent.reload(settings(&format!("{PHONES}{asking}"))).await;
    channels.send_message("sip", "asks", &message).unwrap();
    let heard = peer.hear_of("MESSAGE").await;
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\r\n";
    peer.say(&peer.response(&heard, "401 Unauthorized", challenge, "")).await;
    let again = peer.hear_of("MESSAGE").await;
    assert!(header(&again, "Authorization").starts_with("Digest username=\"asks\""), "{again}");
    peer.say(&peer.response(&again, "200 OK", "", "")).await;
}
