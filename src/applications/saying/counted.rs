//! `SayCountedNoun`, `SayCountedAdj`: so many of something, as the language puts it.

use super::language::{Language, slavic_form};
use crate::applications::playing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, leading_integer};

/// Says a number and a noun: `SayCountedNoun(5,call)` plays 5 and `calls`, and of one `call`.
///
/// In Slavic languages the sounds are `call`, `callx1` (2 to 4) and `callx2`.
pub static SAY_COUNTED_NOUN: Application = Application {
    name: "SayCountedNoun",
    synopsis: "Says a number and the noun that it counts",
    arguments: &[Argument::required("number", Kind::Number), Argument::required("noun", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(noun(call, arguments))),
};

/// Says the adjective of something counted, in the form that the language wants; in English there is one.
///
/// In Slavic languages the sounds have `f`, `m` or `n` behind them for one, by the gender, and `x` otherwise.
pub static SAY_COUNTED_ADJ: Application = Application {
    name: "SayCountedAdj",
    synopsis: "Says the adjective of something counted",
    arguments: &[
        Argument::required("number", Kind::Number),
        Argument::required("adjective", Kind::Text),
        Argument::optional("gender", Kind::Text),
    ],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(adjective(call, arguments))),
};

/// The languages whose nouns have a form for one, for two to four, and for all others.
fn is_slavic(language: &str) -> bool {
    ["be", "bs", "hr", "pl", "ru", "sr", "uk"].iter().any(|slavic| language.starts_with(slavic))
}

fn given(call: &Call, arguments: &Arguments, what: &str) -> Option<(i64, String)> {
    let number = arguments.given(0).and_then(leading_integer);
    let word = arguments.given(1).map(str::to_owned);
    if number.is_none() || word.is_none() {
        call.context().warn(&format!("a number and {what} are needed"));
    }
    number.map(i64::from).zip(word)
}

async fn noun(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some((number, noun)) = given(call, &arguments, "a noun") else { return Outcome::Hangup };
    let language = call.channel.state().language.clone();
    let form = match is_slavic(&language) {
        true => ["", "x1", "x2"].get(slavic_form(number)).copied().unwrap_or(""),
        false if number == 1 => "",
        false => "s",
    };
    let mut words = super::number(number, Language::of(&language));
    words.push(format!("{noun}{form}"));
    playing::play_each(call, &words, "").await;
    Outcome::Continue
}

async fn adjective(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some((number, word)) = given(call, &arguments, "an adjective") else { return Outcome::Hangup };
    let language = call.channel.state().language.clone();
    let gender = arguments.given(2).unwrap_or("");
    let form = match (is_slavic(&language), slavic_form(number)) {
        (false, _) => String::new(),
        (true, 0) => gender.to_ascii_lowercase(),
        (true, _) => "x".to_owned(),
    };
    playing::play(call, &format!("{word}{form}")).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use super::slavic_form;
    use crate::applications::testing::Trial;

    #[test]
    fn one_and_more() {
        let told = Trial::of("SayCountedNoun(1,call)\nSayCountedNoun(12,call)\nSayCountedAdj(2,new)").run();
        let warned = |sound: &str| told.lines.iter().any(|line| line.starts_with("warning") && line.contains(sound));
        assert_eq!(told.sounds(), ["digits/1", "digits/12"]);
        assert!(warned("call") && warned("calls") && warned("new"), "{:?}", told.lines);
        assert_eq!([1, 2, 5, 11, 12, 21, 24].map(slavic_form), [0, 1, 2, 2, 2, 0, 1]);
    }
}
