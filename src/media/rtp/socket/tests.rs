use std::net::Ipv4Addr;

use super::*;
use crate::media::frame::Codec;
use crate::media::opus::Wishes;
use tokio::sync::mpsc;

const WAIT: Duration = Duration::from_secs(5);

fn settings() -> PortSettings {
    PortSettings { address: Ipv4Addr::LOCALHOST.into(), ports: 21000..=24999, ..PortSettings::default() }
}

fn pair() -> (RtpPort, RtpPort) {
    let (one, other) = (RtpPort::bind(&settings()).unwrap(), RtpPort::bind(&settings()).unwrap());
    one.set_remote(remote(other.local_addr()));
    other.set_remote(remote(one.local_addr()));
    (one, other)
}

fn remote(rtp: SocketAddr) -> Remote {
    let media = Media { codec: Codec::Alaw, payload_type: 8, digit_payload_type: Some(101), opus: Wishes::NONE };
    Remote { rtp, rtcp: None, symmetric: true, media }
}

struct Hear(mpsc::UnboundedSender<Frame>);

impl Sink for Hear {
    fn accept(&self, frame: &Frame) {
        let _ = self.0.send(frame.clone());
    }
}

fn listen(port: &RtpPort) -> mpsc::UnboundedReceiver<Frame> {
    let (sender, receiver) = mpsc::unbounded_channel();
    port.set_sink(Some(Arc::new(Hear(sender))));
    receiver
}

async fn next<T>(receiver: &mut mpsc::UnboundedReceiver<T>) -> T {
    tokio::time::timeout(WAIT, receiver.recv()).await.expect("in time").expect("open")
}

fn tone(level: i16) -> Frame {
    Frame::linear([level; 160]).encode(Codec::Alaw)
}

#[tokio::test]
async fn ports_are_even_and_differ() {
    let (one, other) = (RtpPort::bind(&settings()).unwrap(), RtpPort::bind(&settings()).unwrap());
    assert_eq!((one.local_addr().port() % 2, other.local_addr().port() % 2), (0, 0));
    assert_ne!(one.local_addr(), other.local_addr());
}

#[tokio::test]
async fn a_full_range_says_what_to_do() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port() & !1;
    let _held: Vec<_> = (port..=port + 1).map(|port| std::net::UdpSocket::bind(("127.0.0.1", port))).collect();
    let error = RtpPort::bind(&PortSettings { ports: port..=port + 1, ..settings() }).err().unwrap();
    assert!(error.to_string().contains("rtp.conf"), "{error}");
}

#[tokio::test]
async fn frames_cross_unchanged() {
    let (one, other) = pair();
    let mut heard = listen(&other);
    for level in [1000, 2000, 3000] {
        one.write(&tone(level));
        assert_eq!(next(&mut heard).await, tone(level));
    }
    assert_eq!((one.statistics().sent, other.statistics().received), (3, 3));
}

#[tokio::test]
async fn what_is_collected_waits_until_it_is_asked_for() {
    let (one, other) = pair();
    let mut heard = listen(&other);
    let stream = other.stream();
    stream.set_collected(true);
    one.write(&tone(1000));
    one.write(&tone(2000));
    // The kernel hands a packet over loopback on within the call that sends it.
    assert!(heard.try_recv().is_err());
    stream.collect();
    assert_eq!((next(&mut heard).await, next(&mut heard).await), (tone(1000), tone(2000)));
    stream.set_collected(false);
    stream.collect();
    one.write(&tone(3000));
    assert_eq!(next(&mut heard).await, tone(3000));
}

#[tokio::test]
async fn a_regular_party_is_swept_until_it_pauses() {
    let (one, other) = pair();
    let (port, mut buffer) = (&other.shared, [0; LARGEST_PACKET]);
    // Here the test is the worker.
    port.worker.set_watched(port.number, port, false);
    let begun = Instant::now();
    let at = |milliseconds: u64| begun + Duration::from_millis(milliseconds);
    let say_and_receive = |milliseconds: u64| {
        one.write(&tone(1000));
        port.receive(at(milliseconds), &mut [0; LARGEST_PACKET])
    };
    let regular: Vec<bool> = (1..=9).map(|n| say_and_receive(1000 + 20 * n)).collect();
    assert_eq!(regular, [[false; 8].as_slice(), &[true]].concat());
    one.write(&tone(1000));
    assert_eq!(port.sweep(at(1200), &mut buffer), Sweep::Again);
    assert_eq!(port.sweep(at(1220), &mut buffer), Sweep::Late);
    one.write(&tone(1000));
    assert_eq!(port.sweep(at(1224), &mut buffer), Sweep::Again, "a late packet is looked for a little later");
    let pause: Vec<Sweep> = [1244, 1248, 1252].map(|time| port.sweep(at(time), &mut buffer)).into();
    assert_eq!(pause, [Sweep::Late, Sweep::Late, Sweep::Over]);
    let mut heard = listen(&other);
    one.write(&tone(3000));
    assert_eq!(next(&mut heard).await, tone(3000), "the worker is told again");
}

/// Takes frames of any rate.
struct HearAll(mpsc::UnboundedSender<Frame>);

impl Sink for HearAll {
    fn accept(&self, frame: &Frame) {
        let _ = self.0.send(frame.clone());
    }

    fn is_wide(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn wide_codecs_cross_and_who_takes_8_khz_gets_8_khz() {
    let codecs =
        [(Codec::G722, 9), (Codec::Linear16, 118), (Codec::Opus, 107), (Codec::Linear48, 126), (Codec::Linear44, 125)];
    for (codec, payload_type) in codecs {
        let (one, other) = pair();
        let media = Media { codec, payload_type, digit_payload_type: None, opus: Wishes::NONE };
        one.set_remote(Remote { media, ..remote(other.local_addr()) });
        other.set_remote(Remote { media, ..remote(one.local_addr()) });
        let (sender, mut heard) = mpsc::unbounded_channel();
        other.set_sink(Some(Arc::new(HearAll(sender))));
        let voice = Frame::wide(std::array::from_fn(|n| (6000.0 * (n as f32 * 0.3).sin()) as i16));
        for _ in 0..6 {
            one.write(&voice);
            let frame = next(&mut heard).await;
            assert_eq!(frame.codec(), codec.in_frames());
        }
        one.write(&voice);
        let frame = next(&mut heard).await;
        assert!((frame.level() - voice.level()).abs() < 2.0, "{frame:?}");
        let mut heard = listen(&other);
        one.write(&voice);
        assert_eq!(next(&mut heard).await.codec(), Codec::Linear);
    }
}

#[tokio::test]
async fn digits_cross_as_events() {
    let (one, other) = pair();
    let (sender, mut events) = mpsc::unbounded_channel();
    other.set_on_digit(Some(Arc::new(move |event| {
        let _ = sender.send(event);
    })));
    assert!(one.send_digit('7', Duration::from_millis(60)));
    assert_eq!(next(&mut events).await, DigitEvent::Began('7'));
    assert_eq!(next(&mut events).await, DigitEvent::Ended { digit: '7', duration: Duration::from_millis(60) });
}

#[tokio::test]
async fn held_ports_are_silent() {
    let (one, other) = pair();
    let mut heard = listen(&other);
    one.set_direction(Direction::ReceiveOnly);
    one.write(&tone(1000));
    one.set_direction(Direction::SendOnly);
    one.write(&tone(2000));
    assert_eq!(next(&mut heard).await, tone(2000));
}

struct Forward(Arc<RtpPort>);

impl Sink for Forward {
    fn accept(&self, frame: &Frame) {
        self.0.write(frame);
    }
}

#[tokio::test]
async fn two_legs_are_bridged_by_their_sinks() {
    let ((phone_a, leg_a), (phone_b, leg_b)) = (pair(), pair());
    let (leg_a, leg_b) = (Arc::new(leg_a), Arc::new(leg_b));
    leg_a.set_sink(Some(Arc::new(Forward(Arc::clone(&leg_b)))));
    leg_b.set_sink(Some(Arc::new(Forward(Arc::clone(&leg_a)))));
    let (mut heard_a, mut heard_b) = (listen(&phone_a), listen(&phone_b));
    phone_a.write(&tone(500));
    assert_eq!(next(&mut heard_b).await, tone(500));
    phone_b.write(&tone(-700));
    assert_eq!(next(&mut heard_a).await, tone(-700));
}

#[tokio::test]
async fn a_dropped_port_is_free_again() {
    let port = RtpPort::bind(&settings()).unwrap();
    let address = port.local_addr();
    drop(port);
    for _ in 0..100 {
        tokio::task::yield_now().await;
        if std::net::UdpSocket::bind(address).is_ok() {
            return;
        }
    }
    panic!("{address} is still bound");
}

#[tokio::test]
async fn garbage_is_counted() {
    let (one, other) = pair();
    let mut heard = listen(&other);
    let stranger = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.send_to(b"\x00\x01stun?", other.local_addr()).unwrap();
    one.write(&tone(1));
    next(&mut heard).await;
    assert_eq!(other.statistics().malformed, 1);
}
