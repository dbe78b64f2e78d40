//! `MSet`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, split};

/// Sets several variables at once.
///
/// `MSet(A=1,B=2)`. Unlike in `Set`, quotes and backslashes are taken out, so a value with commas stands in quotes.
pub static MSET: Application = Application {
    name: "MSet",
    synopsis: "Sets several variables",
    arguments: &[Argument::required("name=value,…", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(mset),
};

fn mset(context: &mut Context<'_>, text: &str) -> Outcome {
    if text.is_empty() {
        context.warn("MSet: it wants names and values");
        return Outcome::Continue;
    }
    for pair in split(text, ',') {
        let mut parts = split(&pair, '=').into_iter();
        match (parts.next(), parts.next()) {
            (Some(name), Some(first)) if !name.is_empty() => {
                let value = parts.fold(first, |value, part| value + "=" + &part);
                context.set(&name, &value);
            }
            _ => context.warn(&format!("MSet: there is no `=` in `{pair}`")),
        }
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn quotes_protect_commas_and_are_taken_out() {
        let trial = Trial::run("exten => 1,1,MSet(A=\"1,2\",B=x=y)\nsame => n,NoOp(<${A}><${B}>)\n");
        assert_eq!(trial.last_step(), "1@default:2 NoOp <1,2><x=y>");
    }
}
