//! `PJSIP_CONTACT`

use super::read;
use crate::channel::leg::Entry;
use crate::interpreter::{Argument, Function, Kind};

/// Gives a fact about a contact, which `PJSIP_AOR(name,contact)` names: `uri`, `status` (`Reachable`, `Unreachable`,
/// `NonQualified` or `Unknown`), `rtt` (microseconds), `aor`, `endpoint`, `expiration_time` (seconds left), `user_agent`,
/// `via_addr`, `via_port`.
pub static PJSIP_CONTACT: Function = Function::new(
    "PJSIP_CONTACT",
    "A fact about a contact",
    &[Argument::required("name", Kind::Text), Argument::required("item", Kind::Text)],
)
.reads(|context, arguments, out| read(context, Entry::Contact, arguments, "", out));

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_is_not_there_has_nothing() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${PJSIP_CONTACT(nobody,uri)}] [${PJSIP_CONTACT()}]"), "[] []");
    }
}
