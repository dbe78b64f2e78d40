//! What each operator makes of its operands.

use std::cmp::Ordering;

use super::Problem;
use super::number::Number;
use super::operator::Operator;
use super::pattern;
use super::value::Value;

/// What a division without an answer gives.
const INFINITE: i64 = i32::MAX as i64;

/// Applies `operator` to its operands; what is wrong with them goes to `report`.
pub(super) fn apply<'a>(
    operator: Operator,
    left: Value<'a>,
    right: Value<'a>,
    report: &mut dyn FnMut(Problem),
) -> Value<'a> {
    match operator {
        Operator::Or if left.is_zero_or_empty() => right,
        Operator::Or => left.settled(),
        Operator::And if left.is_zero_or_empty() || right.is_zero_or_empty() => Value::truth(false),
        Operator::And => left.settled(),
        Operator::Equal => Value::truth(compare(left, right) == Some(Ordering::Equal)),
        Operator::NotEqual => Value::truth(compare(left, right) != Some(Ordering::Equal)),
        Operator::Less => Value::truth(compare(left, right) == Some(Ordering::Less)),
        Operator::LessOrEqual => Value::truth(compare(left, right).is_some_and(Ordering::is_le)),
        Operator::Greater => Value::truth(compare(left, right) == Some(Ordering::Greater)),
        Operator::GreaterOrEqual => Value::truth(compare(left, right).is_some_and(Ordering::is_ge)),
        Operator::Match => pattern::find(&left.unquoted(), &right.unquoted(), true, report),
        Operator::Search => pattern::find(&left.unquoted(), &right.unquoted(), false, report),
        Operator::Join => Value::made(left.unquoted().into_owned() + &right.unquoted()),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
            let (a, b) = (number(&left, report), number(&right, report));
            Value::Number(compute(operator, a, b, report))
        }
    }
}

pub(super) fn negate<'a>(value: &Value<'a>, report: &mut dyn FnMut(Problem)) -> Value<'a> {
    Value::Number(number(value, report).map_or(Number::ZERO, Number::negated))
}

fn number(value: &Value<'_>, report: &mut dyn FnMut(Problem)) -> Option<Number> {
    let number = value.number();
    if number.is_none() {
        report(Problem::NotANumber { operand: value.clone().text().into_owned() });
    }
    number
}

/// Arithmetic; an operand that is no number is None.
fn compute(operator: Operator, a: Option<Number>, b: Option<Number>, report: &mut dyn FnMut(Problem)) -> Number {
    match (operator, a, b) {
        (Operator::Add, Some(a), Some(b)) => a.plus(b),
        (Operator::Add, Some(only), None) | (Operator::Add, None, Some(only)) => only,
        (Operator::Subtract, Some(a), Some(b)) => a.minus(b),
        (Operator::Subtract, Some(a), None) => a,
        (Operator::Subtract, None, Some(b)) => Number::ZERO.minus(b),
        (Operator::Multiply, Some(a), Some(b)) => a.times(b),
        (Operator::Divide, Some(_), None) => Number::integer(INFINITE),
        (Operator::Divide, Some(_), Some(b)) if b.is_zero() => {
            report(Problem::DivisionByZero);
            Number::integer(INFINITE)
        }
        (Operator::Divide, Some(a), Some(b)) => a.over(b),
        (Operator::Remainder, Some(_), Some(b)) if b.is_zero() => {
            report(Problem::DivisionByZero);
            b
        }
        (Operator::Remainder, Some(a), Some(b)) => a.modulo(b),
        _ => Number::ZERO,
    }
}

/// Numbers compare as numbers; if one of the two is plain text, both compare as text, byte by byte.
fn compare(left: Value<'_>, right: Value<'_>) -> Option<Ordering> {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => Some(left.text().as_bytes().cmp(right.text().as_bytes())),
    }
}
