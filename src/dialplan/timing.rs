//! Time conditions: `times,weekdays,days,months,zone`, as `include`, `GotoIfTime`, `ExecIfTime` and `IFTIME` take them.
//!
//! A part that is not understood is left out, so that a condition with nothing else in that place never holds.

use pest::Parser as _;
use std::ops::Range;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/timing.pest"]
struct Grammar;

const MINUTES: usize = 24 * 60;
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A time condition, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// One bit a minute of the day.
    minutes: [u64; MINUTES.div_ceil(64)],
    /// Bit 0 is Sunday.
    weekdays: u32,
    /// Bit 0 is the first of the month.
    days: u32,
    /// Bit 0 is January.
    months: u32,
    zone: Option<Box<str>>,
}

/// A part that was not understood, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub at: Range<usize>,
    pub message: String,
}

impl Timing {
    /// Reads a condition. Fields that are missing hold always; `|` separates as well as a comma.
    pub fn parse(text: &str) -> (Self, Vec<Fault>) {
        let mut timing = Self { minutes: [0; _], weekdays: all(7), days: all(31), months: all(12), zone: None };
        let mut faults = Vec::new();
        let mut fields = Grammar::parse(Rule::timing, text)
            .ok()
            .and_then(|mut pairs| pairs.next())
            .map_or_else(Vec::new, |pair| pair.into_inner().filter(|field| field.as_rule() != Rule::EOI).collect());
        if fields.last().is_some_and(|field| field.as_rule() == Rule::zone) {
            timing.zone = fields.pop().map(|zone| zone.as_str()).filter(|zone| !zone.is_empty()).map(Into::into);
        }
        let mut fields = fields.into_iter();
        match fields.next().filter(|field| !holds_always(field.as_str())) {
            None => timing.minutes = [u64::MAX; _],
            Some(field) => timing.times(field, &mut faults),
        }
        let mut mask = |names: &[&str], count, what| match fields.next() {
            Some(field) if !holds_always(field.as_str()) => days(field, names, count, what, &mut faults),
            _ => all(count),
        };
        timing.weekdays = mask(&WEEKDAYS, 7, "weekday");
        timing.days = mask(&[], 31, "day of the month");
        timing.months = mask(&MONTHS, 12, "month");
        (timing, faults)
    }

    /// The time zone that is named in the condition.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// Whether the condition holds at a time of day in the condition's zone. Both ends of a range belong to it.
    pub fn includes(&self, now: jiff::civil::DateTime) -> bool {
        let bit = |mask: u32, index: i8| u32::try_from(index).is_ok_and(|index| mask >> index & 1 == 1);
        let minute = usize::from(now.hour().unsigned_abs()) * 60 + usize::from(now.minute().unsigned_abs());
        self.minutes.get(minute / 64).is_some_and(|word| word >> (minute % 64) & 1 == 1)
            && bit(self.weekdays, now.weekday().to_sunday_zero_offset())
            && bit(self.days, now.day() - 1)
            && bit(self.months, now.month() - 1)
    }

    fn times(&mut self, field: pest::iterators::Pair<'_, Rule>, faults: &mut Vec<Fault>) {
        for part in field.into_inner() {
            match range_of_times(part.as_str()) {
                Some((start, end)) => {
                    let mut minute = start;
                    self.set(minute);
                    while minute != end {
                        minute = (minute + 1) % MINUTES;
                        self.set(minute);
                    }
                }
                None => {
                    let message = format!("`{}` is no time of day", part.as_str());
                    faults.push(Fault { at: part.as_span().start()..part.as_span().end(), message });
                }
            }
        }
    }

    fn set(&mut self, minute: usize) {
        if let Some(word) = self.minutes.get_mut(minute / 64) {
            *word |= 1 << (minute % 64);
        }
    }
}

fn all(count: u32) -> u32 {
    (1 << count) - 1
}

fn holds_always(field: &str) -> bool {
    field.is_empty() || field == "*"
}

/// The first and last minute of `8:30` or `8:30-17:00`.
fn range_of_times(part: &str) -> Option<(usize, usize)> {
    let pair = Grammar::parse(Rule::times, part).ok()?.next()?;
    let clocks = pair.into_inner().flat_map(|inner| match inner.as_rule() {
        Rule::until => inner.into_inner().collect(),
        _ => vec![inner],
    });
    let mut minutes = clocks.filter(|clock| clock.as_rule() == Rule::clock).map(|clock| {
        let mut figures = clock.into_inner().map(|figures| figures.as_str().parse::<usize>().ok());
        let (hour, minute) = (figures.next()??, figures.next()??);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    });
    let start = minutes.next()??;
    Some((start, minutes.next().unwrap_or(Some(start))?))
}

/// The mask of `mon-fri&sun`; ranges go around the end.
fn days(
    field: pest::iterators::Pair<'_, Rule>,
    names: &[&str],
    count: u32,
    what: &str,
    faults: &mut Vec<Fault>,
) -> u32 {
    let mut mask = 0;
    for part in field.into_inner() {
        let bounds = Grammar::parse(Rule::days, part.as_str()).ok().and_then(|mut pairs| {
            let mut days = pairs.next()?.into_inner().filter(|pair| pair.as_rule() == Rule::day);
            let start = day(days.next()?.as_str(), names, count)?;
            let end = days.next().map_or(Some(start), |end| day(end.as_str(), names, count))?;
            Some((start, end))
        });
        let Some((start, end)) = bounds else {
            let message = format!("`{}` is no {what}", part.as_str());
            faults.push(Fault { at: part.as_span().start()..part.as_span().end(), message });
            continue;
        };
        mask |= 1 << end;
        let mut index = start;
        while index != end {
            mask |= 1 << index;
            index = (index + 1) % count;
        }
    }
    mask
}

/// A name or a figure from 1 on, as an index from 0 on.
fn day(text: &str, names: &[&str], count: u32) -> Option<u32> {
    if let Some(index) = names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        return u32::try_from(index).ok();
    }
    let text = text.trim_start_matches(crate::conf::is_blank);
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let number: u32 = text.get(..digits)?.parse().ok()?;
    (1..=count).contains(&number).then(|| number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn holds(text: &str, hour: i8, minute: i8) -> bool {
        // 11 November 2026 is a Wednesday.
        Timing::parse(text).0.includes(date(2026, 11, 11).at(hour, minute, 59, 0))
    }

    #[test]
    fn times_include_both_ends_and_go_over_midnight() {
        assert!(holds("9:00-17:00", 9, 0) && holds("9:00-17:00", 17, 0) && !holds("9:00-17:00", 17, 1));
        assert!(holds("22:00-6:00", 23, 0) && holds("22:00-6:00", 5, 0) && !holds("22:00-6:00", 7, 0));
        assert!(holds("08:00&12:30-12:40", 8, 0) && !holds("08:00&12:30-12:40", 8, 1));
    }

    #[test]
    fn days_and_months_have_names_and_figures() {
        assert!(holds("*,wed,*,nov", 1, 0) && holds("*|mon-fri|11|*", 1, 0) && holds("*,sat-Wed,10-12,11", 1, 0));
        assert!(!holds("*,sun,*,*", 1, 0) && !holds("*,*,12,*", 1, 0) && !holds("*,*,*,dec", 1, 0));
    }

    #[test]
    fn missing_fields_hold_always() {
        assert!(holds("", 3, 0) && holds("*", 3, 0) && holds("0:00-23:59,mon-fri", 3, 0));
    }

    #[test]
    fn what_is_not_understood_never_holds_and_is_reported() {
        let (timing, faults) = Timing::parse(" *, *,*,jan");
        assert!(!timing.includes(date(2026, 1, 1).at(0, 0, 0, 0)));
        assert_eq!(faults.len(), 2);
        assert_eq!(faults[0].at, 0..2);
        assert_eq!(Timing::parse("25:00-26:00").1[0].to_string(), "`25:00-26:00` is no time of day");
    }

    #[test]
    fn the_fifth_field_names_a_zone() {
        assert_eq!(Timing::parse("*,*,*,*,Europe/Berlin").0.zone(), Some("Europe/Berlin"));
    }
}
