//! `PJSIP_AOR`

use super::read;
use crate::channel::leg::Entry;
use crate::interpreter::{Argument, Function, Kind};

/// Gives a setting of an address of record: `contact` (the names of its contacts, for `PJSIP_CONTACT`, with commas between
/// them), `max_contacts`, `remove_existing`, `default_expiration`, `minimum_expiration`, `maximum_expiration`,
/// `qualify_frequency`, `qualify_timeout`, `outbound_proxy`.
pub static PJSIP_AOR: Function = Function::new(
    "PJSIP_AOR",
    "A setting of an address of record of pjsip.conf",
    &[Argument::required("name", Kind::Text), Argument::required("item", Kind::Text)],
)
.reads(|context, arguments, out| read(context, Entry::Aor, arguments, "", out));

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_is_not_there_has_nothing() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${PJSIP_AOR(nobody,contact)}] [${PJSIP_AOR()}]"), "[] []");
    }
}
