//! Variables beyond the plain ones: global, of a subroutine, and whether there are any.

pub mod exists;
pub mod global;
pub mod local;
