//! `exten doc`: the manual pages of applications and functions.

use std::process::ExitCode;

use exten::lint;
use exten::manual::Manual;
use exten::server::LIBRARY;

use super::report::print;

/// Prints the manual pages of applications and functions: their arguments, options, and the variables they set.
///
/// The console shows the same by `core show application` and `core show function`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Applications and functions, in any case; a list of all of them, if none is named.
    names: Vec<String>,
    /// How pages are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// As on the console.
    Text,
    /// Markdown; without names the pages of all, which is the reference.
    Markdown,
    /// An array for machines.
    Json,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let is_list = arguments.names.is_empty() && arguments.format == Format::Text;
    match chosen(&arguments.names) {
        Ok(pages) if is_list => print(&list(&pages)),
        Ok(pages) => print(&written(&pages, arguments.format)),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// The pages of these names; of all, if there is no name. One name may be that of an application and of a function.
fn chosen(names: &[String]) -> Result<Vec<Manual>, String> {
    if names.is_empty() {
        let applications = LIBRARY.applications.iter().map(|application| Manual::from(*application));
        return Ok(applications.chain(LIBRARY.functions.iter().map(|function| Manual::from(*function))).collect());
    }
    let mut pages = Vec::new();
    for name in names {
        let application = LIBRARY.application(name).map(Manual::from);
        let function = LIBRARY.function(&name.to_uppercase()).map(Manual::from);
        if application.is_none() && function.is_none() {
            let known = LIBRARY.applications.iter().map(|application| application.name);
            let near = lint::names::nearest(name, known.chain(LIBRARY.functions.iter().map(|function| function.name)));
            let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return Err(format!("there is no application and no function {name}{near}"));
        }
        pages.extend(application.into_iter().chain(function));
    }
    Ok(pages)
}

fn list(pages: &[Manual]) -> String {
    let mut text = String::new();
    let mut kind = "";
    for page in pages {
        if page.kind != kind {
            kind = page.kind;
            text += &format!("{}{}\n", if text.is_empty() { "" } else { "\n" }, heading(kind));
        }
        text += &format!("  {:22} {}\n", page.name, page.synopsis);
    }
    text
}

fn written(pages: &[Manual], format: Format) -> String {
    match format {
        Format::Text => pages.iter().map(Manual::to_string).collect(),
        Format::Json => serde_json::to_string_pretty(pages).unwrap_or_default() + "\n",
        Format::Markdown => {
            let mut text = String::new();
            let mut kind = "";
            for page in pages {
                if page.kind != kind {
                    kind = page.kind;
                    text += &format!("## {}\n\n", heading(kind));
                }
                text += &page.markdown().to_string();
            }
            text
        }
    }
}

fn heading(kind: &str) -> &'static str {
    match kind {
        "application" => "Applications",
        _ => "Functions",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str], format: Format) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        chosen(&names).map_or_else(|error| error, |pages| written(&pages, format))
    }

    #[test]
    fn a_page_is_found_in_any_case_and_a_wrong_name_is_guessed() {
        assert!(told(&["noop"], Format::Text).starts_with("\n  -= Info about application 'NoOp' =- "));
        assert_eq!(
            told(&["Playbak"], Format::Text),
            "there is no application and no function Playbak; did you mean Playback?"
        );
    }

    #[test]
    fn a_page_in_markdown() {
        insta::assert_snapshot!(told(&["Playback", "len"], Format::Markdown));
    }

    #[test]
    fn all_are_listed_and_each_has_a_page_of_its_own() {
        let pages = chosen(&[]).unwrap();
        let list = list(&pages);
        assert!(list.starts_with("Applications\n  AbsoluteTimeout "), "{list}");
        assert!(list.contains("\n\nFunctions\n  "), "{list}");
        let all = written(&pages, Format::Markdown);
        assert_eq!(all.matches("\n### ").count(), pages.len());
    }
}
