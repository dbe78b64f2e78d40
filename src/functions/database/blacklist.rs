//! `BLACKLIST`

use super::failed;
use crate::interpreter::{Context, Function, FunctionError};

/// Gives 1 if the caller's number or name is a key of the family `blacklist` in the AstDB, otherwise 0.
pub static BLACKLIST: Function = Function::new("BLACKLIST", "Whether the caller is unwanted", &[]).reads(read);

fn read(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    let mut is_listed = false;
    for key in [context.state.caller.number(), context.state.caller.name()] {
        is_listed |= !key.is_empty() && context.exchange.database.get("blacklist", key).map_err(failed)?.is_some();
    }
    out.push(if is_listed { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn by_number_or_name() {
        let bench = Bench::new("Ann <2001>");
        assert_eq!(bench.value("${BLACKLIST()}"), "0");
        bench.set("DB(blacklist/Ann)", "1");
        assert_eq!(bench.value("${BLACKLIST()}"), "1");
    }
}
