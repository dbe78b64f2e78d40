//! Stories.
pub mod document;
mod forms;
pub mod parser;
pub mod statement;
