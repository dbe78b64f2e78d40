//! `Log`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Writes a text to the log.
///
/// The level is one of `ERROR`, `WARNING`, `NOTICE`, `DEBUG`, `VERBOSE` and `DTMF`. The line of the plan stands with it.
pub static LOG: Application = Application {
    name: "Log",
    synopsis: "Writes a text to the log",
    arguments: &[Argument::required("level", Kind::Text), Argument::required("message", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(log),
};

fn log(context: &mut Context<'_>, text: &str) -> Outcome {
    let (level, message) = text.split_once(',').unwrap_or((text, ""));
    let channel = context.channel.map_or("-", |channel| channel.name());
    let place = context.place();
    match level.to_ascii_uppercase().as_str() {
        "ERROR" => tracing::error!(target: "exten::plan", channel, place, "{message}"),
        "WARNING" => tracing::warn!(target: "exten::plan", channel, place, "{message}"),
        "NOTICE" | "VERBOSE" => tracing::info!(target: "exten::plan", channel, place, "{message}"),
        "DEBUG" | "DTMF" => tracing::debug!(target: "exten::plan", channel, place, "{message}"),
        _ => context.warn(&format!("Log: `{level}` is no level")),
    }
    Outcome::Continue
}
