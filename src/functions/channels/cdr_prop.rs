//! `CDR_PROP`

use crate::conf::is_true;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(CDR_PROP(disable)=1)` makes the call leave no record, `=0` makes it leave one again.
///
/// `party_a` makes the channel the first party of records with others where it would be the second, as a channel that was
/// called.
pub static CDR_PROP: Function =
    Function::new("CDR_PROP", "Whether there is a call record", &[Argument::required("property", Kind::Text)])
        .writes(write);

fn write(context: &mut Context<'_>, property: &str, value: &str) -> Result<(), FunctionError> {
    match property.trim().to_ascii_lowercase().as_str() {
        "disable" => context.state.records.is_disabled = is_true(value),
        "party_a" => context.state.records.is_first_party = is_true(value),
        other => return Err(FunctionError::arguments(format!("`{other}` is no property of a call record"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn records_can_be_switched_off() {
        let bench = Bench::new("");
        bench.set("CDR_PROP(disable)", "1");
        assert!(bench.with(|context| context.state.records.is_disabled));
    }
}
