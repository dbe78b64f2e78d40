//! Functions on numbers.

pub mod abs;
pub mod inc;
pub mod math;
pub mod minimum;
pub mod rand;

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::FunctionError;

/// Appends a number as a whole one if it is one of 32 bits, otherwise with six figures.
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "whether it is a whole number is the question")]
fn write_number(number: f64, out: &mut String) {
    let whole = number as i32;
    let _ = if f64::from(whole) == number { write!(out, "{whole}") } else { write!(out, "{number:.6}") };
}

fn parse(text: Option<&str>) -> Result<f64, FunctionError> {
    let text = text.unwrap_or("");
    fields::float(text).ok_or_else(|| FunctionError::arguments(format!("`{text}` is no number")))
}
