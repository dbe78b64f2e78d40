//! What an RTCP packet tells, for those who watch how well calls are heard.

use std::net::SocketAddr;
use std::time::Duration;

use rtcp_types::{Compound, Packet, ReportBlock};

use super::report::NTP_EPOCH;

/// A report on the streams between two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who reports.
    pub ssrc: u32,
    /// What it has sent; a mere receiver has sent nothing.
    pub sent: Option<Sent>,
    /// What it has heard, a block each stream.
    pub blocks: Vec<Block>,
}

/// What a sender says of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its clock, since 1970.
    pub time: Duration,
    pub rtp_timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// What somebody says of a stream that it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub ssrc: u32,
    /// Of 256, since the report before.
    pub fraction_lost: u8,
    pub lost: u32,
    /// The highest sequence number, with how often they began anew above it.
    pub highest: u32,
    pub jitter: u32,
    /// The middle of the NTP time of the last report that it got.
    pub last_report: u32,
    /// How long ago that was, in 1/65536 s.
    pub delay: u32,
}

/// Which way a report went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Sent { to: SocketAddr },
    Received { from: SocketAddr, round_trip: Option<Duration> },
}

impl Report {
    /// The first report of a compound packet, if it has one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        Compound::parse(bytes).ok()?.filter_map(Result::ok).find_map(|packet| match packet {
            Packet::Sr(report) => {
                let ntp = report.ntp_timestamp();
                let fraction = Duration::from_nanos(((ntp & 0xffff_ffff) * 1_000_000_000) >> 32);
                let sent = Sent {
                    time: Duration::from_secs((ntp >> 32).saturating_sub(NTP_EPOCH)) + fraction,
                    rtp_timestamp: report.rtp_timestamp(),
                    packets: report.packet_count(),
                    octets: report.octet_count(),
                };
                let blocks = report.report_blocks().map(|block| Block::of(&block)).collect();
                Some(Self { ssrc: report.ssrc(), sent: Some(sent), blocks })
            }
            Packet::Rr(report) => {
                let blocks = report.report_blocks().map(|block| Block::of(&block)).collect();
                Some(Self { ssrc: report.ssrc(), sent: None, blocks })
            }
            _ => None,
        })
    }
}

impl Block {
    fn of(block: &ReportBlock<'_>) -> Self {
        Self {
            ssrc: block.ssrc(),
            fraction_lost: block.fraction_lost(),
            lost: block.cumulative_lost(),
            highest: block.extended_sequence_number(),
            jitter: block.interarrival_jitter(),
            last_report: block.last_sender_report_timestamp(),
            delay: block.delay_since_last_sender_report_timestamp(),
        }
    }
}
