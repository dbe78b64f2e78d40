//! Functions that decide.

pub mod conditional;
pub mod exists;
pub mod ifmodule;
pub mod iftime;
pub mod set;

/// Takes blanks off a branch of `IF` or `IFTIME`, then quotes around all of it, then blanks within them.
fn bare(branch: &str) -> &str {
    let branch = branch.trim();
    let unquoted = branch.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    unquoted.map_or(branch, str::trim)
}
