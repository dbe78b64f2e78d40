//! `CallCompletionRequest`, `CallCompletionCancel`

use crate::interpreter::{Application, Context, Outcome, Run, Sets};

/// Would ask to be called back when a busy party is free. exten offers no such service, so there is no offer to take:
/// `CC_REQUEST_RESULT` is FAIL.
pub static CALL_COMPLETION_REQUEST: Application = Application {
    name: "CallCompletionRequest",
    synopsis: "Fails to ask for call completion: none is offered",
    arguments: &[],
    options: &[],
    sets: &[
        Sets { variable: "CC_REQUEST_RESULT", values: &["FAIL"] },
        Sets { variable: "CC_REQUEST_REASON", values: &["NO_CORE_INSTANCE"] },
    ],
    run: Run::Compute(|context, _| refuse(context, "CC_REQUEST")),
};

/// Would withdraw what `CallCompletionRequest` asked for: `CC_CANCEL_RESULT` is FAIL.
pub static CALL_COMPLETION_CANCEL: Application = Application {
    name: "CallCompletionCancel",
    synopsis: "Fails to withdraw a request for call completion: there is none",
    arguments: &[],
    options: &[],
    sets: &[
        Sets { variable: "CC_CANCEL_RESULT", values: &["FAIL"] },
        Sets { variable: "CC_CANCEL_REASON", values: &["NO_CORE_INSTANCE"] },
    ],
    run: Run::Compute(|context, _| refuse(context, "CC_CANCEL")),
};

fn refuse(context: &mut Context<'_>, prefix: &str) -> Outcome {
    context.warn("call completion is not offered here");
    context.set(&format!("{prefix}_RESULT"), "FAIL");
    context.set(&format!("{prefix}_REASON"), "NO_CORE_INSTANCE");
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn there_is_nothing_to_ask_for() {
        let told = Trial::of(
            "CallCompletionRequest()\nCallCompletionCancel()\nNoOp(${CC_REQUEST_RESULT} ${CC_CANCEL_REASON} ${CALLCOMPLETION(cc_offer_timer)})",
        )
        .run();
        assert!(told.has("100@default:4 NoOp FAIL NO_CORE_INSTANCE 20"), "{:#?}", told.lines);
    }
}
