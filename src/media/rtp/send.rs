//! The sending side's sequence numbers and timestamps.

use std::time::Duration;

use rtp_types::RtpPacketBuilder;

/// How far the timestamps may fall behind the clock before they leap: bursts of late frames stay one talk spurt.
const LARGEST_LAG: u32 = 800;

/// Numbers the packets of one source.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) ssrc: u32,
    sequence: u16,
    /// The timestamp of the next frame.
    timestamp: u32,
    /// The clock's reading, in samples, at timestamp zero; set by the first packet.
    origin: Option<u32>,
    marker: bool,
    /// The clock of the timestamps in packets. Within, they count at 8 kHz.
    pub(super) clock_rate: u32,
    pub(super) packets: u32,
    pub(super) octets: u32,
}

impl Sender {
    pub(super) fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Sender {
        Sender { ssrc, sequence, timestamp, origin: None, marker: true, clock_rate: 8000, packets: 0, octets: 0 }
    }

    /// The timestamp of this moment, as a sender report states it.
    pub(super) fn timestamp_at(&self, now: Duration) -> u32 {
        self.on_the_wire(self.origin.map_or(self.timestamp, |origin| clock(now).wrapping_sub(origin)))
    }

    fn on_the_wire(&self, timestamp: u32) -> u32 {
        (u64::from(timestamp) * u64::from(self.clock_rate) / 8000) as u32
    }

    /// Brings the timestamp to the clock if nothing was sent for a while, and returns it.
    pub(super) fn catch_up(&mut self, now: Duration) -> u32 {
        let clock = clock(now);
        let origin = *self.origin.get_or_insert(clock.wrapping_sub(self.timestamp));
        let lag = clock.wrapping_sub(origin).wrapping_sub(self.timestamp);
        if lag as i32 <= 0 {
            // The frames run ahead of the clock: measure the lag from the fastest.
            self.origin = Some(clock.wrapping_sub(self.timestamp));
        } else if lag > LARGEST_LAG {
            self.timestamp = self.timestamp.wrapping_add(lag);
            self.marker = true;
        }
        self.timestamp
    }

    /// Leaves out what was lost on its way to us.
    pub(super) fn skip(&mut self, packets: u16, samples: u32) {
        self.sequence = self.sequence.wrapping_add(packets);
        self.timestamp = self.timestamp.wrapping_add(samples);
    }

    /// Writes an audio packet; returns its length, or nothing if `buffer` is too small.
    pub(super) fn audio(
        &mut self,
        now: Duration,
        payload_type: u8,
        samples: u32,
        octets: &[u8],
        buffer: &mut [u8],
    ) -> Option<usize> {
        let timestamp = self.catch_up(now);
        let marker = std::mem::take(&mut self.marker);
        self.timestamp = timestamp.wrapping_add(samples);
        self.packet(payload_type, marker, timestamp, octets, buffer)
    }

    /// Writes a packet with a timestamp of its own, as the packets of one event have.
    pub(super) fn packet(
        &mut self,
        payload_type: u8,
        marker: bool,
        timestamp: u32,
        payload: &[u8],
        buffer: &mut [u8],
    ) -> Option<usize> {
        let packet: RtpPacketBuilder<&[u8], &[u8]> = RtpPacketBuilder::new()
            .payload_type(payload_type)
            .marker_bit(marker)
            .sequence_number(self.sequence)
            .timestamp(self.on_the_wire(timestamp))
            .ssrc(self.ssrc)
            .payload(payload);
        let length = packet.write_into(buffer).ok()?;
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        Some(length)
    }
}

fn clock(now: Duration) -> u32 {
    (now.as_micros() * 8 / 1000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtp_types::RtpPacket;

    fn send(sender: &mut Sender, milliseconds: u64) -> (bool, u16, u32) {
        let mut buffer = [0; 200];
        let now = Duration::from_millis(milliseconds);
        let length = sender.audio(now, 0, 160, &[0xff; 160], &mut buffer).unwrap();
        let packet = RtpPacket::parse(&buffer[..length]).unwrap();
        assert_eq!(packet.payload().len(), 160);
        (packet.marker_bit(), packet.sequence_number(), packet.timestamp())
    }

    #[test]
    fn the_first_packet_is_marked_and_numbers_wrap() {
        let mut sender = Sender::new(7, u16::MAX, u32::MAX - 159);
        assert_eq!(send(&mut sender, 0), (true, u16::MAX, u32::MAX - 159));
        assert_eq!(send(&mut sender, 20), (false, 0, 0));
    }

    #[test]
    fn timestamps_follow_the_clock_over_silence_with_a_marker() {
        let mut sender = Sender::new(7, 0, 1000);
        send(&mut sender, 0);
        assert_eq!(send(&mut sender, 2020), (true, 1, 1000 + 2020 * 8));
        assert_eq!(send(&mut sender, 2040), (false, 2, 1000 + 2040 * 8));
    }

    #[test]
    fn a_burst_after_a_stall_is_one_talk_spurt() {
        let mut sender = Sender::new(7, 0, 0);
        let stamps: Vec<_> = [0, 20, 80, 80, 80, 100].into_iter().map(|at| send(&mut sender, at).2).collect();
        assert_eq!(stamps, [0, 160, 320, 480, 640, 800]);
    }

    #[test]
    fn a_source_with_a_fast_clock_never_leaps() {
        let mut sender = Sender::new(7, 0, 0);
        for i in 0..1000 {
            assert_eq!(send(&mut sender, i * 19).2, i as u32 * 160);
        }
    }
}
