//! Text of a configuration file that is kept without copying it.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A piece of a file's text, shared with the file; or a text of its own, where reading altered it.
#[derive(Clone)]
pub struct Text {
    whole: Arc<str>,
    start: u32,
    end: u32,
}

impl Text {
    /// A piece of `whole`, in bytes; empty where there is no such piece.
    pub(super) fn piece(whole: &Arc<str>, at: Range<usize>) -> Self {
        match (u32::try_from(at.start), u32::try_from(at.end)) {
            (Ok(start), Ok(end)) if whole.get(at).is_some() => Self { whole: Arc::clone(whole), start, end },
            _ => Self::from(""),
        }
    }

    pub fn as_str(&self) -> &str {
        self.whole.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    pub(super) fn push_str(&mut self, more: &str) {
        *self = Self::from(format!("{self}{more}").as_str());
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { whole: text.into(), start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
