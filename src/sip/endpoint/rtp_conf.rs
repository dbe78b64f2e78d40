//! `rtp.conf`: the ports for media.

use super::setting::Reader;
use super::{Endpoints, RtpPorts};
use crate::conf::Config;
use crate::diagnostic::{Diagnostic, codes};

/// The settings that Asterisk knows besides.
const KNOWN: &[&str] = &[
    "rtpchecksums",
    "dtmftimeout",
    "rtcpinterval",
    "strictrtp",
    "probation",
    "learning_min_sequential",
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
    "srtpreplayprotection",
    "dtls_mtu",
    "media_port",
];

pub(super) fn read(config: &Config, into: &mut Endpoints) {
    let mut reader = Reader::new(&mut into.diagnostics);
    let mut ports = RtpPorts { first: 5000, last: 31000 };
    for section in config.sections.iter().filter(|section| section.name.eq_ignore_ascii_case("general")) {
        for entry in &section.entries {
            match entry.key.to_ascii_lowercase().as_str() {
                "rtpstart" => reader.number(entry, &mut ports.first, "a port"),
                "rtpend" => reader.number(entry, &mut ports.last, "a port"),
                key if KNOWN.contains(&key) => {}
                _ => reader.unknown(entry),
            }
        }
        // One pair for RTP and RTCP at the least.
        if ports.first < 1024 || ports.last <= ports.first {
            let message = format!("no RTP ports from {} to {}; using 5000 to 31000", ports.first, ports.last);
            reader.tell(
                Diagnostic::warning(codes::WRONG_VALUE, message)
                    .at(section.span, "here")
                    .help("give rtpstart an even port above 1023, and rtpend a higher one"),
            );
            ports = RtpPorts { first: 5000, last: 31000 };
        }
    }
    into.general.rtp = ports;
}
