//! `ICONV`

use crate::dialplan::template::text_from_bytes;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Converts a text from one character set to another: UTF-8, ISO 8859-1, ISO 8859-15, Windows-1252 and US-ASCII.
///
/// exten holds every text as UTF-8: bytes that a conversion makes and that are no UTF-8 show as `?`. What the target
/// does not have ends the text, unless the target says `//IGNORE` or `//TRANSLIT`.
pub static ICONV: Function = Function::new(
    "ICONV",
    "A text in another character set",
    &[
        Argument::required("from", Kind::Text),
        Argument::required("to", Kind::Text),
        Argument::required("text", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(from), Some(to), Some(text)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("two character sets and a text are needed"));
    };
    let (target, manner) = to.split_once("//").unwrap_or((&to, ""));
    let source = from.split("//").next().unwrap_or("");
    let (Some(source), Some(target)) = (Charset::parse(source), Charset::parse(target)) else {
        return Err(FunctionError::arguments(format!("there is no conversion from `{from}` to `{to}`")));
    };
    let manner = manner.to_ascii_uppercase();
    let mut bytes = Vec::with_capacity(text.len());
    for character in source.decode(&text) {
        let fits = target.encode(character, &mut bytes);
        if fits || manner.contains("IGNORE") {
            continue;
        }
        if manner.contains("TRANSLIT") {
            bytes.push(b'?');
            continue;
        }
        context.warn(&format!("ICONV: {to} has no `{character}`: the text ends there"));
        break;
    }
    out.push_str(&text_from_bytes(&bytes));
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Charset {
    Ascii,
    Utf8,
    Latin1,
    Latin9,
    Windows1252,
}

/// Where ISO 8859-15 differs from ISO 8859-1.
const LATIN9: [(u8, char); 8] =
    [(0xa4, '€'), (0xa6, 'Š'), (0xa8, 'š'), (0xb4, 'Ž'), (0xb8, 'ž'), (0xbc, 'Œ'), (0xbd, 'œ'), (0xbe, 'Ÿ')];

/// Windows-1252 from 0x80 to 0x9f; blanks are not assigned.
const WINDOWS1252: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

impl Charset {
    fn parse(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        Some(match plain.as_str() {
            "usascii" | "ascii" | "ansix341968" => Self::Ascii,
            "utf8" => Self::Utf8,
            "iso88591" | "latin1" | "l1" => Self::Latin1,
            "iso885915" | "latin9" => Self::Latin9,
            "windows1252" | "cp1252" => Self::Windows1252,
            _ => return None,
        })
    }

    fn decode(self, text: &str) -> Vec<char> {
        match self {
            Self::Utf8 => text.chars().collect(),
            _ => text.bytes().map(|byte| self.character(byte)).collect(),
        }
    }

    fn character(self, byte: u8) -> char {
        let special = match self {
            Self::Latin9 => LATIN9.iter().find(|(code, _)| *code == byte).map(|(_, character)| *character),
            Self::Windows1252 if (0x80..0xa0).contains(&byte) => WINDOWS1252.chars().nth(usize::from(byte - 0x80)),
            _ => None,
        };
        special.unwrap_or(char::from(byte))
    }

    /// Appends the character; false if the set does not have it.
    fn encode(self, character: char, bytes: &mut Vec<u8>) -> bool {
        if character.is_ascii() || self == Self::Utf8 {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return true;
        }
        if self == Self::Ascii {
            return false;
        }
        let byte = (0x80..=0xff_u8).find(|byte| self.character(*byte) == character);
        bytes.extend(byte);
        byte.is_some()
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn sets_are_converted() {
        assert_eq!(value("${ICONV(iso-8859-1,utf-8,abc)} ${ICONV(utf-8,us-ascii,größe)}"), "abc gr");
        assert_eq!(
            value("${ICONV(utf-8,us-ascii//IGNORE,größe)} ${ICONV(utf-8,us-ascii//TRANSLIT,größe)}"),
            "gre gr??e"
        );
        assert_eq!(value("${ICONV(utf-8,latin1,ö)} ${ICONV(latin1,utf-8,ö)} [${ICONV(none,utf-8,a)}]"), "? Ã¶ []");
    }
}
