//! Functions on numbers.

pub mod abs;
pub mod inc;
pub mod math;
pub mod minimum;
pub mod rand;

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::FunctionError;

/// Appends a number without a fraction if it has none, otherwise with six figures.
fn write_number(number: f64, out: &mut String) {
    let _ = if number.fract() == 0.0 { write!(out, "{number:.0}") } else { write!(out, "{number:.6}") };
}

fn parse(text: Option<&str>) -> Result<f64, FunctionError> {
    let text = text.unwrap_or("");
    fields::float(text).ok_or_else(|| FunctionError::arguments(format!("`{text}` is no number")))
}
