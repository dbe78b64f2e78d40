//! `CUT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Takes fields out of a variable's value, counted from 1.
///
/// The first argument is the variable's name, not its value; a function stands there without `${}`. The delimiter is
/// one character, a dash if it is left out. The range is a number, `2-4`, `-2`, `2-`, or several joined by `&` in
/// rising order. Several fields come back with the delimiter between them.
pub static CUT: Function = Function::new(
    "CUT",
    "Fields of a variable's value",
    &[
        Argument::required("variable", Kind::Variable),
        Argument::optional("delimiter", Kind::Text),
        Argument::required("range", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(name), delimiter, Some(ranges)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a variable, a delimiter and a range are needed"));
    };
    let delimiter = fields::delimiter(delimiter.as_deref()).unwrap_or('-');
    let value = context.value_of(&name);
    let mut rest = value.split(delimiter);
    let mut next = 1;
    let mut count = 0;
    for range in ranges.split('&') {
        let Some((first, last)) = parse_range(range) else {
            return Err(FunctionError::arguments(format!("`{range}` is no range of fields")));
        };
        if value.is_empty() {
            continue;
        }
        while next < first && rest.next().is_some() {
            next += 1;
        }
        if next > first {
            context.warn(&format!("CUT: field {first} comes too late: fields are taken from left to right"));
        }
        while next <= last {
            let Some(field) = rest.next() else { break };
            if count > 0 {
                out.push(delimiter);
            }
            out.push_str(field);
            count += 1;
            next += 1;
        }
    }
    Ok(())
}

/// The first and the last field of a range.
fn parse_range(text: &str) -> Option<(i64, i64)> {
    if let Some(last) = text.strip_prefix('-') {
        return Some((1, fields::integer(last)?.0));
    }
    let (first, rest) = fields::integer(text)?;
    let Some(rest) = rest.strip_prefix('-') else { return Some((first, first)) };
    Some((first, fields::integer(rest).map_or(i64::MAX, |(last, _)| last)))
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn ranges_of_fields() {
        let cut = |text: &str| value_with(&[("V", "a-b-c-d")], text);
        assert_eq!(cut("${CUT(V,,2)} ${CUT(V,-,2-3)} ${CUT(V,-,-2)} ${CUT(V,-,3-)}"), "b b-c a-b c-d");
        assert_eq!(
            cut("[${CUT(V,-,1&3)}] [${CUT(V,-,9)}] [${CUT(V,-,0)}] [${CUT(V,-,x)}] [${CUT(V,-)}]"),
            "[a-c] [] [] [] []"
        );
    }

    #[tokio::test]
    async fn the_delimiter_may_be_any_character() {
        assert_eq!(value_with(&[("V", "äöü")], "${CUT(V,ö,2)}"), "ü");
        assert_eq!(value_with(&[("V", "a,b")], r"${CUT(V,\,,2)}"), "b");
    }
}
