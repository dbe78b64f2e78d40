//! Telephones that join two of their calls, and calls that take the place of others.

use parking_lot::Mutex;

use super::*;

const OPEN: &str = "[ann]\ntype=peer\nhost=127.0.0.1\ninsecure=port,invite\ncontext=internal\n";

/// Answers everybody, and notes who is to talk with whom.
#[derive(Default)]
struct Joins(Mutex<Vec<String>>);

impl Arrivals for Joins {
    fn reach(&self, _context: &str, extension: &str, _caller: &str) -> Reach {
        if extension == "external_replaces" { Reach::Unknown } else { Reach::Complete }
    }

    fn arrive(&self, channel: Arc<Channel>) {
        channel.answer();
    }

    fn take_over(&self, channel: Arc<Channel>, partner: Arc<Channel>) {
        channel.answer();
        self.0.lock().push(format!("{} takes {}", channel.name(), partner.name()));
    }

    fn join(&self, first: Arc<Channel>, second: Arc<Channel>) {
        self.0.lock().push(format!("{} with {}", first.name(), second.name()));
    }
}

/// A call that is up: the phone, and the tag of our side.
async fn call(agent: &Agent) -> (Peer, String) {
    let peer = Peer::new(agent).await;
    peer.say(&peer.request("INVITE", "100", 1, "", "", OFFER)).await;
    let answer = peer.hear_of("SIP/2.0 200").await;
    let ours = tag(header(&answer, "To")).to_owned();
    peer.say(&peer.request("ACK", "100", 1, &ours, "", "")).await;
    (peer, ours)
}

#[tokio::test]
async fn two_calls_of_a_telephone_are_joined() {
    let joins = Arc::new(Joins::default());
    let channels = Channels::new(1);
    let agent = Agent::start(settings(OPEN), Arc::clone(&channels), joins.clone()).await.unwrap();
    let mut calls = Vec::new();
    for _ in 0..4 {
        calls.push(call(&agent).await);
    }
    let all = channels.all();
    // The first two calls are of the telephone that transfers.
    for (one, partner) in [(0, 2), (1, 3)] {
        all[one].set_bridged_with(Some(&all[partner]));
        all[partner].set_bridged_with(Some(&all[one]));
    }
    let (phone, tag_of_first) = &calls[0];
    let (other, tag_of_second) = &calls[1];
    let replaces = format!("call-{}%3Bto-tag%3D{tag_of_second}%3Bfrom-tag%3Dann", other.address().port());
    let refer_to = format!("Refer-To: <sip:100@{}?Replaces={replaces}>\r\n", phone.server);
    phone.say(&phone.request("REFER", "100", 2, tag_of_first, &refer_to, "")).await;
    phone.hear_of("SIP/2.0 202").await;
    assert_eq!(told(phone, "active").await, "SIP/2.0 100 Trying");
    assert_eq!(told(phone, "terminated").await, "SIP/2.0 200 OK");
    soon(async {
        while joins.0.lock().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(*joins.0.lock(), ["SIP/ann-00000002 with SIP/ann-00000003"]);
    let unknown = "Refer-To: <sip:100@a?Replaces=none%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n";
    phone.say(&phone.request("REFER", "100", 3, tag_of_first, unknown, "")).await;
    phone.hear_of("SIP/2.0 202").await;
    assert_eq!(told(phone, "active").await, "SIP/2.0 100 Trying");
    assert_eq!(told(phone, "terminated").await, "SIP/2.0 404 Not Found");
    let silent = format!("{unknown}Refer-Sub: false\r\n");
    phone.say(&phone.request("REFER", "100", 4, tag_of_first, &silent, "")).await;
    phone.hear_of("SIP/2.0 404").await;
}

/// What a NOTIFY of this state tells of a transfer.
async fn told(phone: &Peer, state: &str) -> String {
    loop {
        let notify = phone.hear_of("NOTIFY").await;
        phone.say(&phone.response(&notify, "200 OK", "", "")).await;
        if header(&notify, "Subscription-State").starts_with(state) {
            return notify.lines().last().unwrap_or_default().to_owned();
        }
    }
}

#[tokio::test]
async fn who_sends_its_party_elsewhere_hears_what_becomes_of_it() {
    let joins = Arc::new(Joins::default());
    let channels = Channels::new(1);
    let agent = Agent::start(settings(OPEN), Arc::clone(&channels), joins).await.unwrap();
    let (phone, ours) = call(&agent).await;
    let _party = call(&agent).await;
    let all = channels.all();
    all[0].set_bridged_with(Some(&all[1]));
    all[1].set_bridged_with(Some(&all[0]));
    phone.say(&phone.request("REFER", "100", 2, &ours, "Refer-To: <sip:300@a>\r\n", "")).await;
    phone.hear_of("SIP/2.0 202").await;
    soon(all[1].interrupted()).await;
    assert_eq!(all[1].take_redirect().unwrap().to_string(), "300@internal:1");
    // The telephone's own call ends, but not before it has heard.
    all[0].hang_up(Cause::NORMAL);
    all[1].indicate(Indication::Ringing);
    assert_eq!(told(&phone, "active").await, "SIP/2.0 100 Trying");
    assert_eq!(told(&phone, "active").await, "SIP/2.0 180 Ringing");
    all[1].channels().create_bridge(crate::channel::BridgeKind::Basic, "", "").enter(&all[1], None);
    assert_eq!(told(&phone, "terminated").await, "SIP/2.0 200 OK");
    phone.hear_of("BYE").await;
}

#[tokio::test]
async fn a_new_call_takes_the_place_of_another() {
    let joins = Arc::new(Joins::default());
    let channels = Channels::new(1);
    let agent = Agent::start(settings(OPEN), Arc::clone(&channels), joins.clone()).await.unwrap();
    let (first, ours) = call(&agent).await;
    let _second = call(&agent).await;
    let all = channels.all();
    all[0].set_bridged_with(Some(&all[1]));
    let peer = Peer::new(&agent).await;
    let replaces = format!("Replaces: call-{};to-tag={ours};from-tag=ann\r\n", first.address().port());
    peer.say(&peer.request("INVITE", "777", 1, "", &replaces, OFFER)).await;
    peer.hear_of("SIP/2.0 200").await;
    assert_eq!(*joins.0.lock(), ["SIP/ann-00000002 takes SIP/ann-00000001"]);
    let stranger = Peer::new(&agent).await;
    stranger.say(&stranger.request("INVITE", "777", 1, "", "Replaces: a;to-tag=b;from-tag=c\r\n", OFFER)).await;
    stranger.hear_of("SIP/2.0 481").await;
}

#[tokio::test]
async fn a_telephone_of_pjsip_conf_ends_its_transferred_call_itself() {
    let plan =
        |more: &str| pjsip(&format!("[2001]\ntype=endpoint\naors=2001\ncontext=internal\n{more}[2001]\ntype=aor\n"));
    let channels = Channels::new(1);
    let agent = Agent::start(plan(""), Arc::clone(&channels), Arc::new(Joins::default())).await.unwrap();
    let (phone, ours) = call(&agent).await;
    let _party = call(&agent).await;
    let all = channels.all();
    all[0].set_bridged_with(Some(&all[1]));
    all[1].set_bridged_with(Some(&all[0]));
    let more = "Refer-To: <sip:300@a>\r\nReferred-By: <sip:ann@a>\r\n";
    phone.say(&phone.request("REFER", "100", 2, &ours, more, "")).await;
    assert_eq!(header(&phone.hear_of("SIP/2.0 202").await, "Expires"), "600");
    soon(all[1].interrupted()).await;
    assert_eq!(all[1].state().variables.get("SIPREFERREDBYHDR"), Some("<sip:ann@a>"));
    all[0].hang_up(Cause::NORMAL);
    all[1].channels().create_bridge(crate::channel::BridgeKind::Basic, "", "").enter(&all[1], None);
    assert_eq!(told(&phone, "terminated").await, "SIP/2.0 200 OK");
    phone.say(&phone.request("BYE", "100", 3, &ours, "", "")).await;
    assert!(phone.hear().await.starts_with("SIP/2.0 200"));

    agent.reload(plan("allow_transfer=no\n")).await;
    let (phone, ours) = call(&agent).await;
    phone.say(&phone.request("REFER", "100", 2, &ours, more, "")).await;
    phone.hear_of("SIP/2.0 603").await;
}
