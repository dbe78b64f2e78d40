//! `TryExec`

use super::exec::parse;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Runs an application by its name and goes on, whatever becomes of it.
pub static TRY_EXEC: Application = Application {
    name: "TryExec",
    synopsis: "Runs an application by its name and tells how it went",
    arguments: &[Argument::required("application(arguments)", Kind::Application)],
    options: &[],
    sets: &[Sets { variable: "TRYSTATUS", values: &["SUCCESS", "FAILED", "NOAPP"] }],
    run: Run::Wait(|call, arguments| Box::pin(try_exec(call, arguments))),
};

async fn try_exec(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.is_empty() {
        return Outcome::Continue;
    }
    let (name, inner) = parse(arguments.text());
    let status = match call.exchange.library.application(name) {
        Some(application) => {
            let inner = call.context().expand(inner);
            match call.execute(application, &inner).await {
                Outcome::Continue => "SUCCESS",
                _ => "FAILED",
            }
        }
        None => {
            call.context().warn(&format!("TryExec: there is no application {name}"));
            "NOAPP"
        }
    };
    call.context().set("TRYSTATUS", status);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_status_tells_how_it_went() {
        let status = |application| {
            let trial = Trial::run(&format!("exten => 1,1,TryExec({application})\nsame => n,NoOp(${{TRYSTATUS}})\n"));
            trial.last_step().to_owned()
        };
        assert_eq!(status("Wait(1)"), "1@default:2 NoOp SUCCESS");
        assert_eq!(status("Hangup(17)"), "1@default:2 NoOp FAILED");
        assert_eq!(status("Nonsense(x)"), "1@default:2 NoOp NOAPP");
    }
}
