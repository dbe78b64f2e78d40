//! `EXPORT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(EXPORT(channel,variable)=value)` sets a variable, or writes a function, of another channel.
pub static EXPORT: Function = Function::new(
    "EXPORT",
    "Sets a variable of another channel",
    &[Argument::required("channel", Kind::Channel), Argument::required("variable", Kind::Variable)],
)
.writes(write);

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [Some(channel), Some(variable)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a channel and a variable are needed"));
    };
    let other = context.exchange.channels.find(&channel);
    let other = other.ok_or_else(|| FunctionError::not_found(format!("there is no channel `{channel}`")))?;
    context.as_channel(&other, |context| context.set(&variable, value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn a_variable_of_another_channel() {
        let bench = Bench::new("");
        bench.set("EXPORT(none,COLOUR)", "red");
        assert_eq!(bench.value("[${COLOUR}]"), "[]");
        let own = bench.value("${CHANNEL}");
        bench.set(&format!("EXPORT({own},COLOUR)"), "red");
        assert_eq!(bench.value("[${COLOUR}] [${EXPORT(none,COLOUR)}]"), "[red] []");
    }
}
