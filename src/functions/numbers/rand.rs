//! `RAND`

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a random whole number from `least` (0) to `most` (2147483647), both included. Swapped bounds are put right.
pub static RAND: Function = Function::new(
    "RAND",
    "A random number",
    &[Argument::optional("least", Kind::Number), Argument::optional("most", Kind::Number)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [least, most] = fields::raw(arguments);
    let bound = |text: Option<&str>, otherwise| text.and_then(fields::integer).map_or(otherwise, |(number, _)| number);
    let (least, most) = (bound(least, 0), bound(most, i64::from(i32::MAX)));
    let _ = write!(out, "{}", context.exchange.random(least.min(most), least.max(most)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn within_the_bounds() {
        assert_eq!(value("${RAND(5,5)}"), "5");
        let number: i64 = value("${RAND(6,1)}").parse().unwrap();
        assert!((1..=6).contains(&number));
    }
}
