//! Arguments that do not fit what an application declares.

use super::*;
use crate::interpreter::Kind;

rule! {
    /// ## What it does
    /// Finds calls without an argument that the application needs.
    ///
    /// ## Why is this bad
    /// The application warns and does nothing; some end the call.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(2)
    ///  same => n,Hangup()
    /// ```
    pub MISSING_ARGUMENT: MISSING_ARGUMENT, Check::Call(missing)
}

rule! {
    /// ## What it does
    /// Finds more arguments than the application takes.
    ///
    /// ## Why is this bad
    /// They have no effect, and mostly a comma stands in the wrong place.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,WaitExten(5,m,10)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,WaitExten(5,m)
    /// ```
    pub EXCESS_ARGUMENT: EXCESS_ARGUMENT, Check::Call(excess)
}

rule! {
    /// ## What it does
    /// Finds words where the application takes a number or a time.
    ///
    /// ## Why is this bad
    /// They count as 0 or as none. Options written in the place of Dial's time limit have no effect at all.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,tT)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,,tT)
    /// ```
    pub NOT_A_NUMBER: NOT_A_NUMBER, Check::Call(number)
}

rule! {
    /// ## What it does
    /// Finds option letters that the application does not have.
    ///
    /// ## Why is this bad
    /// They have no effect.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,WaitExten(5,q)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,WaitExten(5,m)
    /// ```
    pub UNKNOWN_OPTION: UNKNOWN_OPTION, Check::Call(option)
}

/// Letters of Asterisk's applications that exten does not declare: they are passed over, and that is no fault of the
/// plan.
const ASTERISK_KNOWS: [(&str, &str); 2] = [
    ("dial", "AaBbCcDdEeFfGgHhIiJjKkLMmNnOoPpQRrSsTtUuVvWwXxzZ"),
    ("meetme", "1234567890AaBbCcDdEeFfGgIiKkLlMmnoPpqQRrSsTtUuvVWwXxz"),
];

fn missing(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some(application) = call.application else { return };
    // Verbose's first argument is the optional one.
    if call.key == "verbose" {
        return;
    }
    for (index, argument) in application.arguments.iter().enumerate().filter(|(_, argument)| argument.is_required) {
        let is_given = call.fields.get(index).is_some_and(|field| !line.part(field).trim().is_empty());
        // A substitution may bring commas along. Dial() is a way to try what happens without a phone.
        let is_open = line.is_dynamic(&call.arguments);
        if is_given || is_open || is_allowed_empty(&call.key, index) {
            continue;
        }
        let span = match call.fields.get(index) {
            Some(field) => line.span(field.clone()),
            None => name(line, call).0,
        };
        let message = format!("`{}` needs {}", application.name, described(argument.name));
        findings.tell(Diagnostic::warning(codes::MISSING_ARGUMENT, message).at(span, "missing here").help(format!(
            "write `{}({})`",
            application.name,
            usage(application)
        )));
        return;
    }
}

/// Required arguments that plans leave out on purpose: they mean "nothing" there.
fn is_allowed_empty(key: &str, index: usize) -> bool {
    matches!((key, index), ("sayalpha" | "saydigits" | "sayphonetic", _) | ("userevent" | "log", 1))
}

fn described(name: &str) -> String {
    if name.contains(['[', '?', '=', '/', '(']) { format!("`{name}`") } else { format!("its argument `{name}`") }
}

/// The arguments as a manual writes them.
fn usage(application: &crate::interpreter::Application) -> String {
    let mut text = String::new();
    for (index, argument) in application.arguments.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        if argument.is_required {
            text.push_str(&format!("{comma}{}", argument.name));
        } else {
            text.push_str(&format!("[{comma}{}]", argument.name));
        }
    }
    text
}

fn excess(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some(application) = call.application else { return };
    let most = application.arguments.len();
    let takes_all = application.arguments.last().is_none_or(|last| matches!(last.kind, Kind::Text | Kind::Target));
    if takes_all || call.fields.len() <= most {
        return;
    }
    let Some((first, last)) = call.fields.get(most).zip(call.fields.last()) else { return };
    let span = line.span(first.start..last.end);
    let what = if most == 1 { "1 argument".to_owned() } else { format!("{most} arguments") };
    findings.tell(
        Diagnostic::warning(codes::EXCESS_ARGUMENT, format!("`{}` takes {what} at most", application.name))
            .at(span, "has no effect")
            .help(format!("write `{}({})`", application.name, usage(application))),
    );
}

fn number(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let Some(application) = call.application else { return };
    if call.key == "verbose" {
        return;
    }
    for (argument, field) in application.arguments.iter().zip(&call.fields) {
        let text = line.part(field).trim();
        let is_number = matches!(argument.kind, Kind::Seconds | Kind::Number);
        if !is_number || text.is_empty() || line.is_dynamic(field) || begins_with_number(text) {
            continue;
        }
        // The times of Answer are words in new Asterisks too.
        let known = |letter: char| application.options.iter().any(|known| known.letter == letter);
        let is_option = text.chars().all(|letter| known(letter) || letter.is_ascii_digit() || "()".contains(letter));
        let found = Diagnostic::warning(codes::NOT_A_NUMBER, format!("`{text}` is no number"))
            .at(line.span(field.clone()), format!("`{}` takes its {} here", application.name, argument.name));
        findings.tell(if is_option && !application.options.is_empty() {
            found.help("options come one comma later").suggest(line.span(field.start..field.start), ",")
        } else {
            found.help("write a number, or leave the place empty")
        });
    }
}

fn begins_with_number(text: &str) -> bool {
    let text = text.trim_start_matches(['+', '-', '.', '!', '"', '<', '>']);
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Applications whose options are words, not letters; some take both.
const OPTION_WORDS: [(&str, &[&str]); 2] =
    [("playback", &["skip", "noanswer", "say", "mix"]), ("background", &["skip", "noanswer"])];

fn option(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let words = OPTION_WORDS.iter().find(|(key, _)| *key == call.key).map_or(&[][..], |(_, words)| *words);
    let is_word = |text: &str| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if call.key == "playback" {
        for field in call.fields.iter().skip(1).filter(|field| !line.is_dynamic(field)) {
            let at = fields::trim(line.text, field.clone());
            let text = line.part(&at);
            // Words are looked for anywhere in the text.
            let lower = text.to_ascii_lowercase();
            if !text.is_empty() && !words.iter().any(|word| lower.contains(word)) {
                findings.tell(unknown_word(line, at, text, words));
            }
        }
        return;
    }
    if call.argument(Kind::Options).is_some_and(|options| is_word(line.part(options).trim())) {
        return;
    }
    let Some(application) = call.application.filter(|application| !application.options.is_empty()) else { return };
    let Some(options) = call.argument(Kind::Options) else { return };
    let known_to_asterisk = ASTERISK_KNOWS.iter().find(|(key, _)| *key == call.key).map_or("", |(_, letters)| *letters);
    let mut seen = Vec::new();
    for found in letters(line, options) {
        let letter = found.letter;
        if seen.contains(&letter) {
            continue;
        }
        seen.push(letter);
        // A bracket here has lost its partner, which is told by another rule.
        let is_bracket = matches!(letter, '{' | '}' | '[' | ']' | '(' | ')');
        if is_bracket || application.options.iter().any(|known| known.letter == letter) {
            continue;
        }
        let shown = found.at.start..found.at.start + letter.len_utf8();
        if known_to_asterisk.contains(letter) {
            let message = format!("exten does not have option `{letter}` of `{}` yet", application.name);
            findings.tell(Diagnostic::advice(codes::UNKNOWN_OPTION, message).at(line.span(shown), "is passed over"));
            continue;
        }
        let letters: String = application.options.iter().map(|known| known.letter).collect();
        findings.tell(
            Diagnostic::warning(codes::UNKNOWN_OPTION, format!("`{}` has no option `{letter}`", application.name))
                .at(line.span(shown), "has no effect")
                .help(format!("it has: {letters}")),
        );
    }
}

fn unknown_word(line: &Line<'_>, at: Range<usize>, text: &str, words: &'static [&'static str]) -> Diagnostic {
    let span = line.span(at);
    let found = Diagnostic::warning(codes::UNKNOWN_OPTION, format!("`Playback` has no option `{text}`"))
        .at(span, "has no effect");
    match names::nearest(text, words.iter().copied()) {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(span, nearest),
        None => found.help(format!("it has: {}", words.join(", "))),
    }
}
