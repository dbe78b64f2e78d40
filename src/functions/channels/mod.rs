//! Functions on channels: their facts, records, limits, and what channels tell each other.

pub mod callcompletion;
pub mod cdr;
pub mod cdr_prop;
pub mod channel;
pub mod confbridge;
pub mod curlopt;
pub mod export;
pub mod faxopt;
pub mod hangupcause;
pub mod header_param;
pub mod headers;
pub mod iaxvar;
pub mod import;
pub mod language;
pub mod list;
pub mod master_channel;
pub mod media_offer;
pub mod message;
pub mod session_refresh;
pub mod shared;
pub mod timeout;

pub mod feature;
mod fields;
mod options;

/// The accounting flags by Asterisk's numbers.
const AMA_FLAGS: [(u8, &str); 3] = [(1, "OMIT"), (2, "BILLING"), (3, "DOCUMENTATION")];

/// An accounting flag by word or number; an unknown word is none of them, 0.
fn parse_ama_flags(text: &str) -> u8 {
    if let Some((number, _)) = crate::functions::fields::integer(text) {
        return u8::try_from(number).unwrap_or(0);
    }
    let word = if text.eq_ignore_ascii_case("default") { "DOCUMENTATION" } else { text };
    AMA_FLAGS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word)).map_or(0, |(number, _)| *number)
}
