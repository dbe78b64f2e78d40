//! `SayAlpha`, `SayAlphaCase`, `SayDigits`, `SayMoney`, `SayNumber`, `SayOrdinal` and `SayPhonetic`

use super::{Language, characters, digits, money, ordinal, phonetic};
use crate::applications::playing::{self, ANY_KEY, Played};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

const fn application(
    name: &'static str,
    synopsis: &'static str,
    arguments: &'static [Argument],
    run: Run,
) -> Application {
    Application { name, synopsis, arguments, options: &[], sets: &[], run }
}

/// Says a text character by character.
///
/// Keys pressed meanwhile are lost, unless the variable SAY_DTMF_INTERRUPT is true: then the first ends the saying and
/// begins an extension.
pub static SAY_ALPHA: Application = application(
    "SayAlpha",
    "Says a text character by character",
    &[Argument::required("text", Kind::Text)],
    Run::Wait(|call, arguments| Box::pin(say_text(call, arguments, characters))),
);

/// Says a text character by character, and whether its letters are capital.
///
/// The option is `a` to tell of all letters, `u` of capital and `l` of small ones, `n` of none. Keys are as in `SayAlpha`.
pub static SAY_ALPHA_CASE: Application = application(
    "SayAlphaCase",
    "Says a text character by character, with the case of letters",
    &[Argument::required("option", Kind::Text), Argument::required("text", Kind::Text)],
    Run::Wait(|call, arguments| Box::pin(say_alpha_case(call, arguments))),
);

async fn say_alpha_case(call: &mut Call, arguments: Arguments) -> Outcome {
    let tells: fn(char) -> bool = match arguments.get(0) {
        "a" => |character| character.is_ascii_alphabetic(),
        "u" => |character| character.is_ascii_uppercase(),
        "l" => |character| character.is_ascii_lowercase(),
        "n" => |_| false,
        option => {
            call.context().warn(&format!("SayAlphaCase: the option is a, l, n or u, not `{option}`"));
            return Outcome::Continue;
        }
    };
    let mut words = Vec::new();
    for character in arguments.get(1).chars() {
        if tells(character) {
            words.push(if character.is_ascii_uppercase() { "uppercase" } else { "lowercase" }.to_owned());
        }
        words.extend(characters(character.encode_utf8(&mut [0; 4])));
    }
    say(call, &words).await
}

/// Says digits one by one, with `*`, `#` and `-`; other characters are left out.
///
/// Keys pressed meanwhile are lost, unless the variable SAY_DTMF_INTERRUPT is true: then the first ends the saying and
/// begins an extension.
pub static SAY_DIGITS: Application = application(
    "SayDigits",
    "Says digits one by one",
    &[Argument::required("digits", Kind::Text)],
    Run::Wait(|call, arguments| Box::pin(say_text(call, arguments, digits))),
);

/// Says an amount in dollars and cents: "one dollar and fifty cents". Nothing is said of an amount below zero.
///
/// Keys pressed meanwhile are lost, unless the variable SAY_DTMF_INTERRUPT is true: then the first ends the saying and
/// begins an extension.
pub static SAY_MONEY: Application = application(
    "SayMoney",
    "Says an amount of money",
    &[Argument::required("amount", Kind::Number)],
    Run::Wait(|call, arguments| Box::pin(say_money(call, arguments))),
);

/// Says a text character by character in the radio alphabet: "alpha", "bravo".
///
/// Keys pressed meanwhile are lost, unless the variable SAY_DTMF_INTERRUPT is true: then the first ends the saying and
/// begins an extension.
pub static SAY_PHONETIC: Application = application(
    "SayPhonetic",
    "Says a text in the radio alphabet",
    &[Argument::required("text", Kind::Text)],
    Run::Wait(|call, arguments| Box::pin(say_text(call, arguments, phonetic))),
);

/// Says a whole number in words, in the language of the channel.
///
/// Czech, Danish, Dutch, English, French, German, Hungarian, Italian, Mandarin, Norwegian, Polish, Portuguese, Russian and
/// Spanish have words of their own; others say numbers as English does, with their own sounds. The gender (`f`, `m`, `c` or
/// `n`) is that of what is counted. Keys pressed meanwhile are lost, unless the variable SAY_DTMF_INTERRUPT is true: then the
/// first ends the saying and begins an extension.
pub static SAY_NUMBER: Application = application(
    "SayNumber",
    "Says a number in words",
    &[Argument::required("number", Kind::Number), Argument::optional("gender", Kind::Text)],
    Run::Wait(|call, arguments| Box::pin(say_number(call, arguments, "SayNumber", Language::number))),
);

/// Says a whole number as a place in an order: "twenty first".
///
/// Keys pressed meanwhile are lost, unless the variable SAY_DTMF_INTERRUPT is true: then the first ends the saying and
/// begins an extension. It is said as in English, whatever the language and the gender (`f`, `m`, `c` or `n`).
pub static SAY_ORDINAL: Application = application(
    "SayOrdinal",
    "Says a number as a place in an order",
    &[Argument::required("number", Kind::Number), Argument::optional("gender", Kind::Text)],
    Run::Wait(|call, arguments| Box::pin(say_number(call, arguments, "SayOrdinal", |_, number, _| ordinal(number)))),
);

async fn say_text(call: &mut Call, arguments: Arguments, words: fn(&str) -> Vec<String>) -> Outcome {
    let words = words(arguments.text());
    say(call, &words).await
}

async fn say_money(call: &mut Call, arguments: Arguments) -> Outcome {
    let words = money(arguments.get(0), Language::spoken_to(&call.channel));
    say(call, &words).await
}

async fn say_number(
    call: &mut Call,
    arguments: Arguments,
    name: &str,
    words: fn(Language, i64, Option<char>) -> Vec<String>,
) -> Outcome {
    let text = arguments.get(0);
    let gender = arguments.get(1);
    if arguments.is_empty() {
        call.context().warn(&format!("{name} needs a number"));
        return Outcome::Hangup;
    }
    if arguments.len() > 1 && !["f", "m", "c", "n"].iter().any(|known| gender.eq_ignore_ascii_case(known)) {
        call.context().warn(&format!("{name}: the gender is f, m, c or n, not `{gender}`"));
        return Outcome::Hangup;
    }
    match whole_number(text) {
        Some(number) => {
            let gender = gender.to_ascii_lowercase().chars().next();
            let language = Language::spoken_to(&call.channel);
            say(call, &words(language, number, gender)).await
        }
        None => {
            call.context().warn(&format!("{name}: `{text}` is no whole number"));
            Outcome::Continue
        }
    }
}

/// The whole number that a text begins with.
fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..text.len() - unsigned.len() + digits)?.parse().ok()
}

/// Says words; a key ends them where SAY_DTMF_INTERRUPT allows it.
async fn say(call: &mut Call, words: &[String]) -> Outcome {
    let interrupt = call.context().get("SAY_DTMF_INTERRUPT").is_some_and(|value| crate::conf::is_true(&value));
    say_until(call, words, if interrupt { ANY_KEY } else { "" }).await
}

/// Says words until one of the keys is pressed, which then begins an extension.
pub(super) async fn say_until(call: &mut Call, words: &[String], keys: &str) -> Outcome {
    match playing::play_each(call, words, keys).await {
        Played::Key(key) => {
            call.channel.state().keyed.push(key);
            Outcome::Collect
        }
        Played::Whole | Played::Failed => Outcome::Continue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::testing::Trial;

    #[test]
    fn a_number_may_be_followed_by_anything() {
        assert_eq!(whole_number(" 42nd"), Some(42));
        assert_eq!(whole_number("-7"), Some(-7));
        assert_eq!(whole_number("3.9"), Some(3));
        assert_eq!(whole_number("abc"), None);
        assert_eq!(whole_number(""), None);
    }

    #[test]
    fn each_says_its_words() {
        let said = |step: &str| Trial::of(step).run().sounds().join(" ");
        assert_eq!(said("SayNumber(21)"), "digits/20 digits/1");
        assert_eq!(said("Set(CHANNEL(language)=fr_CH)\nSayNumber(72,F)"), "digits/60 digits/12");
        assert_eq!(said("Set(CHANNEL(language)=fr)\nSayUnixTime(0,UTC,IM)"), "digits/12 digits/oclock");
        assert_eq!(said("SayOrdinal(21)"), "digits/20 digits/h-1");
        let amount = Trial::of("SayMoney(3.02)").run();
        assert_eq!(amount.sounds().first(), Some(&"digits/3"));
        assert_eq!(said("SayDigits(4#)"), "digits/4 digits/pound");
        assert_eq!(said("SayAlpha(a-)"), "letters/a letters/dash");
        assert_eq!(said("SayAlphaCase(u,aB)"), "letters/a uppercase letters/b");
        assert_eq!(said("SayPhonetic(b)"), "phonetic/b_p");
        assert_eq!(said("SayUnixTime(0,UTC,Y)"), "digits/19 digits/70");
        assert_eq!(said("DateTime(,Europe/Vienna,k)"), "digits/10");
        assert!(Trial::of("SayNumber(abc)").run().has("warning SayNumber"));
    }
}
