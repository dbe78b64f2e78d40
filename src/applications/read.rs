//! `Read`

use std::time::Duration;

use super::keying::{self, Entry, Wanted};
use super::music;
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run, Sets};
use crate::media::tone::Tone;

/// Reads digits from the caller into a variable.
///
/// The prompts are sound files joined by `&`; a key ends them. Digits are read until there are `maxdigits` of them, until
/// `#` (or a key of option `t`), or until none comes in time: then what was pressed counts. Where nothing was pressed
/// the caller is asked again, `attempts` times in all. Without a `timeout` the channel's own limits hold (see `TIMEOUT`).
/// An unanswered call is answered first.
pub static READ: Application = Application {
    name: "Read",
    synopsis: "Reads digits into a variable",
    arguments: &[
        Argument::required("variable", Kind::Variable),
        Argument::optional("filenames", Kind::Sounds),
        Argument::optional("maxdigits", Kind::Number),
        Argument::optional("options", Kind::Options),
        Argument::optional("attempts", Kind::Number),
        Argument::optional("timeout", Kind::Seconds),
    ],
    options: &[
        Letter::plain('s', "reads nothing where the call is not answered"),
        Letter::plain('i', "plays the filename as a tone of the indications until the first key"),
        Letter::plain('n', "does not answer the call"),
        Letter::with('t', "keys", "ends with one of these keys instead of #; with none of them if empty"),
        Letter::plain('e', "reads the ending key as the entry if it is the only one"),
    ],
    sets: &[Sets { variable: "READSTATUS", values: &["OK", "ERROR", "HANGUP", "INTERRUPTED", "SKIPPED", "TIMEOUT"] }],
    run: Run::Wait(|call, arguments| Box::pin(read(call, arguments))),
};

/// Most digits that one entry has.
const MOST: usize = 255;

/// What is read; it reaches its variable also where the caller hangs up.
struct Reading<'a> {
    call: &'a mut Call,
    variable: String,
    digits: String,
    status: &'static str,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut context = self.call.context();
        context.set(&self.variable, &self.digits);
        context.set("READSTATUS", self.status);
    }
}

async fn read(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(variable) = arguments.given(0) else {
        let mut context = call.context();
        context.warn("Read needs the name of a variable");
        context.set("READSTATUS", "ERROR");
        return Outcome::Continue;
    };
    let options = arguments.options(3);
    // Until it ends otherwise, it ends with the call.
    let mut reading = Reading { call, variable: variable.to_owned(), digits: String::new(), status: "HANGUP" };
    if reading.call.is_ending() {
        return Outcome::Continue;
    }
    if !reading.call.channel.is_up() {
        if options.has('s') {
            reading.status = "SKIPPED";
            return Outcome::Continue;
        }
        if !options.has('n') {
            reading.call.answer(Duration::ZERO).await;
        }
    }
    let whole = |index| arguments.seconds(index).map_or(0, |number| number as i64);
    let most = usize::try_from(whole(2)).ok().filter(|most| (1..=MOST).contains(most)).unwrap_or(MOST);
    let ends = if options.has('t') { options.argument('t').unwrap_or("#") } else { "#" };
    let mut wanted = Wanted { ends, ..Wanted::of(reading.call).at_most(most) };
    if let Some(limit) = arguments.seconds(5).filter(|limit| *limit > 0.0) {
        wanted = wanted.within(Exchange::pause(limit));
    }
    for _ in 0..whole(4).max(1) {
        let tone = if options.has('i') { tone(reading.call, arguments.get(1)) } else { None };
        let entry = match tone {
            Some(tone) => dial(&mut reading, arguments.get(1), tone, &wanted).await,
            None => keying::ask(reading.call, arguments.get(1), &wanted, &mut reading.digits).await,
        };
        reading.status = match entry {
            Entry::Complete(end) => {
                if options.has('e') && reading.digits.is_empty() {
                    reading.digits.extend(end);
                }
                "OK"
            }
            Entry::TimedOut => "TIMEOUT",
            Entry::Failed if reading.call.channel.hangup_cause().is_some() => "HANGUP",
            Entry::Failed => "ERROR",
        };
        if entry == Entry::Failed || !reading.digits.is_empty() {
            break;
        }
    }
    Outcome::Continue
}

/// The tone of option `i`.
fn tone(call: &Call, name: &str) -> Option<Tone> {
    if name.is_empty() { None } else { music::named_tone(call, &call.channel, name) }
}

/// Reads while a tone is heard until the first key.
async fn dial(reading: &mut Reading<'_>, name: &str, tone: Tone, wanted: &Wanted<'_>) -> Entry {
    let sounding = music::named_sound(&reading.call.channel, name, tone);
    let first = keying::collect(reading.call, None, &wanted.at_most(1), &mut reading.digits).await;
    drop(sounding);
    if first != Entry::Complete(None) || wanted.most == 1 {
        return first;
    }
    keying::collect(reading.call, None, wanted, &mut reading.digits).await
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    fn read(step: &str, keys: &str) -> (String, String) {
        let told = Trial::of(step).press(keys).run();
        let value = |name: &str| told.value(name).unwrap_or("?").to_owned();
        (value("D"), value("READSTATUS"))
    }

    fn pair(digits: &str, status: &str) -> (String, String) {
        (digits.to_owned(), status.to_owned())
    }

    #[test]
    fn digits_up_to_the_maximum_the_end_or_the_time_limit() {
        assert_eq!(read("Read(D,,3)", "1234"), pair("123", "OK"));
        assert_eq!(read("Read(D)", "12#"), pair("12", "OK"));
        assert_eq!(read("Read(D,,,,,2)", "12"), pair("12", "TIMEOUT"));
        assert_eq!(read("Read(D,,,t(*))", "1#*"), pair("1#", "OK"));
        assert_eq!(read("Read(D,,3,t())", "1#2"), pair("1#2", "OK"));
        assert_eq!(read("Read(D,,3,e)", "#"), pair("#", "OK"));
    }

    #[test]
    fn a_key_ends_the_prompt_and_counts() {
        assert_eq!(read("Read(D,silence/9,2)", "45"), pair("45", "OK"));
        assert_eq!(read("Read(D,no-such-file,2)", "45"), pair("", "ERROR"));
        assert_eq!(read("Read(D,silence/1&silence/9,1)", "w7"), pair("7", "OK"));
    }

    #[test]
    fn attempts_repeat_the_prompt() {
        let told = Trial::of("Read(D,beep,1,,3,1)").run();
        assert_eq!(told.sounds(), ["beep", "beep", "beep"]);
        assert_eq!(told.value("READSTATUS"), Some("TIMEOUT"));
    }

    #[test]
    fn a_tone_sounds_until_the_first_key() {
        let told = Trial::of("Read(D,dial,2,i)").press("12").listen().run();
        assert!(told.has("tone dial"));
        assert_eq!(told.value("D"), Some("12"));
        let sounding = told.heard.iter().filter(|sample| sample.unsigned_abs() > 1000).count();
        assert!((1000..8000).contains(&sounding), "half a second of it: {sounding}");
    }

    #[test]
    fn what_was_pressed_before_the_hang_up_is_kept() {
        let told = Trial::of("Read(D,,5)").press("12").hang_up(2.0).run();
        assert_eq!((told.value("D"), told.value("READSTATUS")), (Some("12"), Some("HANGUP")));
    }
}
