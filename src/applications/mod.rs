//! The applications of the dialplan, one a file. [`APPLICATIONS`] is their index.

pub mod conference;
pub mod dial;
pub mod keying;
pub mod music;
pub mod playing;
pub mod saying;

mod answer;
mod hangup;

use crate::interpreter::Application;

/// All applications, sorted by name without case.
pub static APPLICATIONS: &[&Application] = &[
    &answer::ANSWER,
    &conference::confbridge::CONFBRIDGE,
    &dial::DIAL,
    &hangup::HANGUP,
    &conference::meetme::MEETME,
    &conference::meetme_count::MEETME_COUNT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_sorted_and_names_each_once() {
        let names: Vec<_> = APPLICATIONS.iter().map(|application| application.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
