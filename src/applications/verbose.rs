//! `Verbose`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, leading_integer};

/// Writes a text to the console.
///
/// The level, 0 to 10, says from which verbosity on it shows; 0 shows always. `Verbose(text)` has level 0.
pub static VERBOSE: Application = Application {
    name: "Verbose",
    synopsis: "Writes a text to the console",
    arguments: &[Argument::optional("level", Kind::Number), Argument::required("message", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(verbose),
};

fn verbose(context: &mut Context<'_>, text: &str) -> Outcome {
    let (level, message) = match text.split_once(',') {
        Some((level, message)) => (leading_integer(level).unwrap_or(0), message),
        None => (0, text),
    };
    let channel = context.channel.map_or("-", |channel| channel.name());
    match level {
        0..=3 => tracing::info!(target: "exten::plan", channel, verbose = level, "{message}"),
        _ => tracing::debug!(target: "exten::plan", channel, verbose = level, "{message}"),
    }
    Outcome::Continue
}
