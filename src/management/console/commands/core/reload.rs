//! `core reload`

use crate::management::console::Command;
use crate::management::console::commands::dialplan::reload::reload;

pub static RELOAD: Command = Command::later(
    "core reload",
    "",
    "Reads the configuration again and puts it into service if it has no error",
    |request| Box::pin(async move { reload(request.pbx, "").await }),
);
