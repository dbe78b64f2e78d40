//! Parameters after a semicolon: `;tag=1;lr;q="0.5"`.

use std::borrow::Cow;
use std::fmt;

use super::scan;

/// An ordered list of parameters. Names are compared without regard to case, values keep their spelling
/// (a quoted value keeps its quotes; [`Params::text`] takes them off).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Reads `;a=1;b`; the text is empty or begins with a semicolon. Blanks may stand around `;` and `=`.
    pub(super) fn parse(text: &str) -> Option<Params> {
        let mut params = Vec::new();
        let mut rest = scan::trim(text);
        while !rest.is_empty() {
            rest = rest.strip_prefix(';')?;
            let end = scan::find_outside(rest, b';').ok()?.unwrap_or(rest.len());
            let (part, after) = rest.split_at_checked(end)?;
            rest = after;
            let part = scan::trim(part);
            if part.is_empty() {
                continue;
            }
            params.push(match part.split_once('=') {
                Some((name, value)) => (scan::trim(name).to_owned(), Some(value_of(scan::trim(value))?)),
                None => (part.to_owned(), None),
            });
            if !params.last().is_some_and(|(name, _)| is_name(name)) {
                return None;
            }
        }
        Some(Params(params))
    }

    /// The value of a parameter as it is spelt; the empty text if it has none. `None` if there is no such parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(value.as_deref().unwrap_or(""))
    }

    /// The value of a parameter without quotes.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(scan::unquote)
    }

    /// True if the parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets or adds a parameter; `None` for one without a value. A value that is no plain word is quoted.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(|v| if is_plain(v) { v.to_owned() } else { scan::quote(v) });
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Takes a parameter away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Parameter names of URIs may hold a few characters beyond a token's.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>;=,@".contains(&b))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>;,\\?=".contains(&b))
}

/// A value is a quoted string, or text without blanks, quotes and brackets.
fn value_of(text: &str) -> Option<String> {
    let whole = match text.starts_with('"') {
        true => scan::quoted_len(text)? == text.len(),
        false => text.bytes().all(|b| b > b' ' && b != 0x7f && !b"\"<>".contains(&b)),
    };
    whole.then(|| text.to_owned())
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_blanks_quotes_and_bare_names() {
        let params = Params::parse(" ; newparam = newvalue ; secondparam ; q=\"a;\\\"b\"").unwrap();
        assert_eq!(params.get("NEWPARAM"), Some("newvalue"));
        assert_eq!(params.get("secondparam"), Some(""));
        assert_eq!(params.text("q").as_deref(), Some("a;\"b"));
        assert_eq!(params.to_string(), ";newparam=newvalue;secondparam;q=\"a;\\\"b\"");
    }

    #[test]
    fn refuses_what_is_no_parameter() {
        for text in ["tag=1", ";a=\"x", ";a=b c", ";=1", ";a=\"x\"y", ";a=<b>"] {
            assert_eq!(Params::parse(text), None, "{text}");
        }
    }

    #[test]
    fn set_quotes_what_would_be_syntax() {
        let mut params = Params::default();
        params.set("tag", Some("a;b\r\nX: y"));
        assert_eq!(params.to_string(), ";tag=\"a;b  X: y\"");
        params.set("TAG", Some("1"));
        params.set("lr", None);
        assert_eq!(params.to_string(), ";tag=1;lr");
        params.remove("Tag");
        assert_eq!(params.to_string(), ";lr");
    }
}
