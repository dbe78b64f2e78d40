//! `IMPORT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a variable, or a function, of another channel.
pub static IMPORT: Function = Function::new(
    "IMPORT",
    "A variable of another channel",
    &[Argument::required("channel", Kind::Channel), Argument::required("variable", Kind::Variable)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(channel), Some(variable)] = fields::standard(arguments) else { return Ok(()) };
    if let Some(other) = context.exchange.channels.find(&channel) {
        let value = context.as_channel(&other, |context| context.value_of(&variable));
        out.push_str(&value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn values_of_another_channel() {
        let bench = Bench::new("");
        let other = bench.call("2002");
        other.state().variables.set("X", "theirs");
        bench.set("OTHER", other.name());
        assert_eq!(
            bench.value("${IMPORT(${OTHER},X)} ${IMPORT(${OTHER},LEN(abc))} [${IMPORT(Local/none,X)}]"),
            "theirs 3 []"
        );
        assert_eq!(bench.value("[${IMPORT(${CHANNEL},X)}]"), "[]");
    }
}
