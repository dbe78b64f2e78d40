//! `STRREPLACE`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Replaces a text within a variable's value by another, everywhere or only the first few times.
pub static STRREPLACE: Function = Function::new(
    "STRREPLACE",
    "A variable's value with a text replaced",
    &[
        Argument::required("variable", Kind::Variable),
        Argument::required("search", Kind::Text),
        Argument::optional("replacement", Kind::Text),
        Argument::optional("most", Kind::Number),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, search, replacement, most] = fields::standard(arguments);
    let (Some(name), Some(search)) = (name, search.filter(|search| !search.is_empty())) else {
        return Err(FunctionError::arguments("a variable and a text to look for are needed"));
    };
    let value = context.value_of(&name);
    let replacement = replacement.unwrap_or_default();
    let most = most.as_deref().and_then(fields::integer).map(|(most, _)| most).filter(|most| *most > 0);
    let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    out.push_str(&value.replacen(&search, &replacement, most));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn texts_are_replaced() {
        let replace = |text: &str| value_with(&[("V", "aXbX,cX")], text);
        assert_eq!(replace("${STRREPLACE(V,X,--,2)} ${STRREPLACE(V,X)}"), "a--b--,cX ab,c");
        assert_eq!(replace(r"${STRREPLACE(V,\,, and )} [${STRREPLACE(V,,x)}]"), "aXbX and cX []");
    }
}
