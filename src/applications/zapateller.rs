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

async fn zapateller(call: &mut Call, arguments: Arguments) -> Outcome {
    let has = |option: &str| arguments.text().split(',').any(|given| given.trim().eq_ignore_ascii_case(option));
    let shows_number = !call.channel.state().caller.number().is_empty();
    let mut status = "NOTHING";
    if !call.channel.is_up() && has("answer") {
        call.answer(Duration::ZERO).await;
        status = "ANSWERED";
    }
    if !(has("nocallerid") && shows_number)
        && let Ok(tone) = Tone::parse(TONE)
    {
        let sounding = music::sound(&call.channel, tone);
        tokio::time::sleep(Duration::from_millis(1990)).await;
        drop(sounding);
        call.channel.discard_digits();
        status = "ZAPPED";
    }
    call.context().set("ZAPATELLERSTATUS", status);
    Outcome::Continue
}
