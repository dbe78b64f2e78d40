//! Dates out of text, by the conversions of C's `strptime` with English names.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::format::{find_day, find_month};

/// What has been read so far.
struct Reading {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    is_afternoon: Option<bool>,
    day_of_year: Option<i16>,
    epoch: Option<i64>,
    /// The hour is one of twelve, to which `%p` belongs.
    is_of_twelve: bool,
}

/// The time in a text, in the zone; an offset in the text is read and does not count. `None` if the text does not fit
/// the format. Text behind the format's end is left out.
pub(super) fn read(text: &str, format: &str, zone: &TimeZone) -> Option<Zoned> {
    let mut reading = Reading {
        year: 1900,
        month: 1,
        // As in C, the day before the first of the month, where the text names none.
        day: 0,
        hour: 0,
        minute: 0,
        second: 0,
        is_afternoon: None,
        day_of_year: None,
        epoch: None,
        is_of_twelve: false,
    };
    reading.follow(text, format)?;
    reading.finish(zone)
}

impl Reading {
    fn follow<'a>(&mut self, text: &'a str, format: &str) -> Option<&'a str> {
        let mut text = text;
        let mut format = format.chars();
        while let Some(expected) = format.next() {
            if expected.is_whitespace() {
                text = text.trim_start();
                continue;
            }
            if expected != '%' {
                text = text.strip_prefix(expected)?;
                continue;
            }
            let letter = format.by_ref().find(|letter| !matches!(letter, 'E' | 'O' | '-' | '_' | '0' | '^'))?;
            text = self.convert(letter, text)?;
        }
        Some(text)
    }

    fn convert<'a>(&mut self, letter: char, text: &'a str) -> Option<&'a str> {
        let inner = match letter {
            'c' => "%a %b %e %H:%M:%S %Y",
            'D' | 'x' => "%m/%d/%y",
            'F' => "%Y-%m-%d",
            'R' => "%H:%M",
            'r' => "%I:%M:%S %p",
            'T' | 'X' => "%H:%M:%S",
            _ => "",
        };
        if !inner.is_empty() {
            return self.follow(text, inner);
        }
        let mut rest = text;
        let mut figures = |most: usize, low: i64, high: i64| -> Option<i64> {
            let (number, after) = number(rest, most)?;
            rest = after;
            (low..=high).contains(&number).then_some(number)
        };
        match letter {
            'Y' => self.year = i16::try_from(figures(4, 0, 9999)?).ok()?,
            'y' => {
                let year = i16::try_from(figures(2, 0, 99)?).ok()?;
                self.year = if year < 69 { 2000 + year } else { 1900 + year };
            }
            'm' => self.month = i8::try_from(figures(2, 1, 12)?).ok()?,
            'd' | 'e' => self.day = i8::try_from(figures(2, 1, 31)?).ok()?,
            'j' => self.day_of_year = i16::try_from(figures(3, 1, 366)?).ok(),
            'H' | 'k' => (self.hour, self.is_of_twelve) = (i8::try_from(figures(2, 0, 23)?).ok()?, false),
            'I' | 'l' => (self.hour, self.is_of_twelve) = (i8::try_from(figures(2, 1, 12)? % 12).ok()?, true),
            'M' => self.minute = i8::try_from(figures(2, 0, 59)?).ok()?,
            'S' => self.second = i8::try_from(figures(2, 0, 61)?.min(59)).ok()?,
            's' => self.epoch = Some(figures(18, i64::MIN, i64::MAX)?),
            'u' | 'w' => {
                figures(1, 0, 7)?;
            }
            'C' | 'g' | 'U' | 'V' | 'W' => {
                figures(2, 0, 99)?;
            }
            'b' | 'B' | 'h' => {
                let (month, after) = find_month(rest.trim_start())?;
                self.month = i8::try_from(month).ok()? + 1;
                rest = after;
            }
            'a' | 'A' => rest = find_day(rest.trim_start())?.1,
            'p' | 'P' => {
                let half = rest.get(..2)?.to_ascii_lowercase();
                self.is_afternoon = Some(half == "pm");
                rest = rest.get(2..).filter(|_| half == "am" || half == "pm")?;
            }
            'z' => {
                rest = after_offset(rest.trim_start())?;
            }
            // C's strptime knows the name of no zone: it only steps over it.
            'Z' => rest = rest.trim_start_matches(|character: char| character.is_ascii_alphabetic()),
            'n' | 't' => rest = rest.trim_start(),
            '%' => rest = rest.strip_prefix('%')?,
            _ => return None,
        }
        Some(rest)
    }

    fn finish(self, zone: &TimeZone) -> Option<Zoned> {
        if let Some(epoch) = self.epoch {
            return Some(Timestamp::from_second(epoch).ok()?.to_zoned(zone.clone()));
        }
        let hour = self.hour % 24 + if self.is_afternoon == Some(true) && self.is_of_twelve { 12 } else { 0 };
        let time = Time::new(hour, self.minute, self.second, 0).ok()?;
        let date = match self.day_of_year {
            Some(day) => Date::new(self.year, 1, 1).ok()?.with().day_of_year(day).build().ok()?,
            None => {
                let first = Date::new(self.year, self.month, 1).ok()?;
                // The 31st of a shorter month is a day of the next, as in C.
                first.checked_add(jiff::Span::new().days(i64::from(self.day) - 1)).ok()?
            }
        };
        let moment = DateTime::from_parts(date, time);
        moment.to_zoned(zone.clone()).ok()
    }
}

fn number(text: &str, most: usize) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(count)?;
    Some((digits.parse().ok()?, rest))
}

/// What follows `+0100`, `+01:00`, `+01` or `Z`.
fn after_offset(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some(rest);
    }
    let (_, rest) = number(text.strip_prefix(['+', '-'])?, 2)?;
    Some(number(rest.strip_prefix(':').unwrap_or(rest), 2).map_or(rest, |(_, rest)| rest))
}
