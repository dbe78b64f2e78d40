//! `ReceiveText`

use std::time::Duration;

use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Waits for a text that the caller's telephone sends in the call.
///
/// It waits for so many seconds at most, or without end. `RECEIVETEXTMESSAGE` gets the text, and stays as it was where none
/// came; `RECEIVETEXTSTATUS` tells which.
pub static RECEIVE_TEXT: Application = Application {
    name: "ReceiveText",
    synopsis: "Waits for a text",
    arguments: &[Argument::optional("timeout", Kind::Seconds)],
    options: &[],
    sets: &[
        Sets { variable: "RECEIVETEXTMESSAGE", values: &[] },
        Sets { variable: "RECEIVETEXTSTATUS", values: &["SUCCESS", "FAILURE"] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(receive_text(call, arguments))),
};

async fn receive_text(call: &mut Call, arguments: Arguments) -> Outcome {
    let limit = arguments.seconds(0).filter(|seconds| *seconds > 0.0).map(Duration::from_secs_f64);
    let text = match limit {
        Some(limit) => tokio::time::timeout(limit, next_text(call)).await.ok(),
        None => Some(next_text(call).await),
    };
    if let Some(text) = &text {
        call.context().set("RECEIVETEXTMESSAGE", text);
    }
    call.context().set("RECEIVETEXTSTATUS", if text.is_some() { "SUCCESS" } else { "FAILURE" });
    Outcome::Continue
}

/// The next text of the caller.
pub async fn next_text(call: &Call) -> std::sync::Arc<str> {
    loop {
        if let Event::Text(text) = call.channel.event().await {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_time_runs_out_where_no_text_comes() {
        let told = Trial::of("ReceiveText(3)\nNoOp([${RECEIVETEXTMESSAGE}] ${RECEIVETEXTSTATUS})").run();
        assert!(told.has("100@default:3 NoOp [] FAILURE") && (3.0..3.5).contains(&told.lasted), "{:?}", told.lines);
    }
}
