//! `Answer`

use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run};

/// Answers the call.
///
/// A call that is up already stays so. The plan goes on as soon as the far end is heard, at the latest after half a
/// second; with a delay, not before that many milliseconds.
pub static ANSWER: Application = Application {
    name: "Answer",
    synopsis: "Answers the call",
    arguments: &[Argument::optional("delay", Kind::Number), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('i', "goes on at once, without waiting for audio")],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(answer(call, arguments))),
};

async fn answer(call: &mut Call, arguments: Arguments) -> Outcome {
    if call.is_ending() {
        return Outcome::Hangup;
    }
    if arguments.options(1).has('i') {
        call.channel.answer();
    } else {
        call.answer(Exchange::pause(arguments.seconds(0).unwrap_or(0.0) / 1000.0)).await;
    }
    Outcome::Continue
}
