//! `PJSIP_ENDPOINT`

use super::read;
use crate::channel::leg::Entry;
use crate::interpreter::{Argument, Function, Kind};

/// Gives a setting of an endpoint of pjsip.conf, such as `context`, `aors`, `callerid`, `mailboxes`, `allow`, `dtmf_mode`,
/// `transport`, `from_user`, `from_domain`, `outbound_proxy`, `accountcode`, `language`, `moh_suggest`, `call_group`,
/// `pickup_group`, `named_call_group`, `named_pickup_group`, `set_var`, `direct_media`, `rtp_symmetric`, `force_rport`,
/// `rewrite_contact`, `trust_id_inbound`, `send_pai`, `device_state_busy_at`. Several values have commas between them.
pub static PJSIP_ENDPOINT: Function = Function::new(
    "PJSIP_ENDPOINT",
    "A setting of an endpoint of pjsip.conf",
    &[Argument::required("name", Kind::Text), Argument::required("item", Kind::Text)],
)
.reads(|context, arguments, out| read(context, Entry::Endpoint, arguments, "", out));

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_is_not_there_has_nothing() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${PJSIP_ENDPOINT(nobody,context)}] [${PJSIP_ENDPOINT()}]"), "[] []");
    }
}
