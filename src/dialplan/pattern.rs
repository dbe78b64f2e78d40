//! Extension patterns: `_NXX.`, `_[1-5]X!`.
//!
//! A pattern is a row of places, each a set of characters; `.` takes one or more further characters, `!` none or
//! more. Dashes are eye candy in patterns and in what is dialled. Characters are bytes, as in Asterisk.

use pest::Parser as _;
use std::borrow::Cow;
use std::cmp::Ordering;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/pattern.pest"]
struct Grammar;

/// A set of byte values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Set([u64; 4]);

impl Set {
    fn insert_range(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            self.0[usize::from(byte / 64)] |= 1 << (63 - byte % 64);
        }
    }

    fn of_range(first: u8, last: u8) -> Self {
        let mut set = Self::default();
        set.insert_range(first, last);
        set
    }

    /// Whether the set holds a byte.
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] & (1 << (63 - byte % 64)) != 0
    }

    /// How many bytes the set holds.
    pub fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether the set holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    fn lowest(&self) -> Option<u8> {
        (0..=255).find(|byte| self.contains(*byte))
    }
}

/// Smaller sets first, then the one with the lower first character, then the one with the lower further ones.
impl Ord for Set {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |set: &Set| (set.len(), set.lowest());
        key(self).cmp(&key(other)).then_with(|| other.0.cmp(&self.0))
    }
}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One place of a pattern, ordered from the most specific to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// One character. A class of one character is the same.
    Literal(u8),
    /// One character out of a set.
    Set(Set),
    /// `.`: one or more characters.
    More,
    /// `!`: none or more characters; matches while it is dialled.
    Early,
}

/// How much of a pattern has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// All of it, or the beginning of it.
    Beginning,
    /// The beginning only: more characters could still be dialled.
    More,
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    No,
    Yes,
    /// Through `!`: yes, and no further digit is worth waiting for.
    Early,
}

/// A pattern, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub places: Vec<Place>,
    /// Something in it that was probably not meant.
    pub fault: Option<Fault>,
}

/// What may be odd about a pattern that is read nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the class has no closing bracket; the pattern matches nothing")]
    OpenClass,
    #[error("the class is empty and is left out")]
    EmptyClass,
    #[error("the class runs backwards; the pattern matches nothing")]
    BackwardRange,
    #[error("the characters behind `.` or `!` are not looked at")]
    Trailing,
}

impl Pattern {
    /// Reads a name that begins with `_`; `None` when it does not.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.starts_with('_') {
            return None;
        }
        if let Some(places) = plain(text) {
            return Some(Self { places, fault: None });
        }
        Self::parse_generally(text)
    }

    /// Reads any name that begins with `_`, by the grammar.
    fn parse_generally(text: &str) -> Option<Self> {
        let pattern = Grammar::parse(Rule::pattern, text).ok()?.next()?;
        let (mut places, mut fault, mut ended) = (Vec::with_capacity(text.len()), None, false);
        for part in pattern.into_inner() {
            if ended && part.as_rule() != Rule::EOI {
                fault = fault.or(Some(Fault::Trailing));
            }
            match part.as_rule() {
                Rule::digit => places.push(Place::Set(Set::of_range(b'0', b'9'))),
                Rule::not_zero => places.push(Place::Set(Set::of_range(b'1', b'9'))),
                Rule::upper => places.push(Place::Set(Set::of_range(b'2', b'9'))),
                Rule::more | Rule::early => {
                    places.push(if part.as_rule() == Rule::more { Place::More } else { Place::Early });
                    ended = true;
                }
                Rule::literal => places.extend(part.as_str().bytes().map(Place::Literal)),
                Rule::class => match class(part) {
                    Ok(place) => places.push(place),
                    Err(found) => {
                        fault = fault.or(Some(found));
                        if found == Fault::BackwardRange {
                            places.push(Place::Set(Set::default()));
                        }
                    }
                },
                Rule::open => {
                    fault = fault.or(Some(Fault::OpenClass));
                    places.push(Place::Set(Set::default()));
                }
                _ => {}
            }
        }
        Some(Self { places, fault })
    }

    /// Compares what was dialled, its dashes already left out.
    pub fn compare(&self, dialled: &[u8], extent: Extent) -> Verdict {
        let mut places = self.places.iter();
        for byte in dialled {
            match places.next() {
                None => return Verdict::No,
                Some(Place::More) => return Verdict::Yes,
                Some(Place::Early) => return Verdict::Early,
                Some(Place::Literal(literal)) if literal == byte => {}
                Some(Place::Set(set)) if set.contains(*byte) => {}
                Some(_) => return Verdict::No,
            }
        }
        match (places.next(), extent) {
            (Some(Place::Early), _) => Verdict::Early,
            (None, Extent::Whole | Extent::Beginning) | (Some(_), Extent::Beginning | Extent::More) => Verdict::Yes,
            (None, Extent::More) | (Some(_), Extent::Whole) => Verdict::No,
        }
    }
}

/// The places of a pattern in which nothing is odd: by hand, since a large plan has thousands.
fn plain(text: &str) -> Option<Vec<Place>> {
    let mut places = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes().get(1..)?;
    while let Some((first, rest)) = bytes.split_first() {
        bytes = rest;
        places.push(match first {
            b'X' | b'x' => Place::Set(Set::of_range(b'0', b'9')),
            b'Z' | b'z' => Place::Set(Set::of_range(b'1', b'9')),
            b'N' | b'n' => Place::Set(Set::of_range(b'2', b'9')),
            b'.' if rest.is_empty() => Place::More,
            b'!' if rest.is_empty() => Place::Early,
            b'-' => continue,
            b'[' => {
                let (place, behind) = plain_class(rest)?;
                bytes = behind;
                place
            }
            b'.' | b'!' => return None,
            literal if literal.is_ascii() => Place::Literal(*literal),
            _ => return None,
        });
    }
    Some(places)
}

/// A class whose opening bracket is read, and what stands behind it.
fn plain_class(mut bytes: &[u8]) -> Option<(Place, &[u8])> {
    let mut set = Set::default();
    loop {
        let (first, last, rest) = match bytes {
            [b']', rest @ ..] => {
                let place = if set.len() == 1 { Place::Literal(set.lowest()?) } else { Place::Set(set) };
                return (!set.is_empty()).then_some((place, rest));
            }
            [first, b'-', last, rest @ ..] if *last != b']' => (first, last, rest),
            [only, rest @ ..] => (only, only, rest),
            [] => return None,
        };
        if first > last || !first.is_ascii() || !last.is_ascii() {
            return None;
        }
        set.insert_range(*first, *last);
        bytes = rest;
    }
}

fn class(class: pest::iterators::Pair<'_, Rule>) -> Result<Place, Fault> {
    let mut set = Set::default();
    let mut members = class.into_inner().peekable();
    if members.peek().is_none() {
        return Err(Fault::EmptyClass);
    }
    for member in members {
        if member.as_rule() == Rule::range {
            let bytes = member.as_str().as_bytes();
            // A range reaches from the byte before its dash to the byte behind it.
            let dash = member.into_inner().next().map_or(1, |first| first.as_str().len());
            if let (Some(first), Some(last)) = (bytes.get(dash - 1), bytes.get(dash + 1)) {
                set.insert_range(*first, *last);
            }
        } else {
            member.as_str().bytes().for_each(|byte| set.insert_range(byte, byte));
        }
    }
    match (set.len(), set.lowest()) {
        (1, Some(only)) => Ok(Place::Literal(only)),
        (0, _) => Err(Fault::BackwardRange),
        _ => Ok(Place::Set(set)),
    }
}

/// A name without its dashes.
pub fn without_dashes(name: &str) -> Cow<'_, str> {
    if name.contains('-') { Cow::Owned(name.replace('-', "")) } else { Cow::Borrowed(name) }
}

/// Whether a single extension or pattern, such as a caller number of a plan or an `ignorepat`, takes a number.
pub fn takes(extension: &str, dialled: &str) -> bool {
    let dialled = without_dashes(dialled);
    match Pattern::parse(extension) {
        Some(_) if extension.eq_ignore_ascii_case(&dialled) => true,
        Some(pattern) => pattern.compare(dialled.as_bytes(), Extent::Whole) != Verdict::No,
        None => without_dashes(extension) == dialled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<Place> {
        Pattern::parse(text).unwrap().places
    }

    #[test]
    fn letters_classes_and_dashes_become_places() {
        assert_eq!(places("_5-X"), [Place::Literal(b'5'), Place::Set(Set::of_range(b'0', b'9'))]);
        assert_eq!(places("_[2-9]n"), [Place::Set(Set::of_range(b'2', b'9')); 2]);
        assert_eq!(places("_[1]."), [Place::Literal(b'1'), Place::More]);
        assert!(Pattern::parse("123").is_none());
    }

    #[test]
    fn places_order_from_specific_to_wide() {
        let mut row = places("_X[2-9][2-4][3-5]5!.");
        row.sort();
        assert_eq!(row, places("_5[2-4][3-5][2-9]X.!"));
        assert!(places("_[23]") < places("_[24]"));
    }

    #[test]
    fn numbers_match_whole_or_in_part() {
        let number = Pattern::parse("_1X.").unwrap();
        assert_eq!(number.compare(b"123", Extent::Whole), Verdict::Yes);
        assert_eq!(number.compare(b"12", Extent::Whole), Verdict::No);
        assert_eq!(number.compare(b"12", Extent::More), Verdict::Yes);
        let early = Pattern::parse("_2!").unwrap();
        assert_eq!(early.compare(b"2", Extent::More), Verdict::Early);
        assert!(takes("_20XX", "2005") && takes("555-1234", "5551234") && !takes("_X", "*"));
    }

    proptest::proptest! {
        #[test]
        fn reading_by_hand_gives_what_the_grammar_does(text in "_([XZNxzn0-9a-d*#.!-]|\\[[0-9a-d-]{0,4}\\]?|ä){0,6}") {
            proptest::prop_assert_eq!(Pattern::parse(&text), Pattern::parse_generally(&text));
        }
    }

    #[test]
    fn odd_patterns_say_so() {
        let fault = |text| Pattern::parse(text).unwrap().fault;
        assert_eq!(fault("_[]5"), Some(Fault::EmptyClass));
        assert_eq!(fault("_[12"), Some(Fault::OpenClass));
        assert_eq!(fault("_[5-2]"), Some(Fault::BackwardRange));
        assert_eq!(fault("_9.5"), Some(Fault::Trailing));
        assert_eq!(fault("_9."), None);
    }
}
