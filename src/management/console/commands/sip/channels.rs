//! `sip show channels`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::channel::Phase;
use crate::management::console::{Answer, Command};

pub static CHANNELS: Command =
    Command::now("sip show channels", "", "Lists the SIP dialogs of phones of sip.conf", |request| {
        let all = request.exchange().channels.all();
        let sip = all.iter().filter(|channel| channel.leg().technology() == "SIP");
        let rows = sip.map(|channel| {
            let fact = |name: &str| channel.leg().fact(name).unwrap_or_default();
            let name = channel.name().strip_prefix("SIP/").unwrap_or(channel.name());
            let is_outgoing = channel.state().is_outgoing;
            Row {
                peer_address: fact("peerip"),
                user: name.rsplit_once('-').map_or(name, |(name, _)| name).to_owned(),
                call_id: fact("header:Call-ID"),
                format: channel.leg().codec().name(),
                last_message: match (channel.phase(), is_outgoing) {
                    (Phase::Up, true) => "Tx: ACK",
                    (Phase::Up, false) => "Rx: ACK",
                    (_, true) => "Tx: INVITE",
                    (_, false) => "Rx: INVITE",
                },
            }
        });
        Answer::of(Channels(rows.collect()))
    });

#[derive(Serialize)]
struct Row {
    peer_address: String,
    user: String,
    call_id: String,
    format: &'static str,
    last_message: &'static str,
}

#[derive(Serialize)]
struct Channels(Vec<Row>);

impl Display for Channels {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |[peer, user, id, format, hold, last, expiry, name]: [&str; 8]| {
            writeln!(
                formatter,
                "{peer:<15.15}  {user:<15.15}  {id:<15.15}  {format:<15.15}  {hold:<7.7}  {last:<15.15} {expiry:<10.10} \
                 {name:<10.10}"
            )
        };
        row(["Peer", "User/ANR", "Call ID", "Format", "Hold", "Last Message", "Expiry", "Peer"])?;
        for channel in &self.0 {
            let format = format!("({})", channel.format);
            let Row { peer_address, user, call_id, last_message, .. } = channel;
            row([peer_address, user, call_id, &format, "No", last_message, "", user])?;
        }
        let count = self.0.len();
        writeln!(formatter, "{count} active SIP dialog{}", if count == 1 { "" } else { "s" })
    }
}
