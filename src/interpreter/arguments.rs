//! Splitting an application's arguments, and its option letters.

/// The arguments of a step, after substitution.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    text: String,
    fields: Vec<String>,
}

impl Arguments {
    pub fn new(text: String) -> Self {
        let fields = split(&text, ',');
        Self { text, fields }
    }

    /// The text as it stands in the trace.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The argument at this place, empty if it is not there.
    pub fn get(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", String::as_str)
    }

    /// How many arguments there are; none for an empty text.
    pub fn len(&self) -> usize {
        if self.text.is_empty() { 0 } else { self.fields.len() }
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The argument, if it is there and not empty.
    pub fn given(&self, index: usize) -> Option<&str> {
        self.fields.get(index).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A number of seconds, as the C library reads it: what does not begin with a number is 0.
    pub fn seconds(&self, index: usize) -> Option<f64> {
        self.given(index).map(leading_number)
    }

    /// The arguments from this place on, joined again by commas.
    pub fn rest(&self, index: usize) -> String {
        self.fields.get(index..).map(|fields| fields.join(",")).unwrap_or_default()
    }

    /// The option letters at this place.
    pub fn options(&self, index: usize) -> Options {
        Options::parse(self.get(index))
    }
}

/// The number that a text begins with, 0 if it does not begin with one.
pub fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let mut end = 0;
    let mut has_point = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'+' | b'-' if at == 0 => {}
            b'.' if !has_point => has_point = true,
            _ => break,
        }
        end = at + 1;
    }
    text.get(..end).and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// The whole number that a text begins with, `None` if it does not begin with one. Blanks before it are skipped; like
/// C's, a number beyond 32 bits loses its upper ones.
pub fn leading_integer(text: &str) -> Option<i32> {
    integer(text).map(|(number, _)| number)
}

/// The whole number that a text consists of, blanks before it aside.
#[inline]
pub fn whole_integer(text: &str) -> Option<i32> {
    integer(text).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
}

#[inline]
fn integer(text: &str) -> Option<(i32, &str)> {
    let text = text.trim_ascii_start();
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = digits.split_at(length);
    let magnitude =
        digits.bytes().fold(0_i64, |number, digit| number.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    let number = if is_negative { -magnitude } else { magnitude };
    (length > 0).then_some((number as i32, rest))
}

/// A length of time such as `2`, `1.5`, `500ms` or `2m`, in seconds unless it names another unit (`h`, `m`, `s`,
/// `ms`). `None` where it is none.
pub fn seconds(text: &str) -> Option<f64> {
    let text = text.trim_ascii_start();
    let number = text.trim_start_matches(|character: char| character.is_ascii_digit() || "+-.".contains(character));
    if !text.bytes().any(|byte| byte.is_ascii_digit()) || number.len() == text.len() {
        return None;
    }
    let unit = match number.trim_ascii().to_ascii_lowercase().as_str() {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Some(leading_number(text) * unit)
}

/// Splits a text at the first such byte, an ASCII sign. For the short texts of a step this is faster than
/// [`str::split_once`], which prepares a search.
#[inline]
pub fn split_at_byte(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Splits at the first `separator` outside parentheses, brackets and quotes, and takes nothing out.
pub fn split_once_raw(text: &str, separator: char) -> (&str, Option<&str>) {
    match find_raw(text, separator) {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at + separator.len_utf8()..)),
        None => (text, None),
    }
}

/// Splits at `separator` as Asterisk's applications do: not inside parentheses, brackets or double quotes; the quotes
/// and the backslash before an escaped character are taken out.
pub fn split(text: &str, separator: char) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let (mut parentheses, mut brackets, mut quoted) = (0_u32, 0_u32, false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                field.extend(characters.next());
                continue;
            }
            '"' => {
                quoted = !quoted;
                continue;
            }
            '(' => parentheses += 1,
            ')' => parentheses = parentheses.saturating_sub(1),
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ if character == separator && parentheses == 0 && brackets == 0 && !quoted => {
                fields.push(std::mem::take(&mut field));
                continue;
            }
            _ => {}
        }
        field.push(character);
    }
    fields.push(field);
    fields
}

/// Splits at `separator` outside parentheses and brackets and takes nothing out, for texts that are split again later.
pub fn split_raw(text: &str, separator: char) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (field, behind) = split_once_raw(text, separator);
        fields.push(field);
        rest = behind;
    }
    fields
}

/// Where the first `separator` outside parentheses, brackets and quotes stands.
fn find_raw(text: &str, separator: char) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for (at, character) in text.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match character {
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if character == separator && depth == 0 && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Option letters, each at most once, with what stands in their parentheses.
#[derive(Clone, Debug, Default)]
pub struct Options {
    letters: Vec<(char, Option<String>)>,
    is_unclosed: bool,
}

impl Options {
    pub fn parse(text: &str) -> Self {
        let mut letters: Vec<(char, Option<String>)> = Vec::new();
        let mut is_unclosed = false;
        let mut rest = text.chars().peekable();
        while let Some(letter) = rest.next() {
            let mut argument = None;
            if rest.peek() == Some(&'(') {
                rest.next();
                let (mut depth, mut inner) = (1_u32, String::new());
                for character in rest.by_ref() {
                    match character {
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    inner.push(character);
                }
                is_unclosed |= depth > 0;
                argument = Some(inner);
            }
            if !letter.is_whitespace() {
                letters.retain(|(known, _)| *known != letter);
                letters.push((letter, argument));
            }
        }
        Self { letters, is_unclosed }
    }

    /// A parenthesis is not closed.
    pub fn is_unclosed(&self) -> bool {
        self.is_unclosed
    }

    /// Whether the letter is given.
    pub fn has(&self, letter: char) -> bool {
        self.letters.iter().any(|(known, _)| *known == letter)
    }

    /// What stands in the letter's parentheses; `None` without the letter or without parentheses.
    pub fn argument(&self, letter: char) -> Option<&str> {
        self.letters.iter().find(|(known, _)| *known == letter)?.1.as_deref()
    }

    /// All letters, in order.
    pub fn letters(&self) -> impl Iterator<Item = char> {
        self.letters.iter().map(|(letter, _)| *letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_parentheses_and_quotes_separate_nothing() {
        let arguments = Arguments::new(r#"SIP/1&SIP/2,20,gL(1000,2:3),"a,b",x\,y"#.to_owned());
        assert_eq!(arguments.len(), 5);
        assert_eq!(arguments.get(2), "gL(1000,2:3)");
        assert_eq!(arguments.get(3), "a,b");
        assert_eq!(arguments.get(4), "x,y");
        assert_eq!(arguments.given(9), None);
    }

    #[test]
    fn option_letters_and_their_arguments() {
        let options = Options::parse("gM(mac^a(b))U()t");
        assert!(options.has('g') && options.has('t'));
        assert_eq!(options.argument('M'), Some("mac^a(b)"));
        assert_eq!(options.argument('U'), Some(""));
        assert_eq!(options.argument('g'), None);
    }

    #[test]
    fn numbers_are_read_as_the_c_library_does() {
        assert_eq!(leading_number(" 1.5x"), 1.5);
        assert_eq!(leading_number("x"), 0.0);
        assert_eq!(leading_number(""), 0.0);
        assert_eq!(leading_integer(" -17 x"), Some(-17));
        assert_eq!(leading_integer("- 1"), None);
        assert_eq!(whole_integer("2x"), None);
        assert_eq!(whole_integer(" 12"), Some(12));
    }

    #[test]
    fn lengths_of_time_may_name_their_unit() {
        assert_eq!(seconds("1.5"), Some(1.5));
        assert_eq!(seconds("500ms"), Some(0.5));
        assert_eq!(seconds("2m"), Some(120.0));
        assert_eq!(seconds("2 parrots"), None);
        assert_eq!(seconds("abc"), None);
        assert_eq!(seconds(""), None);
    }

    #[test]
    fn the_first_separator_parts_a_text() {
        assert_eq!(split_once_raw("Set(A=x:y):Set(B)", ':'), ("Set(A=x:y)", Some("Set(B)")));
        assert_eq!(split_once_raw("a", ':'), ("a", None));
        assert_eq!(split_once_raw("a:", ':'), ("a", Some("")));
    }
}
