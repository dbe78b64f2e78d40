//! `core waitfullybooted`

use crate::management::console::{Answer, Command};

pub static WAIT_FULLY_BOOTED: Command =
    Command::later("core waitfullybooted", "", "Waits until calls are taken", |request| {
        Box::pin(async move {
            match request.pbx.control.fully_booted().await {
                true => Answer::line("Asterisk has fully booted."),
                false => Answer::failure("Asterisk ends."),
            }
        })
    });
