//! Dates as text, by the conversions of C's `strftime` with English names.

use std::fmt::Write as _;

use jiff::Zoned;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The place of a name, or of its first three letters, in a list; and what follows it.
fn find<'a>(names: &[&str], text: &'a str) -> Option<(usize, &'a str)> {
    let matches = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    names.iter().enumerate().find_map(|(at, name)| {
        let short = name.get(..3)?;
        let length = if matches(name) { name.len() } else { matches(short).then_some(3)? };
        Some((at, text.get(length..)?))
    })
}

/// A weekday at the beginning of a text, 0 for Sunday.
pub(super) fn find_day(text: &str) -> Option<(usize, &str)> {
    find(&DAYS, text)
}

/// A month at the beginning of a text, 0 for January.
pub(super) fn find_month(text: &str) -> Option<(usize, &str)> {
    find(&MONTHS, text)
}

/// Appends the time in the format.
pub(super) fn write(time: &Zoned, format: &str, out: &mut String) {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let (conversion, after) = Conversion::parse(rest.get(at + 1..).unwrap_or(""));
        rest = after;
        conversion.write(time, out);
    }
    out.push_str(rest);
}

/// One `%…`, with glibc's flags.
struct Conversion {
    /// `-` no padding, `_` blanks, `0` zeros; `^` capital letters.
    padding: Option<char>,
    is_upper: bool,
    width: usize,
    letter: Option<char>,
}

impl Conversion {
    fn parse(text: &str) -> (Self, &str) {
        let mut conversion = Self { padding: None, is_upper: false, width: 0, letter: None };
        let mut characters = text.char_indices();
        for (at, character) in characters.by_ref() {
            match character {
                '-' | '_' => conversion.padding = Some(character),
                '0' if conversion.width == 0 => conversion.padding = Some('0'),
                '^' => conversion.is_upper = true,
                '0'..='9' => {
                    let figure = usize::try_from(character.to_digit(10).unwrap_or(0)).unwrap_or(0);
                    conversion.width = (conversion.width * 10 + figure).min(99);
                }
                'E' | 'O'
                    if text.get(at + 1..).is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_alphabetic())) => {
                }
                letter => {
                    conversion.letter = Some(letter);
                    break;
                }
            }
        }
        (conversion, characters.as_str())
    }

    fn number(&self, number: impl Into<i64>, width: usize, padding: char, out: &mut String) {
        let width = if self.width > 0 { self.width } else { width };
        let number = number.into();
        let _ = match self.padding.unwrap_or(padding) {
            '-' => write!(out, "{number}"),
            '_' => write!(out, "{number:width$}"),
            _ => write!(out, "{number:0width$}"),
        };
    }

    fn text(&self, text: &str, out: &mut String) {
        let missing = self.width.saturating_sub(text.len());
        out.extend(std::iter::repeat_n(' ', missing));
        if self.is_upper {
            out.push_str(&text.to_ascii_uppercase());
        } else {
            out.push_str(text);
        }
    }

    fn write(&self, time: &Zoned, out: &mut String) {
        let weekday = time.weekday().to_sunday_zero_offset();
        let day = DAYS.get(usize::from(weekday.unsigned_abs())).copied().unwrap_or("");
        let month = MONTHS.get(usize::from((time.month() - 1).unsigned_abs())).copied().unwrap_or("");
        let short = |name: &'static str| name.get(..3).unwrap_or(name);
        let hour12 = if time.hour() % 12 == 0 { 12 } else { time.hour() % 12 };
        let iso = time.date().iso_week_date();
        let mut all = |format: &str| write(time, format, out);
        match self.letter {
            Some('c') => return all("%a %b %e %H:%M:%S %Y"),
            Some('D' | 'x') => return all("%m/%d/%y"),
            Some('F') => return all("%Y-%m-%d"),
            Some('R') => return all("%H:%M"),
            Some('r') => return all("%I:%M:%S %p"),
            Some('T' | 'X') => return all("%H:%M:%S"),
            _ => {}
        }
        match self.letter {
            Some('%') => out.push('%'),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('A') => self.text(day, out),
            Some('a') => self.text(short(day), out),
            Some('B') => self.text(month, out),
            Some('b' | 'h') => self.text(short(month), out),
            Some('C') => self.number(time.year() / 100, 2, '0', out),
            Some('d') => self.number(time.day(), 2, '0', out),
            Some('e') => self.number(time.day(), 2, '_', out),
            Some('G') => self.number(iso.year(), 4, '0', out),
            Some('g') => self.number(iso.year() % 100, 2, '0', out),
            Some('H') => self.number(time.hour(), 2, '0', out),
            Some('I') => self.number(hour12, 2, '0', out),
            Some('j') => self.number(time.day_of_year(), 3, '0', out),
            Some('k') => self.number(time.hour(), 2, '_', out),
            Some('l') => self.number(hour12, 2, '_', out),
            Some('M') => self.number(time.minute(), 2, '0', out),
            Some('m') => self.number(time.month(), 2, '0', out),
            Some('P') => self.text(if time.hour() < 12 { "am" } else { "pm" }, out),
            Some('p') => self.text(if time.hour() < 12 { "AM" } else { "PM" }, out),
            Some('q') => {
                let figures = if self.width == 0 { 3 } else { self.width.min(9) };
                let nanoseconds = format!("{:09}", time.subsec_nanosecond());
                out.push_str(nanoseconds.get(..figures).unwrap_or(&nanoseconds));
            }
            Some('S') => self.number(time.second(), 2, '0', out),
            Some('s') => self.number(time.timestamp().as_second(), 1, '0', out),
            Some('U') => self.number((time.day_of_year() + 6 - i16::from(weekday)) / 7, 2, '0', out),
            Some('u') => self.number(time.weekday().to_monday_one_offset(), 1, '0', out),
            Some('V') => self.number(iso.week(), 2, '0', out),
            Some('W') => {
                let since_monday = i16::from(time.weekday().to_monday_zero_offset());
                self.number((time.day_of_year() + 6 - since_monday) / 7, 2, '0', out);
            }
            Some('w') => self.number(weekday, 1, '0', out),
            Some('Y') => self.number(time.year(), 1, '0', out),
            Some('y') => self.number(time.year().rem_euclid(100), 2, '0', out),
            Some('Z') => self.text(&time.strftime("%Z").to_string(), out),
            Some('z') => {
                let minutes = time.offset().seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                let _ = write!(out, "{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60);
            }
            Some(unknown) => {
                out.push('%');
                out.push(unknown);
            }
            None => out.push('%'),
        }
    }
}
