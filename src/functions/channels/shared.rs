//! `SHARED`

use std::sync::Arc;

use crate::channel::Channel;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets a variable that other channels can reach, of this channel or of the one named.
///
/// Shared variables are apart from the others: `${NAME}` does not see them. A prefix such as `SIP/2001` stands for the
/// channel whose name begins so.
pub static SHARED: Function = Function::new(
    "SHARED",
    "A variable that other channels can reach",
    &[Argument::required("variable", Kind::Variable), Argument::optional("channel", Kind::Channel)],
)
.reads(read)
.writes(write);

fn owner(context: &Context<'_>, name: Option<&str>) -> Result<Arc<Channel>, FunctionError> {
    let name = name.unwrap_or("");
    let found = if name.is_empty() { context.channel.cloned() } else { context.exchange.channels.find(name) };
    found.ok_or_else(|| FunctionError::not_found(format!("there is no channel `{name}`")))
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, channel] = fields::standard(arguments);
    let name = name.ok_or_else(|| FunctionError::arguments("a variable is needed"))?;
    let owner = owner(context, channel.as_deref())?;
    context.with_state(&owner, |state| out.push_str(state.shared.get(&name).unwrap_or("")));
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [name, channel] = fields::standard(arguments);
    let name = name.ok_or_else(|| FunctionError::arguments("a variable is needed"))?;
    let owner = owner(context, channel.as_deref())?;
    context.with_state(&owner, |state| state.shared.set(&name, value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn channels_share() {
        let bench = Bench::new("");
        let other = bench.call("2002");
        bench.set("OTHER", other.name());
        bench.set("SHARED(X)", "mine");
        bench.set(&format!("SHARED(X,{})", other.name()), "theirs");
        assert_eq!(
            bench.value("${SHARED(X)} ${SHARED(X,${OTHER})} [${X}] [${SHARED(X,Local/none)}]"),
            "mine theirs [] []"
        );
    }
}
