//! NAPTR records (RFC 3403) as ENUM uses them (RFC 6116): what service a number has, and the URI that stands for it.

use hickory_resolver::proto::rr::rdata::NAPTR;
use regex::{NoExpand, RegexBuilder};

/// One record of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naptr {
    pub order: u16,
    pub preference: u16,
    pub flags: String,
    /// Such as `E2U+sip`.
    pub services: String,
    /// Such as `!^.*$!sip:info@example.com!`.
    pub regexp: String,
}

impl From<&NAPTR> for Naptr {
    fn from(record: &NAPTR) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            order: record.order(),
            preference: record.preference(),
            flags: text(record.flags()),
            services: text(record.services()),
            regexp: text(record.regexp()),
        }
    }
}

/// The records in the order in which they are to be tried.
pub fn in_order(mut records: Vec<Naptr>) -> Vec<Naptr> {
    records.sort_by_key(|record| (record.order, record.preference));
    records
}

impl Naptr {
    /// Whether the record ends the search with a URI for this service; `ALL` takes every one.
    pub fn serves(&self, service: &str) -> bool {
        let Some(services) = self.services.to_ascii_lowercase().strip_prefix("e2u+").map(str::to_owned) else {
            return false;
        };
        let wanted = service.to_ascii_lowercase();
        let is_wanted = |offered: &str| offered == wanted || offered.split(':').any(|part| part == wanted);
        self.flags.eq_ignore_ascii_case("u") && (wanted == "all" || services.split('+').any(is_wanted))
    }

    /// What the record makes of a number such as `+4930123456`; `None` where its expression does not match or is none.
    pub fn uri(&self, number: &str) -> Option<String> {
        let delimiter = self.regexp.chars().next()?;
        let mut fields = self.regexp.get(delimiter.len_utf8()..)?.split(delimiter);
        let (pattern, replacement, flags) = (fields.next()?, fields.next()?, fields.next()?);
        let pattern = RegexBuilder::new(pattern).case_insensitive(flags.contains('i')).build().ok()?;
        let groups = pattern.captures(number)?;
        let mut uri = String::new();
        let mut letters = replacement.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next().map(|next| (next, next.to_digit(10))) {
                    Some((_, Some(group))) => {
                        uri.push_str(groups.get(group as usize).map_or("", |found| found.as_str()))
                    }
                    Some((other, None)) => uri.push(other),
                    None => {}
                },
                letter => uri.push(letter),
            }
        }
        Some(pattern.replace(number, NoExpand(&uri)).into_owned())
    }
}

/// The name under which a number stands: its digits backwards, one a label, and the zone.
pub fn domain(number: &str, zone: &str) -> String {
    let digits = number.chars().rev().filter(char::is_ascii_digit);
    digits.map(|digit| format!("{digit}.")).collect::<String>() + zone
}

/// The name of an ITAD subscriber number, `1234*256`: the digits in front of the asterisk backwards, then what stands
/// behind it.
pub fn subscriber_domain(number: &str, zone: &str) -> Option<String> {
    let (subscriber, organisation) = number.split_once('*')?;
    Some(domain(subscriber, &format!("{}.{zone}", organisation.replace('*', "."))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(order: u16, preference: u16, services: &str, regexp: &str) -> Naptr {
        let (services, regexp) = (services.to_owned(), regexp.to_owned());
        Naptr { order, preference, flags: "u".to_owned(), services, regexp }
    }

    #[test]
    fn a_number_stands_backwards_in_its_zone() {
        assert_eq!(domain("+49 30-12", "e164.arpa"), "2.1.0.3.9.4.e164.arpa");
        assert_eq!(subscriber_domain("1234*256", "freenum.org").as_deref(), Some("4.3.2.1.256.freenum.org"));
        assert_eq!(subscriber_domain("1234", "freenum.org"), None);
    }

    #[test]
    fn order_comes_before_preference() {
        let sorted = in_order(vec![record(20, 1, "a", ""), record(10, 9, "b", ""), record(10, 2, "c", "")]);
        assert_eq!(sorted.iter().map(|record| &*record.services).collect::<Vec<_>>(), ["c", "b", "a"]);
    }

    #[test]
    fn services_are_told_apart() {
        let sip = record(1, 1, "E2U+sip", "");
        assert!(sip.serves("SIP") && sip.serves("ALL") && !sip.serves("tel"));
        let voice = record(1, 1, "E2U+voice:tel+email:mailto", "");
        assert!(voice.serves("tel") && voice.serves("voice") && voice.serves("mailto") && !voice.serves("sip"));
        assert!(!record(1, 1, "SIP+D2U", "").serves("ALL"));
        assert!(!Naptr { flags: String::new(), ..sip }.serves("sip"));
    }

    #[test]
    fn the_expression_makes_the_uri() {
        let uri = |regexp: &str| record(1, 1, "E2U+sip", regexp).uri("+4930123456");
        assert_eq!(uri("!^.*$!sip:info@example.com!").as_deref(), Some("sip:info@example.com"));
        assert_eq!(uri(r"!^\+49(.*)$!sip:\1@example.com!").as_deref(), Some("sip:30123456@example.com"));
        assert_eq!(uri("!^\\+43.*$!sip:info@example.com!"), None);
        assert_eq!(uri("!(!sip:x!"), None);
        assert_eq!(uri(""), None);
    }
}
