//! What the settings of a section may be, and what is told of those that are not so.

use super::super::names;
use crate::conf::{Entry, Section, is_false, is_true};
use crate::diagnostic::{Diagnostic, Span, codes};

/// The settings that a kind of section may hold, parted by blanks, by what their values are.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    /// yes or no.
    pub flags: &'static str,
    /// Numbers, with a decimal point if need be.
    pub numbers: &'static str,
    /// One of the words behind each name.
    pub words: &'static [(&'static str, &'static str)],
    /// A context of the plan.
    pub contexts: &'static str,
    /// A class of musiconhold.conf.
    pub music: &'static str,
    /// Mailboxes, parted by commas or `&`.
    pub mailboxes: &'static str,
    /// Phones that are called, such as `SIP/200`, up to the first comma.
    pub members: &'static str,
    /// Whatever one writes.
    pub texts: &'static str,
    /// The same, as a table of another room has them.
    pub others: &'static [&'static str],
    /// Of all these, those that Asterisk has and that do nothing in exten.
    pub idle: &'static str,
    /// The beginnings of further names.
    pub beginnings: &'static str,
    /// Further names may be anything.
    pub is_open: bool,
}

/// No settings at all.
pub(super) const NONE: Keys = Keys {
    flags: "",
    numbers: "",
    words: &[],
    contexts: "",
    music: "",
    mailboxes: "",
    members: "",
    texts: "",
    others: &[],
    idle: "",
    beginnings: "",
    is_open: false,
};

/// What a value is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Flag,
    Number,
    Words(&'static str),
    Context,
    Music,
    Mailboxes,
    Member,
    Text,
}

/// A kind of section: what a message calls it, and its settings.
pub(super) type Kind = (&'static str, Keys);

impl Keys {
    /// What the value of a setting is to be; `None` for one that does not exist.
    pub fn value(&self, key: &str) -> Option<Value> {
        let lists = [
            (self.flags, Value::Flag),
            (self.numbers, Value::Number),
            (self.contexts, Value::Context),
            (self.music, Value::Music),
            (self.mailboxes, Value::Mailboxes),
            (self.members, Value::Member),
            (self.texts, Value::Text),
        ];
        let is_in = |names: &str| names.split_whitespace().any(|name| name.eq_ignore_ascii_case(key));
        let listed = lists.into_iter().find(|(names, _)| is_in(names)).map(|(_, value)| value);
        let worded = || {
            let words = self.words.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
            words.map(|(_, words)| Value::Words(words))
        };
        let begins = || {
            let lower = key.to_ascii_lowercase();
            let is_known = self.others.contains(&lower.as_str())
                || self.beginnings.split_whitespace().any(|beginning| lower.starts_with(beginning));
            (is_known || self.is_open).then_some(Value::Text)
        };
        listed.or_else(worded).or_else(begins)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        let lists = [self.flags, self.numbers, self.contexts, self.music, self.mailboxes, self.members, self.texts];
        let listed = lists.into_iter().flat_map(str::split_whitespace);
        listed.chain(self.words.iter().map(|(name, _)| *name)).chain(self.others.iter().copied())
    }

    /// Tells the settings of a section that do not exist, and the values that are not of their kind.
    pub fn check(&self, section: &Section, what: &str, told: &mut Vec<Diagnostic>) {
        for entry in &section.entries {
            match self.value(&entry.key) {
                None => told.push(self.unknown(&entry.key, entry.key_span, what)),
                Some(value) => told.extend(wrong(value, &entry.key, &entry.value, entry.value_span)),
            }
            told.extend(self.idle(&entry.key, &entry.value, entry.span));
        }
    }

    /// What is told of a setting that does nothing in exten; nothing where it is off anyway.
    pub fn idle(&self, key: &str, value: &str, at: Span) -> Option<Diagnostic> {
        let is_idle = self.idle.split_whitespace().any(|idle| idle.eq_ignore_ascii_case(key));
        (is_idle && !is_false(value) && !value.trim().is_empty()).then(|| {
            Diagnostic::warning(codes::WITHOUT_EFFECT, format!("exten does nothing with `{key}`"))
                .at(at, "has no effect")
                .help("remove the line, or do not rely on it")
        })
    }

    pub fn unknown(&self, key: &str, at: Span, what: &str) -> Diagnostic {
        let found = Diagnostic::warning(codes::UNKNOWN_SETTING, format!("there is no setting `{key}` in {what}"))
            .at(at, "has no effect");
        match names::nearest(key, self.names()) {
            Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(at, nearest),
            None => found.help("check its spelling, or remove the line"),
        }
    }

    /// The entries of a section whose values name something elsewhere.
    pub fn references<'s>(&self, section: &'s Section) -> impl Iterator<Item = (Value, &'s Entry)> {
        let keys = *self;
        section.entries.iter().filter_map(move |entry| {
            let value = keys.value(&entry.key)?;
            let is_reference = matches!(value, Value::Context | Value::Music | Value::Mailboxes | Value::Member);
            (is_reference && !entry.value.trim().is_empty()).then_some((value, entry))
        })
    }
}

/// What is told of a value that is not of its kind.
pub(super) fn wrong(value: Value, key: &str, text: &str, at: Span) -> Option<Diagnostic> {
    let text = text.trim();
    let is_right = match value {
        Value::Flag => is_true(text) || is_false(text),
        Value::Number => text.trim_start_matches(['+', '-']).parse::<f64>().is_ok(),
        Value::Words(words) => words.split_whitespace().any(|word| word.eq_ignore_ascii_case(text)),
        Value::Context | Value::Music | Value::Mailboxes | Value::Member | Value::Text => true,
    };
    let listed = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(", ");
    let (message, wanted) = match value {
        _ if is_right => return None,
        Value::Flag => (format!("{key} wants yes or no"), "yes or no".to_owned()),
        Value::Words(words) => (format!("{key} knows no `{text}`"), format!("one of {}", listed(words))),
        _ => (format!("{key} wants a number"), "a number".to_owned()),
    };
    let found = Diagnostic::warning(codes::WRONG_VALUE, message).at(at, "not understood");
    let nearest = match value {
        Value::Words(words) => names::nearest(text, words.split_whitespace()),
        _ => None,
    };
    Some(match nearest {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(at, nearest),
        None => found.help(format!("write {wanted}; until then the default holds")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys =
        Keys { flags: "attach", numbers: "volgain", words: &[("mode", "files custom")], beginnings: "vm-", ..NONE };

    #[test]
    fn names_count_without_regard_to_case() {
        assert!(KEYS.value("Attach") == Some(Value::Flag) && KEYS.value("VM-forward") == Some(Value::Text));
        assert!(KEYS.value("attch").is_none());
    }

    #[test]
    fn values_are_of_their_kind() {
        let at = Span::new(crate::diagnostic::FileId(0), 0, 0);
        let message = |key: &str, text: &str| {
            wrong(KEYS.value(key).unwrap(), key, text, at).map(|found| found.help.unwrap_or_default())
        };
        assert_eq!((message("attach", "on"), message("volgain", "-3.5"), message("mode", "FILES")), (None, None, None));
        assert_eq!(message("attach", "maybe").unwrap(), "write yes or no; until then the default holds");
        assert_eq!(message("mode", "fils").unwrap(), "did you mean `files`?");
    }
}
