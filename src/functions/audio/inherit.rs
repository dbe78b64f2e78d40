//! `AUDIOHOOK_INHERIT`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Did something in Asterisk before 12. Here, as there since, a recording stays with its channel wherever that goes, and
/// nothing needs to be set.
pub static AUDIOHOOK_INHERIT: Function = Function::new(
    "AUDIOHOOK_INHERIT",
    "Without effect: recordings stay with their channel anyway",
    &[Argument::required("source", Kind::Text)],
)
.writes(write);

fn write(_context: &mut Context<'_>, _arguments: &str, _value: &str) -> Result<(), FunctionError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn old_plans_may_set_it() {
        let bench = Bench::new("");
        bench.set("AUDIOHOOK_INHERIT(MixMonitor)", "yes");
    }
}
