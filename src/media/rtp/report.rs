//! RTCP: what each side tells the other about the stream it hears (RFC 3550, section 6).

use std::time::Duration;

use rtcp_types::prelude::*;
use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, ReportBlockBuilder, Sdes, SdesChunk, SdesItem, SenderReport,
};

use super::receive::Stream;
use super::send::Sender;

/// Seconds from 1900 to 1970: NTP time begins earlier than Unix time.
pub(super) const NTP_EPOCH: u64 = 2_208_988_800;

/// Writes reports on schedule and reads the other side's.
#[derive(Debug)]
pub(super) struct Reporter {
    cname: String,
    /// The Unix time at the session's time zero.
    wall_clock: Duration,
    interval: Duration,
    /// When the next report is due; none while there is nothing to report.
    next: Option<Duration>,
    /// Packets sent and received when it was last reported.
    reported: (u32, u32),
    random: u32,
    /// The middle of the NTP timestamp of the last sender report, and when it came.
    last_sender_report: Option<(u32, Duration)>,
    pub(super) remote: RemoteReport,
}

/// What the other side said last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RemoteReport {
    pub(super) lost: u32,
    pub(super) fraction_lost: u8,
    pub(super) jitter: u32,
    pub(super) round_trip: Option<Duration>,
    pub(super) ended: bool,
}

impl Reporter {
    pub(super) fn new(cname: String, wall_clock: Duration, interval: Duration, seed: u32) -> Reporter {
        Reporter {
            cname,
            wall_clock,
            interval,
            next: None,
            reported: (0, 0),
            random: seed | 1,
            last_sender_report: None,
            remote: RemoteReport::default(),
        }
    }

    /// When the next report is due, if one is.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.next
    }

    /// Something came or went: there will be something to report.
    pub(super) fn wake(&mut self, now: Duration) {
        if self.next.is_none() {
            self.next = Some(now + self.spread() / 2);
        }
    }

    /// Writes the report that is due and plans the next one.
    pub(super) fn poll(
        &mut self,
        now: Duration,
        sender: &Sender,
        stream: &mut Stream,
        buffer: &mut [u8],
    ) -> Option<usize> {
        if self.next.is_none_or(|next| now < next) {
            return None;
        }
        // A leg on which nothing happens costs nothing.
        let counts = (sender.packets, stream.received());
        if std::mem::replace(&mut self.reported, counts) == counts {
            self.next = None;
            return None;
        }
        self.next = Some(now + self.spread());
        let blocks = self.block(now, stream, sender.clock_rate);
        let chunk = SdesChunk::builder(sender.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, &self.cname));
        let description = Sdes::builder().add_chunk(chunk);
        if sender.packets > 0 {
            let report = SenderReport::builder(sender.ssrc)
                .ntp_timestamp(self.ntp(now))
                .rtp_timestamp(sender.timestamp_at(now))
                .packet_count(sender.packets)
                .octet_count(sender.octets);
            let report = blocks.into_iter().fold(report, |report, block| report.add_report_block(block));
            Compound::builder().add_packet(report).add_packet(description).write_into(buffer).ok()
        } else {
            let report = ReceiverReport::builder(sender.ssrc);
            let report = blocks.into_iter().fold(report, |report, block| report.add_report_block(block));
            Compound::builder().add_packet(report).add_packet(description).write_into(buffer).ok()
        }
    }

    /// Writes the goodbye of a source.
    pub(super) fn goodbye(&self, ssrc: u32, buffer: &mut [u8]) -> Option<usize> {
        let bye = Bye::builder().add_source(ssrc);
        Compound::builder().add_packet(ReceiverReport::builder(ssrc)).add_packet(bye).write_into(buffer).ok()
    }

    /// Reads a compound packet; false if it is malformed.
    pub(super) fn receive(&mut self, now: Duration, own_ssrc: u32, bytes: &[u8]) -> bool {
        let Ok(compound) = Compound::parse(bytes) else { return false };
        for packet in compound {
            match packet {
                Ok(Packet::Sr(report)) => {
                    self.last_sender_report = Some(((report.ntp_timestamp() >> 16) as u32, now));
                    report.report_blocks().for_each(|block| self.learn(now, own_ssrc, &block));
                }
                Ok(Packet::Rr(report)) => {
                    report.report_blocks().for_each(|block| self.learn(now, own_ssrc, &block));
                }
                Ok(Packet::Bye(_)) => self.remote.ended = true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        true
    }

    fn learn(&mut self, now: Duration, own_ssrc: u32, block: &ReportBlock<'_>) {
        if block.ssrc() != own_ssrc {
            return;
        }
        self.remote.lost = block.cumulative_lost();
        self.remote.fraction_lost = block.fraction_lost();
        self.remote.jitter = block.interarrival_jitter();
        let sent = block.last_sender_report_timestamp();
        if sent != 0 {
            let arrived = (self.ntp(now) >> 16) as u32;
            let held = block.delay_since_last_sender_report_timestamp();
            let trip = arrived.wrapping_sub(sent).wrapping_sub(held);
            // Beyond a minute it is nonsense, or a rounded zero gone negative.
            self.remote.round_trip = match trip as i32 {
                i32::MIN..=0 => Some(Duration::ZERO),
                trip if trip < 60 << 16 => Some(Duration::from_micros((trip as u64 * 1_000_000) >> 16)),
                _ => self.remote.round_trip,
            };
        }
    }

    fn block(&self, now: Duration, stream: &mut Stream, clock_rate: u32) -> Option<ReportBlockBuilder> {
        let (sent, held) = match self.last_sender_report {
            Some((sent, came)) => (sent, (now.saturating_sub(came).as_micros() << 16) / 1_000_000),
            None => (0, 0),
        };
        let block = ReportBlock::builder(stream.ssrc()?)
            .fraction_lost(stream.fraction_lost())
            .cumulative_lost(stream.lost().min(0x7f_ffff))
            .extended_sequence_number(stream.extended_highest())
            // Within, everything counts at 8 kHz.
            .interarrival_jitter((u64::from(stream.jitter()) * u64::from(clock_rate) / 8000) as u32)
            .last_sender_report_timestamp(sent)
            .delay_since_last_sender_report_timestamp(held as u32);
        Some(block)
    }

    fn ntp(&self, now: Duration) -> u64 {
        let time = self.wall_clock + now;
        let fraction = (u64::from(time.subsec_nanos()) << 32) / 1_000_000_000;
        time.as_secs().wrapping_add(NTP_EPOCH) << 32 | fraction
    }

    /// The interval times 0.5 to 1.5, so that not all calls report at once.
    fn spread(&mut self) -> Duration {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.interval / 2 + self.interval * (self.random >> 16) / 0x1_0000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(5);

    fn reporter(seed: u32) -> Reporter {
        Reporter::new("exten".into(), Duration::from_secs(1_700_000_000), INTERVAL, seed)
    }

    #[test]
    fn reports_come_on_schedule_and_never_in_step() {
        let (mut one, mut other) = (reporter(1), reporter(2));
        let (mut sender, mut stream, mut buffer) = (Sender::new(1, 0, 0), Stream::default(), [0; 500]);
        let mut times = |reporter: &mut Reporter| -> Vec<Duration> {
            reporter.wake(Duration::ZERO);
            (0..50)
                .map(|_| {
                    sender.packets += 1;
                    let at = reporter.next_at().unwrap();
                    assert!(reporter.poll(at - Duration::from_micros(1), &sender, &mut stream, &mut buffer).is_none());
                    assert!(reporter.poll(at, &sender, &mut stream, &mut buffer).is_some());
                    at
                })
                .collect()
        };
        let (one, other) = (times(&mut one), times(&mut other));
        assert_ne!(one, other);
        assert!(one.windows(2).all(|pair| (INTERVAL / 2..=INTERVAL * 3 / 2).contains(&(pair[1] - pair[0]))));
    }

    #[test]
    fn where_nothing_happens_nothing_is_reported() {
        let (mut reporter, mut stream, mut buffer) = (reporter(1), Stream::default(), [0; 500]);
        let mut sender = Sender::new(1, 0, 0);
        assert_eq!(reporter.next_at(), None);
        sender.packets = 1;
        reporter.wake(Duration::ZERO);
        let first = reporter.next_at().unwrap();
        assert!(reporter.poll(first, &sender, &mut stream, &mut buffer).is_some());
        let second = reporter.next_at().unwrap();
        assert!(reporter.poll(second, &sender, &mut stream, &mut buffer).is_none());
        assert_eq!(reporter.next_at(), None);
    }

    #[test]
    fn two_sides_learn_loss_and_round_trip_from_each_other() {
        let (mut here, mut there) = (reporter(1), reporter(2));
        let (mut sender_here, mut sender_there) = (Sender::new(1, 0, 0), Sender::new(2, 0, 0));
        let (mut heard_here, mut heard_there) = (Stream::default(), Stream::default());
        let mut buffer = [0; 500];
        sender_here.packet(0, false, 0, &[0; 160], &mut buffer);
        sender_there.packet(0, false, 0, &[0; 160], &mut buffer);
        heard_here.accept(2, 0);
        [0, 1, 4, 5].into_iter().for_each(|sequence| {
            heard_there.accept(1, sequence);
        });
        let ms = Duration::from_millis;
        [&mut here, &mut there].into_iter().for_each(|reporter| reporter.wake(Duration::ZERO));
        let sent = ms(8000);
        let length = here.poll(sent, &sender_here, &mut heard_here, &mut buffer).unwrap();
        assert!(there.receive(sent + ms(30), 2, &buffer[..length]));
        let answered = sent + ms(430);
        let length = there.poll(answered, &sender_there, &mut heard_there, &mut buffer).unwrap();
        assert!(here.receive(answered + ms(30), 1, &buffer[..length]));
        assert_eq!((here.remote.lost, here.remote.fraction_lost), (2, (2 * 256 / 6) as u8));
        let trip = here.remote.round_trip.unwrap();
        assert!((ms(59)..ms(61)).contains(&trip), "{trip:?}");
    }

    #[test]
    fn goodbye_is_understood_and_garbage_refused() {
        let (mut here, mut buffer) = (reporter(1), [0; 100]);
        let length = reporter(2).goodbye(2, &mut buffer).unwrap();
        assert!(here.receive(Duration::ZERO, 1, &buffer[..length]));
        assert!(here.remote.ended);
        assert!(!here.receive(Duration::ZERO, 1, &buffer[..length - 1]));
        assert!(!here.receive(Duration::ZERO, 1, b"hello"));
    }
}
