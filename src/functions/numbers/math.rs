//! `MATH`

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Works out one operation on two numbers, as `MATH(7/2,int)`.
///
/// Operations: `+ - * /`, `%` (remainder of whole numbers), `^` (power), `<< >>`, `AND OR XOR` (bit by bit), and the
/// comparisons `< > <= >= ==`, which give TRUE or FALSE. A division by zero, or by a negative number, gives 0. The kind of the result is `f` or `float` (the default), `i` or
/// `int`, `h` or `hex`, `c` or `char`.
pub static MATH: Function = Function::new(
    "MATH",
    "The result of an operation",
    &[Argument::required("operation", Kind::Text), Argument::optional("kind", Kind::Text)],
)
.reads(read);

/// The signs, in the order in which they are looked for; a longer one stands before its beginning.
const SIGNS: &[(&str, Operation)] = &[
    ("*", Operation::Times),
    ("/", Operation::Over),
    ("%", Operation::Modulo),
    ("^", Operation::Power),
    ("AND", Operation::And),
    ("XOR", Operation::ExclusiveOr),
    ("OR", Operation::Or),
    (">", Operation::Greater),
    ("<", Operation::Less),
    ("==", Operation::Equal),
    ("+", Operation::Plus),
    ("-", Operation::Minus),
];

#[derive(Clone, Copy)]
enum Operation {
    Times,
    Over,
    Modulo,
    Power,
    And,
    ExclusiveOr,
    Or,
    Greater,
    GreaterOrEqual,
    ShiftRight,
    Less,
    LessOrEqual,
    ShiftLeft,
    Equal,
    Plus,
    Minus,
}

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [formula, kind] = fields::standard(arguments);
    let formula = formula.filter(|formula| !formula.is_empty());
    let formula = formula.ok_or_else(|| FunctionError::arguments("an operation is needed"))?;
    let (one, operation, other) =
        parse(&formula).ok_or_else(|| FunctionError::arguments(format!("`{formula}` has no operator")))?;
    let number = |text: &str| {
        hexadecimal(text)
            .or_else(|| fields::float(text))
            .ok_or_else(|| FunctionError::arguments(format!("`{text}` is no number")))
    };
    let (one, other) = (number(one)?, number(other)?);
    match operation.apply(one, other) {
        Answer::Number(number) => write_as(kind.as_deref().unwrap_or(""), number, out),
        Answer::Truth(truth) => {
            out.push_str(if truth { "TRUE" } else { "FALSE" });
            Ok(())
        }
    }
}

/// A number written as `0x10`.
fn hexadecimal(text: &str) -> Option<f64> {
    let digits = text.trim_start().strip_prefix("0x")?;
    let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    u32::from_str_radix(digits.get(..length)?, 16).ok().map(f64::from)
}

/// The left side, the operation and the right side.
fn parse(formula: &str) -> Option<(&str, Operation, &str)> {
    // A minus in front belongs to the number.
    let start = usize::from(formula.starts_with('-'));
    let body = formula.get(start..)?;
    let (at, sign, operation) =
        SIGNS.iter().find_map(|(sign, operation)| body.find(sign).map(|at| (at, *sign, *operation)))?;
    let one = formula.get(..start + at)?;
    let other = body.get(at + sign.len()..)?;
    let (operation, other) = match (operation, other.as_bytes().first()) {
        (Operation::Greater, Some(b'=')) => (Operation::GreaterOrEqual, other.get(1..)?),
        (Operation::Greater, Some(b'>')) => (Operation::ShiftRight, other.get(1..)?),
        (Operation::Less, Some(b'=')) => (Operation::LessOrEqual, other.get(1..)?),
        (Operation::Less, Some(b'<')) => (Operation::ShiftLeft, other.get(1..)?),
        _ => (operation, other),
    };
    Some((one, operation, other))
}

enum Answer {
    Number(f64),
    Truth(bool),
}

impl Operation {
    #[expect(clippy::cast_possible_truncation, reason = "C's conversions")]
    fn apply(self, one: f64, other: f64) -> Answer {
        let (a, b) = (one as i32, other as i32);
        let shift = u32::try_from(b).unwrap_or(u32::MAX);
        Answer::Number(match self {
            Self::Times => one * other,
            // Asterisk guards against zero this widely, and plans are written for what it gives.
            Self::Over if other <= 0.0 => 0.0,
            Self::Over => one / other,
            Self::Modulo => f64::from(a.checked_rem(b).unwrap_or(0)),
            Self::Power => one.powf(other),
            Self::And => f64::from(a & b),
            Self::Or => f64::from(a | b),
            Self::ExclusiveOr => f64::from(a ^ b),
            Self::ShiftRight => f64::from(a.checked_shr(shift).unwrap_or(0)),
            Self::ShiftLeft => f64::from(a.checked_shl(shift).unwrap_or(0)),
            Self::Plus => one + other,
            Self::Minus => one - other,
            Self::Greater => return Answer::Truth(one > other),
            Self::GreaterOrEqual => return Answer::Truth(one >= other),
            Self::Less => return Answer::Truth(one < other),
            Self::LessOrEqual => return Answer::Truth(one <= other),
            #[expect(clippy::float_cmp, reason = "the plan asks for it")]
            Self::Equal => return Answer::Truth(one == other),
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "C's conversions")]
fn write_as(kind: &str, number: f64, out: &mut String) -> Result<(), FunctionError> {
    let _ = match kind.to_ascii_lowercase().as_str() {
        "" | "f" | "float" if number.is_finite() => write!(out, "{number:.6}"),
        "" | "f" | "float" => write!(out, "{}", number.to_string().to_ascii_lowercase()),
        // What does not fit is what C makes of it.
        "i" | "int" if number.abs() >= 2_147_483_648.0 || number.is_nan() => write!(out, "{}", i32::MIN),
        "i" | "int" => write!(out, "{}", number as i32),
        "h" | "hex" => write!(out, "{:x}", number as i64 as u32),
        "c" | "char" => write!(out, "{}", char::from(number as i64 as u8)),
        _ => return Err(FunctionError::arguments(format!("`{kind}` is no kind of result"))),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn operations() {
        assert_eq!(value("${MATH(2+3)} ${MATH(2-3)} ${MATH(7/2)} ${MATH(6^3,int)}"), "5.000000 -1.000000 3.500000 216");
        assert_eq!(value("${MATH(17%5,int)} ${MATH(-7%3,int)} ${MATH(-5+2,i)} ${MATH(5+-2,i)}"), "2 -1 -3 3");
        assert_eq!(
            value("${MATH(6 XOR 3,i)} ${MATH(4 OR 1,i)} ${MATH(6 AND 3,i)} ${MATH(1<<4,i)} ${MATH(9>>1,i)}"),
            "5 5 2 16 4"
        );
    }

    #[tokio::test]
    async fn comparisons_and_kinds() {
        assert_eq!(value("${MATH(1<2)} ${MATH(2>=2)} ${MATH(1==1)} ${MATH(1<=0)}"), "TRUE TRUE TRUE FALSE");
        assert_eq!(value("${MATH(255+0,hex)} ${MATH(65+0,char)} [${MATH(1+1,weird)}]"), "ff A []");
        assert_eq!(value("[${MATH(5)}] [${MATH(a+b)}] [${MATH()}] [${MATH(4|1,int)}]"), "[] [] [] []");
        assert_eq!(value("${MATH(0x10+1)} ${MATH(99999*99999,int)}"), "17.000000 -2147483648");
        assert_eq!(value("${MATH(1/0)} ${MATH(6/-2)} ${MATH(0/3)}"), "0.000000 0.000000 0.000000");
    }
}
