//! `MacroExclusive`

use std::sync::Arc;

use super::enter;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

/// Runs a macro that only one call may be in at a time.
///
/// Other calls that want the same macro exclusively wait until it ends; `Macro` does not wait.
pub static MACRO_EXCLUSIVE: Application = Application {
    name: "MacroExclusive",
    synopsis: "Runs a macro, one call at a time",
    arguments: &[Argument::required("name", Kind::Text), Argument::optional("arguments", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(macro_exclusive(call, arguments))),
};

async fn macro_exclusive(call: &mut Call, arguments: Arguments) -> Outcome {
    let lock = call.exchange.exclusive_macro(arguments.get(0)).lock_owned().await;
    enter(&mut call.context(), arguments.text(), Some(Arc::new(lock)))
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_lock_is_free_again_behind_it() {
        let trial = Trial::run(
            "exten => 1,1,MacroExclusive(m)\nsame => n,MacroExclusive(m)\nsame => n,NoOp(done)\n[macro-m]\nexten => s,1,Wait(1)\n",
        );
        assert_eq!(trial.last_step(), "1@default:3 NoOp done");
    }
}
