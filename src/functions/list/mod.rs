//! Lists in variables, and several variables at once.

pub mod array;
pub mod listfilter;
pub mod pop;
pub mod push;
pub mod sort;
