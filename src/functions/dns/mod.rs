//! Telephone numbers in the DNS: ENUM (RFC 6116), and names in TXT records.

pub mod enumlookup;
pub mod enumquery;
pub mod txtcidname;

mod naptr;
mod resolver;
