//! `core show uptime`

use std::fmt::{Display, Formatter, Result};

use jiff::Zoned;
use serde::Serialize;

use crate::management::console::{Answer, Command, Request};

pub static UPTIME: Command = Command::now(
    "core show uptime",
    "[seconds]",
    "Shows how long exten has been running, and since when its configuration is in service",
    |request| Answer::of(Uptime::of(request)),
)
.completes(|_, words| if words.len() == 1 { vec!["seconds".to_owned()] } else { Vec::new() });

#[derive(Serialize)]
struct Uptime {
    uptime: i64,
    since_reload: i64,
    #[serde(skip)]
    in_seconds: bool,
}

impl Uptime {
    fn of(request: &Request<'_>) -> Self {
        let now = request.exchange().clock.now();
        let since = |then: &Zoned| now.timestamp().as_second() - then.timestamp().as_second();
        let since_reload = since(&request.pbx.reloaded.lock());
        Self { uptime: since(&request.pbx.started), since_reload, in_seconds: request.is(0, "seconds") }
    }
}

impl Display for Uptime {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for (what, seconds) in [("System uptime", self.uptime), ("Last reload", self.since_reload)] {
            match self.in_seconds {
                true => writeln!(formatter, "{what}: {seconds}")?,
                false => writeln!(formatter, "{what}: {}", in_words(seconds))?,
            }
        }
        Ok(())
    }
}

/// `1 week, 2 days, 1 second`
pub fn in_words(seconds: i64) -> String {
    const UNITS: [(&str, i64); 6] =
        [("year", 31_536_000), ("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)];
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (unit, length) in UNITS {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            parts.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn in_words() {
        assert_eq!(super::in_words(0), "0 seconds");
        assert_eq!(super::in_words(604_800 + 2 * 3600 + 1), "1 week, 2 hours, 1 second");
    }
}
