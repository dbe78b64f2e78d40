//! `BackGround`

use std::sync::Arc;
use std::time::Duration;

use super::playing::{self, ANY_KEY, Played};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Lookup, Options, Outcome, Run, Sets};

/// Plays sound files while the caller may dial.
///
/// The first key ends the announcement; it begins an extension, which is collected as `WaitExten` does. Where that key
/// alone is the only extension that it can become in `context`, the call goes there at once. Files are named without
/// extension and joined by `&`. An unanswered call is answered first.
pub static BACKGROUND: Application = Application {
    name: "BackGround",
    synopsis: "Plays sound files while the caller may dial",
    arguments: &[
        Argument::required("filenames", Kind::Sounds),
        Argument::optional("options", Kind::Options),
        Argument::optional("language", Kind::Text),
        Argument::optional("context", Kind::Text),
    ],
    options: &[
        Letter::plain('s', "leaves the files out where the call is not answered"),
        Letter::plain('n', "does not answer the call"),
        Letter::plain('m', "ends only for a key that is an extension of one digit in the context"),
        Letter::plain('p', "lets no key end the announcement"),
    ],
    sets: &[Sets { variable: "BACKGROUNDSTATUS", values: &["SUCCESS", "FAILED"] }],
    run: Run::Wait(|call, arguments| Box::pin(background(call, arguments))),
};

async fn background(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.is_empty() {
        call.context().warn("BackGround needs the name of a sound file");
        return Outcome::Hangup;
    }
    let options = match arguments.get(1).to_lowercase().as_str() {
        "skip" => Options::parse("s"),
        "noanswer" => Options::parse("n"),
        _ => arguments.options(1),
    };
    if call.is_ending() {
        call.context().set("BACKGROUNDSTATUS", "FAILED");
        return Outcome::Continue;
    }
    if !call.channel.is_up() {
        if options.has('s') {
            call.context().set("BACKGROUNDSTATUS", "SUCCESS");
            return Outcome::Continue;
        }
        if !options.has('n') {
            call.answer(Duration::ZERO).await;
        }
    }
    let (context, language, caller) = {
        let mut here = call.context();
        // Inside a macro the keys mean extensions of where it was called.
        let own = here.get("MACRO_CONTEXT").unwrap_or_else(|| here.state.position.context.clone());
        let context = arguments.given(3).map_or(own, str::to_owned);
        let language = arguments.given(2).unwrap_or(&here.state.language).to_owned();
        (context, language, here.state.caller.number().to_owned())
    };
    let plan = Arc::clone(call.plan());
    let exchange = Arc::clone(&call.exchange);
    let lookup = Lookup::new(&plan, &exchange.clock);
    let goes_on = |key: char| match (options.has('p'), options.has('m')) {
        (true, _) => true,
        (false, true) => !lookup.exists(&context, &key.to_string(), 1, &caller),
        (false, false) => !ANY_KEY.contains(key),
    };
    let (is_whole, key) = play(call, arguments.get(0), &language, goes_on).await;
    call.context().set("BACKGROUNDSTATUS", if is_whole { "SUCCESS" } else { "FAILED" });
    let Some(key) = key else { return Outcome::Continue };
    let extension = key.to_string();
    let mut state = call.channel.state();
    if lookup.can_match(&context, &extension, &caller) && !lookup.matches_more(&context, &extension, &caller) {
        state.jump(&context, &extension, 1);
        return Outcome::Continue;
    }
    state.keyed.push(key);
    Outcome::Collect
}

/// Plays the files until one fails or a key does not let it go on.
async fn play(call: &mut Call, files: &str, language: &str, goes_on: impl Fn(char) -> bool) -> (bool, Option<char>) {
    for file in files.trim().split('&') {
        match playing::play_in(call, file, language, &goes_on).await {
            Played::Whole => {}
            Played::Failed => return (false, None),
            Played::Key(key) => return (true, Some(key)),
        }
    }
    (true, None)
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_first_key_begins_an_extension() {
        let told = Trial::of("BackGround(silence/9)\nexten => 12,1,Hangup\nexten => 13,1,Hangup").press("12").run();
        assert!(told.has("12@default:1 Hangup"), "{:?}", told.lines);
        assert_eq!(told.value("BACKGROUNDSTATUS"), Some("SUCCESS"));
    }

    #[test]
    fn a_key_that_is_an_extension_goes_there_at_once() {
        let told = Trial::of("BackGround(silence/9)\nexten => 7,1,Hangup").press("7").run();
        assert!(told.has("7@default:1 Hangup") && told.lasted < 1.2, "{} {:?}", told.lasted, told.lines);
    }

    #[test]
    fn option_m_passes_over_other_keys() {
        let told = Trial::of("BackGround(silence/9,m)\nexten => 1,1,Hangup\nexten => 22,1,Hangup").press("2w1").run();
        assert!(told.has("1@default:1 Hangup"), "{:?}", told.lines);
    }

    #[test]
    fn another_context_may_be_dialled() {
        let told = Trial::of("BackGround(silence/9,,,other)\n[other]\nexten => 7,1,Hangup").press("7").run();
        assert!(told.has("7@other:1 Hangup"), "{:?}", told.lines);
    }
}
