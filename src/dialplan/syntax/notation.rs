//! The notations inside a line. They never fail: every text has a reading.
//!
//! `grammar/extensions.pest` describes them all. Calls and the two commonest priorities stand on nearly every line
//! and are split by hand, an order of magnitude faster; a test holds them against the grammar.

use super::{Base, Priority};
use pest::Parser as _;
use pest::iterators::Pair;
use std::ops::Range;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/extensions.pest"]
pub(super) struct Grammar;

/// A priority with its label; places are in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityNotation {
    pub priority: Priority,
    pub label: Option<Range<usize>>,
    /// The label has its closing parenthesis, or there is none.
    pub is_closed: bool,
    /// What stands behind the label.
    pub behind: Option<Range<usize>>,
}

/// An application call; places are in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallNotation {
    pub application: Range<usize>,
    pub arguments: Range<usize>,
    pub is_closed: bool,
    pub behind: Option<Range<usize>>,
}

fn range(pair: &Pair<'_, Rule>) -> Range<usize> {
    pair.as_span().start()..pair.as_span().end()
}

fn filled(range: Range<usize>) -> Option<Range<usize>> {
    (!range.is_empty()).then_some(range)
}

/// Reads `n+10(label)` and its like; blanks around the text are left out before.
pub fn priority(text: &str) -> PriorityNotation {
    let common = match text {
        "n" => Some(Base::Next),
        figures if figures.bytes().all(|byte| byte.is_ascii_digit()) => figures.parse().ok().map(Base::Number),
        _ => None,
    };
    match common {
        Some(base) => {
            PriorityNotation { priority: Priority { base, addition: None }, label: None, is_closed: true, behind: None }
        }
        None => parsed_priority(text),
    }
}

/// The same by the grammar alone.
fn parsed_priority(text: &str) -> PriorityNotation {
    let (mut base, mut addition) = ("", None);
    let mut notation = PriorityNotation {
        priority: Priority { base: Base::Next, addition: None },
        label: None,
        is_closed: true,
        behind: None,
    };
    let parsed = Grammar::parse(Rule::priority, text).ok().and_then(|mut pairs| pairs.next());
    for pair in parsed.into_iter().flat_map(Pair::into_inner) {
        match pair.as_rule() {
            Rule::base => base = pair.as_str(),
            Rule::addition => addition = Some(leading_number(pair.as_str()).unwrap_or(0)),
            Rule::label => {
                notation.label = Some(range(&pair));
                notation.is_closed = false;
            }
            Rule::closed_label => {
                notation.is_closed = true;
                notation.behind = pair.into_inner().next().and_then(|behind| filled(range(&behind)));
            }
            _ => {}
        }
    }
    let base = match base {
        "hint" => Base::Hint,
        "n" | "next" => Base::Next,
        "s" | "same" => Base::Same,
        other => leading_number(other).map_or_else(|| Base::Label(other.to_owned()), Base::Number),
    };
    notation.priority = Priority { base, addition };
    notation
}

/// Reads `Application(arguments)`: the arguments reach to the last closing parenthesis.
pub fn call(text: &str) -> CallNotation {
    let none = text.len()..text.len();
    let bare = CallNotation { application: 0..text.len(), arguments: none, is_closed: true, behind: None };
    let Some(open) = text.find('(') else { return bare };
    // With a substitution in front of the parenthesis there is no application: a hint such as
    // `SIP/${DEVICE(1)}`, or a mistake that ends the call.
    if text[..open].contains("${") || text[..open].contains("$[") {
        return bare;
    }
    let close = text.rfind(')').filter(|close| *close > open);
    CallNotation {
        application: 0..open,
        arguments: open + 1..close.unwrap_or(text.len()),
        is_closed: close.is_some(),
        behind: close.and_then(|close| filled(close + 1..text.len())),
    }
}

/// The same by the grammar alone.
#[cfg(test)]
pub(super) fn parsed_call(text: &str) -> CallNotation {
    let mut notation =
        CallNotation { application: 0..text.len(), arguments: text.len()..text.len(), is_closed: true, behind: None };
    let parsed = Grammar::parse(Rule::call, text).ok().and_then(|mut pairs| pairs.next());
    for pair in parsed.into_iter().flat_map(Pair::into_inner) {
        match pair.as_rule() {
            Rule::application if pair.as_str().contains("${") || pair.as_str().contains("$[") => {
                return notation;
            }
            Rule::application => notation.application = range(&pair),
            Rule::arguments => {
                notation.arguments = range(&pair);
                notation.is_closed = false;
            }
            Rule::closed_call => {
                notation.is_closed = true;
                notation.behind = pair.into_inner().next().and_then(|behind| filled(range(&behind)));
            }
            _ => {}
        }
    }
    notation
}

/// The context of an include and, if there is one, its time condition.
pub fn include(text: &str) -> (Range<usize>, Option<Range<usize>>) {
    two(Rule::include, text)
}

/// The driver of a switch and its data.
pub fn switch(text: &str) -> (Range<usize>, Option<Range<usize>>) {
    two(Rule::switch, text)
}

fn two(rule: Rule, text: &str) -> (Range<usize>, Option<Range<usize>>) {
    let parsed = Grammar::parse(rule, text).ok().and_then(|mut pairs| pairs.next());
    let mut inner = parsed.into_iter().flat_map(Pair::into_inner).filter(|pair| pair.as_rule() != Rule::EOI);
    let first = inner.next().map_or(0..text.len(), |pair| range(&pair));
    (first, inner.next().map(|pair| range(&pair)))
}

/// The number a text begins with, as C's `%d` reads it.
fn leading_number(text: &str) -> Option<i32> {
    let text = text.trim_start_matches(crate::conf::is_blank);
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    let digits_end = sign + digits;
    text.get(..digits_end).filter(|_| digits > 0)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_in_all_their_forms() {
        let read = |text| {
            let notation = priority(text);
            (notation.priority.base, notation.priority.addition, notation.label.map(|label| text[label].to_owned()))
        };
        assert_eq!(read("1"), (Base::Number(1), None, None));
        assert_eq!(read("n+10(lab)"), (Base::Next, Some(10), Some("lab".to_owned())));
        assert_eq!(read("n(lab)+10"), (Base::Next, None, Some("lab".to_owned())));
        assert_eq!(read("s"), (Base::Same, None, None));
        assert_eq!(read("hint"), (Base::Hint, None, None));
        assert_eq!(read("1abc"), (Base::Number(1), None, None));
        assert_eq!(read("first+1"), (Base::Label("first".to_owned()), Some(1), None));
        assert_eq!(read("+1"), (Base::Label(String::new()), Some(1), None));
        assert!(!priority("n(lab").is_closed);
    }

    #[test]
    fn the_grammar_reads_the_same() {
        for text in ["", "NoOp", "A(", "A()", "A(b", "A(b)c", "A(b)(c)d", "A)b(c", "${A}(b)", "a$[(1)](b)", "é(é)é"]
        {
            assert_eq!(call(text), parsed_call(text), "{text}");
        }
        for text in ["", "n", "1", "12(a)", "99999999999", "n(a)b", "n+2(a", "(a)", "+", "s", "-1", " 7"] {
            assert_eq!(priority(text), parsed_priority(text), "{text}");
        }
    }

    #[test]
    fn arguments_reach_to_the_last_parenthesis() {
        let read = |text: &'static str| {
            let notation = call(text);
            (
                &text[notation.application],
                &text[notation.arguments],
                notation.is_closed,
                notation.behind.map(|at| &text[at]),
            )
        };
        assert_eq!(read("NoOp(a) and (b) more"), ("NoOp", "a) and (b", true, Some(" more")));
        assert_eq!(read("NoOp(a"), ("NoOp", "a", false, None));
        assert_eq!(read("NoOp"), ("NoOp", "", true, None));
        assert_eq!(read("$[1+1](b)"), ("$[1+1](b)", "", true, None));
        assert_eq!(read("App()"), ("App", "", true, None));
    }
}
