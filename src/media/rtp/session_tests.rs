use super::*;
use proptest::prelude::*;
use rtp_types::RtpPacketBuilder;

const MEDIA: Media = Media { codec: Codec::Ulaw, payload_type: 0, digit_payload_type: Some(101), opus: Wishes::NONE };

fn address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 4000))
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn session() -> Session {
    let mut session = Session::new(Settings::default());
    session.set_media(MEDIA);
    session.announce(address());
    session
}

fn packet(payload_type: u8, sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let packet: RtpPacketBuilder<&[u8], &[u8]> = RtpPacketBuilder::new()
        .payload_type(payload_type)
        .sequence_number(sequence)
        .timestamp(timestamp)
        .ssrc(77)
        .payload(payload);
    packet.write_vec().unwrap()
}

fn audio(number: u16) -> Vec<u8> {
    packet(0, number, u32::from(number) * 160, &[number as u8; 160])
}

/// The first octet of each frame that comes out; nothing for a concealed one (they are not of one octet).
fn heard(session: &mut Session, now: Duration) -> Vec<u8> {
    std::iter::from_fn(|| session.poll(now))
        .map(|received| match received {
            Received::Audio(frame) => frame.octets().unwrap()[0],
            Received::Digit(event) => panic!("unexpected {event:?}"),
        })
        .collect()
}

#[test]
fn what_one_session_sends_another_hears_untouched() {
    let (mut here, mut there) = (session(), session());
    let mut buffer = [0; 300];
    for number in 0..50u8 {
        let frame = Frame::ulaw(std::array::from_fn(|i| number.wrapping_mul(i as u8)));
        let now = ms(u64::from(number) * 20);
        let length = here.send(now, &frame, &mut buffer).unwrap();
        there.receive(now, address(), &buffer[..length]);
        assert_eq!(there.poll(now), Some(Received::Audio(frame)));
        assert_eq!(there.poll(now), None);
    }
    assert_eq!((here.statistics().sent, there.statistics().received, there.statistics().lost), (50, 50, 0));
}

#[test]
fn packets_of_any_length_are_cut_into_frames() {
    let mut session = session();
    for (i, length) in [240usize, 240, 80, 80, 320].into_iter().enumerate() {
        let timestamp = [0, 240, 480, 560, 640][i];
        session.receive(ms(0), address(), &packet(0, i as u16, timestamp, &vec![i as u8; length]));
    }
    let frames = heard(&mut session, ms(0));
    assert_eq!(frames.len(), 6);
}

#[test]
fn a_lost_packet_is_concealed_and_its_late_arrival_dropped() {
    let mut session = session();
    session.receive(ms(0), address(), &audio(1));
    assert_eq!(heard(&mut session, ms(0)), [1]);
    session.receive(ms(40), address(), &audio(3));
    assert_eq!(heard(&mut session, ms(40)).len(), 2);
    session.receive(ms(50), address(), &audio(2));
    session.receive(ms(51), address(), &audio(2));
    assert!(heard(&mut session, ms(51)).is_empty());
    let statistics = session.statistics();
    assert_eq!((statistics.late, statistics.discarded, statistics.lost), (1, 1, 0));
}

#[test]
fn silence_suppression_is_no_loss() {
    let mut session = session();
    session.receive(ms(0), address(), &audio(1));
    heard(&mut session, ms(0));
    session.receive(ms(2000), address(), &packet(0, 2, 16_000, &[9; 160]));
    assert_eq!(heard(&mut session, ms(2000)), [9]);
    assert_eq!(session.statistics().concealed, 0);
}

#[test]
fn a_payload_that_was_not_agreed_is_counted_unless_its_number_is_fixed() {
    let mut session = session();
    session.receive(ms(0), address(), &packet(8, 1, 0, &[0xd5; 160]));
    assert_eq!(session.poll(ms(0)), Some(Received::Audio(Frame::silence(Codec::Alaw))));
    session.receive(ms(20), address(), &packet(111, 2, 160, &[1; 40]));
    session.receive(ms(40), address(), &packet(13, 3, 320, &[1]));
    assert_eq!(session.poll(ms(40)), None);
    assert_eq!(session.statistics().unknown_payload, 1);
}

#[test]
fn digits_travel_between_sessions_and_audio_pauses() {
    let (mut here, mut there) = (session(), session());
    let (mut buffer, mut events) = ([0; 300], Vec::new());
    assert!(here.send_digit('5', ms(100)));
    for milliseconds in (0..300).step_by(20) {
        let now = ms(milliseconds);
        while let Some(length) = here.poll_digit(now, &mut buffer) {
            there.receive(now, address(), &buffer[..length]);
        }
        if let Some(length) = here.send(now, &Frame::silence(Codec::Linear), &mut buffer) {
            there.receive(now, address(), &buffer[..length]);
        }
        while let Some(received) = there.poll(now) {
            match received {
                Received::Digit(event) => events.push((milliseconds, event)),
                Received::Audio(_) => assert!(milliseconds >= 100, "no audio under the digit"),
            }
        }
    }
    let ended = DigitEvent::Ended { digit: '5', duration: ms(100) };
    assert_eq!(events, [(0, DigitEvent::Began('5')), (100, ended)]);
}

#[test]
fn without_telephone_event_there_is_no_digit_to_send() {
    let mut session = session();
    session.set_media(Media { digit_payload_type: None, ..MEDIA });
    assert!(!session.send_digit('5', ms(100)));
}

#[test]
fn strangers_are_refused() {
    let mut session = session();
    session.receive(ms(0), address(), &audio(1));
    session.receive(ms(1), SocketAddr::from(([10, 0, 0, 1], 9)), &audio(2));
    assert_eq!(heard(&mut session, ms(1)), [1]);
    assert_eq!(session.statistics().refused, 1);
    assert_eq!(session.learned_source(), Some(address()));
}

#[test]
fn the_jitter_buffer_orders_and_spaces() {
    let mut session = session();
    session.set_jitter_buffer(true);
    for (at, number) in [(0, 1), (18, 3), (19, 2), (60, 4)] {
        session.receive(ms(at), address(), &audio(number));
    }
    let mut out = Vec::new();
    for milliseconds in (0..200).step_by(20) {
        out.extend(heard(&mut session, ms(milliseconds)));
    }
    assert_eq!(out[..4], [1, 2, 3, 4]);
    assert!(session.next_at() > Some(ms(1000)), "nobody talks: only the report is planned");
}

#[test]
fn the_source_may_start_anew() {
    let mut session = session();
    session.receive(ms(0), address(), &audio(500));
    assert_eq!(heard(&mut session, ms(0)), [500u16 as u8]);
    let mut other = audio(3);
    other[11] ^= 1;
    session.receive(ms(20), address(), &other);
    assert_eq!(heard(&mut session, ms(20)), [3]);
    assert_eq!(session.statistics().remote_ssrc, Some(76));
}

proptest! {
    #[test]
    fn no_packet_is_a_panic(packets in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..80), any::<bool>()), 0..40)) {
        let mut session = session();
        session.set_jitter_buffer(packets.len() % 2 == 0);
        for (i, (mut bytes, valid)) in packets.into_iter().enumerate() {
            let now = ms(i as u64 * 7);
            if valid && bytes.len() > 1 {
                bytes[0] = bytes[0] & 0x3f | 0x80;
                bytes[1] = [0, 8, 101, 200, 201][usize::from(bytes[1]) % 5];
            }
            session.receive(now, address(), &bytes);
            session.receive_report(now, &bytes);
            for _ in 0..100 {
                if session.poll(now).is_none() { break }
            }
        }
        session.statistics();
    }

    #[test]
    fn any_order_of_numbers_yields_bounded_output(numbers in prop::collection::vec((any::<u16>(), any::<u32>(), 0usize..400), 0..60), buffered: bool) {
        let mut session = session();
        session.set_jitter_buffer(buffered);
        for (i, (sequence, timestamp, length)) in numbers.into_iter().enumerate() {
            let now = ms(i as u64 * 20);
            session.receive(now, address(), &packet(0, sequence, timestamp, &vec![1; length]));
            prop_assert!(std::iter::from_fn(|| session.poll(now)).take(20).count() <= 16);
        }
    }
}

#[test]
fn packets_of_a_common_codec_are_passed_on_untouched_and_losses_with_them() {
    for (codec, payload) in
        [(Codec::G722, vec![7; 160]), (Codec::G729, vec![9; 20]), (Codec::Opus, vec![0x78, 1, 2, 3])]
    {
        let media = Media { codec, payload_type: 96, ..MEDIA };
        let (mut one, mut other) = (Session::new(Settings::default()), Session::new(Settings::default()));
        one.set_media(media);
        other.set_media(Media { payload_type: 97, ..media });
        assert_eq!(one.coded(), Some(codec));
        one.set_passing(true);
        let clock = codec.clock_rate() / 50;
        let mut sent = Vec::new();
        // The fourth and fifth are lost.
        for number in [1, 2, 3, 6, 7u32] {
            let mut bytes = vec![0x80, 96, 0, number as u8];
            bytes.extend((number * clock).to_be_bytes());
            bytes.extend([0, 0, 0, 1]);
            bytes.extend(&payload);
            let now = Duration::from_millis(20 * u64::from(number));
            one.receive(now, "192.0.2.1:4000".parse().unwrap(), &bytes);
            let Some(Received::Audio(frame)) = one.poll(now) else { panic!("{codec:?} {number}") };
            assert_eq!(one.poll(now), None);
            let mut buffer = [0; 2000];
            let length = other.send(now, &frame, &mut buffer).unwrap();
            let packet = RtpPacket::parse(&buffer[..length]).unwrap();
            assert_eq!((packet.payload(), packet.payload_type()), (payload.as_slice(), 97));
            sent.push((packet.sequence_number(), packet.timestamp()));
        }
        let steps: Vec<_> = sent
            .windows(2)
            .map(|pair| (pair[1].0.wrapping_sub(pair[0].0), pair[1].1.wrapping_sub(pair[0].1) / clock))
            .collect();
        assert_eq!(steps, [(1, 1), (1, 1), (3, 3), (1, 1)], "{codec:?}");
    }
}

#[test]
fn what_cannot_be_decoded_is_silence_and_what_cannot_be_encoded_is_not_sent() {
    let mut session = Session::new(Settings::default());
    session.set_media(Media { codec: Codec::G729, payload_type: 18, ..MEDIA });
    let bytes = [&[0x80, 18, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1][..], &[0; 20]].concat();
    session.receive(Duration::ZERO, "192.0.2.1:4000".parse().unwrap(), &bytes);
    assert_eq!((session.poll(Duration::ZERO), session.statistics().received), (None, 1));
    assert_eq!(session.send(Duration::ZERO, &Frame::silence(Codec::Ulaw), &mut [0; 200]), None);
}
