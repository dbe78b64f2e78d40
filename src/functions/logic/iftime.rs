//! `IFTIME`

use super::bare;
use crate::dialplan::timing::Timing;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives one of two texts by the present time: `IFTIME(times,weekdays,days,months[,zone]?text:other text)`.
///
/// The time that `TESTTIME` pretends does not count here.
pub static IFTIME: Function =
    Function::new("IFTIME", "One of two texts, by the time", &[Argument::required("timing?text:text", Kind::Text)])
        .reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (timing, branches) = arguments.split_once('?').unwrap_or((arguments, ""));
    if timing.is_empty() || branches.is_empty() {
        return Err(FunctionError::arguments("a timing and at least one text are needed: timing?text:text"));
    }
    let (timing, faults) = Timing::parse(timing);
    for fault in faults {
        context.warn(&format!("IFTIME: {fault}"));
    }
    let now = context.exchange.clock.local(timing.zone());
    let (yes, no) = branches.split_once(':').unwrap_or((branches, ""));
    out.push_str(bare(if timing.includes(now) { yes } else { no }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn by_the_clock() {
        // The bench's clock stands at Tuesday, 14 November 2023, 22:13:20 UTC.
        assert_eq!(value("${IFTIME(*,*,*,*?yes:no)} ${IFTIME(22:00-23:00,tue,14,nov?yes:no)}"), "yes yes");
        assert_eq!(
            value("${IFTIME(*,*,*,dec?yes:no)} ${IFTIME(25:61-26:00,*,*,*?yes:no)} ${IFTIME(*,*,*,*?\"a:b\":c)}"),
            "no no \"a"
        );
        assert_eq!(value("${IFTIME(17:13,*,*,*,America/New_York?yes:no)} [${IFTIME(*?)}]"), "yes []");
    }
}
