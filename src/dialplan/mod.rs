//! The dialplan language: its syntax with spans, and the immutable [`plan`] it compiles to.

pub mod expression;
pub mod template;
