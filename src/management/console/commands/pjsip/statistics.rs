//! `pjsip show channelstats`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;
use tokio::time::Instant;

use super::objects::nothing;
use crate::channel::Channel;
use crate::management::console::{Answer, Command};

pub static CHANNEL_STATISTICS: Command = Command::now(
    "pjsip show channelstats",
    "",
    "Shows how many packets the calls of phones of pjsip.conf sent, took and lost",
    |request| {
        let all = request.exchange().channels.all();
        let mut calls: Vec<Call> = all
            .iter()
            .filter(|channel| channel.leg().technology() == "PJSIP")
            .map(|channel| Call::of(channel))
            .collect();
        calls.sort_by(|one, other| one.channel.cmp(&other.channel));
        match calls.is_empty() {
            true => nothing(),
            false => Answer::of(Statistics { calls }),
        }
    },
);

/// Lost shares in percent, jitter and round trip in seconds.
#[derive(Serialize)]
struct Call {
    bridge: String,
    channel: String,
    seconds: u64,
    codec: &'static str,
    received: Direction,
    sent: Direction,
    round_trip: f64,
}

#[derive(Serialize)]
struct Direction {
    packets: u64,
    lost: u64,
    jitter: f64,
}

impl Call {
    fn of(channel: &Channel) -> Self {
        fn fact<T: std::str::FromStr + Default>(channel: &Channel, name: &str) -> T {
            let fact = channel.leg().fact(&format!("rtp:{name}"));
            fact.and_then(|value| value.parse().ok()).unwrap_or_default()
        }
        let name = channel.name();
        Self {
            bridge: channel.bridge_id().map(|id| id.to_string()).unwrap_or_default(),
            channel: name.strip_prefix("PJSIP/").unwrap_or(name).to_owned(),
            seconds: Instant::now().saturating_duration_since(channel.created()).as_secs(),
            codec: channel.leg().codec().name(),
            received: Direction {
                packets: fact(channel, "rxcount"),
                lost: fact(channel, "local_lostpackets"),
                jitter: fact(channel, "local_jitter"),
            },
            sent: Direction {
                packets: fact(channel, "txcount"),
                lost: fact(channel, "remote_lostpackets"),
                jitter: fact(channel, "remote_jitter"),
            },
            round_trip: fact(channel, "rtt"),
        }
    }
}

impl Direction {
    fn percent(&self) -> u64 {
        self.lost.saturating_mul(100).checked_div(self.packets.saturating_add(self.lost)).unwrap_or(0)
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Statistics {
    calls: Vec<Call>,
}

impl Display for Statistics {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter)?;
        writeln!(formatter, "{:45}...........Receive......... .........Transmit..........", "")?;
        writeln!(
            formatter,
            " BridgeId ChannelId ........ UpTime.. Codec.   Count    Lost Pct  Jitter   Count    Lost Pct  Jitter RTT...."
        )?;
        writeln!(formatter, " {}\n", "=".repeat(107))?;
        for Call { bridge, channel, seconds, codec, received, sent, round_trip } in &self.calls {
            write!(
                formatter,
                " {bridge:<8.8} {channel:<18.18} {:02}:{:02}:{:02} {codec:<6.6}",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60
            )?;
            for direction in [received, sent] {
                let Direction { packets, lost, jitter } = direction;
                write!(formatter, " {packets:>6} {lost:>7} {:>4} {jitter:>7.3}", direction.percent())?;
            }
            writeln!(formatter, " {round_trip:>7.3}")?;
        }
        writeln!(formatter, "\nObjects found: {}\n", self.calls.len())
    }
}
