//! `timing test`

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use crate::management::console::{Answer, Command, Request};

/// As many as a room or a file player has in a second: one each 20 ms.
const RATE: u64 = 50;

pub static TEST: Command = Command::later(
    "timing test",
    "[<ticks a second>]",
    "Counts how many ticks of the clock come within a second",
    |request| Box::pin(test(request)),
);

async fn test(request: &Request<'_>) -> Answer {
    let rate = match request.words.as_slice() {
        [] => RATE,
        [rate] => match rate.parse::<u64>().ok().filter(|rate| (1..=1000).contains(rate)) {
            Some(rate) => rate,
            None => return request.usage(),
        },
        _ => return request.usage(),
    };
    let period = Duration::from_secs(1) / u32::try_from(rate).unwrap_or(1);
    let begin = Instant::now();
    let mut ticks = 0u64;
    let mut clock = interval_at(begin + period, period);
    clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let end = sleep_until(begin + Duration::from_secs(1) + period / 2);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            _ = clock.tick() => ticks += 1,
        }
    }
    let elapsed = begin.elapsed().saturating_sub(period / 2).as_millis();
    Answer::line(format!(
        "Attempting to test a timer with {rate} ticks per second.\nUsing the 'tokio' timing module for this test.\n\
         It has been {elapsed} milliseconds, and we got {ticks} timer ticks"
    ))
}
