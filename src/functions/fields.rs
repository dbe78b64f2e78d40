//! Taking a function's arguments apart, in the ways in which Asterisk's functions do.
//!
//! The last of the wanted arguments takes all that is left, commas included and untouched. An argument that is not
//! there is `None`; one that is there and empty is `Some("")`, also one behind a separator at the very end.

/// Splits at commas outside parentheses, brackets and quotes; takes out quotes, and backslashes that protect the next
/// character.
pub fn standard<const N: usize>(text: &str) -> [Option<String>; N] {
    separated(text, ',')
}

/// The same with another separator.
pub fn separated<const N: usize>(text: &str, separator: char) -> [Option<String>; N] {
    raw_separated(text, separator).map(|field| {
        let Field { text, is_last } = field?;
        Some(if is_last { text.to_owned() } else { without_quotes(text) })
    })
}

/// Splits at the same places and takes nothing out.
pub fn raw<const N: usize>(text: &str) -> [Option<&str>; N] {
    raw_separated(text, ',').map(|field| field.map(|field| field.text))
}

/// Splits into as many fields as there are; quotes and backslashes are taken out.
pub fn all(text: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (field, after) = split_once(text, ',');
        fields.push(without_quotes(field));
        rest = after;
    }
    fields
}

#[derive(Clone, Copy)]
struct Field<'a> {
    text: &'a str,
    is_last: bool,
}

fn raw_separated<const N: usize>(text: &str, separator: char) -> [Option<Field<'_>>; N] {
    let mut fields = [None; N];
    let mut rest = Some(text).filter(|text| !text.is_empty());
    for (at, slot) in fields.iter_mut().enumerate() {
        let Some(text) = rest else { break };
        if at + 1 == N {
            *slot = Some(Field { text, is_last: true });
            break;
        }
        let (field, after) = split_once(text, separator);
        *slot = Some(Field { text: field, is_last: false });
        rest = after;
    }
    fields
}

/// The text up to the first separator that separates, and what follows it.
fn split_once(text: &str, separator: char) -> (&str, Option<&str>) {
    let (mut parentheses, mut brackets, mut quoted, mut escaped) = (0_u32, 0_u32, false, false);
    for (at, character) in text.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match character {
            '\\' => escaped = true,
            '"' if separator != '"' => quoted = !quoted,
            '(' => parentheses += 1,
            ')' => parentheses = parentheses.saturating_sub(1),
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ if character == separator && parentheses == 0 && brackets == 0 && !quoted => {
                let (field, rest) = text.split_at(at);
                return (field, rest.get(character.len_utf8()..));
            }
            _ => {}
        }
    }
    (text, None)
}

fn without_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            '"' => {}
            other => out.push(other),
        }
    }
    out
}

/// The value of a delimiter argument: its first character, where `\n`, `\t`, `\x2d`, `\054` and so on stand for others.
/// `None` if it is empty.
pub fn delimiter(text: Option<&str>) -> Option<char> {
    encoded(text?).next()
}

/// All characters of a text with such escapes.
pub fn encoded(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text;
    std::iter::from_fn(move || take_encoded(&mut rest))
}

/// Takes the next character, or the one that an escape stands for, off the front.
pub fn take_encoded(rest: &mut &str) -> Option<char> {
    let character = rest.chars().next()?;
    *rest = rest.get(character.len_utf8()..).unwrap_or("");
    if character != '\\' {
        return Some(character);
    }
    let Some(escape) = rest.chars().next() else { return Some('\\') };
    if escape == '0' {
        return take_number(rest, 3, 8);
    }
    *rest = rest.get(escape.len_utf8()..).unwrap_or("");
    Some(match escape {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'x' => take_number(rest, 2, 16).unwrap_or('x'),
        other => other,
    })
}

fn take_number(rest: &mut &str, most: usize, radix: u32) -> Option<char> {
    let count = rest.chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
    let (digits, after) = rest.split_at_checked(count)?;
    let number = u8::from_str_radix(digits, radix).ok()?;
    *rest = after;
    Some(char::from(number))
}

/// The whole number at the beginning of a text, as C reads it, and what follows it.
pub fn integer(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text.get(sign..)?.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let (number, rest) = text.split_at_checked(sign + digits)?;
    let saturated = if number.starts_with('-') { i64::MIN } else { i64::MAX };
    Some((number.parse().unwrap_or(saturated), rest))
}

/// The number at the beginning of a text, as C's `scanf("%lf")` reads it.
pub fn float(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let mut end = 0;
    let mut seen = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => seen.0 = true,
            b'+' | b'-' if at == 0 || matches!(text.as_bytes().get(at - 1), Some(b'e' | b'E')) => {}
            b'.' if !seen.1 && !seen.2 => seen.1 = true,
            b'e' | b'E' if seen.0 && !seen.2 => seen.2 = true,
            _ => break,
        }
        end = at + 1;
    }
    // An exponent without digits does not belong to the number.
    (0..=end).rev().find_map(|end| text.get(..end)?.parse().ok()).filter(|_| seen.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_argument_takes_the_rest_as_it_is() {
        assert_eq!(standard::<2>(r#""a,b",c,"d""#), [Some("a,b".to_owned()), Some(r#"c,"d""#.to_owned())]);
        assert_eq!(standard::<3>("a,,"), [Some("a".to_owned()), Some(String::new()), Some(String::new())]);
        assert_eq!(standard::<3>("a,"), [Some("a".to_owned()), Some(String::new()), None]);
        assert_eq!(raw::<2>(r"0-9\,,1,2"), [Some(r"0-9\,"), Some("1,2")]);
        assert_eq!(raw::<2>(""), [None, None]);
        assert_eq!(all("1,,3"), ["1", "", "3"]);
    }

    #[test]
    fn delimiters_may_be_escaped() {
        assert_eq!(delimiter(Some(r"\x2d")), Some('-'));
        assert_eq!(delimiter(Some(r"\n")), Some('\n'));
        assert_eq!(delimiter(Some(r"\,")), Some(','));
        assert_eq!(delimiter(Some(r"\054")), Some(','));
        assert_eq!(delimiter(Some("")), None);
    }

    #[test]
    fn numbers_are_read_from_the_beginning() {
        assert_eq!(integer(" -12x"), Some((-12, "x")));
        assert_eq!(integer("x"), None);
        assert_eq!(float("2.5e1 "), Some(25.0));
        assert_eq!(float("1e"), Some(1.0));
        assert_eq!(float("."), None);
    }
}
