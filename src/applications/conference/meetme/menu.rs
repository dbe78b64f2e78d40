//! The menus behind `*`: option `s`.

use super::super::announcing::others;
use super::super::seat::Seat;
use super::{booking, stay};
use crate::applications::playing::{ANY_KEY, Played};
use crate::applications::saying::Language;
use crate::bridging::room::{Volume, Who};
use crate::interpreter::Call;
use crate::storage::voicemail;

/// Where a member is in the menus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Menu {
    #[default]
    Closed,
    Open,
    /// An admin pressed 8.
    Extended,
}

/// Takes a key: `*` opens the menu, and further keys are its choices until one closes it.
pub(super) async fn press(call: &mut Call, seat: &mut Seat, menu: Menu, key: char, is_admin: bool) -> Menu {
    let choice = match menu {
        Menu::Closed => {
            let prompt = if is_admin { "conf-adminmenu-18" } else { "conf-usermenu-162" };
            match prompt_for_key(call, seat, prompt).await {
                Some(key) => key,
                None => return Menu::Open,
            }
        }
        Menu::Open => key,
        Menu::Extended => return extended(call, seat, key).await,
    };
    if !is_admin {
        return user(call, seat, choice).await;
    }
    match admin(call, seat, choice).await {
        Menu::Extended => match prompt_for_key(call, seat, "conf-adminmenu-menu8").await {
            Some(key) => extended(call, seat, key).await,
            None => Menu::Extended,
        },
        menu => menu,
    }
}

async fn prompt_for_key(call: &mut Call, seat: &mut Seat, prompt: &str) -> Option<char> {
    match seat.tell_until(call, &[prompt.to_owned()], ANY_KEY).await {
        // What interrupted the prompt was read with it.
        Played::Key(key) => Some(key),
        Played::Whole | Played::Failed => None,
    }
}

async fn user(call: &mut Call, seat: &mut Seat, key: char) -> Menu {
    match key {
        '1' => {
            let standing = seat.membership.standing();
            let room = seat.membership.room();
            room.mute_self(seat.membership.id(), !standing.is_muted);
            say_muted(call, seat).await;
            Menu::Closed
        }
        '2' => {
            let standing = seat.membership.standing();
            if standing.is_muted || standing.is_muted_by_admin {
                seat.membership.room().request_to_talk(seat.membership.id(), true);
                seat.tell(call, "beep").await;
            }
            Menu::Closed
        }
        key => common(call, seat, key).await,
    }
}

async fn admin(call: &mut Call, seat: &mut Seat, key: char) -> Menu {
    let who = Who::Number(seat.membership.number());
    let room = seat.membership.room().clone();
    match key {
        '1' => {
            let standing = seat.membership.standing();
            room.mute(&who, !standing.is_muted && !standing.is_muted_by_admin);
            say_muted(call, seat).await;
            Menu::Closed
        }
        '2' => {
            let locks = !room.is_locked();
            room.set_locked(locks);
            seat.tell(call, if locks { "conf-lockednow" } else { "conf-unlockednow" }).await;
            Menu::Closed
        }
        '3' => {
            let last = room.members().pop();
            if last.is_none_or(|last| last.id == seat.membership.id() || last.is_admin()) {
                seat.tell(call, "conf-errormenu").await;
            } else {
                room.kick(&Who::Last);
            }
            Menu::Closed
        }
        '8' => Menu::Extended,
        key => common(call, seat, key).await,
    }
}

/// The volumes, and what is no choice.
async fn common(call: &mut Call, seat: &mut Seat, key: char) -> Menu {
    let (volume, steps) = match key {
        '4' => (Volume::Listening, -1),
        '6' => (Volume::Listening, 1),
        '7' => (Volume::Talking, -1),
        '9' => (Volume::Talking, 1),
        '5' => return lengthen(call, seat).await,
        '8' => return Menu::Closed,
        _ => {
            seat.tell(call, "conf-errormenu").await;
            return Menu::Closed;
        }
    };
    seat.membership.room().change_volume(&Who::Number(seat.membership.number()), volume, steps);
    Menu::Open
}

/// Makes a booked conference last longer; admins hear whether it does.
async fn lengthen(call: &mut Call, seat: &mut Seat) -> Menu {
    let room = seat.membership.room();
    if room.opening().booking.as_ref().is_some_and(|booking| booking.end.is_some()) {
        let is_longer = booking::extend(&call.exchange, room.name()).await;
        if seat.membership.terms().role.is_admin {
            seat.tell(call, if is_longer { "conf-extended" } else { "conf-nonextended" }).await;
        }
    }
    Menu::Closed
}

async fn extended(call: &mut Call, seat: &mut Seat, key: char) -> Menu {
    let room = seat.membership.room().clone();
    match key {
        '1' => call_the_roll(call, seat).await,
        '2' if room.census().members > 1 => {
            room.kick(&Who::Participants);
        }
        '3' => {
            let mutes = !room.is_muted();
            room.mute_participants(mutes);
            seat.tell(call, if mutes { "conf-now-muted" } else { "conf-now-unmuted" }).await;
        }
        '4' => {
            if room.recording().is_none() && stay::record(call, &room) {
                seat.tell(call, "conf-now-recording").await;
            }
        }
        '8' => {}
        _ => seat.tell(call, "conf-errormenu").await,
    }
    Menu::Closed
}

/// How many are there, and the names of those that gave one.
async fn call_the_roll(call: &mut Call, seat: &mut Seat) {
    let members = seat.membership.room().members();
    let mut sounds = match members.len() {
        1 => vec!["conf-onlyperson".to_owned()],
        count => {
            others(count - 1, "conf-onlyone", "conf-thereare", "conf-otherinparty", Language::spoken_to(&call.channel))
        }
    };
    let names: Vec<String> = members.iter().filter_map(|member| member.terms.name.clone()).collect();
    if !names.is_empty() {
        sounds.extend(names);
        sounds.push("conf-roll-callcomplete".to_owned());
    }
    seat.tell_until(call, &sounds, ANY_KEY).await;
}

async fn say_muted(call: &mut Call, seat: &mut Seat) {
    let standing = seat.membership.standing();
    let is_muted = standing.is_muted || standing.is_muted_by_admin || seat.membership.terms().listens_only;
    seat.tell(call, if is_muted { "conf-muted" } else { "conf-unmuted" }).await;
}

/// The sound file of a mailbox's greeting with the owner's name, where there is one.
pub(super) fn greeting(call: &Call, mailbox: &str) -> Option<String> {
    let (mailbox, context) = mailbox.split_once('@').unwrap_or((mailbox, ""));
    if mailbox.is_empty() {
        call.context().warn("MeetMe's option v needs a mailbox: v(2001@default)");
        return None;
    }
    let context = if context.is_empty() { "default" } else { context };
    let stem = call.exchange.voicemail.path(mailbox, context).join("greet");
    let is_there = !voicemail::sounds(&stem).is_empty();
    is_there.then(|| stem.to_string_lossy().into_owned())
}
