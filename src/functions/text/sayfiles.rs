//! `SAYFILES`

use crate::applications::saying::{self, Language};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the sound files that say a value, joined by `&` as `Playback` takes them.
///
/// The type is `alpha` (unless told otherwise), `digits`, `money`, `number`, `ordinal` or `phonetic`:
/// `${SAYFILES(35,number)}` gives `digits/30&digits/5`. All are said as in English.
pub static SAYFILES: Function = Function::new(
    "SAYFILES",
    "The sound files that say a value",
    &[Argument::required("value", Kind::Text), Argument::optional("type", Kind::Text)],
)
.reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [value, kind] = fields::standard(arguments);
    let value = value.filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| FunctionError::arguments("what is to be said is needed"))?;
    let files = match kind.as_deref().map(str::trim).filter(|kind| !kind.is_empty()).unwrap_or("alpha") {
        "alpha" => saying::characters(&value),
        "digits" => saying::digits(&value),
        "phonetic" => saying::phonetic(&value),
        "money" => saying::money(&value, Language::English),
        // Asterisk has them in English whatever the channel speaks.
        "number" => saying::number(whole_number(&value)?, Language::English),
        "ordinal" => match whole_number(&value)? {
            0 => Vec::new(),
            number => saying::ordinal(number),
        },
        other => {
            return Err(FunctionError::arguments(format!(
                "`{other}` is none of alpha, digits, money, number, ordinal and phonetic"
            )));
        }
    };
    out.push_str(&files.join("&"));
    Ok(())
}

fn whole_number(value: &str) -> Result<i64, FunctionError> {
    let number = value.trim().parse::<i32>();
    number.map(i64::from).map_err(|_| FunctionError::value(format!("`{value}` is no whole number")))
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn the_files_are_those_that_the_applications_play() {
        let bench = Bench::new("");
        let value = |text: &str| bench.value(text);
        assert_eq!(value("${SAYFILES(35,number)}"), "digits/30&digits/5");
        assert_eq!(value("${SAYFILES(12*,digits)}"), "digits/1&digits/2&digits/star");
        assert_eq!(value("${SAYFILES(a1)}"), "letters/a&digits/1");
        assert_eq!(value("${SAYFILES(a,phonetic)}"), "phonetic/a_p");
        assert_eq!(value("${SAYFILES(1.05,money)}"), "digits/1&letters/dollar_&and&digits/5&cents");
        assert_eq!(value("${SAYFILES(121,ordinal)}"), "digits/1&digits/hundred&digits/20&digits/h-1");
        assert_eq!(value("[${SAYFILES(x,number)}${SAYFILES(1,words)}]"), "[]");
    }
}
