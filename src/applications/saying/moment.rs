//! Saying dates and times by a format, as `SayUnixTime` takes it.

use jiff::Zoned;

use super::{number, ordinal};

/// The format where none is given: "Sunday, October third, two thousand five, at three twenty p m".
pub const USUAL: &str = "ABdY 'digits/at' IMp";

/// The sound files that say a moment.
///
/// One letter of the format is one part: `A` weekday, `B` month, `m` number of the month, `d` day, `Y` year, `I` hour
/// of twelve, `H` hour of 24 ("oh eight"), `k` hour of 24 ("eight"), `M` minute, `P` a.m. or p.m., `S` second, `Q` and
/// `q` the day as people call it, `R` hour and minute, `T` with seconds; `'name'` is a sound file of its own.
/// `now` decides what is today and yesterday. Letters without a meaning are left out.
pub fn say(moment: &Zoned, format: &str, now: &Zoned) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = format.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '\'' => words.push(rest.by_ref().take_while(|character| *character != '\'').collect()),
            'Q' => words.extend(say(moment, day_in_words(moment, now), now)),
            'q' => words.extend(say(moment, day_unless_today(moment, now), now)),
            'R' => words.extend(say(moment, "HM", now)),
            'T' => words.extend(say(moment, "HMS", now)),
            letter => words.extend(part(moment, letter)),
        }
    }
    words
}

fn part(moment: &Zoned, letter: char) -> Vec<String> {
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    match letter {
        'A' | 'a' => vec![format!("digits/day-{}", moment.weekday().to_sunday_zero_offset())],
        'B' | 'b' | 'h' => vec![format!("digits/mon-{}", moment.month() - 1)],
        'm' => ordinal(moment.month().into()),
        'd' | 'e' => ordinal(moment.day().into()),
        'Y' => year(moment.year()),
        'I' | 'l' => vec![format!("digits/{}", if hour % 12 == 0 { 12 } else { hour % 12 })],
        'H' if hour < 10 => oh(hour),
        'k' if hour == 0 => oh(hour),
        'H' | 'k' => number(hour.into()),
        'M' if minute == 0 => vec!["digits/oclock".to_owned()],
        'N' if minute == 0 => vec!["digits/hundred".to_owned()],
        'M' | 'N' if minute < 10 => oh(minute),
        'M' | 'N' => number(minute.into()),
        'P' | 'p' => vec![format!("digits/{}-m", if hour < 12 { 'a' } else { 'p' })],
        'S' if second < 10 => oh(second),
        'S' => number(second.into()),
        _ => Vec::new(),
    }
}

/// "oh five"; zero is "oh" alone.
fn oh(number: i8) -> Vec<String> {
    let mut words = vec!["digits/oh".to_owned()];
    if number > 0 {
        words.push(format!("digits/{number}"));
    }
    words
}

fn year(year: i16) -> Vec<String> {
    match year {
        ..=1900 => Vec::new(),
        1901..=1999 => {
            let mut words = vec!["digits/19".to_owned()];
            let rest = (year - 1900) as i8;
            words.extend(if rest < 10 { oh(rest) } else { number(rest.into()) });
            words
        }
        _ => number(year.into()),
    }
}

/// How many midnights lie between the moment and now.
fn days_ago(moment: &Zoned, now: &Zoned) -> i64 {
    let now = now.with_time_zone(moment.time_zone().clone());
    // Between two dates a span counts days only.
    moment.date().until(now.date()).map_or(i64::MAX, |days| days.get_days().into())
}

fn day_in_words(moment: &Zoned, now: &Zoned) -> &'static str {
    match days_ago(moment, now) {
        ..=0 => "'digits/today'",
        1 => "'digits/yesterday'",
        2..=6 => "A",
        7..=30 => "ABd",
        31..=182 => "Bd",
        _ => "ABdY",
    }
}

fn day_unless_today(moment: &Zoned, now: &Zoned) -> &'static str {
    match days_ago(moment, now) {
        ..=0 => "",
        1 => "'digits/yesterday'",
        2..=6 => "A",
        _ => "ABdY",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(moment: &str, format: &str) -> String {
        let moment: Zoned = moment.parse().unwrap();
        let now: Zoned = "2026-03-10T12:00:00+00:00[UTC]".parse().unwrap();
        let words = say(&moment, format, &now);
        words.iter().map(|word| word.strip_prefix("digits/").unwrap_or(word)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_usual_format() {
        let moment = "2005-10-02T15:20:00+00:00[UTC]";
        assert_eq!(said(moment, USUAL), "day-0 mon-9 h-2 2 thousand 5 at 3 20 p-m");
        assert_eq!(said("1905-01-21T00:00:07+00:00[UTC]", "dYIMS"), "20 h-1 19 oh 5 12 oclock oh 7");
    }

    #[test]
    fn hours_of_twenty_four() {
        assert_eq!(said("2026-03-10T08:05:00+00:00[UTC]", "R"), "oh 8 oh 5");
        assert_eq!(said("2026-03-10T00:00:00+00:00[UTC]", "kN"), "oh hundred");
        assert_eq!(said("2026-03-10T23:45:30+00:00[UTC]", "T"), "20 3 40 5 30");
    }

    #[test]
    fn days_as_people_call_them() {
        assert_eq!(said("2026-03-10T01:00:00+00:00[UTC]", "Q"), "today");
        assert_eq!(said("2026-03-10T01:00:00+00:00[UTC]", "q'beep'"), "beep");
        assert_eq!(said("2026-03-09T23:00:00+00:00[UTC]", "Q"), "yesterday");
        assert_eq!(said("2026-03-06T23:00:00+00:00[UTC]", "Q"), "day-5");
        assert_eq!(said("2026-01-06T23:00:00+00:00[UTC]", "Q"), "mon-0 h-6");
        assert_eq!(said("2024-01-06T23:00:00+00:00[UTC]", "q"), "day-6 mon-0 h-6 2 thousand 20 4");
    }
}
