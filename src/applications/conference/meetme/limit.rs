//! How long a member may stay: options `S` and `L`, and for how long it waits for a marked one.

use std::time::Duration;

use tokio::time::Instant;

use crate::applications::saying::{self, Language};
use crate::interpreter::{Call, Options, leading_integer, leading_number};

/// A warning with less time than this left is not spoken.
const SHORTEST: Duration = Duration::from_secs(5);

/// A member's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    end: Instant,
    warnings: Vec<Instant>,
    /// `None` stands for the spoken time left.
    warning: Option<String>,
    /// What is heard when the time is over.
    pub at_end: Option<String>,
}

impl Limit {
    /// Reads the options. `L` counts before `S`.
    pub fn read(call: &Call, options: &Options) -> Option<Self> {
        let begun = Instant::now();
        let end = |milliseconds: f64| {
            let length = Duration::try_from_secs_f64(milliseconds / 1000.0).ok()?;
            (!length.is_zero()).then_some(begun.checked_add(length)?)
        };
        if let Some(limit) = options.argument('L') {
            let mut parts = limit.split(':').map(leading_number);
            let mut part = || parts.next().unwrap_or(0.0);
            let (total, before, every) = (part(), part(), part());
            let mut context = call.context();
            let mut variable = |name: &str| context.get(name).filter(|value| !value.is_empty());
            return Some(Self {
                end: end(total)?,
                warnings: warnings(total, before, every).into_iter().filter_map(end).collect(),
                warning: variable("CONF_LIMIT_WARNING_FILE").filter(|file| file != "timeleft"),
                at_end: variable("CONF_LIMIT_TIMEOUT_FILE"),
            });
        }
        let seconds = options.argument('S').and_then(leading_integer)?;
        let end = end(f64::from(seconds) * 1000.0)?;
        Some(Self { end, warnings: Vec::new(), warning: None, at_end: None })
    }

    /// When something is due next.
    pub fn next(&self) -> Instant {
        self.warnings.first().copied().unwrap_or(self.end)
    }

    pub fn is_over(&self, now: Instant) -> bool {
        now >= self.end
    }

    /// The sounds of a warning that is due.
    pub fn warn(&mut self, now: Instant, language: Language) -> Vec<String> {
        if self.warnings.first().is_none_or(|due| *due > now) {
            return Vec::new();
        }
        self.warnings.retain(|due| *due > now);
        let left = self.end.saturating_duration_since(now);
        match &self.warning {
            _ if left < SHORTEST => Vec::new(),
            Some(sound) => vec![sound.clone()],
            None => time_left(left, language),
        }
    }
}

/// When warnings are due, in milliseconds after the beginning.
fn warnings(total: f64, mut before: f64, every: f64) -> Vec<f64> {
    /// No member needs more warnings.
    const MOST: usize = 1000;
    if every > 0.0 {
        // A first warning before the beginning is the first that fits.
        before -= ((before - total).max(0.0) / every).ceil() * every;
    }
    if before <= 0.0 || before > total {
        return Vec::new();
    }
    let mut due = vec![total - before];
    while every > 0.0 && due.len() < MOST && before > every {
        before -= every;
        due.push(total - before);
    }
    due
}

/// "You have … minutes … seconds", as the sound files that say it.
fn time_left(left: Duration, language: Language) -> Vec<String> {
    let left = (left.as_millis() + 500) / 1000;
    let number = |number: u128| saying::number(i64::try_from(number).unwrap_or(0), language);
    let mut sounds = vec!["vm-youhave".to_owned()];
    for (part, word) in [(left / 60, "queue-minutes"), (left % 60, "queue-seconds")] {
        if part > 0 {
            sounds.extend(number(part));
            sounds.push(word.to_owned());
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_repeat_until_the_end() {
        assert_eq!(warnings(300.0, 60.0, 20.0), [240.0, 260.0, 280.0]);
        assert_eq!(warnings(300.0, 60.0, 0.0), [240.0]);
        assert_eq!(warnings(100.0, 130.0, 20.0), [10.0, 30.0, 50.0, 70.0, 90.0]);
        assert!(warnings(100.0, 130.0, 0.0).is_empty() && warnings(100.0, 0.0, 20.0).is_empty());
    }

    #[test]
    fn the_time_left_is_rounded() {
        assert_eq!(
            time_left(Duration::from_millis(59_600), Language::English),
            ["vm-youhave", "digits/1", "queue-minutes"]
        );
        assert_eq!(time_left(Duration::from_secs(10), Language::English), ["vm-youhave", "digits/10", "queue-seconds"]);
    }
}
