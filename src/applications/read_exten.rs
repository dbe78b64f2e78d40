//! `ReadExten`

use std::time::Duration;

use tokio::time::Instant;

use super::music;
use super::playing::{self, ANY_KEY};
use crate::bridging::holding::Holding;
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Keyed, Kind, Letter, Outcome, Run, Sets};
use crate::media::tone::Tone;

/// Reads an extension of a context into a variable.
///
/// Keys are read until no further one could make another extension of the context (the call's own if none is named).
/// The variable becomes the extension; `i` if there is none such, and INVALID_EXTEN what was pressed; `t` if nothing was.
/// The timeout holds for the first key, and while the prompt plays. An unanswered call is answered first.
pub static READ_EXTEN: Application = Application {
    name: "ReadExten",
    synopsis: "Reads an extension into a variable",
    arguments: &[
        Argument::required("variable", Kind::Variable),
        Argument::optional("filename", Kind::Sounds),
        Argument::optional("context", Kind::Text),
        Argument::optional("options", Kind::Options),
        Argument::optional("timeout", Kind::Seconds),
    ],
    options: &[
        Letter::plain('s', "reads nothing where the call is not answered"),
        Letter::plain('i', "plays the filename as a tone, by name or in the notation of the indications"),
        Letter::plain('n', "does not answer the call"),
        Letter::plain('p', "the extension is complete with `#`"),
    ],
    sets: &[
        Sets { variable: "READEXTENSTATUS", values: &["OK", "TIMEOUT", "INVALID", "SKIP", "ERROR", "HANGUP"] },
        Sets { variable: "INVALID_EXTEN", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(read_exten(call, arguments))),
};

async fn read_exten(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(variable) = arguments.given(0) else {
        let mut context = call.context();
        context.warn("ReadExten needs the name of a variable");
        context.set("READEXTENSTATUS", "ERROR");
        return Outcome::Continue;
    };
    let options = arguments.options(3);
    if !call.channel.is_up() {
        if options.has('s') {
            let mut context = call.context();
            context.set(variable, "");
            context.set("READEXTENSTATUS", "SKIP");
            return Outcome::Continue;
        }
        if !options.has('n') {
            call.answer(Duration::ZERO).await;
        }
    }
    let (here, caller, timeouts) = {
        let state = call.channel.state();
        (state.position.context.clone(), state.caller.number().to_owned(), state.timeouts)
    };
    let searched = arguments.given(2).unwrap_or(&here);
    let first = arguments.seconds(4).filter(|limit| *limit >= 1.0);
    let first = first.map_or(timeouts.response, |limit| Exchange::pause(limit.trunc()));
    let mut extension = String::new();
    let mut key = first_key(call, &arguments, options.has('i'), first).await;
    while let Some(digit) = key {
        if digit == '#' && options.has('p') {
            break;
        }
        extension.push(digit);
        if !call.lookup(|lookup| lookup.matches_more(searched, &extension, &caller)) {
            break;
        }
        key = match call.key(timeouts.digit).await {
            Keyed::Key(key) => Some(key),
            Keyed::TimedOut => None,
        };
    }
    let exists = |extension: &str| call.lookup(|lookup| lookup.exists(searched, extension, 1, &caller));
    if extension.ends_with('#') && !exists(&extension) {
        extension.pop();
    }
    let is_extension = exists(&extension);
    let mut context = call.context();
    let status = if extension.is_empty() && key.is_none() {
        context.set(variable, "t");
        "TIMEOUT"
    } else if is_extension {
        context.set(variable, &extension);
        "OK"
    } else {
        context.set(variable, "i");
        context.set("INVALID_EXTEN", &extension);
        "INVALID"
    };
    context.set("READEXTENSTATUS", status);
    Outcome::Continue
}

/// The first key; the prompt or tone ends with it.
async fn first_key(call: &mut Call, arguments: &Arguments, is_tone: bool, limit: Duration) -> Option<char> {
    let end = Instant::now() + limit;
    let prompt = arguments.get(1);
    let tone = if is_tone { tone(call, prompt) } else { None };
    if tone.is_none() && !prompt.is_empty() {
        let played = tokio::time::timeout_at(end, playing::play_until(call, prompt, ANY_KEY)).await.ok()?;
        if played.key().is_some() {
            return played.key();
        }
    }
    match call.key(end.saturating_duration_since(Instant::now())).await {
        Keyed::Key(key) => Some(key),
        Keyed::TimedOut => None,
    }
}

fn tone(call: &Call, name: &str) -> Option<Holding> {
    let tone = music::named_tone(call, &call.channel, name).or_else(|| Tone::parse(name).ok())?;
    Some(music::named_sound(&call.channel, name, tone))
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    fn read(keys: &str) -> (Option<String>, Option<String>) {
        let told =
            Trial::of("ReadExten(E,,default,,2)\nexten => 200,1,Hangup\nexten => _3X,1,Hangup").press(keys).run();
        let value = |name: &str| told.value(name).map(str::to_owned);
        (value("E"), value("READEXTENSTATUS"))
    }

    #[test]
    fn keys_become_an_extension_or_say_why_not() {
        let pair = |extension: &str, status: &str| (Some(extension.to_owned()), Some(status.to_owned()));
        assert_eq!(read("200"), pair("200", "OK"));
        assert_eq!(read("39"), pair("39", "OK"));
        assert_eq!(read("9"), pair("i", "INVALID"));
        assert_eq!(read(""), pair("t", "TIMEOUT"));
    }
}
