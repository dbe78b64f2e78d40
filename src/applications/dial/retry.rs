//! `RetryDial`

use super::{DIAL, dial_wish, read};
use crate::applications::playing;
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Keyed, Kind, Outcome, Run, leading_number};

/// Calls destinations again and again until somebody answers.
///
/// After each failure the caller hears the announcement and waits. A key that is an extension of one digit in
/// `EXITCONTEXT` leads there, where Dial's option `d` is given. What follows the number of tries are Dial's arguments.
/// 0 or a negative number of tries stands for no limit.
pub static RETRY_DIAL: Application = Application {
    name: "RetryDial",
    synopsis: "Calls destinations again until somebody answers",
    arguments: &[
        Argument::required("announcement", Kind::Sounds),
        Argument::required("pause", Kind::Seconds),
        Argument::required("tries", Kind::Number),
        Argument::required("destinations", Kind::Destinations),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("options", Kind::Options),
    ],
    options: DIAL.options,
    sets: DIAL.sets,
    run: Run::Wait(|call, arguments| Box::pin(retry(call, arguments))),
};

/// The pause, in seconds, where none is given.
const PAUSE: f64 = 10.0;

async fn retry(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.len() < 4 {
        call.context().warn("RetryDial needs an announcement, a pause, a number of tries and destinations");
        return Outcome::Hangup;
    }
    let Some(wish) = read(call, &Arguments::new(arguments.rest(3))) else { return Outcome::Hangup };
    let pause = Exchange::pause(arguments.seconds(1).unwrap_or(PAUSE));
    let tries = leading_number(arguments.get(2)) as i64;
    let mut tried = 0;
    call.channel.state().records.note_application("RetryDial", "Retrying");
    loop {
        let outcome = dial_wish(call, &wish).await;
        tried += 1;
        let status = call.context().get("DIALSTATUS").unwrap_or_default();
        let has_jumped = call.channel.state().has_jumped;
        if outcome == Outcome::Hangup || status == "ANSWER" || has_jumped || (tries > 0 && tried >= tries) {
            return outcome;
        }
        if let Some(sound) = arguments.given(0) {
            playing::play(call, sound).await;
        }
        if let Keyed::Key(key) = call.key(pause).await
            && wish.options.has('d')
            && super::ringing::jump_to_key(call, key)
        {
            return Outcome::Continue;
        }
    }
}
