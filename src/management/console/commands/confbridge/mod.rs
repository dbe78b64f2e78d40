//! `confbridge`: the conferences of ConfBridge.

pub mod list;
pub mod show;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::applications::conference::recording;
use crate::bridging::room::{Room, RoomKind, Who};
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static KICK: Command =
    Command::now("confbridge kick", "<conference> <channel>", "Removes members from a conference", |request| {
        let [name, whom] = request.words.as_slice() else { return request.usage() };
        let Some(room) = find(request, name) else { return no_conference(name) };
        if room.kick(&Who::named(whom)) > 0 {
            return Answer::line(format!("Kicked '{whom}' out of conference '{name}'"));
        }
        match Who::named(whom) {
            Who::Channel(_) => Answer::refusal(format!("No participant named '{whom}' found!")),
            _ => Answer::refusal("No participants found!"),
        }
    })
    .manual("all removes everybody, participants all but admins.\n")
    .completes(members);

pub static MUTE: Command =
    Command::now("confbridge mute", "<conference> <channel>", "Mutes members of a conference", |request| {
        muted(request, true)
    })
    .manual("all mutes everybody, participants all but admins; of channels, the first whose name begins so.\n")
    .completes(members);

pub static UNMUTE: Command =
    Command::now("confbridge unmute", "<conference> <channel>", "Lets members of a conference talk again", |request| {
        muted(request, false)
    })
    .manual("all means everybody, participants all but admins; of channels, the first whose name begins so.\n")
    .completes(members);

pub static LOCK: Command =
    Command::now("confbridge lock", "<conference>", "Lets nobody but admins into a conference", |request| {
        locked(request, true)
    })
    .completes(names);

pub static UNLOCK: Command =
    Command::now("confbridge unlock", "<conference>", "Lets everybody into a conference again", |request| {
        locked(request, false)
    })
    .completes(names);

pub static START_RECORDING: Command =
    Command::now("confbridge record start", "<conference> [<file>]", "Records a conference", |request| {
        let (name, file) = match request.words.as_slice() {
            [name] => (name, None),
            [name, file] => (name, Some(file.as_str())),
            _ => return request.usage(),
        };
        let Some(room) = find(request, name) else {
            return Answer::failure(format!("Conference not found.\nCommand 'confbridge record start {name}' failed."));
        };
        match recording::start(request.exchange(), &room, file) {
            Ok(_) => Answer::line("Recording started"),
            Err(recording::RecordingError::Already) => Answer::line("Conference is already being recorded."),
            Err(error) => Answer::failure(format!("Could not start recording due to internal error.\n{error}")),
        }
    })
    .manual("Without a file the bridge profile names it, or it is made in the folder of monitors.\n")
    .completes(names);

pub static STOP_RECORDING: Command =
    Command::now("confbridge record stop", "<conference>", "Ends the recording of a conference", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        let Some(room) = find(request, name) else { return Answer::refusal("Conference not found.") };
        match room.stop_recording(&request.exchange().channels) {
            Some(_) => Answer::line("Recording stopped."),
            None => Answer::refusal("Recording could not be stopped."),
        }
    })
    .completes(names);

fn find(request: &Request<'_>, name: &str) -> Option<Arc<Room>> {
    request.exchange().rooms.find(RoomKind::ConfBridge, name)
}

fn no_conference(name: &str) -> Answer {
    Answer::refusal(format!("No conference bridge named '{name}' found!"))
}

fn muted(request: &Request<'_>, mutes: bool) -> Answer {
    let [name, whom] = request.words.as_slice() else { return request.usage() };
    let Some(room) = find(request, name) else { return no_conference(name) };
    if room.mute(&Who::beginning(whom), mutes) > 0 {
        let verb = if mutes { "Muting" } else { "Unmuting" };
        return Answer::line(format!("{verb} {whom} from confbridge {name}"));
    }
    match Who::named(whom) {
        Who::Channel(_) => Answer::refusal(format!("No channel named '{whom}' found in conference {name}")),
        _ => Answer::refusal(format!("No participants found in conference {name}")),
    }
}

fn locked(request: &Request<'_>, locks: bool) -> Answer {
    let [name] = request.words.as_slice() else { return request.usage() };
    let Some(room) = find(request, name) else { return Answer::refusal(format!("Conference {name} is not found")) };
    room.set_locked(locks);
    Answer::line(format!("Conference {name} is {}.", if locks { "locked" } else { "unlocked" }))
}

/// The names of the conferences.
fn names(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    match words {
        [_] => pbx.exchange.rooms.of(RoomKind::ConfBridge).iter().map(|room| room.name().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// The names of the conferences, and the members of one.
fn members(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    let [name, _] = words else { return names(pbx, words) };
    let room = pbx.exchange.rooms.find(RoomKind::ConfBridge, name);
    let members = room.map(|room| room.members()).unwrap_or_default();
    let channels = members.iter().map(|member| member.channel.name().to_string());
    channels.chain(["all".to_owned(), "participants".to_owned()]).collect()
}
