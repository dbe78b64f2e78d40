//! `KEYPADHASH`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the keys of a telephone that carry a word's letters: `Les` is 537. Other characters are left out.
pub static KEYPADHASH: Function =
    Function::new("KEYPADHASH", "A word as keys of a telephone", &[Argument::required("word", Kind::Text)]).reads(read);

fn read(_: &mut Context<'_>, word: &str, out: &mut String) -> Result<(), FunctionError> {
    for character in word.chars() {
        out.push(match character.to_ascii_lowercase() {
            '1' => '1',
            '0' => '0',
            '2' | 'a'..='c' => '2',
            '3' | 'd'..='f' => '3',
            '4' | 'g'..='i' => '4',
            '5' | 'j'..='l' => '5',
            '6' | 'm'..='o' => '6',
            '7' | 'p'..='s' => '7',
            '8' | 't'..='v' => '8',
            '9' | 'w'..='z' => '9',
            _ => continue,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn letters_become_keys() {
        assert_eq!(value("${KEYPADHASH(Les)} ${KEYPADHASH(a-z 09)}"), "537 2909");
    }
}
