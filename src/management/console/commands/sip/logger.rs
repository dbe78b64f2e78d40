//! `sip set debug`, `pjsip set logger`, `sip reload`, `pjsip reload`

use crate::management::console::commands::dialplan::reload::reload;
use crate::management::console::{Answer, Command, Request};

pub static SIP_SET_DEBUG: Command =
    Command::now("sip set debug", "on|off", "Shows every SIP message on the consoles", show);

pub static SIP_SET_LOGGER: Command =
    Command::now("sip set logger", "on|off", "Shows every SIP message on the consoles", show);

pub static PJSIP_SET_LOGGER: Command =
    Command::now("pjsip set logger", "on|off", "Shows every SIP message on the consoles", show);

fn show(request: &Request<'_>) -> Answer {
    let shows = match request.words.as_slice() {
        [word] if word.eq_ignore_ascii_case("on") => true,
        [word] if word.eq_ignore_ascii_case("off") => false,
        _ => return request.usage(),
    };
    let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
    agent.show_messages(shows);
    Answer::line(if shows { "SIP Debugging enabled" } else { "SIP Debugging Disabled" })
}

pub static SIP_RELOAD: Command = Command::later(
    "sip reload",
    "",
    "Reads the configuration again and puts it into service if it has no error",
    |request| Box::pin(async move { reload(request.pbx, "").await }),
);

pub static PJSIP_RELOAD: Command = Command::later(
    "pjsip reload",
    "",
    "Reads the configuration again and puts it into service if it has no error",
    |request| Box::pin(async move { reload(request.pbx, "").await }),
);
