//! Being in a room: music while alone, keys, and when to leave.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::profile::{Menu, MenuAction};
use crate::applications::{music, playing};
use crate::bridging::codes::{Codes, Decision};
use crate::bridging::holding::Holding;
use crate::bridging::room::{Census, Membership, Opening, Role, RoomKind, Terms};
use crate::channel::Event;
use crate::interpreter::Call;

/// The longest pause between two keys of a menu.
const MENU_TIMEOUT: Duration = Duration::from_secs(2);

/// How a member stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    /// Music of this class plays while the member is alone or waits.
    pub music: Option<String>,
    /// Waits, unheard, until a marked member is there.
    pub waits_for_marked: bool,
    /// Leaves when the last marked member has left.
    pub leaves_with_marked: bool,
    /// `#` leaves.
    pub hash_leaves: bool,
    /// A key that is an extension in one of these contexts leaves for it.
    pub exits: Vec<String>,
    /// Hears no announcements.
    pub is_quiet: bool,
    /// Is not told that it is alone.
    pub is_silent_when_first: bool,
    /// Others hear nothing of the coming and going.
    pub comes_unheard: bool,
    /// What keys do (`confbridge.conf`).
    pub menu: Menu,
    /// The member may not be heard.
    pub is_muted: bool,
    /// The member hears nothing.
    pub is_deaf: bool,
}

/// Why the member left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// It pressed `#`.
    Hash,
    /// It pressed a key that is an extension in this context.
    Exit(String, char),
    /// It pressed the key of its menu that leaves.
    Menu,
    /// The last marked member left.
    WithMarked,
    /// An admin wanted it.
    Kicked,
    /// It was not let in.
    Refused,
}

/// Joins the room and stays until there is a reason to leave. Dropping the future leaves too.
pub(super) async fn stay(
    call: &mut Call,
    room: (RoomKind, &str),
    opening: &Opening,
    role: Role,
    manner: &Manner,
) -> Left {
    call.background = None;
    let terms = Terms {
        role,
        talks_only: manner.is_deaf,
        begins_muted: manner.is_muted,
        waits_for_marked: manner.waits_for_marked,
        leaves_with_marked: manner.leaves_with_marked,
        ..Terms::of(&call.channel)
    };
    let mut menu = Codes::new(manner.menu.iter().map(|(keys, _)| keys.clone()).collect(), MENU_TIMEOUT);
    let rooms = Arc::clone(&call.exchange.rooms);
    let Ok(membership) = rooms.join(room, opening, None, &call.channel, terms) else { return Left::Refused };
    let mut census = membership.census();
    let departures = census.borrow_and_update().marked_departures;
    let is_alone = census.borrow().members == 1;
    if is_alone && !manner.is_quiet && !manner.is_silent_when_first && !manner.waits_for_marked {
        // Meanwhile the member counts, but neither hears nor is heard.
        membership.set_away(true);
        playing::play(call, "conf-onlyperson").await;
        membership.set_away(false);
    }
    if !manner.comes_unheard {
        beep(&membership);
    }
    let mut waiting: Option<Holding> = None;
    loop {
        let now = *census.borrow_and_update();
        if let Some(left) = reason_to_leave(manner, &membership, now, departures) {
            return leave(call, manner, left).await;
        }
        let waits = membership.is_waiting();
        match (&waiting, wants_music(manner, now, waits)) {
            (None, Some(class)) => waiting = Some(music::hold(call, &call.channel, class)),
            (Some(_), None) => waiting = None,
            _ => {}
        }
        let channel = Arc::clone(&call.channel);
        tokio::select! {
            biased;
            event = channel.event() => {
                let Event::Digit(digit) = event else { continue };
                if let Some(left) = key(call, manner, digit) {
                    return left;
                }
                if let Decision::Code(at) = menu.press(digit, Instant::now())
                    && let Some((_, actions)) = manner.menu.get(at)
                    && obey(call, actions, &membership).await
                {
                    return Left::Menu;
                }
            }
            _ = census.changed() => {}
            () = membership.addressed() => {}
        }
    }
}

/// Does what a menu's key says; true if the member is to leave.
async fn obey(call: &mut Call, actions: &[MenuAction], membership: &Membership) -> bool {
    for action in actions {
        match action {
            MenuAction::Leave => return true,
            MenuAction::ToggleMute => {
                let muted = !membership.standing().is_muted;
                membership.room().mute_self(membership.id(), muted);
                playing::play(call, if muted { "conf-muted" } else { "conf-unmuted" }).await;
            }
            MenuAction::Nothing => {}
        }
    }
    false
}

fn reason_to_leave(manner: &Manner, membership: &Membership, now: Census, departures: usize) -> Option<Left> {
    if membership.standing().is_kicked {
        Some(Left::Kicked)
    } else if manner.leaves_with_marked && now.marked == 0 && now.marked_departures > departures {
        Some(Left::WithMarked)
    } else {
        None
    }
}

async fn leave(call: &mut Call, manner: &Manner, left: Left) -> Left {
    if !manner.is_quiet {
        let sound = if left == Left::Kicked { "conf-kicked" } else { "conf-leaderhasleft" };
        playing::play(call, sound).await;
    }
    left
}

fn wants_music(manner: &Manner, now: Census, waits: bool) -> Option<&str> {
    manner.music.as_deref().filter(|_| waits || now.members == 1)
}

fn key(call: &Call, manner: &Manner, digit: char) -> Option<Left> {
    let caller = call.channel.state().caller.number().to_owned();
    let extension = digit.to_string();
    let exit = manner.exits.iter().find(|context| call.lookup(|lookup| lookup.exists(context, &extension, 1, &caller)));
    match exit {
        Some(context) => Some(Left::Exit(context.clone(), digit)),
        None if digit == '#' && manner.hash_leaves => Some(Left::Hash),
        None => None,
    }
}

/// A short tone to the room: somebody came.
fn beep(membership: &Membership) {
    use crate::media::tone::{Tone, ToneGenerator};
    if let Ok(tone) = Tone::parse("!440/100,!0/20") {
        let mut tone = ToneGenerator::new(tone);
        membership.room().announce("", Box::new(move || tone.next_frame()));
    }
}

/// Whole seconds since `begun`, for `MEETMESECS`.
pub(super) fn seconds_since(begun: Instant) -> u64 {
    begun.elapsed().as_secs()
}
