//! `Answer`

use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Outcome, Run};

/// Answers the call.
///
/// A call that is up already stays so. With a delay, the plan waits that many milliseconds after the answer.
pub static ANSWER: Application = Application {
    name: "Answer",
    synopsis: "Answers the call",
    arguments: &[Argument::optional("delay", Kind::Number)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(answer(call, arguments))),
};

async fn answer(call: &mut Call, arguments: Arguments) -> Outcome {
    let was_up = call.channel.is_up();
    call.channel.answer();
    if !was_up && let Some(delay) = arguments.seconds(0) {
        tokio::time::sleep(Exchange::pause(delay / 1000.0)).await;
    }
    Outcome::Continue
}
