//! Functions on text.

pub mod aes;
pub mod base64;
pub mod case;
pub mod cut;
pub mod digest;
pub mod digit_sum;
pub mod eval;
pub mod fieldnum;
pub mod fieldqty;
pub mod filter;
pub mod iconv;
pub mod json_decode;
pub mod keypadhash;
pub mod len;
pub mod passthru;
pub mod quote;
pub mod regex;
pub mod replace;
pub mod sayfiles;
pub mod sprintf;
pub mod strbetween;
pub mod strreplace;
pub mod trim;
pub mod uri;
pub mod uuid;
