use super::*;

fn key(octet: u8) -> Key {
    Key([octet; MASTER])
}

/// Two ends of one stream.
fn pair(suite: Suite) -> (Secure, Secure) {
    let (mut one, mut other) = (Secure::default(), Secure::default());
    one.set(Keys { suite, send: key(1), receive: key(2) });
    other.set(Keys { suite, send: key(2), receive: key(1) });
    (one, other)
}

fn packet(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0; 4]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160).map(|n| n as u8));
    packet
}

fn sealed(secure: &mut Secure, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + GROWTH, 0);
    let length = secure.seal(&mut buffer, packet.len()).unwrap();
    buffer.truncate(length);
    buffer
}

#[test]
fn what_is_sealed_is_opened_once_and_not_when_changed() {
    for (suite, growth) in [(Suite::Tag80, 10), (Suite::Tag32, 4)] {
        let (mut one, mut other) = pair(suite);
        let plain = packet(65_534, 7);
        let sent = sealed(&mut one, &plain);
        assert_eq!(sent.len(), plain.len() + growth);
        assert_ne!(sent[12..172], plain[12..]);
        for at in [0, 1, 2, 50, sent.len() - 1] {
            let mut changed = sent.clone();
            changed[at] ^= 1;
            assert_eq!(other.open(&mut changed), None, "{at}");
        }
        let mut received = sent.clone();
        let length = other.open(&mut received).unwrap();
        assert_eq!(received[..length], plain);
        assert_eq!(other.open(&mut sent.clone()), None, "a second time");
        assert_eq!(one.open(&mut sent.clone()), None, "its own");
    }
}

#[test]
fn sequence_numbers_wrap_and_packets_may_be_lost_or_overtaken() {
    let (mut one, mut other) = pair(Suite::Tag80);
    let numbers = (0..200_000u32).filter(|number| number % 7 != 3);
    let mut held = None;
    for number in numbers {
        let plain = packet(number as u16, 7);
        let mut sent = sealed(&mut one, &plain);
        if number % 1000 == 0 {
            held = Some((sent, plain));
            continue;
        }
        assert_eq!(other.open(&mut sent), Some(plain.len()), "{number}");
        if let Some((mut late, plain)) = held.take() {
            assert_eq!(other.open(&mut late), Some(plain.len()));
            assert_eq!(late[..plain.len()], plain);
        }
    }
}

#[test]
fn the_same_keys_go_on_and_others_begin_anew() {
    let (mut one, mut other) = pair(Suite::Tag80);
    for round in 0..3u32 {
        (0..30_000).for_each(|number| _ = sealed(&mut one, &packet((round * 30_000 + number) as u16, 7)));
        let mut sent = sealed(&mut one, &packet((round * 30_000 + 30_000) as u16, 7));
        assert!(other.open(&mut sent).is_some(), "{round}");
        // As in a re-INVITE that changes nothing.
        one.set(Keys { suite: Suite::Tag80, send: key(1), receive: key(2) });
        other.set(Keys { suite: Suite::Tag80, send: key(2), receive: key(1) });
    }
    one.set(Keys { suite: Suite::Tag80, send: key(3), receive: key(2) });
    assert_eq!(other.open(&mut sealed(&mut one, &packet(24_500, 7))), None);
    other.set(Keys { suite: Suite::Tag80, send: key(2), receive: key(3) });
    assert!(other.open(&mut sealed(&mut one, &packet(24_501, 7))).is_some());
}

#[test]
fn a_party_may_change_its_source_but_not_play_an_old_one_again() {
    let (mut one, mut other) = pair(Suite::Tag80);
    let first = sealed(&mut one, &packet(100, 1));
    assert!(other.open(&mut first.clone()).is_some());
    assert!(other.open(&mut sealed(&mut one, &packet(40_000, 2))).is_some());
    assert_eq!(other.open(&mut first.clone()), None);
    for ssrc in 3..40 {
        assert!(other.open(&mut sealed(&mut one, &packet(1, ssrc))).is_some());
    }
    assert!(other.receiving.unwrap().sources.len() <= SOURCES);
}

#[test]
fn reports_are_secured_too() {
    let (mut one, mut other) = pair(Suite::Tag32);
    let mut plain = vec![0x80, 200, 0, 6];
    plain.extend([9; 24]);
    for _ in 0..3 {
        let mut buffer = plain.clone();
        buffer.resize(plain.len() + GROWTH, 0);
        assert_eq!(one.seal_report(&mut buffer, plain.len()), Some(plain.len() + 14));
        assert_ne!(buffer[8..28], plain[8..]);
        let mut again = buffer.clone();
        assert_eq!(other.open(&mut buffer), Some(plain.len()), "on the port of RTP too");
        assert_eq!(buffer[..plain.len()], plain);
        assert_eq!(other.open_report(&mut again), None);
    }
}

#[test]
fn without_keys_nothing_passes_and_no_octets_are_a_panic() {
    use proptest::prelude::*;
    let mut pending = Secure::default();
    assert_eq!(pending.seal(&mut [0x80; 200], 172), None);
    assert_eq!(pending.open(&mut packet(1, 1)), None);
    assert!(!pending.is_keyed());
    proptest!(|(mut octets in prop::collection::vec(any::<u8>(), 0..300), length in 0usize..320)| {
        let (mut one, mut other) = pair(Suite::Tag80);
        prop_assert!(other.open(&mut octets.clone()).is_none());
        prop_assert!(other.open_report(&mut octets.clone()).is_none());
        let _ = one.seal(&mut octets.clone(), length);
        let _ = one.seal_report(&mut octets, length);
    });
}

#[test]
fn keys_do_not_show() {
    let shown = format!("{:?}", Keys { suite: Suite::Tag80, send: key(0x41), receive: key(0x42) });
    assert!(!shown.contains("65") && !shown.contains("41") && !shown.contains("66"), "{shown}");
}
