//! `STRPTIME`

use std::fmt::Write as _;

use super::{parse, zone};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Reads a time from text and gives it in seconds since 1970.
///
/// The format is that of C's `strptime`; the zone is the one that the text is meant in, also where the text names an
/// offset. What the text leaves out is what C makes of it: the year 1900, January, the day before the first of a month.
/// The result has 32 bits, as in Asterisk.
pub static STRPTIME: Function = Function::new(
    "STRPTIME",
    "The time that a text means",
    &[
        Argument::required("text", Kind::Text),
        Argument::required("zone", Kind::Text),
        Argument::required("format", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(text), Some(zone_name), Some(format)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a text, a zone (it may be empty) and a format are needed"));
    };
    let zone = zone(context, &zone_name);
    let time = parse::read(&text, &format, &zone)
        .ok_or_else(|| FunctionError::value(format!("`{text}` holds no date in the format `{format}`")))?;
    #[expect(clippy::cast_possible_truncation, reason = "Asterisk gives 32 bits")]
    let seconds = time.timestamp().as_second() as i32;
    let _ = write!(out, "{seconds}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn dates_are_read() {
        assert_eq!(
            value("${STRPTIME(2023-11-14,UTC,%Y-%m-%d)} ${STRPTIME(14 Nov 2023,UTC,%d %b %Y)}"),
            "1699920000 1699920000"
        );
        assert_eq!(value("${STRPTIME(20231114221320,UTC,%Y%m%d%H%M%S)}"), "1700000000");
        assert_eq!(value("${STRPTIME(11/14/23 5:13:20 PM,America/New_York,%D %I:%M:%S %p)}"), "1700000000");
        assert_eq!(value("[${STRPTIME(hello,UTC,%Y-%m-%d)}] [${STRPTIME(2023-11-14,UTC)}]"), "[] []");
        assert_eq!(
            value("${STRPTIME(2023-11,UTC,%Y-%m)} ${STRPTIME(318 2023,UTC,%j %Y)} ${STRPTIME(12:00,UTC,%H:%M)}"),
            "1698710400 1699920000 2085935296"
        );
        assert_eq!(value("${STRPTIME(2023-11-14 +0100,UTC,%Y-%m-%d %z)}"), "1699920000");
    }
}
