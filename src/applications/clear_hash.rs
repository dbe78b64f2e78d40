//! `ClearHash`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Forgets all that a `HASH()` holds.
pub static CLEAR_HASH: Application = Application {
    name: "ClearHash",
    synopsis: "Forgets all keys of a HASH()",
    arguments: &[Argument::required("hash", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(clear_hash),
};

fn clear_hash(context: &mut Context<'_>, hash: &str) -> Outcome {
    let prefix = format!("~HASH~{hash}~");
    let variables = &mut context.state.variables;
    let names: Vec<_> =
        variables.iter().map(|(name, _)| name).filter(|name| name.starts_with(&prefix)).map(str::to_owned).collect();
    for name in names {
        variables.remove(&name);
    }
    Outcome::Continue
}
