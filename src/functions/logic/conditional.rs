//! `IF`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind, condition};

/// Gives one of two texts: `IF(condition?text:other text)`.
///
/// Both are substituted before the choice. Quotes around a text with a colon keep it together.
pub static IF: Function =
    Function::new("IF", "One of two texts", &[Argument::required("condition?text:text", Kind::Text)]).reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [condition, branches] = fields::separated(arguments, '?');
    let [yes, no] = fields::separated(branches.as_deref().unwrap_or(""), ':');
    let condition = condition.filter(|condition| !condition.is_empty());
    let Some(condition) = condition.filter(|_| yes.is_some() || no.is_some()) else {
        return Err(FunctionError::arguments("a condition and at least one text are needed: condition?text:text"));
    };
    let branch = if condition::holds(condition.trim()) { yes } else { no };
    out.push_str(branch.as_deref().unwrap_or("").trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn conditions() {
        assert_eq!(
            value("${IF(1?yes:no)} ${IF(0.5? yes : no )} [${IF(1?:no)}] ${IF(abc?t:f)} ${IF( ?t:f)} [${IF(?t:f)}]"),
            "yes no [] t f []"
        );
    }

    #[tokio::test]
    async fn colons_and_commas_in_a_text() {
        assert_eq!(
            value("${IF(1?\"a:b\":c)} ${IF(0?a:\"b:c\")} ${IF(1?a,b:c)} ${IF(0?a:b:c)} ${IF(1?what?:no)}"),
            "a:b \"b:c\" a,b b:c what?"
        );
    }
}
