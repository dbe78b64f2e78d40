//! `SORT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Sorts keys by the numbers given with them: `a:3,b:1` gives `b,a`.
pub static SORT: Function =
    Function::new("SORT", "Keys sorted by their numbers", &[Argument::required("key:number,…", Kind::Text)])
        .reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::arguments("keys and numbers are needed"));
    }
    let mut entries = Vec::new();
    for entry in arguments.split(',') {
        // What has no number is left out.
        if let Some((key, number)) = entry.split_once(':') {
            entries.push((key, fields::float(number).unwrap_or(0.0)));
        }
    }
    entries.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let keys: Vec<&str> = entries.into_iter().map(|(key, _)| key).collect();
    out.push_str(&keys.join(","));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn numbers_decide() {
        assert_eq!(value("${SORT(a:3,b:-1.5,c:2,d:2)} [${SORT()}]"), "b,c,d,a []");
    }
}
