//! `CHANNELS`, `CHANNEL_EXISTS`

use crate::dialplan::expression::posix_pattern;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Lists the names of all channels, or of those that match a regular expression, with blanks between them.
pub static CHANNELS: Function =
    Function::new("CHANNELS", "The names of all channels", &[Argument::optional("expression", Kind::Text)]).reads(list);

/// Gives 1 if there is a channel of that name or unique id, otherwise 0.
pub static CHANNEL_EXISTS: Function =
    Function::new("CHANNEL_EXISTS", "Whether there is a channel", &[Argument::required("channel", Kind::Channel)])
        .reads(exists);

fn list(context: &mut Context<'_>, expression: &str, out: &mut String) -> Result<(), FunctionError> {
    let pattern = posix_pattern(expression, true)
        .map_err(|reason| FunctionError::arguments(format!("`{expression}` is no regular expression: {reason}")))?;
    let names: Vec<_> = context.exchange.channels.all().iter().map(|channel| channel.name().to_string()).collect();
    let names: Vec<_> = names.into_iter().filter(|name| pattern.is_match(name)).collect();
    out.push_str(&names.join(" "));
    Ok(())
}

fn exists(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::arguments("the name of a channel is needed"));
    }
    out.push(if context.exchange.channels.find(name).is_some() { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_is_there() {
        let bench = Bench::new("");
        let other = bench.call("2002");
        assert_eq!(bench.value("${CHANNEL_EXISTS(${CHANNEL})} ${CHANNEL_EXISTS(Local/none)}"), "1 0");
        assert_eq!(bench.value("${CHANNELS(2002)}"), other.name().to_string());
        assert_eq!(bench.value("${CHANNELS()}"), format!("{} {}", bench.channel.name(), other.name()));
    }
}
