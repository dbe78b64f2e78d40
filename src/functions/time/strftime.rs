//! `STRFTIME`

use jiff::Timestamp;

use super::{format, zone};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Writes a time as text.
///
/// The time is in seconds since 1970, now if it is empty or no number; the zone a name such as `Europe/Berlin`, the
/// exchange's own if it is empty. The format is that of C's `strftime`, with `%3q` for the milliseconds; without one it
/// is `%c`. All names are English.
pub static STRFTIME: Function = Function::new(
    "STRFTIME",
    "A time as text",
    &[
        Argument::optional("epoch", Kind::Number),
        Argument::optional("zone", Kind::Text),
        Argument::optional("format", Kind::Text),
    ],
)
.reads(read);

#[expect(clippy::cast_possible_truncation, reason = "a fraction of a second has 32 bits of nanoseconds")]
fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [epoch, zone_name, format] = fields::standard(arguments);
    let zone = zone(context, zone_name.as_deref().unwrap_or(""));
    let seconds = epoch.as_deref().and_then(fields::float);
    let moment = seconds.and_then(|seconds| {
        let whole = seconds.floor();
        Timestamp::new(whole as i64, ((seconds - whole) * 1e6).round() as i32 * 1000).ok()
    });
    let moment = moment.unwrap_or_else(|| context.exchange.clock.now().timestamp());
    format::write(&moment.to_zoned(zone), format.as_deref().unwrap_or("%c"), out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn conversions() {
        assert_eq!(
            value("${STRFTIME(1700000000,UTC,%A %a %B %b %d %e %j %u %w)}"),
            "Tuesday Tue November Nov 14 14 318 2 2"
        );
        assert_eq!(value("${STRFTIME(1700000000,UTC)}"), "Tue Nov 14 22:13:20 2023");
        assert_eq!(
            value("${STRFTIME(1700000000,UTC,%I %l %p %M %D %T %R %y %C %s %%)}"),
            "10 10 PM 13 11/14/23 22:13:20 22:13 23 20 1700000000 %"
        );
        assert_eq!(
            value("${STRFTIME(1700000000.5,UTC,%S.%3q)} ${STRFTIME(0,UTC,%-d %_m %U %W %V)}"),
            "20.500 1  1 00 00 01"
        );
    }

    #[tokio::test]
    async fn zones() {
        assert_eq!(value("${STRFTIME(1720000000,Europe/London,%H:%M %z %Z)}"), "10:46 +0100 BST");
        assert_eq!(value("${STRFTIME(1700000000,Nowhere/Land,%H:%M)}"), "22:13");
        assert_eq!(value(r"${STRFTIME(0,UTC,%Y\,%m)} ${STRFTIME(0,UTC,%Y,%m)}"), r"1970\,01 1970,01");
    }

    #[tokio::test]
    async fn now_where_nothing_is_given() {
        assert_eq!(
            value("${STRFTIME(,UTC,%F)} ${STRFTIME(abc,,%F)} ${STRFTIME()}"),
            "2023-11-14 2023-11-14 Tue Nov 14 22:13:20 2023"
        );
    }
}
