use super::*;
use crate::sip::endpoint::Expiry;

fn aor(max_contacts: usize, remove_existing: bool) -> Aor {
    Aor { max_contacts, remove_existing, ..Aor::new("2001", Expiry::PJSIP) }
}

fn contacts(values: &[&str]) -> Contacts {
    Contacts::List(values.iter().map(|value| NameAddr::parse(value).unwrap()).collect())
}

/// A REGISTER of one phone; the parts that a test is about are put in place of these.
fn request<'a>(aor: &'a Aor, contacts: &'a Contacts) -> Register<'a> {
    Register {
        aor,
        contacts,
        expires: Some(600),
        call_id: "call",
        source: "192.0.2.7:4444".parse().unwrap(),
        transport: Transport::Udp,
        user_agent: Some("phone"),
        path: &[],
        rewrite: false,
        away: &[],
    }
}

fn changes(registered: &Registered) -> Vec<String> {
    registered.events.iter().map(|event| format!("{:?} {}", event.change, event.contact)).collect()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_phone_comes_stays_and_goes() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let aor = aor(1, false);
    let here = contacts(&["<sip:2001@10.0.0.2:5062>"]);
    let added = registrar.register(&request(&aor, &here), now).unwrap();
    assert_eq!(added.contacts, ["<sip:2001@10.0.0.2:5062>;expires=600"]);
    assert_eq!(changes(&added), ["Added(600s) sip:2001@10.0.0.2:5062"]);
    let refreshed = registrar.register(&request(&aor, &here), now + 100 * SECOND).unwrap();
    assert_eq!(changes(&refreshed), ["Refreshed(600s) sip:2001@10.0.0.2:5062"]);
    let gone = Register { expires: Some(0), ..request(&aor, &here) };
    let removed = registrar.register(&gone, now).unwrap();
    assert_eq!((removed.contacts.len(), changes(&removed)), (0, vec!["Removed sip:2001@10.0.0.2:5062".to_owned()]));
    assert_eq!(registrar.bindings("2001", now).count(), 0);
}

#[test]
fn asking_without_contacts_lists_them() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let (aor, here, none) = (aor(1, false), contacts(&["<sip:a@h>"]), contacts(&[]));
    registrar.register(&request(&aor, &here), now).unwrap();
    let asked = registrar.register(&request(&aor, &none), now + 10 * SECOND).unwrap();
    assert_eq!((asked.contacts, asked.events), (vec!["<sip:a@h>;expires=590".to_owned()], vec![]));
}

#[test]
fn a_star_removes_all_with_expires_0_only() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let (aor, here) = (aor(2, false), contacts(&["<sip:a@h>", "<sip:b@h>"]));
    registrar.register(&request(&aor, &here), now).unwrap();
    let star = request(&aor, &Contacts::Any);
    assert_eq!(registrar.register(&star, now), Err(RegisterError::Malformed));
    let removed = registrar.register(&Register { expires: Some(0), ..star }, now).unwrap();
    assert_eq!((removed.contacts.len(), removed.events.len()), (0, 2));
}

#[test]
fn expiries_are_held_to_their_bounds() {
    let now = Instant::now();
    let aor = aor(1, true);
    let lifetime = |contact: &str, expires| {
        let here = contacts(&[contact]);
        let answer = Registrar::default().register(&Register { expires, ..request(&aor, &here) }, now);
        answer.unwrap().contacts.concat()
    };
    assert_eq!(lifetime("<sip:a@h>;expires=120", Some(600)), "<sip:a@h>;expires=120");
    assert_eq!(lifetime("<sip:a@h>;expires=x", None), "<sip:a@h>;expires=3600");
    assert_eq!(lifetime("<sip:a@h>", Some(999_999)), "<sip:a@h>;expires=7200");
    assert_eq!(lifetime("<sip:a@h>", Some(5)), "<sip:a@h>;expires=60");
}

#[test]
fn room_is_kept_or_made() {
    let now = Instant::now();
    let fill = |aor: &Aor| {
        let mut registrar = Registrar::default();
        let mut answer = Err(RegisterError::TooMany);
        for (at, contact) in ["<sip:a@h>", "<sip:b@h>;expires=90", "<sip:c@h>"].into_iter().enumerate() {
            let here = contacts(&[contact]);
            let call_id = at.to_string();
            answer = registrar.register(&Register { call_id: &call_id, ..request(aor, &here) }, now);
        }
        (answer, registrar.bindings("2001", now).map(|binding| binding.contact.to_string()).collect::<Vec<_>>())
    };
    let (refused, left) = fill(&aor(2, false));
    assert_eq!((refused, left), (Err(RegisterError::TooMany), vec!["sip:a@h".to_owned(), "sip:b@h".to_owned()]));
    let (made, left) = fill(&aor(2, true));
    assert_eq!(changes(&made.unwrap()), ["Added(600s) sip:c@h", "Removed sip:b@h"]);
    assert_eq!(left, ["sip:a@h", "sip:c@h"]);
    let (made, left) = fill(&aor(1, true));
    assert!(made.is_ok() && left == ["sip:c@h"]);
    assert_eq!(fill(&aor(0, true)).0.unwrap_err().status(), 403);
    let both = contacts(&["<sip:a@h>", "<sip:b@h>"]);
    let mut registrar = Registrar::default();
    assert_eq!(registrar.register(&request(&aor(1, true), &both), now), Err(RegisterError::TooMany));
    assert_eq!(registrar.register(&request(&aor(0, false), &contacts(&[])), now), Err(RegisterError::TooMany));
}

#[test]
fn contacts_that_are_no_sip_uris_or_too_many_are_refused() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let aor = aor(100, false);
    let mixed = contacts(&["<sip:a@h>", "<tel:+15551234>"]);
    assert_eq!(registrar.register(&request(&aor, &mixed), now).unwrap_err().status(), 400);
    assert_eq!(registrar.bindings("2001", now).count(), 0, "either all happens or nothing");
    let many = contacts(&["<sip:a@h>"; MAX_CONTACTS + 1]);
    assert_eq!(registrar.register(&request(&aor, &many), now), Err(RegisterError::Malformed));
}

#[test]
fn contacts_are_the_same_as_uris_are() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let aor = aor(9, false);
    for contact in ["<sip:a@Host.example>", "<sip:%61@host.EXAMPLE;x=1>", "<sip:A@host.example>"] {
        registrar.register(&request(&aor, &contacts(&[contact])), now).unwrap();
    }
    assert_eq!(registrar.bindings("2001", now).count(), 2);
}

#[test]
fn a_contact_behind_a_nat_is_called_where_it_came_from() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let (aor, here) = (aor(1, false), contacts(&["<sip:a@192.168.1.5:5060;ob>"]));
    let answer = registrar.register(&Register { rewrite: true, ..request(&aor, &here) }, now).unwrap();
    assert_eq!(answer.contacts, ["<sip:a@192.168.1.5:5060;ob>;expires=600"]);
    let binding = registrar.bindings("2001", now).next().unwrap();
    assert_eq!(binding.target.to_string(), "sip:a@192.0.2.7:4444;ob");
    assert_eq!(registrar.bound_to("192.0.2.7:4444".parse().unwrap(), now), Some("2001"));
    assert_eq!(registrar.bound_to("192.0.2.7:4445".parse().unwrap(), now), None);
}

#[test]
fn time_takes_bindings_away() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let (aor, here) = (aor(2, false), contacts(&["<sip:a@h>;expires=60", "<sip:b@h>"]));
    registrar.register(&request(&aor, &here), now).unwrap();
    assert_eq!(registrar.next_expiry(), Some(now + 60 * SECOND));
    assert!(registrar.expire(now + 59 * SECOND).is_empty());
    assert_eq!(registrar.bindings("2001", now + 60 * SECOND).count(), 1, "not reachable though not yet swept");
    let none = contacts(&[]);
    let asked = registrar.clone().register(&request(&aor, &none), now + 60 * SECOND).unwrap();
    assert_eq!(changes(&asked), ["Expired sip:a@h"]);
    let events = registrar.expire(now + 60 * SECOND);
    assert_eq!(events[0].to_string(), "Removed contact 'sip:a@h' from AOR '2001' due to expiration");
    assert_eq!(registrar.next_expiry(), Some(now + 600 * SECOND));
}

#[test]
fn a_reload_may_take_bindings_away() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let (aor, here) = (aor(1, false), contacts(&["<sip:a@h>"]));
    registrar.register(&request(&aor, &here), now).unwrap();
    assert!(registrar.retain(|name| name == "2001").is_empty());
    assert_eq!(registrar.retain(|_| false).len(), 1);
    assert_eq!(registrar.iter().count(), 0);
}

#[test]
fn bindings_survive_a_restart() {
    let (mut registrar, now) = (Registrar::default(), Instant::now());
    let (aor, here) = (aor(2, false), contacts(&["<sip:a@h>;expires=60", "<sip:b@h:5070;transport=tcp>"]));
    let path = ["<sip:edge;lr>".to_owned()];
    registrar.register(&Register { path: &path, ..request(&aor, &here) }, now).unwrap();
    let saved: Vec<String> = registrar
        .iter()
        .map(|binding| serde_json::to_string(&SavedBinding::new(binding, now, 1_000)).unwrap())
        .collect();

    let mut after = Registrar::default();
    let back: Vec<bool> =
        saved.iter().map(|saved| after.restore(serde_json::from_str(saved).unwrap(), now, 1_100)).collect();
    assert_eq!(back, [false, true], "the first one's minute is over");
    let kept: Vec<&Binding> = after.bindings("2001", now).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].contact.to_string().as_str(), kept[0].left(now)), ("sip:b@h:5070;transport=tcp", 500 * SECOND));
    assert_eq!(kept[0].path, path);
}
