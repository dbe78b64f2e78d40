//! Functions on dates and times.

mod format;
mod parse;
pub mod strftime;
pub mod strptime;
pub mod testtime;

use jiff::tz::TimeZone;

use crate::interpreter::Context;

/// A moment in the notation of strftime.
pub fn text(moment: &jiff::Zoned, format: &str) -> String {
    let mut out = String::new();
    format::write(moment, format, &mut out);
    out
}

/// The zone of that name; the exchange's own for an empty name, UTC for one that does not exist.
fn zone(context: &mut Context<'_>, name: &str) -> TimeZone {
    if name.is_empty() {
        return context.exchange.clock.now().time_zone().clone();
    }
    TimeZone::get(name).unwrap_or_else(|_| {
        context.warn(&format!("there is no time zone `{name}`: UTC is used"));
        TimeZone::UTC
    })
}
