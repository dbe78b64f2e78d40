//! `BridgeWait`

use super::music;
use crate::interpreter::{
    Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run, leading_number,
};
use std::time::Duration;

/// Lets the caller wait in a holding bridge, with music, until somebody takes it from there.
///
/// An unanswered call is answered first.
pub static BRIDGE_WAIT: Application = Application {
    name: "BridgeWait",
    synopsis: "Lets the caller wait in a holding bridge",
    arguments: &[
        Argument::optional("name", Kind::Text),
        Argument::optional("role", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::with('e', "m|r|s|h", "plays music, ringing, silence, or puts the caller on hold"),
        Letter::with('m', "class", "plays music of this class"),
        Letter::plain('n', "does not answer the call"),
        Letter::with('S', "seconds", "goes on after so many seconds"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(bridge_wait(call, arguments))),
};

/// Who leaves a bridge ends in good order.
struct Stay<'a>(&'a Call);

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        self.0.channel.note_normal_end();
    }
}

async fn bridge_wait(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(2);
    if !options.has('n') {
        call.answer(Duration::ZERO).await;
    }
    call.background = None;
    let _stay = Stay(call);
    let _waiting = match options.argument('e').and_then(|entertainment| entertainment.chars().next()) {
        Some('r') => Some(music::tone(call, &call.channel, "ring")),
        Some('s') => None,
        _ => Some(music::hold(call, &call.channel, options.argument('m').unwrap_or(""))),
    };
    match options.argument('S').map(leading_number) {
        Some(seconds) => tokio::time::sleep(Exchange::pause(seconds)).await,
        None => std::future::pending().await,
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn music_plays_until_the_time_is_over() {
        let told = Trial::of("BridgeWait(lobby,,S(2)m(jazz))\nNoOp(on)\nBridgeWait(lobby,,e(s))").hang_up(9.0).run();
        assert!(told.has("music jazz") && told.has("100@default:3 NoOp on"), "{:?}", told.lines);
        assert_eq!(told.lines.iter().filter(|line| line.starts_with("music ")).count(), 2);
    }
}
