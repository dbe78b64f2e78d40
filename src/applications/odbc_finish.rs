//! `ODBCFinish`

use crate::functions::odbc;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Forgets the result of a function with `mode=multirow`, which `ODBC_FETCH` has not read to its end.
pub static ODBC_FINISH: Application = Application {
    name: "ODBCFinish",
    synopsis: "Forgets a result of several rows",
    arguments: &[Argument::required("result-id", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(finish),
};

fn finish(context: &mut Context<'_>, id: &str) -> Outcome {
    odbc::finish(&mut context.state.settings, id);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn a_result_that_is_not_there_is_no_fault() {
        let trial = Trial::run("exten => 1,1,ODBCFinish(7)\nsame => n,NoOp(${ODBC_FETCH(7)}${ODBC_FETCH_STATUS})\n");
        assert_eq!(trial.last_step(), "1@default:2 NoOp FAILURE");
    }
}
