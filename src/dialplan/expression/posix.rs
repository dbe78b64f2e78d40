//! POSIX extended regular expressions in the words of the `regex` crate.

/// Why a pattern is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("a bracket expression is not closed")]
    Bracket,
    #[error("a parenthesis is not closed")]
    Parenthesis,
    #[error("a repetition has nothing to repeat")]
    Repetition,
    #[error("a number of repetitions is not understood")]
    Interval,
    #[error("a backslash stands at the end")]
    Backslash,
    #[error("a range of characters is the wrong way round")]
    Range,
    #[error("an unknown class of characters")]
    Class,
    #[error("a reference back to a group cannot be followed")]
    BackReference,
}

/// The most repetitions that an interval may ask for.
const MAX_REPETITIONS: u32 = 32_767;

/// Translates `pattern`.
pub(super) fn translate(pattern: &str) -> Result<String, Fault> {
    let mut translation =
        Translation { rest: pattern, out: String::new(), atom: None, repeated: false, groups: Vec::new() };
    while let Some(next) = translation.take() {
        translation.step(next)?;
    }
    if translation.groups.is_empty() { Ok(translation.out) } else { Err(Fault::Parenthesis) }
}

struct Translation<'a> {
    rest: &'a str,
    out: String,
    /// Where in `out` the last thing begins that a repetition can stand behind.
    atom: Option<usize>,
    /// Whether a repetition stands behind it already.
    repeated: bool,
    /// Where the groups begin that are still open.
    groups: Vec<usize>,
}

impl Translation<'_> {
    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn step(&mut self, next: char) -> Result<(), Fault> {
        match next {
            '\\' => self.escape(),
            '[' => self.bracket(),
            '(' => {
                self.groups.push(self.out.len());
                self.out.push('(');
                self.atom = None;
                Ok(())
            }
            ')' => match self.groups.pop() {
                Some(start) => {
                    self.out.push(')');
                    self.set_atom(start);
                    Ok(())
                }
                // Without its partner it stands for itself.
                None => self.literal(')'),
            },
            '|' => {
                self.out.push('|');
                self.atom = None;
                Ok(())
            }
            '*' | '+' | '?' => {
                let mut sign = [0; 4];
                self.repeat(next.encode_utf8(&mut sign))
            }
            '{' => self.interval(),
            '.' => {
                self.set_atom(self.out.len());
                self.out.push('.');
                Ok(())
            }
            '^' | '$' => {
                self.out.push(next);
                self.atom = None;
                Ok(())
            }
            other => self.literal(other),
        }
    }

    fn set_atom(&mut self, start: usize) {
        self.atom = Some(start);
        self.repeated = false;
    }

    fn literal(&mut self, character: char) -> Result<(), Fault> {
        self.set_atom(self.out.len());
        push_literal(character, &mut self.out);
        Ok(())
    }

    /// A backslash makes any character stand for itself, but for the few that GNU gives a meaning.
    fn escape(&mut self) -> Result<(), Fault> {
        let next = self.take().ok_or(Fault::Backslash)?;
        let meaning = match next {
            'w' => r"[0-9A-Za-z_]",
            'W' => r"[^0-9A-Za-z_]",
            's' => r"[\t-\r ]",
            'S' => r"[^\t-\r ]",
            'b' => r"(?-u:\b)",
            'B' => r"(?:\B)",
            '<' => r"\b{start}",
            '>' => r"\b{end}",
            '`' => r"\A",
            '\'' => r"\z",
            '1'..='9' => return Err(Fault::BackReference),
            other => return self.literal(other),
        };
        self.set_atom(self.out.len());
        self.out.push_str(meaning);
        Ok(())
    }

    fn repeat(&mut self, sign: &str) -> Result<(), Fault> {
        let start = self.atom.ok_or(Fault::Repetition)?;
        if self.repeated {
            // The crate reads a second sign as a manner of the first; POSIX repeats the repetition.
            self.out.insert_str(start, "(?:");
            self.out.push(')');
        }
        self.out.push_str(sign);
        self.repeated = true;
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,5}` or `{,5}`.
    fn interval(&mut self) -> Result<(), Fault> {
        let end = self.rest.find('}').ok_or(Fault::Interval)?;
        let inner = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        let bound = |text: &str| match text.parse::<u32>() {
            Ok(bound) if bound <= MAX_REPETITIONS && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(bound),
            _ => Err(Fault::Interval),
        };
        let sign = match inner.split_once(',') {
            None => format!("{{{}}}", bound(inner)?),
            Some(("", "")) => "*".to_owned(),
            Some(("", most)) => format!("{{0,{}}}", bound(most)?),
            Some((least, "")) => format!("{{{},}}", bound(least)?),
            Some((least, most)) => {
                let (least, most) = (bound(least)?, bound(most)?);
                if least > most {
                    return Err(Fault::Interval);
                }
                format!("{{{least},{most}}}")
            }
        };
        self.repeat(&sign)
    }

    /// A bracket expression; a backslash in it stands for itself, and so does a closing bracket at its beginning.
    fn bracket(&mut self) -> Result<(), Fault> {
        self.set_atom(self.out.len());
        self.out.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let next = self.take().ok_or(Fault::Bracket)?;
            match next {
                ']' if !first => break,
                '[' if self.rest.starts_with(':') => self.class()?,
                _ => {
                    let from = self.element(next)?;
                    push_literal(from, &mut self.out);
                    self.range(from)?;
                }
            }
            first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// `[:digit:]` within brackets.
    fn class(&mut self) -> Result<(), Fault> {
        const NAMES: [&str; 12] = [
            "alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit",
        ];
        let end = self.rest.find(":]").filter(|&end| end > 0).ok_or(Fault::Bracket)?;
        let name = &self.rest[1..end];
        if !NAMES.contains(&name) {
            return Err(Fault::Class);
        }
        self.out.push_str("[:");
        self.out.push_str(name);
        self.out.push_str(":]");
        self.rest = &self.rest[end + 2..];
        Ok(())
    }

    /// A character within brackets, also one written as `[.x.]` or `[=x=]`.
    fn element(&mut self, next: char) -> Result<char, Fault> {
        let mark = match self.rest.chars().next() {
            Some(mark @ ('.' | '=')) if next == '[' => mark,
            _ => return Ok(next),
        };
        self.take();
        let character = self.take().ok_or(Fault::Bracket)?;
        match (self.take(), self.take()) {
            (Some(end), Some(']')) if end == mark => Ok(character),
            _ => Err(Fault::Class),
        }
    }

    /// The rest of `a-z`, if it is a range.
    fn range(&mut self, from: char) -> Result<(), Fault> {
        let Some(rest) = self.rest.strip_prefix('-').filter(|rest| !rest.starts_with(']')) else { return Ok(()) };
        self.rest = rest;
        let next = self.take().ok_or(Fault::Bracket)?;
        let to = self.element(next)?;
        if from > to {
            return Err(Fault::Range);
        }
        self.out.push('-');
        push_literal(to, &mut self.out);
        Ok(())
    }
}

fn push_literal(character: char, out: &mut String) {
    if character.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(character);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_meaning_stands_for_itself() {
        assert_eq!(translate(r"\d\.a}"), Ok(r"d\.a\}".to_owned()));
        assert_eq!(translate("a)b"), Ok(r"a\)b".to_owned()));
        assert_eq!(translate(r"[]\d^-]"), Ok(r"[\]\\d\^\-]".to_owned()));
    }

    #[test]
    fn a_repetition_can_be_repeated() {
        assert_eq!(translate("ab+?"), Ok("a(?:b+)?".to_owned()));
        assert_eq!(translate("(a)*{2}"), Ok("(?:(a)*){2}".to_owned()));
        assert_eq!(translate("a{,3}"), Ok("a{0,3}".to_owned()));
    }

    #[test]
    fn classes_and_ranges() {
        assert_eq!(translate("[^[:alpha:]_a-f]"), Ok(r"[^[:alpha:]\_a-f]".to_owned()));
        assert_eq!(translate("[[.-.]a]"), Ok(r"[\-a]".to_owned()));
    }

    #[test]
    fn faults() {
        for (pattern, fault) in [
            ("[a", Fault::Bracket),
            ("(a", Fault::Parenthesis),
            ("*a", Fault::Repetition),
            ("(?:a)", Fault::Repetition),
            ("a|*", Fault::Repetition),
            ("^*", Fault::Repetition),
            ("a{x}", Fault::Interval),
            ("a{2,1}", Fault::Interval),
            ("a\\", Fault::Backslash),
            ("[z-a]", Fault::Range),
            ("[[:word:]]", Fault::Class),
            (r"(a)\1", Fault::BackReference),
        ] {
            assert_eq!(translate(pattern), Err(fault), "{pattern}");
        }
    }
}
