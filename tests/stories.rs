//! The stories of the example plans and of `tests/stories` go as they are told, and twice the same.

#![allow(clippy::panic)]

use std::path::{Path, PathBuf};

use exten::scenario::{self, document, traces};

fn documents(folder: &str) -> Vec<PathBuf> {
    document::find(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("the documents")
}

/// Plays every story of the documents; how many there are.
fn play(documents: &[PathBuf]) -> usize {
    let mut stories = 0;
    for path in documents {
        let text = std::fs::read_to_string(path).expect("a document");
        let script = scenario::in_document(path, text, None);
        for story in &script.stories {
            stories += 1;
            let title = format!("{}: {}", path.display(), story.passage.title);
            assert!(story.faults.is_empty(), "{title}: {:?}", story.faults);
            let outcome = script.play(story, script.configuration());
            if let Some(failure) = &outcome.failure {
                let line = &script.text[failure.span.clone()];
                panic!("{title}\nnot so: {line}\n{}\n{}", failure.instead, failure.narration);
            }
            if let Some(place) = &story.passage.trace {
                let parting = traces::compare(&script.text[place.clone()], place.start, &outcome.narration);
                assert_eq!(parting.map(|parting| parting.difference), None, "{title}");
            }
            let again = script.play(story, script.configuration());
            assert_eq!(outcome.narration, again.narration, "{title}: the same story tells the same");
        }
    }
    stories
}

#[test]
fn stories_of_the_language_go_as_told() {
    assert!(play(&documents("tests/stories")) >= 8);
}

#[test]
fn stories_of_the_example_plans_go_as_told() {
    assert!(play(&documents("dialplans")) >= 17);
}
