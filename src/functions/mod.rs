//! The functions of the dialplan, one a file (families that share state share a folder). [`FUNCTIONS`] is their index.

mod len;

use crate::interpreter::Function;

/// All functions, sorted by name without case.
pub static FUNCTIONS: &[&Function] = &[&len::LEN];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_sorted_and_names_each_once() {
        let names: Vec<_> = FUNCTIONS.iter().map(|function| function.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
