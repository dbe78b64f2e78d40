//! `VERSION`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the version of exten; with `ASTERISK_VERSION_NUM` the number of the Asterisk version that it follows, 200000.
pub static VERSION: Function =
    Function::new("VERSION", "The version", &[Argument::optional("item", Kind::Text)]).reads(read);

fn read(_: &mut Context<'_>, item: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(match item {
        "" => env!("CARGO_PKG_VERSION"),
        "ASTERISK_VERSION_NUM" => "200000",
        other => return Err(FunctionError::arguments(format!("nothing is known about `{other}`"))),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn of_exten_and_of_what_it_follows() {
        assert_eq!(
            value("${VERSION()} ${VERSION(ASTERISK_VERSION_NUM)}"),
            concat!(env!("CARGO_PKG_VERSION"), " 200000")
        );
    }
}
