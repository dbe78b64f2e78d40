//! `ExecIfTime`

use super::exec::parse;
use super::exec_if::execute;
use super::goto_if_time::is_now;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Runs an application, by the time of day.
///
/// `ExecIfTime(times,weekdays,days,months[,zone]?Application(arguments))`; the times are as for `GotoIfTime`.
pub static EXEC_IF_TIME: Application = Application {
    name: "ExecIfTime",
    synopsis: "Runs an application, by the time of day",
    arguments: &[Argument::required("times,weekdays,days,months[,zone]?application(arguments)", Kind::Application)],
    options: &[],
    sets: &[],
    run: Run::Compute(exec_if_time),
};

fn exec_if_time(context: &mut Context<'_>, text: &str) -> Outcome {
    let Some((times, application)) = text.split_once('?') else {
        context.warn("ExecIfTime: it wants times, a `?` and an application");
        return Outcome::Hangup;
    };
    if !is_now(context, times) {
        return Outcome::Continue;
    }
    let (name, arguments) = parse(application);
    execute(context, name, arguments)
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn it_runs_only_in_its_time() {
        let trial = Trial::run(
            "exten => 1,1,ExecIfTime(12:00,*,*,*?Set(A=noon))\nsame => n,ExecIfTime(13:00,*,*,*?Set(A=one))\nsame => n,NoOp(${A})\n",
        );
        assert_eq!(trial.last_step(), "1@default:3 NoOp noon");
    }
}
