//! `pjsip show settings`, `pjsip show version`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::objects::parameters;
use crate::management::console::{Answer, Command};
use crate::sip::endpoint::Written;

pub static SETTINGS: Command =
    Command::now("pjsip show settings", "", "Shows the sections [global] and [system] of pjsip.conf", |request| {
        let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
        let settings = agent.settings();
        let of = |kind: &'static str| {
            let nothing = Written::nothing(kind);
            let section = settings.written(kind).last().unwrap_or(&nothing);
            section
                .all()
                .map(|(name, value)| match name {
                    "user_agent" if value.is_empty() => (name, settings.general.user_agent.clone()),
                    _ => (name, value),
                })
                .collect()
        };
        Answer::of(Settings { global: of("global"), system: of("system") })
    });

pub static VERSION: Command = Command::now("pjsip show version", "", "Shows what speaks SIP here", |_| {
    Answer::line(format!("No PJPROJECT: exten {} speaks SIP itself", env!("CARGO_PKG_VERSION")))
});

#[derive(Serialize)]
struct Settings {
    global: Vec<(&'static str, String)>,
    system: Vec<(&'static str, String)>,
}

impl Display for Settings {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\nGlobal Settings:")?;
        parameters(&self.global, formatter)?;
        writeln!(formatter, "\nSystem Settings:")?;
        parameters(&self.system, formatter)
    }
}
