//! `eventfilter`: which events a program gets of those that it may see.

use regex::Regex;

/// One filter.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What it matches is kept back, instead of let through.
    excludes: bool,
    /// The event, where only one is meant.
    event: Option<String>,
    /// The key of the line that is looked at, instead of the whole event.
    header: Option<String>,
    method: Method,
}

#[derive(Clone, Debug)]
enum Method {
    Any,
    Matches(Regex),
    Exact(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("the regular expression is none: {0}")]
    Regex(String),
    #[error("`{0}` is not known here")]
    Unknown(String),
}

impl Filter {
    /// Reads `eventfilter = [!]REGEX`, or `eventfilter(action(exclude),name(Newexten),header(Channel),method(exact)) =
    /// VALUE`.
    ///
    /// # Errors
    /// Where it cannot be understood.
    pub fn read(key: &str, value: &str) -> Result<Self, FilterError> {
        match key.split_once('(') {
            Some((_, criteria)) => Self::advanced(criteria.strip_suffix(')').unwrap_or(criteria), value),
            None => Self::plain(value),
        }
    }

    /// A regular expression over the whole event; `!` before it keeps back what it matches.
    ///
    /// # Errors
    /// Where it is none.
    pub fn plain(text: &str) -> Result<Self, FilterError> {
        let (pattern, excludes) = text.strip_prefix('!').map_or((text, false), |rest| (rest, true));
        Ok(Self { excludes, event: None, header: None, method: Method::Matches(regex(pattern)?) })
    }

    fn advanced(criteria: &str, value: &str) -> Result<Self, FilterError> {
        let mut filter = Self { excludes: false, event: None, header: None, method: Method::Any };
        let mut method = "";
        for criterion in criteria.split("),").map(str::trim).filter(|criterion| !criterion.is_empty()) {
            let (name, argument) = criterion.split_once('(').unwrap_or((criterion, ""));
            let argument = argument.trim_end_matches(')').trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "action" => filter.excludes = argument.eq_ignore_ascii_case("exclude"),
                "name" => filter.event = Some(argument.to_owned()),
                "header" => filter.header = Some(argument.to_owned()),
                "method" => method = argument,
                _ => return Err(FilterError::Unknown(criterion.to_owned())),
            }
        }
        let text = value.to_owned();
        filter.method = match method.to_ascii_lowercase().as_str() {
            "" if value.is_empty() => Method::Any,
            "none" => Method::Any,
            "" | "regex" => Method::Matches(regex(value)?),
            "exact" => Method::Exact(text),
            "starts_with" => Method::StartsWith(text),
            "ends_with" => Method::EndsWith(text),
            "contains" => Method::Contains(text),
            other => return Err(FilterError::Unknown(other.to_owned())),
        };
        Ok(filter)
    }

    fn matches(&self, event: &str, text: &str) -> bool {
        if self.event.as_ref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(event)) {
            return false;
        }
        match &self.header {
            None => self.method.matches(text),
            Some(header) => text
                .lines()
                .filter_map(|line| line.split_once(':'))
                .any(|(key, value)| key.eq_ignore_ascii_case(header) && self.method.matches(value.trim())),
        }
    }
}

impl Method {
    fn matches(&self, text: &str) -> bool {
        match self {
            Method::Any => true,
            Method::Matches(regex) => regex.is_match(text),
            Method::Exact(wanted) => text == wanted,
            Method::StartsWith(wanted) => text.starts_with(wanted),
            Method::EndsWith(wanted) => text.ends_with(wanted),
            Method::Contains(wanted) => text.contains(wanted),
        }
    }
}

fn regex(pattern: &str) -> Result<Regex, FilterError> {
    Regex::new(pattern).map_err(|error| FilterError::Regex(error.to_string().lines().last().unwrap_or("").to_owned()))
}

/// Whether filters let an event through: one that lets in, if there is any, and none that keeps back.
pub fn lets_through(filters: &[Filter], event: &str, text: &str) -> bool {
    let mut including = filters.iter().filter(|filter| !filter.excludes).peekable();
    let is_included = including.peek().is_none() || including.any(|filter| filter.matches(event, text));
    is_included && !filters.iter().any(|filter| filter.excludes && filter.matches(event, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "Event: Newchannel\r\nPrivilege: call,all\r\nChannel: SIP/ann-00000001\r\n\r\n";

    fn passes(filters: &[(&str, &str)]) -> bool {
        let filters: Vec<_> = filters.iter().map(|(key, value)| Filter::read(key, value).unwrap()).collect();
        lets_through(&filters, "Newchannel", EVENT)
    }

    #[test]
    fn one_that_lets_in_and_none_that_keeps_back() {
        assert!(passes(&[]));
        assert!(passes(&[("eventfilter", "Event: New")]) && !passes(&[("eventfilter", "Event: Hangup")]));
        assert!(!passes(&[("eventfilter", "!Channel: SIP/")]) && passes(&[("eventfilter", "!Channel: IAX")]));
        assert!(!passes(&[("eventfilter", "Event: New"), ("eventfilter", "!Channel: SIP/")]));
        assert!(passes(&[("eventfilter", "Event: Hangup"), ("eventfilter", "Event: New")]));
    }

    #[test]
    fn a_filter_may_name_event_line_and_method() {
        assert!(passes(&[("eventfilter(name(Newchannel),header(Channel),method(starts_with))", "SIP/ann")]));
        assert!(!passes(&[("eventfilter(name(Hangup))", "")]));
        assert!(!passes(&[("eventfilter(action(exclude),name(Newchannel))", "")]));
        assert!(passes(&[("eventfilter(action(exclude),name(Newchannel),header(Channel),method(exact))", "SIP/ann")]));
        assert!(Filter::read("eventfilter", "(").is_err());
        assert!(Filter::read("eventfilter(colour(red))", "x").is_err());
    }
}
