//! Saying dates and times by a format, as `SayUnixTime` takes it.

use jiff::Zoned;

use super::{Language, ordinal};

/// The sound files that say a moment; without a format in the way that the language has.
///
/// One letter of the format is one part: `A` weekday, `B` month, `m` number of the month, `d` day, `Y` year, `I` hour
/// of twelve, `H` hour of 24 ("oh eight"), `k` hour of 24 ("eight"), `M` minute, `P` a.m. or p.m., `S` second, `Q` and
/// `q` the day as people call it, `R` hour and minute, `T` with seconds; `'name'` is a sound file of its own.
/// `now` decides what is today and yesterday. Letters without a meaning are left out.
pub fn say(moment: &Zoned, format: Option<&str>, now: &Zoned, language: Language) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = format.unwrap_or(language.usual()).chars();
    while let Some(letter) = rest.next() {
        let mut again = |format| words.extend(say(moment, Some(format), now, language));
        match letter {
            '\'' => words.push(rest.by_ref().take_while(|character| *character != '\'').collect()),
            'Q' => again(day_in_words(moment, now, language)),
            'q' => again(day_unless_today(moment, now, language)),
            'R' => again(language.time()),
            'T' => again(language.time_with_seconds()),
            letter => words.extend(part(moment, letter, language)),
        }
    }
    words
}

/// How languages differ.
impl Language {
    /// The whole moment: "Sunday, October third, two thousand five, at three twenty p m".
    fn usual(self) -> &'static str {
        match self {
            Language::German | Language::Danish => "AdBYT",
            Language::French | Language::Dutch => "AdBY 'digits/at' IMp",
            Language::Italian => "AdB 'digits/at' IMp",
            Language::Spanish => "'digits/es-el' Ad 'digits/es-de' B 'digits/es-de' Y 'digits/at' IMp",
            Language::Portuguese => "Ad 'digits/pt-de' B 'digits/pt-de' Y I 'digits/pt-e' Mp",
            _ => "ABdY 'digits/at' IMp",
        }
    }

    /// Its day.
    fn whole_day(self) -> &'static str {
        match self {
            Language::German | Language::Danish | Language::French | Language::Dutch => "AdBY",
            Language::Italian => "AdB",
            Language::Spanish => "'digits/es-el' Ad 'digits/es-de' B 'digits/es-de' Y",
            Language::Portuguese => "Ad 'digits/pt-de' B 'digits/pt-de' Y",
            _ => "ABdY",
        }
    }

    fn time(self) -> &'static str {
        match self {
            Language::Spanish => "H 'digits/y' M",
            Language::Portuguese => "H 'digits/pt-e' M",
            _ => "HM",
        }
    }

    fn time_with_seconds(self) -> &'static str {
        // Minutes that seconds follow are named.
        if self.names_units() { "HUS" } else { "HMS" }
    }

    fn names_units(self) -> bool {
        matches!(self, Language::German | Language::Danish)
    }

    /// Whether dates and times are said as in English, with numbers of its own.
    fn is_as_english(self) -> bool {
        self.usual() == Language::English.usual()
    }
}

fn part(moment: &Zoned, letter: char, language: Language) -> Vec<String> {
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    match letter {
        'A' | 'a' => vec![digits(format_args!("day-{}", moment.weekday().to_sunday_zero_offset()))],
        'B' | 'b' | 'h' => vec![digits(format_args!("mon-{}", moment.month() - 1))],
        'm' => ordinal(moment.month().into()),
        'd' | 'e' => day(moment.day(), language),
        'Y' => year(moment.year(), language),
        'I' | 'l' if language == Language::Portuguese => portuguese_hour(hour, letter),
        'I' | 'l' => hour_of_twelve(if hour % 12 == 0 { 12 } else { hour % 12 }, language),
        'H' | 'k' => hour_of_day(hour, letter, language),
        'M' if minute == 0 && language == Language::Portuguese => {
            let more = (hour % 12 != 1).then(|| digits("pt-sss"));
            [digits("pt-hora")].into_iter().chain(more).collect()
        }
        'M' => self::minute(minute, language),
        'N' if !language.is_as_english() => Vec::new(),
        'N' if minute == 0 => vec![digits("hundred")],
        'N' => self::minute(minute, language),
        'U' if language.names_units() => units(minute, ["minute", "minutes"], language),
        'P' | 'p' => meridiem(hour, language),
        'S' => self::second(second, language),
        _ => Vec::new(),
    }
}

fn digits(word: impl std::fmt::Display) -> String {
    format!("digits/{word}")
}

fn number(number: i8, language: Language) -> Vec<String> {
    language.number(number.into(), None)
}

fn day(day: i8, language: Language) -> Vec<String> {
    match language {
        // "Einundzwanzigster"
        Language::German | Language::Danish if day > 20 && day % 10 > 0 => {
            vec![digits(format_args!("{}-and", day % 10)), digits(format_args!("h-{}", day / 10 * 10))]
        }
        Language::German | Language::Danish => vec![digits(format_args!("h-{day}"))],
        _ if language.is_as_english() => ordinal(day.into()),
        _ => number(day, language),
    }
}

fn year(year: i16, language: Language) -> Vec<String> {
    let whole = || language.number(year.into(), None);
    let rest = (year % 100) as i8;
    match language {
        Language::German | Language::Danish if (1100..2000).contains(&year) => {
            let mut words = number((year / 100) as i8, language);
            words.push(digits("hundred"));
            if rest > 0 {
                words.extend(number(rest, language));
            }
            words
        }
        Language::Italian => {
            let century = if year < 2000 { "ore-1900" } else { "ore-2000" };
            let mut words = vec![digits(century)];
            if rest > 0 {
                words.extend(number(rest, language));
            }
            words
        }
        // "Tweeduizend", where a number would count hundreds.
        Language::Dutch if (2000..2100).contains(&year) => {
            let mut words = vec![digits(2), digits("thousand")];
            if rest > 0 {
                words.extend(number(rest, language));
            }
            words
        }
        Language::Dutch | Language::Norwegian | Language::English if (1901..2000).contains(&year) => {
            let mut words = vec![digits(19)];
            words.extend(if rest < 10 { oh(rest) } else { number(rest, Language::English) });
            words
        }
        _ if language.is_as_english() && year <= 1900 => Vec::new(),
        _ if language.is_as_english() && year < 2000 => {
            let mut words = vec![digits(19)];
            words.extend(if rest < 10 { oh(rest) } else { number(rest, language) });
            words
        }
        _ => whole(),
    }
}

fn hour_of_twelve(hour: i8, language: Language) -> Vec<String> {
    match (language, hour) {
        (Language::German, 1) => vec![digits("1N"), digits("oclock")],
        (Language::German | Language::French, _) => vec![digits(hour), digits("oclock")],
        (Language::Danish, _) => vec![digits("oclock"), digits(hour)],
        (Language::Spanish, 1) => vec![digits("1F")],
        _ => vec![digits(hour)],
    }
}

/// "À uma", "às três", "ao meio-dia"; `l` leaves out the "at".
fn portuguese_hour(hour: i8, letter: char) -> Vec<String> {
    let words: &[&str] = match hour {
        0 => &["pt-ah", "pt-meianoite"],
        12 => &["pt-ao", "pt-meiodia"],
        1 | 13 => &["pt-ah", "1F"],
        _ => &["pt-ah", "pt-sss", ""],
    };
    let named = words.iter().filter(|word| letter == 'I' || !matches!(**word, "pt-ah" | "pt-ao" | "pt-sss"));
    named.map(|word| if word.is_empty() { digits(hour % 12) } else { digits(word) }).collect()
}

fn hour_of_day(hour: i8, letter: char, language: Language) -> Vec<String> {
    let mut words = match (language, hour) {
        (Language::German, 1) => vec![digits("1N")],
        (Language::Danish, 1..=9) => vec![digits(0), digits(hour)],
        (Language::Italian, 0) => vec![digits("ore-mezzanotte")],
        (Language::Italian, 1) => vec![digits("ore-una")],
        (_, 0) if language.is_as_english() => vec![digits("oh")],
        (_, ..10) if language.is_as_english() && letter == 'H' => oh(hour),
        _ => number(hour, language),
    };
    match language {
        Language::German | Language::French => words.push(digits("oclock")),
        Language::Dutch => words.push(digits("nl-uur")),
        _ => {}
    }
    words
}

fn minute(minute: i8, language: Language) -> Vec<String> {
    match (language, minute) {
        (Language::German | Language::Danish | Language::French, 0) => Vec::new(),
        (_, 0) if language.is_as_english() => vec![digits("oclock")],
        (_, ..10) if language.is_as_english() => oh(minute),
        _ => number(minute, language),
    }
}

fn second(second: i8, language: Language) -> Vec<String> {
    match (language, second) {
        (Language::German | Language::Danish, _) => {
            let mut words = vec![digits("and")];
            let one = if language == Language::Danish { "seconds" } else { "second" };
            words.extend(units(second, [one, "seconds"], language));
            words
        }
        (Language::French, _) => number(second, language).into_iter().chain(["second".to_owned()]).collect(),
        (Language::Dutch, _) | (_, 0) => number(second, language),
        (_, ..10) => oh(second),
        (Language::Portuguese, _) => number(second, Language::English),
        _ => number(second, language),
    }
}

/// "Eine Minute", "zwei Minuten".
fn units(count: i8, [one, many]: [&str; 2], language: Language) -> Vec<String> {
    let mut words = language.number(count.into(), Some('f'));
    words.push(if count == 1 { one } else { many }.to_owned());
    words
}

fn meridiem(hour: i8, language: Language) -> Vec<String> {
    match (language, hour) {
        (Language::Spanish, 0) | (Language::Portuguese, 0 | 12) => Vec::new(),
        (Language::Spanish, 13..20) => vec![digits("afternoon")],
        (Language::Spanish, 12) | (_, ..12) => vec![digits("a-m")],
        _ => vec![digits("p-m")],
    }
}

/// "oh five"; zero is "oh" alone.
fn oh(number: i8) -> Vec<String> {
    let mut words = vec![digits("oh")];
    if number > 0 {
        words.push(digits(number));
    }
    words
}

/// How many midnights lie between the moment and now.
fn days_ago(moment: &Zoned, now: &Zoned) -> i64 {
    let now = now.with_time_zone(moment.time_zone().clone());
    // Between two dates a span counts days only.
    moment.date().until(now.date()).map_or(i64::MAX, |days| days.get_days().into())
}

fn day_in_words(moment: &Zoned, now: &Zoned, language: Language) -> &'static str {
    match days_ago(moment, now) {
        ..=0 => "'digits/today'",
        1 => "'digits/yesterday'",
        _ if !language.is_as_english() => language.whole_day(),
        2..=6 => "A",
        7..=30 => "ABd",
        31..=182 => "Bd",
        _ => "ABdY",
    }
}

fn day_unless_today(moment: &Zoned, now: &Zoned, language: Language) -> &'static str {
    match days_ago(moment, now) {
        ..=0 if language.is_as_english() || language == Language::Spanish => "'digits/today'",
        ..=0 => "",
        1 => "'digits/yesterday'",
        2..=6 => "A",
        _ if language.is_as_english() => day_in_words(moment, now, language),
        _ => language.whole_day(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(moment: &str, format: &str, language: &str) -> String {
        let moment: Zoned = moment.parse().unwrap();
        let now: Zoned = "2026-03-10T12:00:00+00:00[UTC]".parse().unwrap();
        let format = Some(format).filter(|format| !format.is_empty());
        let words = say(&moment, format, &now, Language::of(language));
        words.iter().map(|word| word.strip_prefix("digits/").unwrap_or(word)).collect::<Vec<_>>().join(" ")
    }

    fn said(moment: &str, format: &str) -> String {
        told(moment, format, "en")
    }

    #[test]
    fn the_usual_format() {
        assert_eq!(said("2005-10-02T15:20:00+00:00[UTC]", ""), "day-0 mon-9 h-2 2 thousand 5 at 3 20 p-m");
        assert_eq!(said("1905-01-21T00:00:07+00:00[UTC]", "dYIMS"), "20 h-1 19 oh 5 12 oclock oh 7");
    }

    #[test]
    fn hours_of_twenty_four() {
        assert_eq!(said("2026-03-10T08:05:00+00:00[UTC]", "R"), "oh 8 oh 5");
        assert_eq!(said("2026-03-10T00:00:00+00:00[UTC]", "kNS"), "oh hundred 0");
        assert_eq!(said("2026-03-10T23:45:30+00:00[UTC]", "T"), "20 3 40 5 30");
    }

    #[test]
    fn days_as_people_call_them() {
        assert_eq!(said("2026-03-10T01:00:00+00:00[UTC]", "Qq"), "today today");
        assert_eq!(told("2026-03-10T01:00:00+00:00[UTC]", "Qq'beep'", "de"), "today beep");
        assert_eq!(said("2026-03-09T23:00:00+00:00[UTC]", "Q"), "yesterday");
        assert_eq!(said("2026-03-06T23:00:00+00:00[UTC]", "Q"), "day-5");
        assert_eq!(said("2026-01-06T23:00:00+00:00[UTC]", "Q"), "mon-0 h-6");
        assert_eq!(said("2024-01-06T23:00:00+00:00[UTC]", "q"), "day-6 mon-0 h-6 2 thousand 20 4");
        assert_eq!(told("2026-03-06T23:00:00+00:00[UTC]", "Q", "de"), "day-5 h-6 mon-2 2 thousand 6-and 20");
    }

    #[test]
    fn languages_have_their_own_order_and_words() {
        let (afternoon, night) = ("2026-03-21T15:05:09+00:00[UTC]", "2010-01-11T01:01:01+00:00[UTC]");
        let (midnight, evening) = ("2005-10-02T00:00:00+00:00[UTC]", "1999-12-31T23:59:30+00:00[UTC]");
        let table = [
            ("da", afternoon, "", "day-6 1-and h-20 mon-2 2 thousand and 6-and 20 15 5 minutes and 9 seconds"),
            ("da", afternoon, "T", "15 5 minutes and 9 seconds"),
            ("da", midnight, "", "day-0 h-2 mon-9 2 thousand and 5 0 0 minutes and 0 seconds"),
            ("da", midnight, "Y", "2 thousand and 5"),
            ("da", midnight, "I", "oclock 12"),
            ("da", midnight, "P", "a-m"),
            ("da", midnight, "R", "0"),
            ("da", midnight, "T", "0 0 minutes and 0 seconds"),
            ("da", evening, "", "day-5 1-and h-30 mon-11 19 hundred 9-and 90 3-and 20 9-and 50 minutes and 30 seconds"),
            ("da", evening, "Y", "19 hundred 9-and 90"),
            ("da", evening, "I", "oclock 11"),
            ("da", evening, "P", "p-m"),
            ("da", evening, "R", "3-and 20 9-and 50"),
            ("da", evening, "T", "3-and 20 9-and 50 minutes and 30 seconds"),
            ("da", night, "", "day-1 h-11 mon-0 2 thousand and 10 0 1 1 minute and 1 seconds"),
            ("da", night, "I", "oclock 1"),
            ("da", night, "H", "0 1"),
            ("da", night, "T", "0 1 1 minute and 1 seconds"),
            ("de", afternoon, "", "day-6 1-and h-20 mon-2 2 thousand 6-and 20 15 oclock 5 minutes and 9 seconds"),
            ("de", afternoon, "T", "15 oclock 5 minutes and 9 seconds"),
            ("de", midnight, "", "day-0 h-2 mon-9 2 thousand 5 0 oclock 0 minutes and 0 seconds"),
            ("de", midnight, "Y", "2 thousand 5"),
            ("de", midnight, "I", "12 oclock"),
            ("de", midnight, "P", "a-m"),
            ("de", midnight, "R", "0 oclock"),
            ("de", midnight, "T", "0 oclock 0 minutes and 0 seconds"),
            (
                "de",
                evening,
                "",
                "day-5 1-and h-30 mon-11 19 hundred 9-and 90 3-and 20 oclock 9-and 50 minutes and 30 seconds",
            ),
            ("de", evening, "Y", "19 hundred 9-and 90"),
            ("de", evening, "I", "11 oclock"),
            ("de", evening, "P", "p-m"),
            ("de", evening, "R", "3-and 20 oclock 9-and 50"),
            ("de", evening, "T", "3-and 20 oclock 9-and 50 minutes and 30 seconds"),
            ("de", night, "", "day-1 h-11 mon-0 2 thousand 10 1N oclock 1F minute and 1F second"),
            ("de", night, "I", "1N oclock"),
            ("de", night, "H", "1N oclock"),
            ("de", night, "T", "1N oclock 1F minute and 1F second"),
            ("es", afternoon, "", "es-el day-6 21 es-de mon-2 es-de 2 thousand 26 at 3 5 afternoon"),
            ("es", afternoon, "T", "15 5 oh 9"),
            ("es", midnight, "", "es-el day-0 2 es-de mon-9 es-de 2 thousand 5 at 12 0"),
            ("es", midnight, "Y", "2 thousand 5"),
            ("es", midnight, "I", "12"),
            ("es", midnight, "P", ""),
            ("es", midnight, "R", "0 y 0"),
            ("es", midnight, "T", "0 0 0"),
            ("es", evening, "", "es-el day-5 30 and 1 es-de mon-11 es-de thousand 900 90 and 9 at 11 50 and 9 p-m"),
            ("es", evening, "Y", "thousand 900 90 and 9"),
            ("es", evening, "I", "11"),
            ("es", evening, "P", "p-m"),
            ("es", evening, "R", "23 y 50 and 9"),
            ("es", evening, "T", "23 50 and 9 30"),
            ("es", night, "", "es-el day-1 11 es-de mon-0 es-de 2 thousand 10 at 1F 1 a-m"),
            ("es", night, "I", "1F"),
            ("es", night, "H", "1"),
            ("es", night, "T", "1 1 oh 1"),
            ("fr", afternoon, "", "day-6 20 et 1 mon-2 2 thousand 20 6 at 3 oclock 5 p-m"),
            ("fr", afternoon, "T", "15 oclock 5 9 second"),
            ("fr", midnight, "", "day-0 2 mon-9 2 thousand 5 at 12 oclock a-m"),
            ("fr", midnight, "Y", "2 thousand 5"),
            ("fr", midnight, "I", "12 oclock"),
            ("fr", midnight, "P", "a-m"),
            ("fr", midnight, "R", "0 oclock"),
            ("fr", midnight, "T", "0 oclock 0 second"),
            ("fr", evening, "", "day-5 30 et 1 mon-11 thousand 9 hundred 80 19 at 11 oclock 50 9 p-m"),
            ("fr", evening, "Y", "thousand 9 hundred 80 19"),
            ("fr", evening, "I", "11 oclock"),
            ("fr", evening, "P", "p-m"),
            ("fr", evening, "R", "20 3 oclock 50 9"),
            ("fr", evening, "T", "20 3 oclock 50 9 30 second"),
            ("fr", night, "", "day-1 11 mon-0 2 thousand 10 at 1 oclock 1 a-m"),
            ("fr", night, "I", "1 oclock"),
            ("fr", night, "H", "1 oclock"),
            ("fr", night, "T", "1 oclock 1 1 second"),
            ("it", afternoon, "", "day-6 21 mon-2 at 3 5 p-m"),
            ("it", afternoon, "T", "15 5 oh 9"),
            ("it", midnight, "", "day-0 2 mon-9 at 12 0 a-m"),
            ("it", midnight, "Y", "ore-2000 5"),
            ("it", midnight, "I", "12"),
            ("it", midnight, "P", "a-m"),
            ("it", midnight, "R", "ore-mezzanotte 0"),
            ("it", midnight, "T", "ore-mezzanotte 0 0"),
            ("it", evening, "", "day-5 31 mon-11 at 11 50 9 p-m"),
            ("it", evening, "Y", "ore-1900 90 9"),
            ("it", evening, "I", "11"),
            ("it", evening, "P", "p-m"),
            ("it", evening, "R", "20 3 50 9"),
            ("it", evening, "T", "20 3 50 9 30"),
            ("it", night, "", "day-1 11 mon-0 at 1 1 a-m"),
            ("it", night, "I", "1"),
            ("it", night, "H", "ore-una"),
            ("it", night, "T", "ore-una 1 oh 1"),
            ("nl", afternoon, "", "day-6 1 nl-en 20 mon-2 2 thousand 6 nl-en 20 at 3 5 p-m"),
            ("nl", afternoon, "T", "15 nl-uur 5 9"),
            ("nl", midnight, "", "day-0 2 mon-9 2 thousand 5 at 12 0 a-m"),
            ("nl", midnight, "Y", "2 thousand 5"),
            ("nl", midnight, "I", "12"),
            ("nl", midnight, "P", "a-m"),
            ("nl", midnight, "R", "0 nl-uur 0"),
            ("nl", midnight, "T", "0 nl-uur 0 0"),
            ("nl", evening, "", "day-5 1 nl-en 30 mon-11 19 90 9 at 11 9 nl-en 50 p-m"),
            ("nl", evening, "Y", "19 90 9"),
            ("nl", evening, "I", "11"),
            ("nl", evening, "P", "p-m"),
            ("nl", evening, "R", "3 nl-en 20 nl-uur 9 nl-en 50"),
            ("nl", evening, "T", "3 nl-en 20 nl-uur 9 nl-en 50 30"),
            ("nl", night, "", "day-1 11 mon-0 2 thousand 10 at 1 1 a-m"),
            ("nl", night, "I", "1"),
            ("nl", night, "H", "1 nl-uur"),
            ("nl", night, "T", "1 nl-uur 1 1"),
            ("no", afternoon, "", "day-6 mon-2 20 h-1 2 thousand and 20 6 at 3 oh 5 p-m"),
            ("no", afternoon, "T", "15 oh 5 oh 9"),
            ("no", midnight, "", "day-0 mon-9 h-2 2 thousand and 5 at 12 oclock a-m"),
            ("no", midnight, "Y", "2 thousand and 5"),
            ("no", midnight, "I", "12"),
            ("no", midnight, "P", "a-m"),
            ("no", midnight, "R", "oh oclock"),
            ("no", midnight, "T", "oh oclock 0"),
            ("no", evening, "", "day-5 mon-11 30 h-1 19 90 9 at 11 50 9 p-m"),
            ("no", evening, "Y", "19 90 9"),
            ("no", evening, "I", "11"),
            ("no", evening, "P", "p-m"),
            ("no", evening, "R", "20 3 50 9"),
            ("no", evening, "T", "20 3 50 9 30"),
            ("no", night, "", "day-1 mon-0 h-11 2 thousand and 10 at 1 oh 1 a-m"),
            ("no", night, "I", "1"),
            ("no", night, "H", "oh 1"),
            ("no", night, "T", "oh 1 oh 1 oh 1"),
            ("pt", afternoon, "", "day-6 20 pt-e 1 pt-de mon-2 pt-de 2 1000 pt-e 20 pt-e 6 pt-ah pt-sss 3 pt-e 5 p-m"),
            ("pt", afternoon, "l", "3"),
            ("pt", afternoon, "M", "5"),
            ("pt", afternoon, "S", "oh 9"),
            ("pt", midnight, "", "day-0 2 pt-de mon-9 pt-de 2 1000 pt-e 5 pt-ah pt-meianoite pt-e pt-hora pt-sss"),
            ("pt", midnight, "l", "pt-meianoite"),
            ("pt", midnight, "M", "pt-hora pt-sss"),
            ("pt", midnight, "S", "0"),
            ("pt", night, "", "day-1 11 pt-de mon-0 pt-de 2 1000 pt-e 10 pt-ah 1F pt-e 1 a-m"),
            ("pt", night, "l", "1F"),
            ("pt", night, "M", "1"),
            ("pt", night, "S", "oh 1"),
        ];
        for (language, moment, format, words) in table {
            assert_eq!(told(moment, format, language), words, "{language} {moment} {format}");
        }
    }
}
