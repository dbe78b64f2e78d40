//! `TIMEOUT`

use std::time::Duration;

use tokio::time::Instant;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Exchange, Function, FunctionError, Kind};

/// Gives or sets a limit, in seconds and their fractions.
///
/// `absolute`: the time left until the call is ended, 0 for no limit. `digit`: the wait for the next digit of an
/// extension. `response`: the wait for the first one. The first letter is enough, in any case.
pub static TIMEOUT: Function =
    Function::new("TIMEOUT", "A limit of time", &[Argument::required("absolute|digit|response", Kind::Text)])
        .reads(read)
        .writes(write);

/// The first letter, in small.
fn kind(text: &str) -> Option<u8> {
    text.trim_start().bytes().next().map(|byte| byte.to_ascii_lowercase())
}

fn unknown(text: &str) -> FunctionError {
    FunctionError::arguments(format!("`{text}` is none of absolute, digit and response"))
}

fn read(context: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    let timeouts = context.state.timeouts;
    let seconds = |limit: Duration| format!("{:.3}", limit.as_secs_f64());
    let value = match kind(text) {
        Some(b'a') => match timeouts.absolute {
            Some(end) => seconds(end.saturating_duration_since(Instant::now())),
            None => "0".to_owned(),
        },
        Some(b'd') => seconds(timeouts.digit),
        Some(b'r') => seconds(timeouts.response),
        _ => return Err(unknown(text)),
    };
    out.push_str(&value);
    Ok(())
}

fn write(context: &mut Context<'_>, text: &str, value: &str) -> Result<(), FunctionError> {
    // Digits and a full stop only: an exponent does not count.
    let digits = value.trim_start();
    let length = digits.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+')).count();
    let seconds = fields::float(digits.get(..length).unwrap_or("")).unwrap_or(0.0);
    let limit = Exchange::pause(seconds);
    let timeouts = &mut context.state.timeouts;
    match kind(text) {
        Some(b'a') => {
            // A limit beyond the clock's end is none.
            timeouts.absolute = (seconds > 0.0).then(|| Instant::now().checked_add(limit)).flatten();
        }
        Some(b'd') => timeouts.digit = limit,
        Some(b'r') => timeouts.response = limit,
        _ => return Err(unknown(text)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::functions::tests::Bench;

    #[tokio::test(start_paused = true)]
    async fn limits() {
        let bench = Bench::new("");
        assert_eq!(bench.value("${TIMEOUT(absolute)} ${TIMEOUT(digit)} ${TIMEOUT(response)}"), "0 5.000 10.000");
        bench.set("TIMEOUT(DIGIT)", "2.5");
        bench.set("TIMEOUT(response)", "abc");
        bench.set("TIMEOUT(absolute)", "100");
        tokio::time::advance(Duration::from_secs(40)).await;
        assert_eq!(
            bench.value("${TIMEOUT(a)} ${TIMEOUT(d)} ${TIMEOUT(response)} [${TIMEOUT(x)}]"),
            "60.000 2.500 0.000 []"
        );
        bench.set("TIMEOUT(absolute)", "0");
        assert_eq!(bench.value("${TIMEOUT(absolute)}"), "0");
    }
}
