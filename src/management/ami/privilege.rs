//! What a user may see and do: the classes of `read` and `write` in `manager.conf`.

use std::fmt;

/// A set of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Privilege(pub u32);

/// The classes by their names, in Asterisk's order.
const CLASSES: [(&str, Privilege); 19] = [
    ("system", Privilege::SYSTEM),
    ("call", Privilege::CALL),
    ("log", Privilege::LOG),
    ("verbose", Privilege::VERBOSE),
    ("command", Privilege::COMMAND),
    ("agent", Privilege::AGENT),
    ("user", Privilege::USER),
    ("config", Privilege::CONFIG),
    ("dtmf", Privilege::DTMF),
    ("reporting", Privilege::REPORTING),
    ("cdr", Privilege::CDR),
    ("dialplan", Privilege::DIALPLAN),
    ("originate", Privilege::ORIGINATE),
    ("agi", Privilege::AGI),
    ("cc", Privilege::CC),
    ("aoc", Privilege::AOC),
    ("test", Privilege::TEST),
    ("security", Privilege::SECURITY),
    ("message", Privilege::MESSAGE),
];

impl Privilege {
    /// Nothing: what every user may do.
    pub const NONE: Privilege = Privilege(0);
    pub const SYSTEM: Privilege = Privilege(1);
    pub const CALL: Privilege = Privilege(1 << 1);
    pub const LOG: Privilege = Privilege(1 << 2);
    pub const VERBOSE: Privilege = Privilege(1 << 3);
    pub const COMMAND: Privilege = Privilege(1 << 4);
    pub const AGENT: Privilege = Privilege(1 << 5);
    pub const USER: Privilege = Privilege(1 << 6);
    pub const CONFIG: Privilege = Privilege(1 << 7);
    pub const DTMF: Privilege = Privilege(1 << 8);
    pub const REPORTING: Privilege = Privilege(1 << 9);
    pub const CDR: Privilege = Privilege(1 << 10);
    pub const DIALPLAN: Privilege = Privilege(1 << 11);
    pub const ORIGINATE: Privilege = Privilege(1 << 12);
    pub const AGI: Privilege = Privilege(1 << 13);
    pub const CC: Privilege = Privilege(1 << 14);
    pub const AOC: Privilege = Privilege(1 << 15);
    pub const TEST: Privilege = Privilege(1 << 16);
    pub const SECURITY: Privilege = Privilege(1 << 17);
    pub const MESSAGE: Privilege = Privilege(1 << 18);
    /// Everything.
    pub const ALL: Privilege = Privilege((1 << 19) - 1);

    pub const fn or(self, other: Privilege) -> Privilege {
        Privilege(self.0 | other.0)
    }

    pub const fn and(self, other: Privilege) -> Privilege {
        Privilege(self.0 & other.0)
    }

    /// Whether the two have a class in common.
    pub const fn meets(self, other: Privilege) -> bool {
        self.0 & other.0 != 0
    }

    /// Reads `call,system`; `all` stands for every class. Names that are none are given back.
    pub fn parse(text: &str) -> (Privilege, Vec<&str>) {
        let (mut privilege, mut unknown) = (Privilege::NONE, Vec::new());
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let known = CLASSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, class)| *class);
            match known {
                Some(class) => privilege = privilege.or(class),
                None if word.eq_ignore_ascii_case("all") => privilege = Privilege::ALL,
                None if word.eq_ignore_ascii_case("none") => {}
                None => unknown.push(word),
            }
        }
        (privilege, unknown)
    }

    /// The mask that `Events` and `Login` accept: `on`, `off`, a number, or classes. A class that is none adds nothing.
    pub fn parse_mask(text: &str) -> Privilege {
        let text = text.trim();
        // A digit is a number, not a word for yes.
        if let Ok(number) = text.parse::<u32>() {
            return Privilege(number).and(Privilege::ALL);
        }
        match (crate::conf::is_true(text), crate::conf::is_false(text)) {
            (true, _) => Privilege::ALL,
            (_, true) => Privilege::NONE,
            _ => Self::parse(text).0,
        }
    }
}

/// `call,all`, as events and the list of actions show it; `<none>` for what needs no class.
impl fmt::Display for Privilege {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Privilege::NONE {
            return formatter.write_str("<none>");
        }
        for (name, _) in CLASSES.iter().filter(|(_, class)| self.meets(*class)) {
            write!(formatter, "{name},")?;
        }
        formatter.write_str("all")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_by_name() {
        let (read, unknown) = Privilege::parse("system, Call,nonsense");
        assert_eq!((read, unknown), (Privilege::SYSTEM.or(Privilege::CALL), vec!["nonsense"]));
        assert_eq!(Privilege::parse("all").0, Privilege::ALL);
        assert_eq!(read.to_string(), "system,call,all");
        assert_eq!(Privilege::NONE.to_string(), "<none>");
    }

    #[test]
    fn masks_are_words_numbers_or_classes() {
        assert_eq!(Privilege::parse_mask("on"), Privilege::ALL);
        assert_eq!(Privilege::parse_mask("off"), Privilege::NONE);
        assert_eq!(Privilege::parse_mask("call,dtmf"), Privilege::CALL.or(Privilege::DTMF));
        assert_eq!(Privilege::parse_mask("2"), Privilege::CALL);
        assert_eq!(Privilege::parse_mask("loud"), Privilege::NONE);
        assert_eq!(Privilege::parse_mask("call,loud"), Privilege::CALL);
    }
}
