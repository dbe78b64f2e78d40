//! `SIPAddHeader`, `SIPRemoveHeader`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Adds a header to the INVITE of the next outgoing SIP call.
///
/// `SIPAddHeader(Name: value)`.
pub static SIP_ADD_HEADER: Application = Application {
    name: "SIPAddHeader",
    synopsis: "Adds a header to the next outgoing SIP call",
    arguments: &[Argument::required("header: value", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(add),
};

/// Takes back headers of `SIPAddHeader` whose names begin with a text; without one, all of them.
pub static SIP_REMOVE_HEADER: Application = Application {
    name: "SIPRemoveHeader",
    synopsis: "Takes back headers of SIPAddHeader",
    arguments: &[Argument::optional("header", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(remove),
};

fn add(context: &mut Context<'_>, text: &str) -> Outcome {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() && !text.contains(['\r', '\n']) => {
            context.state.headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        _ => context.warn(&format!("SIPAddHeader: `{text}` is no header")),
    }
    Outcome::Continue
}

fn remove(context: &mut Context<'_>, text: &str) -> Outcome {
    let beginning = text.trim().trim_end_matches(':');
    let begins = |name: &str| name.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning));
    context.state.headers.retain(|(name, _)| !begins(name));
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn headers_wait_for_the_next_call() {
        let trial = Trial::run(
            "exten => 1,1,SIPAddHeader(X-A: 1)\nsame => n,SIPAddHeader(nonsense)\nsame => n,SIPRemoveHeader(X-A:)\nsame => n,NoOp(end)\n",
        );
        assert_eq!(trial.last_step(), "1@default:4 NoOp end");
    }
}
