//! The commands: each has its arguments, one function, and an exit code.

pub mod call;

mod report;
