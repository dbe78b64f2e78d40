//! `dialplan reload`

use crate::management::console::{Answer, Command};
use crate::management::pbx::{Pbx, Reloading};

pub static RELOAD: Command = Command::later(
    "dialplan reload",
    "",
    "Reads the configuration again and puts it into service if it has no error",
    |request| Box::pin(async move { reload(request.pbx, "Dialplan reloaded.").await }),
)
.manual("A configuration with an error changes nothing; the last good one goes on serving.");

/// Reloads; `done` is said where that went well. All files are one configuration, whichever of them was asked for.
pub async fn reload(pbx: &Pbx, done: &str) -> Answer {
    let Some(Reloading { is_in_service, findings }) = pbx.control.reload().await else {
        return Answer::failure("There is no server that could reload.");
    };
    let last = if is_in_service { done } else { "Not reloaded: the last good configuration goes on serving." };
    let lines: Vec<&str> = findings.iter().map(String::as_str).chain([last]).collect();
    let text = lines.join("\n");
    if is_in_service { Answer::line(text) } else { Answer::failure(text) }
}
