//! Asking who transfers for the number.

use std::time::Duration;

use crate::applications::music;
use crate::applications::playing::{self, ANY_KEY};
use crate::channel::Position;
use crate::interpreter::{Call, Keyed};

/// A setting of `features.conf`, or what the plan set for this channel with `FEATURE()`.
pub fn setting(call: &Call, name: &str) -> String {
    let own = call.channel.state().settings.get(&format!("FEATURE/{name}")).map(str::to_owned);
    own.unwrap_or_else(|| call.plan().features.setting(name).to_owned())
}

/// A setting that is a number of seconds.
pub fn seconds(call: &Call, name: &str) -> Duration {
    Duration::try_from_secs_f64(crate::interpreter::leading_number(&setting(call, name)).max(0.0)).unwrap_or_default()
}

/// Asks the party for a number of a context; `None` where it gives none that is an extension.
pub async fn ask(call: &mut Call, context: &str) -> Option<Position> {
    let attempts = setting(call, "transferdialattempts").parse().unwrap_or(3);
    for attempt in 1..=attempts {
        let number = collect(call, context).await;
        let caller = call.channel.state().caller.number().to_owned();
        if !number.is_empty() && call.lookup(|lookup| lookup.exists(context, &number, 1, &caller)) {
            return Some(Position::new(context, &number, 1));
        }
        // Who keys nothing gives up.
        let sound =
            if number.is_empty() || attempt == attempts { "transferinvalidsound" } else { "transferretrysound" };
        let sound = setting(call, sound);
        playing::play(call, &sound).await;
        if number.is_empty() {
            break;
        }
    }
    None
}

/// The digits of a number, up to `#`, or until no longer number could be an extension.
async fn collect(call: &mut Call, context: &str) -> String {
    let between = seconds(call, "transferdigittimeout");
    let mut number = String::new();
    let prompt = setting(call, "transferannouncesound");
    let played = playing::play_until(call, &prompt, ANY_KEY).await;
    let mut key = played.key();
    let mut tone = key.is_none().then(|| music::tone(call, &call.channel, "dial"));
    loop {
        let next = match key.take() {
            Some(key) => Keyed::Key(key),
            None => call.key(between).await,
        };
        let Keyed::Key(digit) = next else { return number };
        tone.take();
        let caller = call.channel.state().caller.number().to_owned();
        let longer = format!("{number}{digit}");
        let (can_match, matches_more) = call.lookup(|lookup| {
            (lookup.can_match(context, &longer, &caller), lookup.matches_more(context, &longer, &caller))
        });
        if digit == '#' && !can_match {
            return number;
        }
        number = longer;
        if !matches_more {
            return number;
        }
    }
}
