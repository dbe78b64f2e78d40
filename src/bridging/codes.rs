//! Recognising feature codes among the keys of a bridged party.
//!
//! Sans-I/O: keys and the time go in, what to do comes out. A key that may begin a code is held back; it goes on to
//! the other party once it is clear that no code comes of it.

use std::time::Duration;

use tokio::time::Instant;

/// What became of the keys so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may become a code: wait for more, until [`Codes::deadline`].
    Wait,
    /// They are the code at this index.
    Code(usize),
    /// They are no code: the other party gets them.
    Pass(String),
}

/// The codes that a party may key, and what it has keyed of them.
#[derive(Clone, Debug)]
pub struct Codes {
    codes: Vec<String>,
    timeout: Duration,
    keyed: String,
    deadline: Option<Instant>,
}

impl Codes {
    /// `timeout` is the longest pause between two keys of a code (`featuredigittimeout`).
    pub fn new(codes: Vec<String>, timeout: Duration) -> Self {
        Self { codes, timeout, keyed: String::new(), deadline: None }
    }

    /// When keys that were held back must be let go.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes a key.
    pub fn press(&mut self, key: char, now: Instant) -> Decision {
        self.keyed.push(key);
        if let Some(code) = self.codes.iter().position(|code| *code == self.keyed) {
            self.take();
            return Decision::Code(code);
        }
        if self.codes.iter().any(|code| code.starts_with(&self.keyed)) {
            self.deadline = Some(now + self.timeout);
            return Decision::Wait;
        }
        Decision::Pass(self.take())
    }

    /// The deadline has passed.
    pub fn expire(&mut self) -> Decision {
        Decision::Pass(self.take())
    }

    fn take(&mut self) -> String {
        self.deadline = None;
        std::mem::take(&mut self.keyed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> Codes {
        Codes::new(vec!["*0".into(), "**".into(), "*11".into()], Duration::from_secs(1))
    }

    #[test]
    fn a_code_is_recognised_key_by_key() {
        let now = Instant::now();
        let mut codes = codes();
        assert_eq!(codes.press('*', now), Decision::Wait);
        assert_eq!(codes.deadline(), Some(now + Duration::from_secs(1)));
        assert_eq!(codes.press('1', now), Decision::Wait);
        assert_eq!(codes.press('1', now), Decision::Code(2));
        assert_eq!(codes.deadline(), None);
    }

    #[test]
    fn what_is_no_code_passes() {
        let now = Instant::now();
        let mut codes = codes();
        assert_eq!(codes.press('5', now), Decision::Pass("5".into()));
        assert_eq!(codes.press('*', now), Decision::Wait);
        assert_eq!(codes.press('7', now), Decision::Pass("*7".into()));
        assert_eq!(codes.press('*', now), Decision::Wait);
        assert_eq!(codes.expire(), Decision::Pass("*".into()));
    }
}
