//! The commands: each has its arguments, one function, and an exit code.

pub mod asterisk;
pub mod call;
pub mod check;
pub mod cli;
pub mod doc;
pub mod explain;
pub mod fmt;
pub mod run;
pub mod test;

mod number;
mod report;
