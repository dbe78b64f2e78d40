//! Questions about the plan, and about the call's way through it.

pub mod eval_exten;
pub mod eval_sub;
pub mod exception;
pub mod exists;
pub mod hint;
pub mod stack_peek;
