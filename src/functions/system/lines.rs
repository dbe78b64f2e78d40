//! Lines in a file, by the ends that Unix, DOS and old Macintosh write.

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Unix,
    Dos,
    Mac,
}

impl Ends {
    /// `u`, `d` or `m`.
    pub(super) fn parse(letter: &str) -> Option<Self> {
        match letter.chars().next()?.to_ascii_lowercase() {
            'u' => Some(Self::Unix),
            'd' => Some(Self::Dos),
            'm' => Some(Self::Mac),
            _ => None,
        }
    }

    pub(super) fn letter(self) -> char {
        match self {
            Self::Unix => 'u',
            Self::Dos => 'd',
            Self::Mac => 'm',
        }
    }

    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Unix => b"\n",
            Self::Dos => b"\r\n",
            Self::Mac => b"\r",
        }
    }

    /// What the first line end of a text says; none in a text of one line without one.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let at = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        Some(match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\n'), _) => Self::Unix,
            (_, Some(b'\n')) => Self::Dos,
            _ => Self::Mac,
        })
    }

    /// How many line ends a text has.
    pub(super) fn count(self, bytes: &[u8]) -> usize {
        let end = self.bytes();
        let bounds = self.bounds(bytes);
        bounds.iter().skip(1).filter(|bound| bytes.get(..**bound).is_some_and(|line| line.ends_with(end))).count()
    }

    /// Where each line begins, and where the text ends.
    pub(super) fn bounds(self, bytes: &[u8]) -> Vec<usize> {
        let end = self.bytes();
        let mut bounds = vec![0];
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match rest.windows(end.len()).position(|window| window == end) {
                Some(found) => at += found + end.len(),
                None => at = bytes.len(),
            }
            bounds.push(at);
        }
        bounds
    }
}
