//! `pjsip show channels`

use tokio::time::Instant;

use super::lines;
use super::objects::{Object, Objects, facts};
use crate::management::console::{Answer, Command, Request};

pub static CHANNELS: Command =
    Command::now("pjsip show channels", "", "Lists the channels of phones of pjsip.conf", channels);

/// The same by its other name.
pub static LIST_CHANNELS: Command =
    Command::now("pjsip list channels", "", "Lists the channels of phones of pjsip.conf", channels);

fn channels(request: &Request<'_>) -> Answer {
    let all = request.exchange().channels.all();
    let objects = all.iter().filter(|channel| channel.leg().technology() == "PJSIP").map(|channel| {
        let age = Instant::now().saturating_duration_since(channel.created()).as_secs();
        Object {
            name: channel.name().to_string(),
            lines: vec![lines::channel(channel, age).replacen("    Channel:", "  Channel:", 1)],
            facts: facts([("state", channel.phase().word().into()), ("age", age.into())]),
        }
    });
    Objects::answer(&[lines::CHANNEL, lines::EXTEN], objects.collect())
}
