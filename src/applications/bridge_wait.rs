//! `BridgeWait`

use std::time::Duration;

use super::music;
use crate::bridging::hall::Role;
use crate::bridging::holding::Holding;
use crate::channel::Indication;
use crate::interpreter::{
    Application, Argument, Arguments, Call, Exchange, Kind, Letter, Options, Outcome, Run, leading_number,
};

/// Lets the caller wait in a holding bridge, with music, until somebody takes it from there.
///
/// Who comes in with the role `announcer` waits for nothing: those who wait there hear what it says instead of their music.
/// A bridge without a name is called `default`. An unanswered call is answered first.
pub static BRIDGE_WAIT: Application = Application {
    name: "BridgeWait",
    synopsis: "Lets the caller wait in a holding bridge",
    arguments: &[
        Argument::optional("name", Kind::Text),
        Argument::optional("role", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::with('e', "m|r|s|h|n", "plays music, ringing or silence, puts the caller on hold, or does nothing"),
        Letter::with('m', "class", "plays music of this class"),
        Letter::plain('n', "does not answer the call"),
        Letter::with('S', "seconds", "goes on after so many seconds"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(bridge_wait(call, arguments))),
};

/// Who leaves a bridge ends in good order.
struct End<'a>(&'a Call);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.channel.note_normal_end();
    }
}

async fn bridge_wait(call: &mut Call, arguments: Arguments) -> Outcome {
    let name = arguments.given(0).unwrap_or("default");
    let role = match arguments.get(1).trim() {
        "" | "participant" => Role::Participant,
        "announcer" => Role::Announcer,
        other => {
            let text = format!("BridgeWait: `{other}` is no role: write participant or announcer");
            call.context().warn(&text);
            return Outcome::Hangup;
        }
    };
    let options = arguments.options(2);
    if !options.has('n') {
        call.answer(Duration::ZERO).await;
    }
    call.background = None;
    let _end = End(call);
    let stay = call.exchange.halls.enter(&call.channel, name, role);
    let mut announcers = stay.announcers();
    let entertained = async {
        loop {
            let is_quiet = role == Role::Announcer || *announcers.borrow_and_update() > 0;
            let _entertainment = if is_quiet { None } else { entertain(call, &options) };
            if announcers.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let time = async {
        match options.argument('S').map(leading_number).filter(|seconds| *seconds > 0.0) {
            Some(seconds) => tokio::time::sleep(Exchange::pause(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = entertained => {}
        () = time => {}
    }
    Outcome::Continue
}

/// What plays to who waits.
fn entertain(call: &Call, options: &Options) -> Option<Holding> {
    match options.argument('e').and_then(|entertainment| entertainment.chars().next()) {
        Some('r') => Some(music::tone(call, &call.channel, "ring")),
        Some('s' | 'n') => None,
        Some('h') => {
            call.channel.indicate(Indication::Hold);
            None
        }
        _ => Some(music::hold(call, &call.channel, options.argument('m').unwrap_or(""))),
    }
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

    #[test]
    fn who_waits_hears_an_announcer() {
        let told = Trial::of(
            "Originate(Local/200@default,app,BridgeWait,lobby\\,announcer,,,a)
             BridgeWait(lobby,,m(jazz)S(6))
             NoOp(on)
             exten => 200,1,Answer()
             exten => 200,2,Wait(2)
             exten => 200,3,Playback(tt-monkeys)",
        )
        .listen()
        .run();
        assert!(told.has("music jazz") && told.has("music off"), "{:#?}", told.lines);
        assert!(told.has("100@default:4 NoOp on"), "{:#?}", told.lines);
    }

    #[test]
    fn a_role_that_is_none_ends_the_call() {
        let told = Trial::of("BridgeWait(lobby,nobody)\nNoOp(on)").run();
        assert!(told.has("warning BridgeWait: `nobody`") && !told.has("100@default:3"), "{:?}", told.lines);
    }
}
