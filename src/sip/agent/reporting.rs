//! How well a call is heard: its RTCP reports, told to manager programs.

use std::sync::Weak;

use crate::channel::{Channel, Happening};
use crate::media::rtp::told::{Report, Way};

/// Tells of a report as the events `RTCPSent` and `RTCPReceived`.
pub(super) fn tell(channel: &Weak<Channel>, report: &Report, way: Way) {
    let Some(channel) = channel.upgrade().filter(|channel| channel.channels().is_observed()) else { return };
    let event = match way {
        Way::Sent { .. } => "RTCPSent",
        Way::Received { .. } => "RTCPReceived",
    };
    let fields = fields(report, way);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let happening = Happening::Manager { channel: Some(&channel), event, privilege: "reporting", fields: &fields };
    channel.channels().publish(&happening);
}

fn fields(report: &Report, way: Way) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut field = |name: &str, value: String| fields.push((name.to_owned(), value));
    match way {
        Way::Sent { to } => field("To", to.to_string()),
        Way::Received { from, round_trip } => {
            field("From", from.to_string());
            if let Some(trip) = round_trip {
                field("RTT", format!("{:.4}", trip.as_secs_f64()));
            }
        }
    }
    field("SSRC", format!("{:#010x}", report.ssrc));
    field("PT", if report.sent.is_some() { "200(SR)" } else { "201(RR)" }.to_owned());
    field("ReportCount", report.blocks.len().to_string());
    if let Some(sent) = &report.sent {
        field("SentNTP", format!("{}.{:06}", sent.time.as_secs(), sent.time.subsec_micros()));
        field("SentRTP", sent.rtp_timestamp.to_string());
        field("SentPackets", sent.packets.to_string());
        field("SentOctets", sent.octets.to_string());
    }
    for (at, block) in report.blocks.iter().enumerate() {
        let mut of_block = |name: &str, value: String| field(&format!("Report{at}{name}"), value);
        of_block("SourceSSRC", format!("{:#010x}", block.ssrc));
        of_block("FractionLost", block.fraction_lost.to_string());
        of_block("CumulativeLost", block.lost.to_string());
        of_block("HighestSequence", (block.highest & 0xffff).to_string());
        of_block("SequenceNumberCycles", (block.highest >> 16).to_string());
        of_block("IAJitter", block.jitter.to_string());
        of_block("LSR", block.last_report.to_string());
        of_block("DLSR", format!("{:.4}", f64::from(block.delay) / 65536.0));
    }
    fields
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::media::rtp::told::{Block, Sent};

    #[test]
    fn a_report_has_asterisks_lines() {
        let sent =
            Sent { time: Duration::new(1_700_000_000, 250_000_000), rtp_timestamp: 160, packets: 9, octets: 1440 };
        let block = Block {
            ssrc: 0x1f,
            fraction_lost: 3,
            lost: 2,
            highest: 0x1_0007,
            jitter: 5,
            last_report: 77,
            delay: 32768,
        };
        let report = Report { ssrc: 0xabcd, sent: Some(sent), blocks: vec![block] };
        let from = "192.0.2.1:4001".parse().unwrap();
        let way = Way::Received { from, round_trip: Some(Duration::from_millis(20)) };
        let told: Vec<String> = fields(&report, way).iter().map(|(name, value)| format!("{name}: {value}")).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        From: 192.0.2.1:4001
        RTT: 0.0200
        SSRC: 0x0000abcd
        PT: 200(SR)
        ReportCount: 1
        SentNTP: 1700000000.250000
        SentRTP: 160
        SentPackets: 9
        SentOctets: 1440
        Report0SourceSSRC: 0x0000001f
        Report0FractionLost: 3
        Report0CumulativeLost: 2
        Report0HighestSequence: 7
        Report0SequenceNumberCycles: 1
        Report0IAJitter: 5
        Report0LSR: 77
        Report0DLSR: 0.5000
        ");
    }
}
