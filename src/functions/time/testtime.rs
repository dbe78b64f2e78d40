//! `TESTTIME`

use super::{parse, zone};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// The variable that holds the pretended time, in seconds since 1970.
const VARIABLE: &str = "TESTTIME";

/// `Set(TESTTIME()=2023/11/14 22:13:20 UTC)` makes `GotoIfTime` and `ExecIfTime` of this call believe that it is that
/// time; `Set(TESTTIME()=0)` ends it.
///
/// The date is written year/month/day, and a zone may stand at the end. The time stands still, in the variable
/// TESTTIME. Without a date the present one is meant.
pub static TESTTIME: Function =
    Function::new("TESTTIME", "Pretends a time", &[Argument::optional("date", Kind::Text)]).writes(write);

fn write(context: &mut Context<'_>, _: &str, value: &str) -> Result<(), FunctionError> {
    let mut words = value.split_whitespace();
    if value.trim() == "0" || value.trim().is_empty() {
        context.state.variables.remove(VARIABLE);
        return Ok(());
    }
    let date = words.next().unwrap_or("");
    let time = words.next().unwrap_or("");
    let zone = zone(context, words.next().unwrap_or(""));
    let format = if time.matches(':').count() == 1 { "%Y/%m/%d %H:%M" } else { "%Y/%m/%d %H:%M:%S" };
    let moment = parse::read(&format!("{date} {time}"), format, &zone)
        .ok_or_else(|| FunctionError::value(format!("`{value}` is no time of the form 2023/11/14 22:13:20")))?;
    let seconds = moment.timestamp().as_second().to_string();
    context.set(VARIABLE, &seconds);
    Ok(())
}

/// The time that the call is to believe in, if it is made to. A value that is no number is warned of and forgotten.
pub fn pretended(context: &mut Context<'_>) -> Option<jiff::Timestamp> {
    let value = context.state.variables.get(VARIABLE)?.to_owned();
    let seconds = fields::integer(&value).map(|(seconds, _)| seconds);
    if seconds.is_none() {
        context.warn(&format!("TESTTIME is `{value}`, which is no time: the present time counts"));
        context.state.variables.remove(VARIABLE);
    }
    jiff::Timestamp::from_second(seconds?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn the_time_is_kept_in_a_variable() {
        let bench = Bench::new("");
        bench.set("TESTTIME()", "2023/11/15 12:00:00 America/New_York");
        assert_eq!(bench.value("${TESTTIME}"), "1700067600");
        assert_eq!(bench.with(pretended).map(|time| time.as_second()), Some(1_700_067_600));
        bench.set("TESTTIME()", "0");
        assert_eq!(bench.value("[${TESTTIME}]"), "[]");
        bench.set("TESTTIME", "soon");
        assert_eq!(bench.with(pretended), None);
        assert_eq!(bench.value("[${TESTTIME}]"), "[]");
    }
}
