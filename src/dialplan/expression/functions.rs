//! Functions called by their bare name: the mathematical ones, and those of the dialplan.

use super::Problem;
use super::number::Number;
use super::transcendental as deep;
use super::value::Value;
use crate::dialplan::template::Scope;

/// How much of a dialplan function's result an expression sees.
const MAX_RESULT: usize = 511;

/// Calls the function `name`.
pub(super) fn call<'a>(name: &str, arguments: Vec<Value<'_>>, scope: &mut dyn Scope) -> Result<Value<'a>, Problem> {
    if let Some(of_one) = of_one_number(name) {
        return mathematical(name, arguments, |[x]| of_one(x));
    }
    if let Some(of_two) = of_two_numbers(name) {
        return mathematical(name, arguments, |[x, y]| of_two(x, y));
    }
    dialplan(name, arguments, scope)
}

fn of_one_number(name: &str) -> Option<fn(Number) -> Number> {
    Some(match name {
        "ABS" => Number::magnitude,
        "ACOS" => deep::arc_cosine,
        "ASIN" => deep::arc_sine,
        "ATAN" => deep::arc_tangent,
        "CEIL" => Number::ceiling,
        "COS" => deep::cosine,
        "EXP" => deep::exponential,
        "EXP10" => deep::power_of_ten,
        "EXP2" => deep::power_of_two,
        "FLOOR" => Number::floor,
        "LOG" => deep::natural_logarithm,
        "LOG10" => deep::decimal_logarithm,
        "LOG2" => deep::binary_logarithm,
        "RINT" => Number::nearest_or_even,
        "ROUND" => Number::nearest,
        "SIN" => deep::sine,
        "SQRT" => deep::square_root,
        "TAN" => deep::tangent,
        "TRUNC" => Number::truncated,
        _ => return None,
    })
}

fn of_two_numbers(name: &str) -> Option<fn(Number, Number) -> Number> {
    Some(match name {
        "ATAN2" => deep::arc_tangent_of,
        "POW" => deep::power,
        "REMAINDER" => Number::nearest_remainder,
        _ => return None,
    })
}

fn mathematical<'a, const N: usize>(
    name: &str,
    arguments: Vec<Value<'_>>,
    function: impl FnOnce([Number; N]) -> Number,
) -> Result<Value<'a>, Problem> {
    let mut numbers = Vec::with_capacity(N);
    for argument in arguments {
        match argument.number() {
            Some(number) => numbers.push(number),
            None => return Err(Problem::NotANumber { operand: argument.text().into_owned() }),
        }
    }
    let numbers = <[Number; N]>::try_from(numbers);
    let numbers = numbers.map_err(|_| Problem::WrongArguments { function: name.to_owned() })?;
    Ok(Value::Number(function(numbers)))
}

fn dialplan<'a>(name: &str, arguments: Vec<Value<'_>>, scope: &mut dyn Scope) -> Result<Value<'a>, Problem> {
    let unknown = || Problem::NotAFunction { name: name.to_owned() };
    if !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(unknown());
    }
    let mut text = String::new();
    for (at, argument) in arguments.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        argument.write(&mut text);
    }
    let mut result = String::new();
    if !scope.function(name, &text, &mut result) {
        return Err(unknown());
    }
    let end = (0..=MAX_RESULT.min(result.len())).rev().find(|&at| result.is_char_boundary(at));
    result.truncate(end.unwrap_or(0));
    let numeric = result.bytes().all(|byte| byte.is_ascii_digit() || b"-. \t".contains(&byte));
    Ok(if numeric { Value::Number(Number::from_text(&result)) } else { Value::made(result) })
}
