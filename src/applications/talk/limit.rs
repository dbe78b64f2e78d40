//! `L(x[:y[:z]])`: a call that ends after a time, with warnings before.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::applications::playing;
use crate::applications::saying::{self, Language};
use crate::channel::Channel;
use crate::interpreter::{Call, leading_number};

/// What a limited call was given.
#[derive(Clone, Debug)]
pub struct Limit {
    end: Duration,
    warn_before: Option<Duration>,
    again_every: Option<Duration>,
    warn_caller: bool,
    warn_callee: bool,
    /// `None` stands for the spoken time left.
    warning: Option<String>,
    at_end: Option<String>,
    at_begin: Option<String>,
}

/// What is due in a limited call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The parties are to be told how much is left.
    Warning(Duration),
    End,
}

impl Limit {
    /// Reads option `L` or `S` and the `LIMIT_…` variables.
    pub fn read(call: &Call, limit: Option<&str>, seconds: Option<&str>) -> Option<Self> {
        let mut context = call.context();
        let mut variable = |name: &str| context.get(name).filter(|value| !value.is_empty());
        let is_on = |value: Option<String>, default: bool| {
            value.map_or(default, |value| ["yes", "true", "y", "t", "1", "on"].contains(&value.to_lowercase().as_str()))
        };
        let Some(limit) = limit else {
            let end = Duration::try_from_secs_f64(leading_number(seconds?)).ok()?;
            return Some(Self {
                end,
                warn_before: None,
                again_every: None,
                warn_caller: false,
                warn_callee: false,
                warning: None,
                at_end: None,
                at_begin: None,
            });
        };
        let mut parts = limit.split(':').map(|part| Duration::from_millis(leading_number(part).max(0.0) as u64));
        let end = parts.next().filter(|end| !end.is_zero())?;
        let warn_before = parts.next().filter(|left| !left.is_zero());
        let again_every = parts.next().filter(|every| !every.is_zero());
        // A first warning that is due before the call begins is skipped, with as many after it as have to be.
        let warn_before = warn_before.and_then(|before| match again_every {
            _ if before <= end => Some(before),
            None => None,
            Some(every) => {
                let rounds = u32::try_from((before - end).as_millis().div_ceil(every.as_millis().max(1))).ok()?;
                before.checked_sub(every.checked_mul(rounds)?).filter(|left| !left.is_zero())
            }
        });
        let warn_callee = is_on(variable("LIMIT_PLAYAUDIO_CALLEE"), false);
        let warn_caller = is_on(variable("LIMIT_PLAYAUDIO_CALLER"), !warn_callee);
        Some(Self {
            end,
            warn_before,
            again_every,
            warn_caller,
            warn_callee,
            warning: variable("LIMIT_WARNING_FILE").filter(|file| file != "timeleft"),
            at_end: variable("LIMIT_TIMEOUT_FILE"),
            at_begin: variable("LIMIT_CONNECT_FILE"),
        })
    }

    /// What comes next after `elapsed`, and when.
    pub(super) fn next(&self, begun: Instant, elapsed: Duration) -> (Instant, Due) {
        if let Some(before) = self.warn_before {
            let first = self.end - before;
            let due = match self.again_every {
                _ if elapsed < first || (elapsed.is_zero() && first.is_zero()) => Some(first),
                Some(every) => {
                    let rounds = (elapsed - first).as_millis() / every.as_millis().max(1) + 1;
                    Some(first + every * u32::try_from(rounds).unwrap_or(u32::MAX))
                }
                None => None,
            };
            if let Some(due) = due.filter(|due| *due < self.end) {
                return (begun + due, Due::Warning(self.end - due));
            }
        }
        (begun + self.end, Due::End)
    }

    /// Tells who is to be told how much time is left.
    pub fn warn(&self, call: &Call, callee: &Arc<Channel>, left: Duration) {
        for (channel, wanted) in [(&call.channel, self.warn_caller), (callee, self.warn_callee)] {
            if wanted {
                let sounds = self
                    .warning
                    .clone()
                    .map_or_else(|| time_left(left, Language::spoken_to(channel)), |file| vec![file]);
                announce(call, channel, sounds);
            }
        }
    }

    /// The call begins.
    pub fn begin(&self, call: &Call, callee: &Arc<Channel>) {
        self.tell(call, callee, self.at_begin.as_ref());
    }

    /// The sound that the caller hears when the time is up.
    pub fn end_sound(&self) -> Option<&str> {
        self.at_end.as_deref()
    }

    fn tell(&self, call: &Call, callee: &Arc<Channel>, sound: Option<&String>) {
        let Some(sound) = sound else { return };
        for (channel, wanted) in [(&call.channel, self.warn_caller), (callee, self.warn_callee)] {
            if wanted {
                announce(call, channel, vec![sound.clone()]);
            }
        }
    }
}

/// Plays over what the party hears, in a task of its own; its keys stay with who reads them.
fn announce(call: &Call, channel: &Arc<Channel>, sounds: Vec<String>) {
    let (exchange, channel) = (Arc::clone(&call.exchange), Arc::clone(channel));
    tokio::spawn(async move {
        for sound in sounds {
            if channel.is_interrupted() {
                return;
            }
            if let Err(error) = playing::announce(&exchange, &channel, &sound).await {
                Call::new(Arc::clone(&exchange), Arc::clone(&channel)).context().warn(&error.to_string());
            }
        }
    });
}

/// "You have … minutes … seconds", as the sound files that say it.
fn time_left(left: Duration, language: Language) -> Vec<String> {
    let (minutes, seconds) = (left.as_secs() / 60, left.as_secs() % 60);
    let mut sounds = vec!["vm-youhave".to_owned()];
    if minutes > 0 {
        sounds.extend(saying::number(i64::try_from(minutes).unwrap_or(0), language));
        sounds.push("queue-minutes".to_owned());
    }
    if seconds > 0 {
        sounds.extend(saying::number(i64::try_from(seconds).unwrap_or(0), language));
        sounds.push("queue-seconds".to_owned());
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_repeat_until_the_end() {
        let limit = Limit {
            end: Duration::from_secs(300),
            warn_before: Some(Duration::from_secs(60)),
            again_every: Some(Duration::from_secs(20)),
            warn_caller: true,
            warn_callee: false,
            warning: None,
            at_end: None,
            at_begin: None,
        };
        let begun = Instant::now();
        let mut elapsed = Duration::ZERO;
        let mut seen = Vec::new();
        loop {
            let (at, due) = limit.next(begun, elapsed);
            elapsed = at - begun;
            let is_end = due == Due::End;
            seen.push((elapsed.as_secs(), due));
            if is_end {
                break;
            }
        }
        let warning = |left| Due::Warning(Duration::from_secs(left));
        assert_eq!(seen, [(240, warning(60)), (260, warning(40)), (280, warning(20)), (300, Due::End)]);
    }
}
