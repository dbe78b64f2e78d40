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
    let mut rest = value.split(delimiter).peekable();
    let mut next = 1;
    let mut count = 0;
    for range in ranges.split('&') {
        // What comes when all fields are taken is not looked at.
        if value.is_empty() || rest.peek().is_none() {
            break;
        }
        let Some((first, last)) = parse_range(range) else {
            return Err(FunctionError::arguments(format!("`{range}` is no range of fields")));
        };
        while next < first && rest.next().is_some() {
            next += 1;
        }
        if next > first && first != OPEN {
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

/// The first field of a range that begins with a dash.
const OPEN: i64 = i64::MIN;

/// The first and the last field of a range, read as C's `scanf` does: a range `-2-4` goes from minus 2 to 4.
fn parse_range(text: &str) -> Option<(i64, i64)> {
    let (first, rest) = fields::integer(text)?;
    let last = rest.strip_prefix('-').map(|rest| fields::integer(rest).map(|(last, _)| last));
    match last {
        Some(Some(last)) => Some((first, last)),
        _ if text.starts_with('-') => Some((OPEN, first.saturating_neg())),
        Some(None) => Some((first, i64::MAX)),
        None => Some((first, first)),
    }
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
        assert_eq!(
            cut("[${CUT(V,-,-2-4)}] [${CUT(V,-,3&1)}] [${CUT(V,-,2-3x)}] [${CUT(V,-,)}]"),
            "[a-b-c-d] [c] [b-c] []"
        );
        assert_eq!(cut("[${CUT(V,-,4&x)}] [${CUT(V,-,1&x)}] [${CUT(V,-,3-2)}] [${CUT(V,-,-)}]"), "[d] [] [] []");
    }

    #[tokio::test]
    async fn the_delimiter_may_be_any_character() {
        assert_eq!(value_with(&[("V", "äöü")], "${CUT(V,ö,2)}"), "ü");
        assert_eq!(value_with(&[("V", "a,b")], r"${CUT(V,\,,2)}"), "b");
    }
}
