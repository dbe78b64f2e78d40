//! `SIPPEER`

use super::read;
use crate::channel::leg::Entry;
use crate::interpreter::{Argument, Function, Kind};

/// Gives a fact about a phone or trunk of sip.conf: `ip` (the default), `port`, `status`, `context`, `callerid_name`,
/// `callerid_num`, `mailbox`, `dynamic`, `expire` (seconds left, -1 if not registered), `callgroup`, `pickupgroup`,
/// `namedcallgroup`, `namedpickupgroup`, `codecs`, `limit`, `curcalls`, `language`, `accountcode`, `useragent`,
/// `chanvar[NAME]`, `codec[0]`.
///
/// `status` is `OK (12 ms)`, `UNREACHABLE`, `UNKNOWN` or, where it is not asked, `Unmonitored`.
pub static SIPPEER: Function = Function::new(
    "SIPPEER",
    "A fact about a phone or trunk of sip.conf",
    &[Argument::required("peer", Kind::Text), Argument::optional("item", Kind::Text)],
)
.reads(|context, arguments, out| read(context, Entry::Peer, arguments, "ip", out));

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_is_not_there_has_nothing() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${SIPPEER(nobody,context)}] [${SIPPEER()}]"), "[] []");
    }
}
