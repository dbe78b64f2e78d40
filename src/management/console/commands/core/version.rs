//! `core show version`

use crate::management::console::{Answer, Command};
use crate::management::pbx::VERSION;

pub static VERSION_COMMAND: Command =
    Command::now("core show version", "", "Shows the version", |_| Answer::line(format!("Asterisk {VERSION}")));
