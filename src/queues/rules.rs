//! `queuerules.conf`: whom a caller reaches after having waited for a while.

use super::settings::number;
use crate::conf::Section;

/// A change of a bound: to a number, or by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    To(i32),
    By(i32),
}

impl Change {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let value = i32::try_from(number(text)).ok()?;
        match text.as_bytes().first()? {
            b'+' | b'-' => Some(Change::By(value)),
            _ => Some(Change::To(value)),
        }
    }

    /// The bound after the change; a bound that was not set counts as 0.
    pub fn apply(self, bound: Option<i32>) -> i32 {
        match self {
            Change::To(value) => value,
            Change::By(value) => bound.unwrap_or(0).saturating_add(value).max(0),
        }
    }
}

/// `penaltychange => seconds,max[,min[,raise]]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// After so many seconds in the queue.
    pub after: u64,
    pub max: Option<Change>,
    pub min: Option<Change>,
    pub raise: Option<Change>,
}

/// The rules of a section, earliest first.
pub fn read(section: &Section) -> Vec<Rule> {
    let rule = |value: &str| {
        let mut fields = value.split(',');
        let after = u64::try_from(number(fields.next()?)).ok()?;
        let mut change = || fields.next().and_then(Change::parse);
        let rule = Rule { after, max: change(), min: change(), raise: change() };
        (rule.max.is_some() || rule.min.is_some() || rule.raise.is_some()).then_some(rule)
    };
    let mut rules: Vec<Rule> = section.all("penaltychange").filter_map(|entry| rule(&entry.value)).collect();
    rules.sort_by_key(|rule| rule.after);
    rules
}
