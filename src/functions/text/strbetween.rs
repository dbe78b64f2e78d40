//! `STRBETWEEN`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Puts a text between the characters of a variable's value, so that `SayDigits` or a tone pauses between them.
pub static STRBETWEEN: Function = Function::new(
    "STRBETWEEN",
    "A variable's value with a text between its characters",
    &[Argument::required("variable", Kind::Variable), Argument::required("between", Kind::Text)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(name), Some(between)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a variable and a text to insert are needed"));
    };
    let between: String = fields::encoded(&between).collect();
    for (at, character) in context.value_of(&name).chars().enumerate() {
        if at > 0 {
            out.push_str(&between);
        }
        out.push(character);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn characters_are_parted() {
        let parted = |text: &str| value_with(&[("V", "1234")], text);
        assert_eq!(
            parted("${STRBETWEEN(V,=>)} [${STRBETWEEN(V)}] [${STRBETWEEN(N,-)}] [${STRBETWEEN(V,\\,)}]"),
            "1=>2=>3=>4 [] [] [1,2,3,4]"
        );
    }
}
