//! The dialplan language: its syntax with spans, and the immutable [`plan`] it compiles to.

pub mod amendment;
pub mod compile;
pub mod explanation;
pub mod expression;
pub mod features;
mod matcher;
pub mod pattern;
pub mod plan;
pub mod syntax;
pub mod template;
pub mod timing;

pub use plan::Plan;
