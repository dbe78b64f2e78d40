//! `Zapateller`

use std::time::Duration;

use super::music;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};
use crate::media::tone::Tone;

/// Plays the tone of a number out of service, so that a dialling machine gives up.
///
/// The options, separated by commas: `answer` answers the call first, `nocallerid` leaves the tone out for callers who
/// show their number.
pub static ZAPATELLER: Application = Application {
    name: "Zapateller",
    synopsis: "Plays the tone of a number out of service",
    arguments: &[Argument::optional("options", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "ZAPATELLERSTATUS", values: &["NOTHING", "ANSWERED", "ZAPPED"] }],
    run: Run::Wait(|call, arguments| Box::pin(zapateller(call, arguments))),
};

const TONE: &str = "!950/330,!1400/330,!1800/330,!0/1000";

/// How long the tone lasts, with its silence.
const LENGTH: Duration = Duration::from_millis(1990);

/// Between the answer and the tone.
const PAUSE: Duration = Duration::from_millis(500);

async fn zapateller(call: &mut Call, arguments: Arguments) -> Outcome {
    let has = |option: &str| arguments.text().split(',').any(|given| given.trim().eq_ignore_ascii_case(option));
    let shows_number = !call.channel.state().caller.number().is_empty();
    let set = |call: &Call, status: &str| call.context().set("ZAPATELLERSTATUS", status);
    set(call, "NOTHING");
    if !call.channel.is_up() {
        if has("answer") {
            call.answer(Duration::ZERO).await;
            set(call, "ANSWERED");
        }
        tokio::time::sleep(PAUSE).await;
    }
    if has("nocallerid") && shows_number {
        return Outcome::Continue;
    }
    if let Ok(tone) = Tone::parse(TONE) {
        let sounding = music::named_sound(&call.channel, "info", tone);
        tokio::time::sleep(LENGTH).await;
        drop(sounding);
    }
    call.channel.discard_digits();
    set(call, "ZAPPED");
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn who_shows_no_number_hears_the_tone() {
        let told = Trial::of("Zapateller(answer,nocallerid)").listen().run();
        assert_eq!(told.value("ZAPATELLERSTATUS"), Some("ZAPPED"));
        assert!(told.has("tone info") && told.heard.iter().any(|sample| sample.unsigned_abs() > 1000));
    }
}
