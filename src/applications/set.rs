//! `Set`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, split_at_byte};

/// Sets a variable of the channel, or writes a function.
///
/// `Set(NAME=value)` takes everything behind the first `=` as it stands: commas, quotes and blanks are part of the
/// value. `Set(FUNCTION(arguments)=value)` writes a function, such as `CALLERID(num)` or `GLOBAL(NAME)`. A name that
/// begins with `_` is inherited by the channels that this one calls, one with `__` by theirs as well.
pub static SET: Application = Application {
    name: "Set",
    synopsis: "Sets a variable or writes a function",
    arguments: &[Argument::required("name=value", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(set),
};

pub(super) fn set(context: &mut Context<'_>, text: &str) -> Outcome {
    match split_at_byte(text, b'=') {
        Some(("", _)) => context.warn("Set: there is no name before the `=`"),
        Some((name, value)) => {
            if name.bytes().any(|byte| byte == b' ') {
                context.warn(&format!("Set: the blank is part of the name `{name}`"));
            }
            context.set(name, value);
        }
        None if text.is_empty() => context.warn("Set: it wants a name and a value"),
        None => context.warn(&format!("Set: there is no `=` in `{text}`")),
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_value_is_all_behind_the_first_equals_sign() {
        let trial = Trial::run("exten => 1,1,Set(A=b=c,\"d\" )\nsame => n,NoOp(<${A}>)\n");
        assert_eq!(trial.last_step(), "1@default:2 NoOp <b=c,\"d\" >");
    }
}
