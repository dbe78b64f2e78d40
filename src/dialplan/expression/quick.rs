//! The common forms, `number operator number` and `text operator text`, without the stacks of the general evaluator.
//!
//! What stands here gives the same answer as the general evaluator, or none.

use std::cmp::Ordering;

use super::lexer::is_word;
use super::number::SMALL;
use super::operator::Operator;

/// An operand of a common form.
#[derive(Clone, Copy)]
enum Operand<'a> {
    /// A whole number below [`SMALL`], never `-0`.
    Integer { value: i64, text: &'a str },
    /// A word, or quoted text with its quotes.
    Text(&'a str),
}

/// The right half of a common form, such as ` + 1`, read when the plan is compiled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::dialplan) struct RightHalf {
    operator: Operator,
    value: i64,
}

impl RightHalf {
    /// Reads an operator and a whole number; `None` for all else.
    pub fn read(text: &str) -> Option<Self> {
        let (operator, at) = operator(text.as_bytes(), skip_blanks(text.as_bytes(), 0))?;
        match operand(text.as_bytes(), text, at)? {
            (Operand::Integer { value, .. }, end) if end == text.len() => Some(Self { operator, value }),
            _ => None,
        }
    }

    /// Works out the form with this text in front, if that is a whole number.
    #[inline]
    pub fn after(self, left: &str) -> Option<i64> {
        match operand(left.as_bytes(), left, 0)? {
            (Operand::Integer { value, .. }, end) if end == left.len() => compute(self.operator, value, self.value),
            _ => None,
        }
    }
}

/// Works out `text` if it is a common form.
pub(super) fn evaluate(text: &str) -> Option<i64> {
    let (left, rest) = operand(text.as_bytes(), text, 0)?;
    let (operator, rest) = operator(text.as_bytes(), rest)?;
    let (right, rest) = operand(text.as_bytes(), text, rest)?;
    if rest != text.len() {
        return None;
    }
    match (left, right) {
        (Operand::Integer { value: a, .. }, Operand::Integer { value: b, .. }) => compute(operator, a, b),
        _ => relates(operator, plain(left)?.as_bytes().cmp(plain(right)?.as_bytes())).map(i64::from),
    }
}

/// Writes a result.
pub(super) fn write(result: i64, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(result));
}

/// The text of an operand that is compared as text; a negative number is computed first, so its spelling may change.
fn plain(operand: Operand<'_>) -> Option<&str> {
    match operand {
        Operand::Text(text) => Some(text),
        Operand::Integer { value, text } => (value >= 0).then_some(text),
    }
}

fn compute(operator: Operator, a: i64, b: i64) -> Option<i64> {
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        // Zero times a negative number is -0, and so on below.
        Operator::Multiply if a != 0 && b != 0 => a.checked_mul(b)?,
        Operator::Divide if a != 0 && b != 0 && a % b == 0 => a / b,
        Operator::Remainder if b != 0 && (a >= 0 || a % b != 0) => a % b,
        _ => i64::from(relates(operator, a.cmp(&b))?),
    };
    (result.unsigned_abs() < SMALL).then_some(result)
}

fn relates(operator: Operator, order: Ordering) -> Option<bool> {
    Some(match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        _ => return None,
    })
}

fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// Reads an operand and the blanks around it.
fn operand<'a>(bytes: &[u8], text: &'a str, at: usize) -> Option<(Operand<'a>, usize)> {
    let start = skip_blanks(bytes, at);
    let first = *bytes.get(start)?;
    if first == b'"' {
        let end = start + 2 + bytes[start + 1..].iter().position(|&byte| byte == b'"')?;
        return Some((Operand::Text(&text[start..end]), skip_blanks(bytes, end)));
    }
    let negative = first == b'-';
    let from = start + usize::from(negative);
    let mut end = from;
    let mut value = 0_i64;
    while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        // More digits than 18 are too many; what they wrap to is not used.
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        end += 1;
    }
    let digits = end;
    while bytes.get(end).is_some_and(|&byte| is_word(byte)) {
        end += 1;
    }
    let digits_only = digits == end && end - from <= 18;
    let word = &text[from..end];
    // A dollar sign would go on with the word.
    if word.is_empty() || bytes.get(end) == Some(&b'$') {
        return None;
    }
    let operand = match (digits_only, negative) {
        (true, true) if value == 0 => return None,
        (true, _) => Operand::Integer { value: if negative { -value } else { value }, text: word },
        // A longer number, or one with a fraction, begins with a digit too.
        (false, false) if !first.is_ascii_digit() => Operand::Text(word),
        _ => return None,
    };
    Some((operand, skip_blanks(bytes, end)))
}

fn operator(bytes: &[u8], at: usize) -> Option<(Operator, usize)> {
    let (operator, length) = match (bytes.get(at)?, bytes.get(at + 1)) {
        (b'=', Some(b'~')) => return None,
        (b'=', Some(b'=')) => (Operator::Equal, 2),
        (b'=', _) => (Operator::Equal, 1),
        (b'!', Some(b'=')) => (Operator::NotEqual, 2),
        (b'<', Some(b'=')) => (Operator::LessOrEqual, 2),
        (b'<', _) => (Operator::Less, 1),
        (b'>', Some(b'=')) => (Operator::GreaterOrEqual, 2),
        (b'>', _) => (Operator::Greater, 1),
        (b'+', _) => (Operator::Add, 1),
        (b'-', _) => (Operator::Subtract, 1),
        (b'*', _) => (Operator::Multiply, 1),
        (b'/', _) => (Operator::Divide, 1),
        (b'%', _) => (Operator::Remainder, 1),
        _ => return None,
    };
    Some((operator, at + length))
}
