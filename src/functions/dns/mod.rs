//! Telephone numbers in the DNS: ENUM (RFC 6116), names in TXT records, and services in SRV records.

pub mod enumlookup;
pub mod enumquery;
pub mod srv;
pub mod txtcidname;

mod naptr;
mod resolver;
