//! `core set verbose`, `core set debug`

use crate::management::console::{Answer, Command, Request};

pub static SET_VERBOSE: Command = Command::now(
    "core set verbose",
    "<level>|off",
    "Sets how much of what calls do this console shows: 0 to 4",
    |request| {
        let Some(level) = level(request) else { return request.usage() };
        let before = request.session.verbose();
        request.session.set_verbose(level);
        request.pbx.logger.set_verbose(level);
        changed("Console verbose", before, level)
    },
)
.manual("A file of logger.conf with the level `verbose` follows; one with verbose(N) does not.");

pub static SET_DEBUG: Command = Command::now(
    "core set debug",
    "<level>|off",
    "Sets how much of what exten does itself is logged: 0 to 5",
    |request| {
        let Some(level) = level(request) else { return request.usage() };
        let before = request.pbx.logger.debug();
        request.pbx.logger.set_debug(level);
        changed("Core debug", before, level)
    },
);

fn level(request: &Request<'_>) -> Option<u32> {
    match request.words.as_slice() {
        [word] if word.eq_ignore_ascii_case("off") => Some(0),
        [level] => level.parse().ok(),
        // Asterisk's `atleast` only ever raises; it was the name of a level of one's own.
        [atleast, level] if atleast.eq_ignore_ascii_case("atleast") => level.parse().ok(),
        _ => None,
    }
}

fn changed(what: &str, before: u32, now: u32) -> Answer {
    Answer::line(match (before, now) {
        (0, 0) => format!("{what} is still OFF."),
        (before, now) if before == now => format!("{what} is still {now}."),
        (before, 0) => format!("{what} was {before} and is now OFF."),
        (0, now) => format!("{what} was OFF and is now {now}."),
        (before, now) => format!("{what} was {before} and is now {now}."),
    })
}
