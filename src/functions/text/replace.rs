//! `REPLACE`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Replaces every one of the listed characters in a variable's value by one character, or takes them out.
///
/// Escapes such as `\\x2c` are written as in `FILTER`, their backslash doubled; ranges are not. Only the first character of the replacement counts.
pub static REPLACE: Function = Function::new(
    "REPLACE",
    "A variable's value with characters replaced",
    &[
        Argument::required("variable", Kind::Variable),
        Argument::required("characters", Kind::Text),
        Argument::optional("replacement", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, wanted, replacement] = fields::standard(arguments);
    let (Some(name), Some(wanted)) = (name.filter(|name| !name.is_empty()), wanted.filter(|text| !text.is_empty()))
    else {
        return Err(FunctionError::arguments("a variable and the characters to look for are needed"));
    };
    let wanted: Vec<char> = fields::encoded(&wanted).collect();
    let replacement = fields::delimiter(replacement.as_deref());
    for character in context.value_of(&name).chars() {
        if wanted.contains(&character) {
            out.extend(replacement);
        } else {
            out.push(character);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn characters_become_one_or_go() {
        let replace = |text: &str| value_with(&[("V", "a-b/c.d")], text);
        assert_eq!(replace("${REPLACE(V,-/.,_)} ${REPLACE(V,-)} ${REPLACE(V,/,xyz)}"), "a_b_c_d ab/c.d a-bxc.d");
        assert_eq!(replace("[${REPLACE(V,,x)}] [${REPLACE(N,a,b)}] ${REPLACE(V,a-d,x)}"), "[] [] xxb/c.x");
    }
}
