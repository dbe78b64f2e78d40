//! DTMF digits as RTP events (RFC 4733).

use std::collections::VecDeque;
use std::time::Duration;

use super::send::Sender;
use crate::media::dtmf::DigitEvent;

const PACKET_LENGTH: usize = 4;
const UPDATE: Duration = Duration::from_millis(20);
/// The pause after a digit, so that two equal ones are told apart.
const PAUSE: Duration = Duration::from_millis(60);
/// An event without packets for this long has ended and its end was lost.
const LOST_END: Duration = Duration::from_millis(200);
/// The duration field has 16 bits.
const LONGEST: Duration = Duration::from_millis(8000);
/// More digits than this cannot wait to be sent.
const LARGEST_QUEUE: usize = 64;
/// Level of the events sent, in −dBm0.
const VOLUME: u8 = 10;
const END: u8 = 0x80;
/// The characters of events 0 to 16; the last is a hook flash.
const EVENTS: [char; 17] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D', '!'];

/// Puts events together from their packets, each told of once however many packets repeat it.
#[derive(Debug, Default)]
pub(super) struct DigitReceiver {
    current: Option<Held>,
    /// Timestamp of the newest event that ended.
    finished: Option<u32>,
}

#[derive(Debug)]
struct Held {
    digit: char,
    timestamp: u32,
    duration: u16,
    seen: Duration,
}

impl Held {
    fn ended(&self) -> DigitEvent {
        DigitEvent::Ended { digit: self.digit, duration: Duration::from_micros(u64::from(self.duration) * 125) }
    }
}

impl DigitReceiver {
    /// Takes the payload of an event packet; tells what it means, in order. Nothing if it is malformed.
    pub(super) fn receive(&mut self, now: Duration, timestamp: u32, payload: &[u8]) -> Option<[Option<DigitEvent>; 3]> {
        let &[event, flags, high, low, ..] = payload else { return None };
        let Some(&digit) = EVENTS.get(usize::from(event)) else { return Some([None; 3]) };
        let (duration, end) = (u16::from_be_bytes([high, low]), flags & END != 0);
        if self.finished.is_some_and(|finished| timestamp.wrapping_sub(finished) as i32 <= 0) {
            return Some([None; 3]);
        }
        let mut told = [None; 3];
        match &mut self.current {
            Some(held) if held.timestamp == timestamp => {
                held.duration = held.duration.max(duration);
                held.seen = now;
            }
            // A packet of an older event that was overtaken.
            Some(held) if (timestamp.wrapping_sub(held.timestamp) as i32) < 0 => return Some(told),
            current => {
                told[0] = current.take().map(|held| held.ended());
                told[1] = Some(DigitEvent::Began(digit));
                *current = Some(Held { digit, timestamp, duration, seen: now });
            }
        }
        if end {
            told[2] = self.finish();
        }
        Some(told)
    }

    /// Ends the current event if its end was lost.
    pub(super) fn expire(&mut self, now: Duration) -> Option<DigitEvent> {
        if self.expires_at()? <= now { self.finish() } else { None }
    }

    /// When [`expire`](Self::expire) has something to do.
    pub(super) fn expires_at(&self) -> Option<Duration> {
        self.current.as_ref().map(|held| held.seen + LOST_END)
    }

    /// Forgets the timestamps of a former source; ends what it held.
    pub(super) fn reset(&mut self) -> Option<DigitEvent> {
        let ended = self.finish();
        self.finished = None;
        ended
    }

    fn finish(&mut self) -> Option<DigitEvent> {
        let held = self.current.take()?;
        self.finished = Some(held.timestamp);
        Some(held.ended())
    }
}

/// Sends digits one after the other.
#[derive(Debug, Default)]
pub(super) struct DigitSender {
    waiting: VecDeque<(u8, Duration)>,
    current: Option<Pressed>,
    /// Before this the next digit may not begin.
    quiet_until: Duration,
}

#[derive(Debug)]
struct Pressed {
    event: u8,
    timestamp: u32,
    began: Duration,
    length: Duration,
    next: Duration,
    ends_sent: u8,
}

impl DigitSender {
    /// Adds a digit to those to be sent; false if it is no digit or too many wait.
    pub(super) fn press(&mut self, digit: char, length: Duration) -> bool {
        let event = EVENTS.iter().position(|known| *known == digit.to_ascii_uppercase());
        match event {
            Some(event) if self.waiting.len() < LARGEST_QUEUE => {
                self.waiting.push_back((event as u8, length.clamp(UPDATE, LONGEST)));
                true
            }
            _ => false,
        }
    }

    /// Whether a digit is under way: audio pauses meanwhile.
    pub(super) fn is_pressed(&self) -> bool {
        self.current.is_some()
    }

    /// When [`poll`](Self::poll) has the next packet.
    pub(super) fn next_at(&self) -> Option<Duration> {
        match &self.current {
            Some(pressed) => Some(pressed.next),
            None if self.waiting.is_empty() => None,
            None => Some(self.quiet_until),
        }
    }

    /// Writes the next packet that is due.
    pub(super) fn poll(
        &mut self,
        now: Duration,
        payload_type: u8,
        sender: &mut Sender,
        buffer: &mut [u8],
    ) -> Option<usize> {
        if self.next_at()? > now {
            return None;
        }
        let starts = self.current.is_none();
        if starts {
            let (event, length) = self.waiting.pop_front()?;
            let timestamp = sender.catch_up(now);
            self.current = Some(Pressed { event, timestamp, began: now, length, next: now, ends_sent: 0 });
        }
        let pressed = self.current.as_mut()?;
        let held = now.saturating_sub(pressed.began);
        let over = held >= pressed.length;
        let duration = if over { pressed.length } else { (held + UPDATE).min(pressed.length) };
        let [high, low] = ((duration.as_millis() * 8) as u16).to_be_bytes();
        let flags = if over { END | VOLUME } else { VOLUME };
        let payload: [u8; PACKET_LENGTH] = [pressed.event, flags, high, low];
        let length = sender.packet(payload_type, starts, pressed.timestamp, &payload, buffer);
        if !over {
            pressed.next = (pressed.next + UPDATE).min(pressed.began + pressed.length).max(now);
        } else {
            pressed.ends_sent += 1;
            if pressed.ends_sent == 3 {
                self.current = None;
                self.quiet_until = now + PAUSE;
            }
        }
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtp_types::RtpPacket;

    const MS: Duration = Duration::from_millis(1);

    fn told(events: Option<[Option<DigitEvent>; 3]>) -> Vec<DigitEvent> {
        events.unwrap().into_iter().flatten().collect()
    }

    fn ended(digit: char, milliseconds: u32) -> DigitEvent {
        DigitEvent::Ended { digit, duration: MS * milliseconds }
    }

    fn payload(event: u8, end: bool, milliseconds: u16) -> [u8; 4] {
        let [high, low] = (milliseconds * 8).to_be_bytes();
        [event, if end { END } else { 0 }, high, low]
    }

    #[test]
    fn an_event_is_told_once_however_often_its_packets_come() {
        let mut receiver = DigitReceiver::default();
        assert_eq!(told(receiver.receive(MS, 800, &payload(5, false, 20))), [DigitEvent::Began('5')]);
        assert_eq!(told(receiver.receive(MS, 800, &payload(5, false, 20))), []);
        assert_eq!(told(receiver.receive(MS, 800, &payload(5, false, 60))), []);
        assert_eq!(told(receiver.receive(MS, 800, &payload(5, true, 100))), [ended('5', 100)]);
        for _ in 0..3 {
            assert_eq!(told(receiver.receive(MS, 800, &payload(5, true, 100))), []);
        }
        assert_eq!(
            told(receiver.receive(MS, 2400, &payload(5, true, 40))),
            [DigitEvent::Began('5'), ended('5', 40)],
            "the same digit with a new timestamp is a new press, even if only its end arrives"
        );
    }

    #[test]
    fn a_lost_end_is_recovered_by_time_or_by_the_next_digit() {
        let mut receiver = DigitReceiver::default();
        receiver.receive(MS, 800, &payload(1, false, 80));
        assert_eq!(receiver.expire(100 * MS), None);
        assert_eq!(receiver.expire(201 * MS), Some(ended('1', 80)));
        receiver.receive(300 * MS, 4000, &payload(2, false, 60));
        let next = told(receiver.receive(320 * MS, 8000, &payload(11, false, 20)));
        assert_eq!(next, [ended('2', 60), DigitEvent::Began('#')]);
        assert_eq!(told(receiver.receive(330 * MS, 4000, &payload(2, true, 60))), [], "an overtaken end says nothing");
    }

    #[test]
    fn short_payloads_are_malformed_and_unknown_events_ignored() {
        let mut receiver = DigitReceiver::default();
        assert!(receiver.receive(MS, 0, &[1, 2, 3]).is_none());
        assert_eq!(told(receiver.receive(MS, 0, &payload(36, false, 20))), []);
    }

    fn drain(sender: &mut DigitSender, rtp: &mut Sender) -> Vec<(u64, RtpFields)> {
        let mut packets = Vec::new();
        let mut buffer = [0; 64];
        for _ in 0..100 {
            let Some(at) = sender.next_at() else { break };
            let Some(length) = sender.poll(at, 101, rtp, &mut buffer) else { continue };
            let packet = RtpPacket::parse(&buffer[..length]).unwrap();
            let payload = packet.payload().try_into().unwrap();
            packets.push((at.as_millis() as u64, (packet.marker_bit(), packet.timestamp(), payload)));
        }
        packets
    }

    type RtpFields = (bool, u32, [u8; 4]);

    #[test]
    fn a_press_is_a_start_updates_and_three_ends_with_one_timestamp() {
        let (mut digits, mut rtp) = (DigitSender::default(), Sender::new(1, 1, 500));
        assert!(digits.press('#', 100 * MS));
        let packets = drain(&mut digits, &mut rtp);
        let times: Vec<u64> = packets.iter().map(|(at, _)| *at).collect();
        assert_eq!(times, [0, 20, 40, 60, 80, 100, 100, 100]);
        for (i, (_, (marker, timestamp, payload))) in packets.iter().enumerate() {
            assert_eq!((*marker, *timestamp), (i == 0, 500));
            assert_eq!(payload[0], 11);
            assert_eq!(payload[1] & END != 0, i >= 5);
        }
        assert_eq!(packets[7].1.2[2..], 800u16.to_be_bytes());
    }

    #[test]
    fn two_presses_are_apart_and_understood_by_the_receiver() {
        let (mut digits, mut rtp) = (DigitSender::default(), Sender::new(1, 1, 0));
        digits.press('4', 80 * MS);
        digits.press('4', 80 * MS);
        let mut receiver = DigitReceiver::default();
        let heard: Vec<DigitEvent> = drain(&mut digits, &mut rtp)
            .into_iter()
            .flat_map(|(at, (_, timestamp, payload))| told(receiver.receive(at as u32 * MS, timestamp, &payload)))
            .collect();
        assert_eq!(heard, [DigitEvent::Began('4'), ended('4', 80), DigitEvent::Began('4'), ended('4', 80)]);
    }

    #[test]
    fn what_is_no_digit_is_refused_and_the_queue_is_bounded() {
        let mut digits = DigitSender::default();
        assert!(!digits.press('x', MS));
        assert_eq!((0..100).filter(|_| digits.press('1', MS)).count(), LARGEST_QUEUE);
    }
}
