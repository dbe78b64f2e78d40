//! `LEN`

use std::fmt::Write as _;

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the length of a text in bytes.
pub static LEN: Function = Function {
    name: "LEN",
    synopsis: "The length of a text, in bytes",
    arguments: &[Argument::required("text", Kind::Text)],
    read: Some(read),
    write: None,
};

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", arguments.len());
    Ok(())
}
