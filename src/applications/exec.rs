//! `Exec`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Runs an application whose name is known only when the step runs.
///
/// `Exec(${APPLICATION}(arguments))`. The arguments are substituted once more. Where there is no such application, the
/// call ends; see `TryExec` for the gentle form.
pub static EXEC: Application = Application {
    name: "Exec",
    synopsis: "Runs an application by its name",
    arguments: &[Argument::required("application(arguments)", Kind::Application)],
    options: &[],
    sets: &[],
    run: Run::Compute(exec),
};

fn exec(context: &mut Context<'_>, text: &str) -> Outcome {
    if text.is_empty() {
        return Outcome::Continue;
    }
    let (name, arguments) = parse(text);
    match context.exchange.library.application(name) {
        Some(application) => {
            let arguments = context.expand(arguments);
            context.hand_over(application, &arguments)
        }
        None => {
            context.warn(&format!("Exec: there is no application {name}"));
            Outcome::Hangup
        }
    }
}

/// Parts `Name(arguments)`. What stands behind the last `)` is not looked at.
pub(super) fn parse(text: &str) -> (&str, &str) {
    let Some((name, rest)) = text.split_once('(') else { return (text, "") };
    (name, rest.rsplit_once(')').map_or(rest, |(inside, _)| inside))
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_name_may_come_from_a_variable() {
        let trial =
            Trial::run("exten => 1,1,Set(A=Goto)\nsame => n,Exec(${A}(4))\nsame => n,Hangup\nsame => n,NoOp(there)\n");
        assert_eq!(trial.last_step(), "1@default:4 NoOp there");
        assert_eq!(
            Trial::run("exten => 1,1,Exec(Nonsense(x))\nsame => n,NoOp\n").last_step(),
            "1@default:1 Exec Nonsense(x)"
        );
    }
}
