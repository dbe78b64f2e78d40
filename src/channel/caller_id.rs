//! Names and numbers of parties.

/// A party as `CALLERID()`, `CONNECTEDLINE()` and `REDIRECTING()` show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// `None` when no name was ever given; an empty name is one too.
    pub name: Option<String>,
    /// `None` when no number was ever given.
    pub number: Option<String>,
    /// Presentation of the number, in Asterisk's words (`allowed_not_screened`, …).
    pub number_presentation: Presentation,
    /// Presentation of the name.
    pub name_presentation: Presentation,
    /// The character set of the name, as ISDN counts them; `None` for ISO 8859-1.
    pub name_charset: Option<&'static str>,
    /// Numbering plan (Q.931), 0 for unknown.
    pub number_plan: u8,
    pub subaddress: Option<Subaddress>,
    /// A word that the plan gave the party.
    pub tag: String,
}

/// A part of a terminal behind a number (Q.931 4.5.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subaddress {
    pub text: String,
    /// 0 for NSAP, 2 for user specified.
    pub kind: u8,
    pub is_odd: bool,
    /// Other parties may see it.
    pub is_valid: bool,
}

impl Party {
    pub fn new(name: &str, number: &str) -> Self {
        Self { name: Some(name.to_owned()), number: Some(number.to_owned()), ..Self::default() }
    }

    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }

    pub fn number(&self) -> &str {
        self.number.as_deref().unwrap_or("")
    }

    /// `"Ann" <2001>`, as `CALLERID(all)` gives it.
    pub fn all(&self) -> String {
        format!("\"{}\" <{}>", self.name(), self.number())
    }

    /// The same for a call record: quotes within the name are written with a backslash.
    pub fn written(&self) -> String {
        format!("\"{}\" <{}>", self.name().replace('"', "\\\""), self.number())
    }

    /// The same for people: what is not known is left out, quotes and brackets with it.
    pub fn brief(&self) -> String {
        match (self.name(), self.number()) {
            ("", number) => number.to_owned(),
            (name, "") => name.to_owned(),
            _ => self.all(),
        }
    }

    /// How name and number together may be shown: the stricter of the two decides, the number says who vouches.
    pub fn presentation(&self) -> Presentation {
        let number = self.number.as_ref().map(|_| self.number_presentation);
        let name = self.name.as_ref().map(|_| self.name_presentation);
        let screening = number.map_or(0, Presentation::screening);
        let stricter =
            if name.map(Presentation::strictness) > number.map(Presentation::strictness) { name } else { number };
        match stricter {
            None | Some(Presentation::Unavailable) => Presentation::Unavailable,
            Some(decisive) => decisive.with_screening(screening),
        }
    }
}

/// Whether a name or number may be shown, and who vouches for it (Q.951, Asterisk's `CALLERPRES`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presentation {
    #[default]
    AllowedNotScreened,
    AllowedPassedScreen,
    AllowedFailedScreen,
    Allowed,
    ProhibitedNotScreened,
    ProhibitedPassedScreen,
    ProhibitedFailedScreen,
    Prohibited,
    Unavailable,
}

impl Presentation {
    const WORDS: [(&'static str, Presentation); 9] = [
        ("allowed_not_screened", Presentation::AllowedNotScreened),
        ("allowed_passed_screen", Presentation::AllowedPassedScreen),
        ("allowed_failed_screen", Presentation::AllowedFailedScreen),
        ("allowed", Presentation::Allowed),
        ("prohib_not_screened", Presentation::ProhibitedNotScreened),
        ("prohib_passed_screen", Presentation::ProhibitedPassedScreen),
        ("prohib_failed_screen", Presentation::ProhibitedFailedScreen),
        ("prohib", Presentation::Prohibited),
        ("unavailable", Presentation::Unavailable),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("unknown", |(word, _)| word)
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
    }

    /// The presentation of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::WORDS.iter().map(|(_, value)| *value).find(|value| value.number() == number)
    }

    /// The number of a presentation, as Q.931 has it.
    pub fn number(self) -> u8 {
        match self {
            Presentation::AllowedNotScreened => 0,
            Presentation::AllowedPassedScreen => 1,
            Presentation::AllowedFailedScreen => 2,
            Presentation::Allowed => 3,
            Presentation::ProhibitedNotScreened => 32,
            Presentation::ProhibitedPassedScreen => 33,
            Presentation::ProhibitedFailedScreen => 34,
            Presentation::Prohibited => 35,
            Presentation::Unavailable => 67,
        }
    }

    /// Who vouches for the number: nobody, checked, checked and wrong, the network.
    fn screening(self) -> usize {
        if self == Self::Unavailable { 0 } else { self as usize % 4 }
    }

    fn with_screening(self, screening: usize) -> Self {
        let first = self as usize / 4 * 4;
        Self::WORDS.get(first + screening).map_or(self, |(_, value)| *value)
    }

    fn strictness(self) -> u8 {
        match self {
            Self::Unavailable => 1,
            allowed if allowed.is_allowed() => 2,
            _ => 3,
        }
    }

    pub fn is_allowed(self) -> bool {
        matches!(self, Self::AllowedNotScreened | Self::AllowedPassedScreen | Self::AllowedFailedScreen | Self::Allowed)
    }
}

/// Splits `"Ann" <2001>`, `Ann <2001>`, `<2001>` or `2001` into name and number. A text without angle brackets is a
/// number when it looks like one, otherwise a name.
pub fn parse(text: &str) -> (String, String) {
    let text = text.trim();
    if let Some(open) = text.rfind('<')
        && let Some(close) = text[open..].find('>')
    {
        return (name_of(text[..open].trim()), shrink(&text[open + 1..open + close]));
    }
    if is_number(text) { (String::new(), shrink(text)) } else { (name_of(text), String::new()) }
}

/// A name, or what stands in the quotes that it begins with; a backslash protects a quote there.
fn name_of(text: &str) -> String {
    let Some(quoted) = text.strip_prefix('"') else { return text.to_owned() };
    let mut name = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => name.extend(characters.next()),
            other => name.push(other),
        }
    }
    name
}

/// Takes separators out of a telephone number, as Asterisk does with numbers that it reads from a caller ID.
pub fn shrink(number: &str) -> String {
    let mut shrunk = String::with_capacity(number.len());
    let mut brackets = 0_i32;
    for (at, character) in number.char_indices() {
        let keeps = match character {
            '[' => {
                brackets += 1;
                true
            }
            ']' => {
                brackets -= 1;
                true
            }
            // A range in a pattern keeps its dash.
            '-' => brackets > 0,
            '.' => at + 1 == number.len(),
            other => !matches!(other, '(' | ')' | ' ' | '\t'),
        };
        if keeps {
            shrunk.push(character);
        }
    }
    shrunk
}

/// What Asterisk takes for a telephone number: digits, `*`, `#`, `+`, and separators that are taken out of one.
pub fn is_number(text: &str) -> bool {
    let number = shrink(text);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || b"*#+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms() {
        let pair = |name: &str, number: &str| (name.to_owned(), number.to_owned());
        assert_eq!(parse("\"Ann\" <2001>"), pair("Ann", "2001"));
        assert_eq!(parse("Ann Lee <2001>"), pair("Ann Lee", "2001"));
        assert_eq!(parse("<2001>"), pair("", "2001"));
        assert_eq!(parse("2001"), pair("", "2001"));
        assert_eq!(parse("Ann"), pair("Ann", ""));
        assert_eq!(parse("\"A < B\" <2001>"), pair("A < B", "2001"));
    }

    #[test]
    fn odd_forms() {
        let pair = |name: &str, number: &str| (name.to_owned(), number.to_owned());
        assert_eq!(parse(r#""Ann \"A\" Lee" <2001>"#), pair("Ann \"A\" Lee", "2001"));
        assert_eq!(parse("\"Ann\" Lee <2001>"), pair("Ann", "2001"));
        assert_eq!(parse("\"Ann\" 2001"), pair("Ann", ""));
        assert_eq!(parse("(555) 12-34"), pair("", "5551234"));
        assert_eq!(parse("12."), pair("12.", ""));
    }
}
