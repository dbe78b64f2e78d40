//! `IAXVAR`, `IAXPEER`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives and sets a variable for the far end of an IAX trunk. exten speaks no IAX: the variable stays on the channel,
/// where it can be read back.
pub static IAXVAR: Function =
    Function::new("IAXVAR", "A variable for an IAX trunk", &[Argument::required("name", Kind::Text)])
        .reads(read)
        .writes(write);

/// Would give a fact about an IAX peer. exten speaks no IAX and has none: it is empty, with a warning.
pub static IAXPEER: Function = Function::new(
    "IAXPEER",
    "A fact about an IAX peer",
    &[Argument::required("peer", Kind::Text), Argument::optional("item", Kind::Text)],
)
.reads(|_, _, _| Err(FunctionError::not_found("exten speaks no IAX, so there are no peers of it")));

fn setting(name: &str) -> String {
    format!("IAXVAR/{name}")
}

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(context.state.settings.get(&setting(name)).unwrap_or(""));
    Ok(())
}

fn write(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    context.state.settings.set(&setting(name), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn a_variable_stays_on_the_channel() {
        let bench = Bench::new("");
        bench.set("IAXVAR(colour)", "red");
        assert_eq!(bench.value("${IAXVAR(colour)} [${IAXVAR(none)}] [${colour}] [${IAXPEER(a,ip)}]"), "red [] [] []");
    }
}
