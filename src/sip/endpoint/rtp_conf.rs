//! `rtp.conf`: the ports for media, and how streams are taken and reported.

use std::time::Duration;

use super::setting::Reader;
use super::{Endpoints, Rtp};
use crate::conf::{Config, is_false, is_true};
use crate::diagnostic::{Diagnostic, codes};

/// Settings of things that are not there: how streams find their way through NAT by themselves, and DTLS.
const WITHOUT_EFFECT: &[&str] = &[
    "icesupport",
    "stunaddr",
    "stun_blacklist",
    "turnaddr",
    "turnusername",
    "turnpassword",
    "ice_blacklist",
    "ice_acl",
    "stun_acl",
    "stun_deny",
    "stun_permit",
    "ice_deny",
    "ice_permit",
    "dtls_mtu",
];

/// What exten does in any case.
const ALWAYS: &[&str] = &["rtpchecksums", "dtmftimeout", "srtpreplayprotection", "media_port"];

pub(super) fn read(config: &Config, into: &mut Endpoints) {
    let mut reader = Reader::new(&mut into.diagnostics);
    let mut rtp = Rtp::default();
    let (mut is_strict, mut probation) = (true, 4);
    for section in config.sections.iter().filter(|section| section.name.eq_ignore_ascii_case("general")) {
        for entry in &section.entries {
            match entry.key.to_ascii_lowercase().as_str() {
                "rtpstart" => reader.number(entry, &mut rtp.first, "a port"),
                "rtpend" => reader.number(entry, &mut rtp.last, "a port"),
                "strictrtp" => match entry.value.trim() {
                    value if value.eq_ignore_ascii_case("seqno") || is_true(value) => is_strict = true,
                    value if is_false(value) => is_strict = false,
                    _ => reader.wrong(entry, "yes, no or seqno"),
                },
                "probation" | "learning_min_sequential" => {
                    reader.number(entry, &mut probation, "a number of packets above 1");
                    probation = probation.max(2);
                }
                "rtcpinterval" => {
                    let mut milliseconds = 5000u64;
                    reader.number(entry, &mut milliseconds, "milliseconds from 500 to 60000");
                    rtp.report_interval = Duration::from_millis(milliseconds.clamp(500, 60_000));
                }
                key if ALWAYS.contains(&key) => {}
                key if WITHOUT_EFFECT.contains(&key) => {
                    if !is_false(&entry.value) {
                        reader.without_effect(entry, "there is no ICE, STUN, TURN or DTLS");
                    }
                }
                _ => reader.unknown(entry),
            }
        }
        // One pair for RTP and RTCP at the least.
        if rtp.first < 1024 || rtp.last <= rtp.first {
            let message = format!("no RTP ports from {} to {}; using 5000 to 31000", rtp.first, rtp.last);
            reader.tell(
                Diagnostic::warning(codes::WRONG_VALUE, message)
                    .at(section.span, "here")
                    .help("give rtpstart an even port above 1023, and rtpend a higher one"),
            );
            rtp = Rtp { first: Rtp::default().first, last: Rtp::default().last, ..rtp };
        }
    }
    rtp.probation = is_strict.then_some(probation);
    into.general.rtp = rtp;
}
