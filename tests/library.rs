//! Every file of `src/applications` and `src/functions` is in its module, and every application and function declared
//! there is in the index, documented, and used by a test or a recorded case.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use exten::interpreter::Argument;
use exten::server::LIBRARY;

/// One `pub static NAME: Application = …` or `Function`, as its file has it.
struct Declaration {
    place: String,
    name: String,
    is_documented: bool,
}

/// All files below a folder, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let all = entries.into_iter().flat_map(|path| if path.is_dir() { files(&path, extension) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    files(&root().join("src").join(room), "rs").into_iter().map(read).collect()
}

/// The declarations of a kind in the files of a room. The name is the first text in each.
fn declarations(room: &str, kind: &str) -> Vec<Declaration> {
    let marker = format!(": {kind} =");
    let mut found = Vec::new();
    for (path, text) in sources(room) {
        for (at, _) in text.match_indices(&marker) {
            let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
            if !text[line..].starts_with("pub static ") {
                continue;
            }
            let above = text[..line].lines().rev().find(|line| !line.starts_with("#["));
            found.push(Declaration {
                place: format!("{}: {}", path.strip_prefix(root()).unwrap().display(), &text[line..at]),
                name: text[at..].split('"').nth(1).unwrap_or_default().to_owned(),
                is_documented: above.is_some_and(|line| line.starts_with("///")),
            });
        }
    }
    found
}

/// Tests, recorded cases and example plans: where applications and functions are used.
fn uses() -> String {
    let mut text = String::new();
    for (path, source) in sources(".") {
        let is_test_file = path.file_stem().is_some_and(|stem| stem == "tests" || stem == "testing");
        let tests =
            if is_test_file { &source } else { source.split_once("#[cfg(test)]").map_or("", |(_, tests)| tests) };
        text.push_str(tests);
    }
    for (folder, extension) in [("tests", "rs"), ("tests", "toml"), ("tests", "conf"), ("dialplans", "conf")] {
        for path in files(&root().join(folder), extension) {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    // Escaped line breaks would look like letters of the names behind them.
    text.replace("\\n", " ").to_lowercase()
}

#[test]
fn every_file_is_in_its_module() {
    for room in ["applications", "functions"] {
        for (path, _) in sources(room) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let folder = path.parent().unwrap();
            let (name, module) = match name {
                "mod" if folder.ends_with(room) => continue,
                "mod" => (folder.file_name().unwrap().to_str().unwrap(), folder.parent().unwrap().join("mod.rs")),
                name => (name, folder.join("mod.rs")),
            };
            let declared =
                fs::read_to_string(&module).unwrap().lines().any(|line| line.ends_with(&format!("mod {name};")));
            assert!(declared, "{} has no `mod {name};` in {}", path.display(), module.display());
        }
    }
}

#[test]
fn every_declaration_is_registered() {
    let (applications, functions) =
        (declarations("applications", "Application"), declarations("functions", "Function"));
    for declaration in &applications {
        assert!(LIBRARY.application(&declaration.name).is_some(), "{} is not in the index", declaration.place);
    }
    for declaration in &functions {
        assert!(LIBRARY.function(&declaration.name).is_some(), "{} is not in the index", declaration.place);
    }
    let declared = [applications.len(), functions.len()];
    assert_eq!(declared, [LIBRARY.applications.len(), LIBRARY.functions.len()], "applications and functions");
}

#[test]
fn every_declaration_is_documented() {
    for declaration in declarations("applications", "Application").iter().chain(&declarations("functions", "Function"))
    {
        assert!(declaration.is_documented, "{} has no doc comment", declaration.place);
    }
    for application in LIBRARY.applications {
        check_words(application.name, application.synopsis, application.arguments);
        for letter in application.options {
            assert!(!letter.meaning.is_empty(), "{} does not say what option {} does", application.name, letter.letter);
        }
    }
    for function in LIBRARY.functions {
        check_words(function.name, function.synopsis, function.arguments);
        assert!(function.read.is_some() || function.write.is_some(), "{} can do nothing", function.name);
    }
}

fn check_words(name: &str, synopsis: &str, arguments: &[Argument]) {
    assert!(!synopsis.is_empty() && !synopsis.ends_with('.'), "{name}: the synopsis is one line without a full stop");
    assert!(arguments.iter().all(|argument| !argument.name.is_empty()), "{name} has an argument without a name");
}

#[test]
fn every_application_and_function_is_exercised() {
    let uses = uses();
    let names = LIBRARY.applications.iter().map(|application| application.name);
    let names = names.chain(LIBRARY.functions.iter().map(|function| function.name));
    let is_used = |name: &str| {
        let name = name.to_lowercase();
        uses.match_indices(&name).any(|(at, _)| {
            let (before, behind) = (uses[..at].chars().next_back(), uses[at + name.len()..].chars().next());
            let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            !is_word(before) && !is_word(behind)
        })
    };
    let unused: Vec<_> = names.filter(|name| !is_used(name)).collect();
    assert!(unused.is_empty(), "no test, case or example plan uses {unused:?}");
}
