//! `MeetMe` and what goes with it.

mod admin;
mod admission;
mod booking;
mod channel_admin;
mod count;
mod limit;
mod menu;
mod rooms;
mod stay;
#[cfg(test)]
mod tests;

pub use admin::MEETME_ADMIN;
pub use channel_admin::MEETME_CHANNEL_ADMIN;
pub use count::MEETME_COUNT;

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Options, Outcome, Run, Sets};

/// Lets the party into a conference room.
///
/// A room is one of `meetme.conf` (`conf => number[,pin[,adminpin]]`, which is read anew each time, without a reload), one
/// of the table `meetme` of `extconfig.conf`, one that somebody is in already, or, with option `d`, made for the party. Without a number the party is asked for one,
/// three times at most; likewise for a PIN. Who enters the admin PIN is an admin. The room is gone when its last member
/// leaves.
///
/// The plan goes on when the member leaves by a key or is removed, and with option `C` also when its time is over or the
/// marked members have left; else the call ends. `MEETME_AGI_BACKGROUND` names the script of option `b`
/// (`conf-background.agi`); while it runs the talk goes on, keys are the script's, and the member leaves when it ends.
/// `MEETME_RECORDINGFILE` and `MEETME_RECORDINGFORMAT` name the file of option `r`, else it is
/// `meetme-conf-rec-ROOM-UNIQUEID.wav` in the folder `meetme` of the spool.
pub static MEETME: Application = Application {
    name: "MeetMe",
    synopsis: "Lets the party into a conference room",
    arguments: &[
        Argument::optional("room", Kind::Room),
        Argument::optional("options", Kind::Options),
        Argument::optional("pin", Kind::Text),
    ],
    options: &[
        Letter::plain('1', "does not tell the first member that it is alone"),
        Letter::plain('a', "the member is an admin"),
        Letter::plain('A', "the member is marked: others wait for it, or leave with it"),
        Letter::plain('b', "runs the AGI script that MEETME_AGI_BACKGROUND names while the member is in the room"),
        Letter::plain('c', "tells the member how many others are there"),
        Letter::plain('C', "the plan goes on when the member has to leave"),
        Letter::plain('d', "makes the room if it is not there"),
        Letter::plain('D', "makes the room if it is not there, and asks for its PIN"),
        Letter::plain('e', "chooses a room that nobody is in"),
        Letter::plain('E', "chooses a room that nobody is in and that has no PIN"),
        Letter::plain('F', "the other members' phones get the keys that the member presses"),
        Letter::with('G', "sound", "plays a sound to the member before it comes in"),
        Letter::plain('i', "announces the member by its recorded name, which it may hear before"),
        Letter::plain('I', "announces the member by its recorded name"),
        Letter::plain('k', "when the member leaves only one other behind, that one has to leave too"),
        Letter::plain('l', "the member only listens"),
        Letter::with('L', "ms[:warn[:repeat]]", "the member has to leave after so many milliseconds, warned before"),
        Letter::plain('m', "the member begins muted"),
        Letter::with('M', "class", "plays music while the member is alone or waits"),
        Letter::plain('n', "no noise is taken out, as without it; `DENOISE(rx)` does that"),
        Letter::plain('o', "the member is heard only while it talks, so that its noise does not add up"),
        Letter::with(
            'p',
            "keys",
            "these keys leave the room, `#` where none are given; MEETME_EXIT_KEY is the one pressed",
        ),
        Letter::plain('P', "asks for the PIN even where the plan gives it"),
        Letter::plain('q', "no sounds when members come and go"),
        Letter::plain('r', "records the conference"),
        Letter::plain('s', "`*` opens the menu of members or admins"),
        Letter::with('S', "seconds", "the member has to leave after so many seconds"),
        Letter::plain('t', "the member only talks"),
        Letter::plain('T', "manager programs hear when the member begins and stops talking"),
        Letter::with(
            'v',
            "mailbox",
            "announces the member by the greeting of a mailbox, `2001@default`, where it has one",
        ),
        Letter::with('w', "seconds", "waits until a marked member is there, so long at most"),
        Letter::plain('x', "leaves when the last marked member has left"),
        Letter::plain('X', "a key that is an extension in MEETME_EXIT_CONTEXT leaves for it"),
        Letter::plain('z', "manager programs get the keys that the member presses (MeetmeDTMF)"),
    ],
    sets: &[
        Sets { variable: "MEETMESECS", values: &[] },
        Sets { variable: "MEETMEUNIQUEID", values: &[] },
        Sets { variable: "MEETMEBOOKID", values: &[] },
        Sets { variable: "MEETME_EXIT_KEY", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(meetme(call, arguments))),
};

async fn meetme(call: &mut Call, arguments: Arguments) -> Outcome {
    call.channel.answer();
    let options = arguments.options(1);
    warn_of_unknown(call, &options);
    match admission::admit(call, &arguments, &options).await {
        Ok(admitted) => stay::stay(call, &admitted).await,
        Err(outcome) => outcome,
    }
}

fn warn_of_unknown(call: &Call, options: &Options) {
    for letter in options.letters().filter(|letter| !MEETME.options.iter().any(|known| known.letter == *letter)) {
        call.context().warn(&format!("MeetMe has no option `{letter}`: it is passed over"));
    }
}
