//! `DB_KEYS`, `DB_KEYCOUNT`

use std::fmt::Write as _;

use super::failed;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::optional("family", Kind::Text)];

/// Lists the keys and families right below a family, or the families at the top, with commas between them.
pub static DB_KEYS: Function = Function::new("DB_KEYS", "The keys below a family", ARGUMENTS).reads(keys);

/// Counts all values below a family.
pub static DB_KEYCOUNT: Function = Function::new("DB_KEYCOUNT", "How many values a family has", ARGUMENTS).reads(count);

fn keys(context: &mut Context<'_>, family: &str, out: &mut String) -> Result<(), FunctionError> {
    let family = family.trim_matches('/');
    let skipped = if family.is_empty() { 1 } else { family.len() + 2 };
    let mut keys: Vec<String> = Vec::new();
    for (key, _) in context.exchange.database.tree(family).map_err(failed)? {
        let next = key.get(skipped..).and_then(|rest| rest.split('/').next()).unwrap_or("");
        if !next.is_empty() && keys.last().is_none_or(|last| !last.eq_ignore_ascii_case(next)) {
            keys.push(next.to_owned());
        }
    }
    out.push_str(&keys.join(","));
    Ok(())
}

fn count(context: &mut Context<'_>, family: &str, out: &mut String) -> Result<(), FunctionError> {
    let _ = write!(out, "{}", context.exchange.database.tree(family).map_err(failed)?.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn one_level_at_a_time() {
        let bench = Bench::new("");
        for key in ["fam/b", "fam/a", "fam/c/d", "fam/c/e", "other/x"] {
            bench.set(&format!("DB({key})"), "1");
        }
        assert_eq!(
            bench.value("${DB_KEYS(fam)} ${DB_KEYS(fam/c)} ${DB_KEYS()} [${DB_KEYS(no)}]"),
            "a,b,c d,e fam,other []"
        );
        assert_eq!(bench.value("${DB_KEYCOUNT(fam)} ${DB_KEYCOUNT(fam/c)} ${DB_KEYCOUNT(no)}"), "4 2 0");
    }
}
