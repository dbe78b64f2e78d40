//! `JSON_DECODE`

use serde_json::Value;

use crate::functions::fields;
use crate::functions::text::sprintf::general;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Takes a member out of the JSON text that a variable holds.
///
/// The path names the members one within the other, divided by the separator (a full stop, unless another is given);
/// elements of arrays count from 0. Option `c` gives the number of elements instead. True is 1, false is 0, null is
/// empty; an object or an array comes back as JSON.
pub static JSON_DECODE: Function = Function::new(
    "JSON_DECODE",
    "A member of a JSON text",
    &[
        Argument::required("variable", Kind::Variable),
        Argument::required("path", Kind::Text),
        Argument::optional("separator", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, path, separator, options] = fields::standard(arguments);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| FunctionError::arguments("a variable is needed"))?;
    let path = path.filter(|path| !path.is_empty()).ok_or_else(|| FunctionError::arguments("a path is needed"))?;
    let separator = separator.as_deref().and_then(|separator| separator.chars().next()).unwrap_or('.');
    let text = context.value_of(&name);
    if text.is_empty() {
        return Ok(());
    }
    let root: Value = serde_json::from_str(&text)
        .ok()
        .filter(|root: &Value| root.is_object() || root.is_array())
        .ok_or_else(|| FunctionError::value(format!("`{text}` is no JSON")))?;
    let Some(member) = find(&root, &path, separator) else { return Ok(()) };
    if options.is_some_and(|options| options.contains('c')) {
        let count = match member {
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        out.push_str(&count.to_string());
        return Ok(());
    }
    match member {
        Value::Null => {}
        Value::Bool(truth) => out.push(if *truth { '1' } else { '0' }),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => {
                if number < 0.0 {
                    out.push('-');
                }
                out.push_str(&general(number.abs(), 17, false));
            }
            None => out.push_str(&number.to_string()),
        },
        Value::String(text) => out.push_str(text),
        whole => out.push_str(&whole.to_string()),
    }
    Ok(())
}

fn find<'a>(root: &'a Value, path: &str, separator: char) -> Option<&'a Value> {
    path.split(separator).try_fold(root, |value, key| match value {
        Value::Object(members) => members.get(key),
        Value::Array(elements) => elements.get(key.parse::<usize>().ok()?),
        // What is no container is as deep as the path can go.
        other => Some(other),
    })
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn members_are_found() {
        let json = r#"{"a": {"b": {"c": "deep"}}, "l": ["x", "y"], "t": true, "n": null, "d": 1.5, "i": 7}"#;
        let decode = |text: &str| value_with(&[("J", json)], text);
        assert_eq!(
            decode("${JSON_DECODE(J,a.b.c)} ${JSON_DECODE(J,a/b,/)} ${JSON_DECODE(J,l.1)}"),
            r#"deep {"c":"deep"} y"#
        );
        assert_eq!(
            decode(
                "${JSON_DECODE(J,t)}${JSON_DECODE(J,n)} ${JSON_DECODE(J,d)} ${JSON_DECODE(J,i)} ${JSON_DECODE(J,l,.,c)}"
            ),
            "1 1.5 7 2"
        );
        assert_eq!(decode("[${JSON_DECODE(J,none)}] [${JSON_DECODE(J)}] [${JSON_DECODE(N,a)}]"), "[] [] []");
    }
}
