//! `dialplan save`

use crate::management::console::{Answer, Command};

pub static SAVE: Command =
    Command::now("dialplan save", "", "Says that the plan is its files: there is nothing that could be saved", |_| {
        Answer::failure(
            "The plan is what its files say; nothing was written. (static and writeprotect of [general] decide this in \
             Asterisk.)",
        )
    });
