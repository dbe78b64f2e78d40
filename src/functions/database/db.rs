//! `DB`, `DB_EXISTS`, `DB_DELETE`

use super::{RESULT, failed, split};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("family/key", Kind::Text)];

/// Gives or sets a value of the AstDB, which all calls share. The value is also put into DB_RESULT.
pub static DB: Function = Function::new("DB", "A value of the AstDB", ARGUMENTS).reads(read).writes(write);

/// Gives 1 if there is such a value, otherwise 0, and puts the value into DB_RESULT.
pub static DB_EXISTS: Function = Function::new("DB_EXISTS", "Whether the AstDB has a value", ARGUMENTS).reads(exists);

/// Takes a value out of the AstDB and gives it; it is also put into DB_RESULT. `Set(DB_DELETE(family/key)=)` only
/// takes it out.
pub static DB_DELETE: Function =
    Function::new("DB_DELETE", "A value of the AstDB, taken out", ARGUMENTS).reads(delete).writes(delete_only);

/// The value, which DB_RESULT holds from then on.
fn fetch(context: &mut Context<'_>, arguments: &str) -> Result<Option<String>, FunctionError> {
    let (family, key) = split(arguments)?;
    let value = context.exchange.database.get(family, key).map_err(failed)?;
    if let Some(value) = &value {
        context.set(RESULT, value);
    }
    Ok(value)
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&fetch(context, arguments)?.unwrap_or_default());
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let (family, key) = split(arguments)?;
    context.exchange.database.put(family, key, value).map_err(failed)
}

fn exists(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push(if fetch(context, arguments)?.is_some() { '1' } else { '0' });
    Ok(())
}

fn delete(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let value = fetch(context, arguments)?.unwrap_or_default();
    let (family, key) = split(arguments)?;
    context.exchange.database.delete(family, key).map_err(failed)?;
    // What is read of DB_RESULT afterwards is the value, or nothing.
    context.set(RESULT, &value);
    out.push_str(&value);
    Ok(())
}

fn delete_only(context: &mut Context<'_>, arguments: &str, _: &str) -> Result<(), FunctionError> {
    delete(context, arguments, &mut String::new())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn values_come_and_go() {
        let bench = Bench::new("");
        bench.set("DB(fam/a/b)", "deep");
        assert_eq!(
            bench.value("${DB(fam/a/b)} ${DB_EXISTS(fam/a/b)} ${DB_RESULT} ${DB_EXISTS(fam/x)} [${DB_EXISTS(fam)}]"),
            "deep 1 deep 0 []"
        );
        assert_eq!(bench.value("${DB_DELETE(fam/a/b)} ${DB_RESULT} [${DB(fam/a/b)}]"), "deep deep []");
        bench.set("DB(fam/k)", "");
        assert_eq!(bench.value("[${DB(fam/k)}] ${DB_EXISTS(fam/k)}"), "[] 1");
        bench.set("DB_DELETE(fam/k)", "");
        assert_eq!(bench.value("${DB_EXISTS(fam/k)}"), "0");
    }
}
