//! `TXTCIDNAME`

use super::enumlookup::{ZONE, given};
use super::naptr::domain;
use super::resolver;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the name of a caller from the TXT record of the number in the DNS. The call waits for the answer; where there
/// is none, the value is empty.
pub static TXTCIDNAME: Function = Function::new(
    "TXTCIDNAME",
    "The name of a number by its TXT record",
    &[Argument::required("number", Kind::Text), Argument::optional("zone-suffix", Kind::Text)],
)
.reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [number, zone] = fields::standard(arguments);
    let number = given(number, "");
    if number.is_empty() {
        return Err(FunctionError::arguments("a number is needed"));
    }
    out.push_str(&resolver::text(domain(&number, &given(zone, ZONE)))?.unwrap_or_default());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn a_number_is_needed() {
        assert_eq!(Bench::new("").value("[${TXTCIDNAME()}]"), "[]");
    }
}
