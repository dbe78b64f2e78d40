//! Functions on channels: their facts, records, limits, and what channels tell each other.

pub mod cdr;
pub mod cdr_prop;
pub mod channel;
pub mod confbridge;
pub mod curlopt;
pub mod hangupcause;
pub mod headers;
pub mod import;
pub mod language;
pub mod list;
pub mod master_channel;
pub mod message;
pub mod shared;
pub mod timeout;

pub mod feature;
mod fields;

/// The accounting flags by Asterisk's numbers.
const AMA_FLAGS: [(u8, &str); 3] = [(1, "OMIT"), (2, "BILLING"), (3, "DOCUMENTATION")];

/// An accounting flag by word or number.
fn parse_ama_flags(text: &str) -> Option<u8> {
    let text = text.trim();
    let known = AMA_FLAGS.iter().find(|(number, word)| word.eq_ignore_ascii_case(text) || *text == number.to_string());
    known.map(|(number, _)| *number)
}
