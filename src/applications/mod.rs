//! The applications of the dialplan, one a file. [`APPLICATIONS`] is their index.

pub mod keying;
pub mod music;
pub mod playing;
pub mod saying;

mod answer;
mod hangup;

use crate::interpreter::Application;

/// All applications, sorted by name without case.
pub static APPLICATIONS: &[&Application] = &[&answer::ANSWER, &hangup::HANGUP];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_sorted_and_names_each_once() {
        let names: Vec<_> = APPLICATIONS.iter().map(|application| application.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
