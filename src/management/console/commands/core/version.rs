//! `core show version`

use crate::management::console::{Answer, Command};
use crate::management::pbx::VERSION;

pub static LICENSE: Command =
    Command::now("core show license", "", "Shows the terms on which exten may be used and passed on", |_| {
        Answer::line(format!(
            "exten may be used, changed and passed on under either of these licenses, as you choose: {}.\n\
             It comes without any warranty; the files LICENSE-MIT and LICENSE-APACHE have the terms.",
            env!("CARGO_PKG_LICENSE").replace(" OR ", " or ")
        ))
    });

pub static VERSION_COMMAND: Command =
    Command::now("core show version", "", "Shows the version", |_| Answer::line(format!("Asterisk {VERSION}")));
