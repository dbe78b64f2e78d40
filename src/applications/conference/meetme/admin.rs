//! `MeetMeAdmin`

use super::booking;
use crate::bridging::room::{Room, RoomKind, Volume, Who};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets, leading_integer};

/// Does something to a MeetMe conference: `MeetMeAdmin(800,k,2)` removes its second member.
///
/// `user` is the number of a member, which `k m M r t T u U` need.
pub static MEETME_ADMIN: Application = Application {
    name: "MeetMeAdmin",
    synopsis: "Does something to a MeetMe conference",
    arguments: &[
        Argument::required("room", Kind::Room),
        Argument::required("command", Kind::Options),
        Argument::optional("user", Kind::Number),
    ],
    options: &[
        Letter::plain('e', "removes the member that came last, unless it is an admin"),
        Letter::plain('E', "makes a booked conference last longer"),
        Letter::plain('k', "removes a member"),
        Letter::plain('K', "removes all members"),
        Letter::plain('l', "lets others in again"),
        Letter::plain('L', "lets nobody in but admins"),
        Letter::plain('m', "lets a member talk again"),
        Letter::plain('M', "mutes a member"),
        Letter::plain('n', "lets all members talk again"),
        Letter::plain('N', "mutes all members but admins"),
        Letter::plain('r', "sets a member's volumes back"),
        Letter::plain('R', "sets all members' volumes back"),
        Letter::plain('s', "turns all members' voices down"),
        Letter::plain('S', "turns all members' voices up"),
        Letter::plain('t', "turns a member's voice down"),
        Letter::plain('T', "turns a member's voice up"),
        Letter::plain('u', "turns down what a member hears"),
        Letter::plain('U', "turns up what a member hears"),
        Letter::plain('v', "turns down what all members hear"),
        Letter::plain('V', "turns up what all members hear"),
    ],
    sets: &[Sets { variable: "MEETMEADMINSTATUS", values: &["NOPARSE", "NOTFOUND", "FAILED", "OK"] }],
    run: Run::Work(|call, arguments| Box::pin(admin(call, arguments))),
};

async fn admin(call: &mut Call, arguments: Arguments) -> Outcome {
    let field = |at: usize| Some(arguments.get(at).trim()).filter(|field| !field.is_empty());
    let (Some(number), Some(command)) = (field(0), field(1)) else {
        call.context().warn("MeetMeAdmin needs a conference and a command: MeetMeAdmin(room,command[,user])");
        call.context().set("MEETMEADMINSTATUS", "NOPARSE");
        return Outcome::Hangup;
    };
    let letter = command.chars().next().unwrap_or(' ');
    let user = field(2).map(|user| leading_integer(user).and_then(|user| u32::try_from(user).ok()));
    let status = match call.exchange.rooms.find(RoomKind::MeetMe, number) {
        Some(_) if letter == 'E' => match booking::extend(&call.exchange, number).await {
            true => Ok("OK"),
            false => Ok("FAILED"),
        },
        Some(room) => order(&room, letter, user),
        None => Err("there is no such conference"),
    };
    match status {
        Ok(status) => call.context().set("MEETMEADMINSTATUS", status),
        Err(why) => {
            call.context().warn(&format!("MeetMeAdmin({number},{letter}): {why}"));
            call.context().set("MEETMEADMINSTATUS", "NOTFOUND");
        }
    }
    Outcome::Continue
}

/// Carries the command out; `user` is there if one was named, and a number if it is one.
fn order(room: &Room, letter: char, user: Option<Option<u32>>) -> Result<&'static str, &'static str> {
    let one = match user {
        Some(user) => {
            let is_there = |number: &u32| room.members().iter().any(|member| member.number == *number);
            Some(user.filter(is_there).map(Who::Number).ok_or("there is no such member")?)
        }
        None => None,
    };
    let one = || one.as_ref().ok_or("the number of a member is needed");
    match letter {
        'L' => room.set_locked(true),
        'l' => room.set_locked(false),
        'K' => drop(room.kick(&Who::Everybody)),
        'k' => drop(room.kick(one()?)),
        'e' => {
            if room.members().last().is_none_or(|last| last.is_admin()) {
                return Ok("FAILED");
            }
            room.kick(&Who::Last);
        }
        'M' => drop(room.mute(one()?, true)),
        'm' => drop(room.mute(one()?, false)),
        'N' => drop(room.mute(&Who::Participants, true)),
        'n' => drop(room.mute(&Who::Everybody, false)),
        'R' => reset(room, &Who::Everybody),
        'r' => reset(room, one()?),
        's' => drop(room.change_volume(&Who::Everybody, Volume::Talking, -1)),
        'S' => drop(room.change_volume(&Who::Everybody, Volume::Talking, 1)),
        't' => drop(room.change_volume(one()?, Volume::Talking, -1)),
        'T' => drop(room.change_volume(one()?, Volume::Talking, 1)),
        'u' => drop(room.change_volume(one()?, Volume::Listening, -1)),
        'U' => drop(room.change_volume(one()?, Volume::Listening, 1)),
        'v' => drop(room.change_volume(&Who::Everybody, Volume::Listening, -1)),
        'V' => drop(room.change_volume(&Who::Everybody, Volume::Listening, 1)),
        // What is no command does nothing.
        _ => {}
    }
    Ok("OK")
}

fn reset(room: &Room, who: &Who) {
    room.reset_volume(who, Volume::Talking);
    room.reset_volume(who, Volume::Listening);
}
