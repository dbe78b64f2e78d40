//! `ClearHash`

use crate::functions::hash;
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

fn clear_hash(context: &mut Context<'_>, name: &str) -> Outcome {
    hash::clear(context, name);
    Outcome::Continue
}
