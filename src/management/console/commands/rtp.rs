//! `rtp`: how media streams are set up.

use crate::management::console::{Answer, Command};

pub static SHOW_SETTINGS: Command =
    Command::now("rtp show settings", "", "Shows the settings of rtp.conf", |request| {
        let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
        let rtp = agent.settings().general.rtp;
        let facts = [
            ("Port start:", rtp.first.to_string()),
            ("Port end:", rtp.last.to_string()),
            ("Checksums:", "Yes".to_owned()),
            ("DTMF Timeout:", "1200".to_owned()),
            ("Strict RTP:", if rtp.probation.is_some() { "Yes" } else { "No" }.to_owned()),
            ("Probation:", format!("{} frames", rtp.probation.unwrap_or(0))),
            ("Replay Protect:", "Yes".to_owned()),
            ("RTCP interval:", format!("{} ms", rtp.report_interval.as_millis())),
            ("ICE support:", "No".to_owned()),
        ];
        let facts = facts.map(|(name, value)| format!("  {name:<16} {value}\n"));
        Answer::lines(format!("\n\nGeneral Settings:\n----------------\n{}\n", facts.concat()))
    });
