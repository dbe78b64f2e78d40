//! `HASH`, `HASHKEYS`

use super::{FIELDS, keys, variable};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets the value of a key.
///
/// Without a key, reading gives all values with commas between them, newest first, and writing assigns values to the
/// keys that were read that way last.
pub static HASH: Function = Function::new(
    "HASH",
    "A value of a hash",
    &[Argument::required("hash", Kind::Text), Argument::optional("key", Kind::Text)],
)
.reads(read)
.writes(write);

/// Gives the keys of a hash with commas between them, newest first.
pub static HASHKEYS: Function =
    Function::new("HASHKEYS", "The keys of a hash", &[Argument::required("hash", Kind::Text)]).reads(read_keys);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [hash, key] = fields::standard(arguments);
    let Some(hash) = hash else { return Ok(()) };
    if let Some(key) = key {
        out.push_str(context.state.variables.get(&variable(&hash, &key)).unwrap_or(""));
        return Ok(());
    }
    let keys = keys(&context.state.variables, &hash);
    context.set(FIELDS, &keys.join(","));
    let values: Vec<&str> =
        keys.iter().map(|key| context.state.variables.get(&variable(&hash, key)).unwrap_or("")).collect();
    out.push_str(&values.join(","));
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [hash, key] = fields::standard(arguments);
    let hash = hash.ok_or_else(|| FunctionError::arguments("a hash is needed"))?;
    let known = context.state.variables.get(FIELDS).unwrap_or("").to_owned();
    // One underscore or two before the hash's name let its values be inherited.
    let plain = hash.strip_prefix("__").or_else(|| hash.strip_prefix('_')).unwrap_or(&hash);
    let inheritance = hash.strip_suffix(plain).unwrap_or("");
    let mut put = |key: &str, value: &str| {
        let name = variable(plain, key);
        // A key that is set again becomes the newest.
        context.state.variables.remove(&name);
        context.set(&format!("{inheritance}{name}"), value);
    };
    if let Some(key) = key {
        put(&key, value);
        return Ok(());
    }
    let values = fields::all(value);
    for (at, key) in fields::all(&known).iter().enumerate().filter(|(_, key)| !key.is_empty()) {
        put(key, values.get(at).map_or("", String::as_str));
    }
    Ok(())
}

fn read_keys(context: &mut Context<'_>, hash: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&keys(&context.state.variables, hash).join(","));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn values_by_key() {
        let bench = Bench::new("");
        bench.set("HASH(h,a)", "1");
        bench.set("HASH(h,b)", "2");
        assert_eq!(
            bench.value("${HASH(h,a)} [${HASH(h,c)}] ${HASHKEYS(h)} ${HASH(h)} ${~HASH~h~a~}"),
            "1 [] b,a 2,1 1"
        );
        bench.set("HASH(row)", "x,y");
        assert_eq!(bench.value("${HASH(row,b)} ${HASH(row,a)} [${HASH()}]"), "x y []");
        bench.with(|context| crate::functions::hash::clear(context, "h"));
        assert_eq!(bench.value("[${HASHKEYS(h)}]"), "[]");
    }
}
