//! Phones that watch extensions and mailboxes.

use tokio::sync::watch;

use super::*;
use crate::channel::DeviceState;
use crate::channel::watching::{Messages, Watched};

const PHONES: &str =
    "[2001]\ntype=friend\nhost=dynamic\ncontext=internal\nsubscribecontext=blf\nmailbox=2001@default\nvmexten=*97\n";

/// A plan whose one hint is `blf,2002`, and one mailbox.
struct Lights {
    extension: watch::Sender<Watched>,
    mailbox: watch::Sender<Messages>,
}

impl Arrivals for Lights {
    fn reach(&self, _context: &str, _extension: &str, _caller: &str) -> Reach {
        Reach::Unknown
    }

    fn arrive(&self, _channel: Arc<Channel>) {}

    fn watch_extension(&self, context: &str, extension: &str) -> Option<watch::Receiver<Watched>> {
        ((context, extension) == ("blf", "2002")).then(|| self.extension.subscribe())
    }

    fn watch_mailbox(&self, mailbox: &str) -> Option<watch::Receiver<Messages>> {
        (mailbox == "2001@default").then(|| self.mailbox.subscribe())
    }
}

async fn start() -> (Arc<Agent>, Arc<Lights>, Peer) {
    start_with(settings(PHONES)).await
}

async fn start_with(endpoints: Endpoints) -> (Arc<Agent>, Arc<Lights>, Peer) {
    let lights = Arc::new(Lights {
        extension: watch::Sender::new(Watched::of(DeviceState::NotInUse)),
        mailbox: watch::Sender::new(Messages { new: 1, old: 2 }),
    });
    let agent = Agent::start(endpoints, Channels::new(1), lights.clone()).await.unwrap();
    let peer = Peer::new(&agent).await;
    (agent, lights, peer)
}

/// The next NOTIFY, answered.
async fn notified(peer: &Peer, status: &str) -> String {
    let notify = peer.hear_of("NOTIFY").await;
    peer.say(&peer.response(&notify, status, "", "")).await;
    notify
}

#[tokio::test]
async fn an_extension_is_watched_until_the_phone_takes_leave() {
    let (_agent, lights, peer) = start().await;
    let more = "Event: dialog\r\nAccept: application/dialog-info+xml\r\nExpires: 600\r\n";
    peer.say(&peer.request("SUBSCRIBE", "2002", 1, "", more, "")).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    assert_eq!(header(&answer, "Expires"), "600");
    let to = tag(header(&answer, "To")).to_owned();
    let first = notified(&peer, "200 OK").await;
    assert!(first.contains("<state>terminated</state>") && first.contains("version=\"0\""), "{first}");
    assert!(header(&first, "Subscription-State").starts_with("active;expires="), "{first}");
    assert_eq!(header(&first, "Event"), "dialog");
    lights.extension.send_replace(Watched::of(DeviceState::Ringing));
    let second = notified(&peer, "200 OK").await;
    assert!(second.contains("<state>early</state>") && second.contains("version=\"1\""), "{second}");
    peer.say(&peer.request("SUBSCRIBE", "2002", 2, &to, "Event: dialog\r\nExpires: 0\r\n", "")).await;
    peer.hear_of("SIP/2.0 200").await;
    let last = notified(&peer, "200 OK").await;
    assert_eq!(header(&last, "Subscription-State"), "terminated;reason=timeout");
    peer.say(&peer.request("SUBSCRIBE", "2002", 3, &to, "Event: dialog\r\n", "")).await;
    peer.hear_of("SIP/2.0 481").await;
}

#[tokio::test]
async fn what_is_not_there_cannot_be_watched() {
    let (_agent, _lights, peer) = start().await;
    for (number, more, status) in [
        ("2009", "Event: presence\r\n", "SIP/2.0 404"),
        ("2002", "Event: conference\r\n", "SIP/2.0 489"),
        ("2002", "", "SIP/2.0 489"),
        ("2002", "Event: presence\r\nAccept: text/plain\r\n", "SIP/2.0 489"),
    ] {
        let cseq = u32::try_from(more.len() + number.len() + status.len()).unwrap() * 10 + u32::from(number == "2009");
        peer.say(&peer.request("SUBSCRIBE", number, cseq, "", more, "")).await;
        let answer = peer.hear().await;
        assert!(answer.starts_with(status), "{more}: {answer}");
    }
}

#[tokio::test]
async fn a_hint_that_is_gone_and_a_phone_that_is_gone_end_it() {
    let (_agent, lights, peer) = start().await;
    peer.say(&peer.request("SUBSCRIBE", "2002", 1, "", "Event: presence\r\n", "")).await;
    peer.hear_of("SIP/2.0 200").await;
    let first = notified(&peer, "200 OK").await;
    assert!(first.contains("application/pidf+xml") && first.contains("<basic>open</basic>"), "{first}");
    lights.extension.send_replace(Watched { is_gone: true, ..Watched::of(DeviceState::NotInUse) });
    let last = notified(&peer, "481 Call/Transaction Does Not Exist").await;
    assert_eq!(header(&last, "Subscription-State"), "terminated;reason=noresource");
}

#[tokio::test]
async fn the_light_of_a_mailbox() {
    let (_agent, lights, peer) = start().await;
    peer.say(&peer.request("SUBSCRIBE", "2001", 1, "", "Event: message-summary\r\n", "")).await;
    peer.hear_of("SIP/2.0 200").await;
    let first = notified(&peer, "200 OK").await;
    assert!(first.contains("Messages-Waiting: yes") && first.contains("Voice-Message: 1/2"), "{first}");
    lights.mailbox.send_replace(Messages::default());
    let second = notified(&peer, "200 OK").await;
    assert!(second.contains("Messages-Waiting: no"), "{second}");
}

#[tokio::test]
async fn who_registers_is_told_of_its_messages_unasked() {
    let (_agent, lights, peer) = start().await;
    peer.say(&peer.request("REGISTER", "2001", 1, "", "Expires: 300\r\n", "")).await;
    let first = notified(&peer, "200 OK").await;
    assert!(first.contains("Voice-Message: 1/2") && header(&first, "Event") == "message-summary", "{first}");
    assert!(header(&first, "Message-Account").starts_with("sip:*97@"), "{first}");
    lights.mailbox.send_replace(Messages { new: 3, old: 0 });
    let second = notified(&peer, "200 OK").await;
    assert!(second.contains("Voice-Message: 3/0"), "{second}");
}

/// The same telephone in `pjsip.conf`, and a list of two numbers and one that is not there.
const LIST: &str = "[2001]\ntype=endpoint\naors=2001\nsubscribe_context=blf\n[2001]\ntype=aor\nmailboxes=2001@default\n\
                    [team]\ntype=resource_list\nevent=presence\nlist_item=2002,2009\nlist_item=2002\n";

#[tokio::test]
async fn a_list_is_told_as_one_and_then_what_changes_of_it() {
    let (_agent, lights, peer) = start_with(pjsip(LIST)).await;
    let more = "Event: presence\r\nSupported: eventlist\r\nExpires: 90000\r\n";
    peer.say(&peer.request("SUBSCRIBE", "team", 1, "", "Event: presence\r\n", "")).await;
    peer.hear_of("SIP/2.0 404").await;
    peer.say(&peer.request("SUBSCRIBE", "team", 2, "", more, "")).await;
    let taken = peer.hear_of("SIP/2.0 200").await;
    assert_eq!((header(&taken, "Require"), header(&taken, "Expires")), ("eventlist", "90000"));
    let to = tag(header(&taken, "To")).to_owned();
    let first = notified(&peer, "200 OK").await;
    assert_eq!(header(&first, "Require"), "eventlist");
    assert!(header(&first, "Content-Type").starts_with("multipart/related;type=\"application/rlmi+xml\""), "{first}");
    assert_eq!(first.matches("<name>2002</name>").count(), 2, "{first}");
    assert!(first.contains("version=\"0\" fullState=\"true\"") && !first.contains("2009"), "{first}");
    lights.extension.send_replace(Watched::of(DeviceState::InUse));
    let second = notified(&peer, "200 OK").await;
    assert!(
        second.contains("version=\"1\" fullState=\"false\"") && second.contains("<rpid:on-the-phone />"),
        "{second}"
    );
    peer.say(&peer.request("SUBSCRIBE", "team", 3, &to, "Event: presence\r\nExpires: 0\r\n", "")).await;
    let last = notified(&peer, "200 OK").await;
    assert_eq!(header(&last, "Subscription-State"), "terminated");
    assert!(last.contains("state=\"terminated\""), "{last}");
}

#[tokio::test]
async fn only_addresses_of_record_have_messages_in_pjsip_conf() {
    let (_agent, _lights, peer) = start_with(pjsip(LIST)).await;
    peer.say(&peer.request("SUBSCRIBE", "2002", 1, "", "Event: message-summary\r\n", "")).await;
    peer.hear_of("SIP/2.0 404").await;
    peer.say(&peer.request("SUBSCRIBE", "2001", 2, "", "Event: message-summary\r\nExpires: 0\r\n", "")).await;
    peer.hear_of("SIP/2.0 400").await;
    peer.say(&peer.request("SUBSCRIBE", "2001", 3, "", "Event: message-summary\r\n", "")).await;
    let first = notified(&peer, "200 OK").await;
    assert!(first.contains("Messages-Waiting: yes\r\nVoice-Message: 1/2"), "{first}");
}
