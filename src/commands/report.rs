//! Showing diagnostics on the console.

use std::io::{IsTerminal as _, Write as _};

use exten::diagnostic::render::{self, Appearance};
use exten::diagnostic::{Diagnostic, Severity, Sources};

/// Prints; a reader that has seen enough, such as `head`, may go.
pub fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Shows every error in full, and the warnings as one line that says where to read them.
pub fn show(path: &std::path::Path, diagnostics: &[Diagnostic], sources: &Sources) {
    let colour = std::io::stderr().is_terminal();
    let (errors, others): (Vec<_>, Vec<_>) =
        diagnostics.iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    for error in errors {
        eprintln!("{}", render::graphical(error, sources, Appearance { colour, width: 120 }));
    }
    let warnings = others.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
    if warnings > 0 {
        eprintln!(
            "The plan has {warnings} warning{}; the first: {}\nSee all of them with: exten check {}",
            if warnings == 1 { "" } else { "s" },
            others
                .iter()
                .find(|diagnostic| diagnostic.severity == Severity::Warning)
                .map(|diagnostic| render::short(diagnostic, sources))
                .unwrap_or_default(),
            path.display()
        );
    }
}
