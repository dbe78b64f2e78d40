//! Groups: labels that channels carry, to be counted.
//!
//! A channel has at most one group in each category; the category without a name is one too. A group is left when the
//! channel ends.

mod count;
mod membership;

pub use count::{GROUP_COUNT, GROUP_LIST, GROUP_MATCH_COUNT};
pub use membership::GROUP;

/// Splits `group@category`.
fn split(text: &str) -> (&str, &str) {
    text.split_once('@').unwrap_or((text, ""))
}
