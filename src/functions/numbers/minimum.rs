//! `MIN`, `MAX`

use super::{parse, write_number};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("one", Kind::Number), Argument::required("other", Kind::Number)];

/// Gives the smaller of two numbers. One that is missing does not count.
pub static MIN: Function = Function::new("MIN", "The smaller of two numbers", ARGUMENTS).reads(min);

/// Gives the greater of two numbers. One that is missing does not count.
pub static MAX: Function = Function::new("MAX", "The greater of two numbers", ARGUMENTS).reads(max);

fn pair(arguments: &str) -> Result<(f64, f64), FunctionError> {
    let [one, other] = fields::raw(arguments).map(|field| field.filter(|field| !field.is_empty()));
    Ok((parse(one.or(other))?, parse(other.or(one))?))
}

fn min(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (one, other) = pair(arguments)?;
    write_number(one.min(other), out);
    Ok(())
}

fn max(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (one, other) = pair(arguments)?;
    write_number(one.max(other), out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn of_two() {
        assert_eq!(
            value("${MIN(3,2)} ${MAX(-1,1)} ${MIN(2.5,2.25)} [${MIN(1)}] [${MAX(,4)}] [${MIN()}]"),
            "2 1 2.250000 [1] [4] []"
        );
    }
}
