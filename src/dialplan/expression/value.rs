//! What an operand is: a number, a text that reads as one, or plain text.

use std::borrow::Cow;

use super::number::Number;

/// An operand or a result.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// The result of a computation.
    Number(Number),
    /// Text that counts as a number, and stays as it was written until something computes with it.
    Numeric(Cow<'a, str>),
    /// Any other text.
    Text(Cow<'a, str>),
}

impl<'a> Value<'a> {
    pub fn truth(holds: bool) -> Self {
        Self::Number(Number::integer(i64::from(holds)))
    }

    /// A text that an operator made: it counts as a number if it is digits and points only.
    pub fn made(text: String) -> Self {
        let numeric = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if numeric { Self::Numeric(text.into()) } else { Self::Text(text.into()) }
    }

    /// The number that this value stands for, if it stands for one.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Numeric(text) => Some(Number::from_text(text)),
            Self::Text(_) => None,
        }
    }

    /// The value after an operator has looked at it as a number: a text that counts as one has lost its spelling.
    pub fn settled(self) -> Self {
        match self.number() {
            Some(number) => Self::Number(number),
            None => self,
        }
    }

    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Number(number) => {
                let mut text = String::new();
                number.print(&mut text);
                text.into()
            }
            Self::Numeric(text) | Self::Text(text) => text,
        }
    }

    /// The text for `:`, `=~` and `~~`: without any quotes if it begins and ends with one.
    pub fn unquoted(self) -> Cow<'a, str> {
        let text = self.text();
        if text.starts_with('"') && text.ends_with('"') { text.replace('"', "").into() } else { text }
    }

    /// Whether `|` and `&` take the value for false.
    pub fn is_zero_or_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            _ => self.number().is_some_and(Number::is_zero),
        }
    }

    /// Whether `? ::` takes the value for true.
    pub fn chooses_first(&self) -> bool {
        match self {
            Self::Text(text) => !matches!(&**text, "" | "\"\"" | "0"),
            _ => !self.number().is_some_and(Number::is_zero),
        }
    }

    /// What `!` makes of the value: text is read as C's `atoi` reads it.
    pub fn inverted(&self) -> bool {
        match self {
            Self::Number(number) => number.is_zero(),
            Self::Numeric(text) | Self::Text(text) => leading_integer(text) == 0,
        }
    }

    pub fn write(&self, out: &mut String) {
        match self {
            Self::Number(number) => number.print(out),
            Self::Numeric(text) | Self::Text(text) => out.push_str(text),
        }
    }
}

fn leading_integer(text: &str) -> i32 {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let sign = usize::from(text.starts_with(['+', '-']));
    let end = sign + text[sign..].bytes().take_while(u8::is_ascii_digit).count();
    if end == sign {
        return 0;
    }
    let saturated = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    // C keeps the low half of a number that does not fit.
    #[expect(clippy::cast_possible_truncation)]
    let low = text[..end].parse::<i64>().unwrap_or(saturated) as i32;
    low
}
