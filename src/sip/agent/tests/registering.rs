//! Phones that register here, and we with others.

use super::*;

const PHONES: &str = "[2001]\ntype=friend\nhost=dynamic\nsecret=key-2001\ncontext=internal\n";

/// The request again with credentials for the challenge in `refusal`.
fn proved(request: &str, refusal: &str, method: &str, uri: &str, password: &str) -> String {
    use crate::sip::authentication::{Challenge, Login, Password, Secret};
    let challenge = Challenge::parse(header(refusal, "WWW-Authenticate")).unwrap();
    let mut login = Login::new("2001", Password::Plain(Secret::new(password)), challenge).unwrap();
    let line = format!("Authorization: {}\r\nContent-Length", login.authorize(method, uri, "nonce"));
    request.replacen("Content-Length", &line, 1)
}

async fn register(peer: &Peer, cseq: u32, password: &str, more: &str) -> String {
    let register = peer.request("REGISTER", "2001", cseq, "", more, "");
    peer.say(&register).await;
    let refusal = peer.hear().await;
    assert!(refusal.starts_with("SIP/2.0 401"), "{refusal}");
    let uri = format!("sip:2001@{}", peer.server);
    let again = peer.request("REGISTER", "2001", cseq + 1, "", more, "");
    peer.say(&proved(&again, &refusal, "REGISTER", &uri, password)).await;
    peer.hear().await
}

#[tokio::test]
async fn a_phone_registers_and_is_called_at_its_contact() {
    let (agent, channels) = start(PHONES).await;
    let peer = Peer::new(&agent).await;
    let answer = register(&peer, 1, "key-2001", "Expires: 300\r\nUser-Agent: phone\r\n").await;
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    assert_eq!(header(&answer, "Contact"), format!("<sip:2001@{}>;expires=300", peer.address()));
    let status = agent.endpoints().remove(0);
    assert_eq!(status.contacts[0].user_agent.as_deref(), Some("phone"));
    let fact = |item: &str| channels.fact(crate::channel::leg::Entry::Peer, "2001", item);
    assert_eq!(fact("ip").as_deref(), Some("127.0.0.1"));
    assert_eq!(fact("port"), Some(peer.address().port().to_string()));
    assert_eq!(fact("useragent").as_deref(), Some("phone"));
    assert_eq!((fact("status").as_deref(), fact("context").as_deref()), (Some("Unmonitored"), Some("internal")));
    assert_eq!((fact("dynamic").as_deref(), fact("codec[1]").as_deref()), (Some("yes"), Some("alaw")));
    assert_eq!(fact("nonsense"), None);
    let channel = channels.request("SIP", "2001", &|_| {}).unwrap().remove(0);
    channel.call(&crate::channel::Outgoing::default());
    let invite = peer.hear_of("INVITE").await;
    assert!(invite.starts_with(&format!("INVITE sip:2001@{} SIP/2.0", peer.address())), "{invite}");
    channel.hang_up(Cause::NORMAL);
    register(&peer, 3, "key-2001", "Expires: 0\r\n").await;
    assert!(channels.request("SIP", "2001", &|_| {}).is_err());
}

#[tokio::test]
async fn strangers_and_wrong_passwords_get_the_same_answer() {
    same_answer(settings(PHONES), "SIP/2.0 403 Forbidden").await;
}

/// The ways of refusing that belong to the two files would tell who is in which.
#[tokio::test]
async fn where_both_files_have_phones_there_is_one_answer() {
    let sections = "[5001]\ntype=endpoint\nauth=5001\naors=5001\n[5001]\ntype=auth\npassword=x\n[5001]\ntype=aor\n";
    let read = |name: &str, text: &str| {
        let path = Path::new(name);
        Config::read(&mut Memory::default().with(path, text), path, &mut Sources::default())
    };
    let (sip, pjsip) = (read("sip.conf", PHONES), read("pjsip.conf", sections));
    let mut both = Endpoints::from_configs(Some(&sip), Some(&pjsip), None);
    both.listen = settings(PHONES).listen;
    same_answer(both, "SIP/2.0 403 Forbidden").await;
}

/// A wrong password for a phone of [`PHONES`], and for nobody.
async fn same_answer(endpoints: Endpoints, expected: &str) {
    let agent = Agent::start(endpoints, Channels::new(1), Arc::new(Plan)).await.unwrap();
    let peer = Peer::new(&agent).await;
    let wrong = register(&peer, 1, "wrong", "").await;
    let peer = Peer::new(&agent).await;
    let stranger = |request: String| request.replace("<sip:2001@", "<sip:6666@");
    peer.say(&stranger(peer.request("REGISTER", "2001", 1, "", "", ""))).await;
    let refusal = peer.hear_of("SIP/2.0 401").await;
    let again = stranger(peer.request("REGISTER", "2001", 2, "", "", ""));
    let uri = format!("sip:2001@{}", peer.server);
    peer.say(&proved(&again, &refusal, "REGISTER", &uri, "wrong")).await;
    let unknown = peer.hear().await;
    let status = |answer: &str| answer.lines().next().unwrap_or_default().to_owned();
    assert_eq!((status(&wrong).as_str(), status(&unknown).as_str()), (expected, expected));
    assert!(agent.endpoints().iter().all(|endpoint| endpoint.contacts.is_empty()));
}

#[tokio::test]
async fn registrations_survive_a_reload_that_keeps_the_phone() {
    let (agent, channels) = start(PHONES).await;
    let peer = Peer::new(&agent).await;
    register(&peer, 1, "key-2001", "").await;
    agent.reload(settings(PHONES)).await;
    assert_eq!(channels.request("SIP", "2001", &|_| {}).unwrap().len(), 1);
    agent.reload(settings("")).await;
    assert!(channels.request("SIP", "2001", &|_| {}).is_err());
}

#[tokio::test]
async fn we_register_with_a_provider_and_withdraw_at_the_end() {
    let (agent, _channels) = start("").await;
    let peer = Peer::new(&agent).await;
    agent.reload(settings(&format!("[general]\nregister => us:key@{}/100\n", peer.address()))).await;
    let request = peer.hear_of("REGISTER").await;
    assert!(header(&request, "Contact").starts_with("<sip:100@"), "{request}");
    let challenge = "WWW-Authenticate: Digest realm=\"there\", nonce=\"1\"\r\n";
    peer.say(&peer.response(&request, "401 Unauthorized", challenge, "")).await;
    let request = peer.hear_of("REGISTER").await;
    assert!(header(&request, "Authorization").contains("username=\"us\""), "{request}");
    peer.say(&peer.response(&request, "200 OK", "Expires: 60\r\n", "")).await;
    soon(async {
        while !agent.registrations()[0].is_registered {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let ending = tokio::spawn(async move { agent.shutdown().await });
    let request = peer.hear_of("REGISTER").await;
    assert_eq!(header(&request, "Expires"), "0");
    peer.say(&peer.response(&request, "200 OK", "", "")).await;
    soon(ending).await.unwrap();
}

#[tokio::test]
async fn a_contact_that_does_not_answer_is_not_called() {
    let (agent, channels) = start("").await;
    let peer = Peer::new(&agent).await;
    let (ip, port) = (peer.address().ip(), peer.address().port());
    let text = format!("[bob]\ntype=peer\nhost={ip}\nport={port}\nqualify=100\n");
    agent.reload(settings(&text)).await;
    peer.hear_of("OPTIONS").await;
    soon(async {
        while channels.request("SIP", "bob", &|_| {}).map(|made| made[0].hang_up(Cause::NORMAL)).is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(agent.endpoints()[0].contacts[0].reach, Some(super::super::Reach::Unreachable));
}

#[tokio::test]
async fn an_address_in_use_is_named_with_its_remedy() {
    let (agent, channels) = start("").await;
    let mut same = settings("");
    same.listen.iter_mut().for_each(|listen| listen.address = agent.udp_addresses()[0]);
    let error = Agent::start(same, channels, Arc::new(Plan)).await.map(drop).unwrap_err().to_string();
    assert!(error.contains(&agent.udp_addresses()[0].to_string()) && error.contains("udpbindaddr"), "{error}");
}

#[tokio::test]
async fn functions_ask_about_endpoints_and_their_contacts() {
    use crate::channel::leg::Entry;
    let text = "[ann]\ntype=endpoint\ncontext=office\naors=ann\nallow=!all,alaw\ncallerid=Ann <41>\n\
                [ann]\ntype=aor\nmax_contacts=2\ncontact=sip:ann@127.0.0.1:5999\n";
    let (_agent, channels) = start_pjsip(text).await;
    let fact = |kind: Entry, name: &str, item: &str| channels.fact(kind, name, item).unwrap_or_default();
    assert_eq!(fact(Entry::Endpoint, "ann", "context"), "office");
    assert_eq!(
        (fact(Entry::Endpoint, "ann", "allow"), fact(Entry::Endpoint, "ann", "aors")),
        ("(alaw)".into(), "ann".into())
    );
    assert_eq!(fact(Entry::Aor, "ann", "max_contacts"), "2");
    let contact = fact(Entry::Aor, "ann", "contact");
    assert!(contact.starts_with("ann@@"), "{contact}");
    assert_eq!(fact(Entry::Contact, &contact, "uri"), "sip:ann@127.0.0.1:5999");
    assert_eq!(fact(Entry::Contact, &contact, "status"), "NonQualified");
    assert_eq!(
        (fact(Entry::Contact, &contact, "endpoint"), fact(Entry::Contact, "ann;@x", "uri")),
        ("ann".into(), String::new())
    );
}
