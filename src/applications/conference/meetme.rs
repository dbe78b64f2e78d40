//! `MeetMe`

use tokio::time::Instant;

use super::stay::{self, Left, Manner};
use crate::applications::playing;
use crate::bridging::room::{Opening, Role, RoomKind};
use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Options, Outcome, Run, Sets};

/// Lets the party into a conference room.
///
/// A room is one of `meetme.conf` (which is read anew each time, without a reload), one that somebody is in already, or,
/// with option `d`, made for the party. Without a number the party is asked for one. The room is gone when its last
/// member leaves.
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
        Letter::plain('d', "makes the room if it is not there"),
        Letter::plain('D', "makes the room if it is not there, and asks for its PIN"),
        Letter::plain('l', "the member only listens"),
        Letter::plain('m', "the member begins muted"),
        Letter::with('M', "class", "plays music while the member is alone or waits"),
        Letter::plain('p', "`#` leaves the room"),
        Letter::plain('q', "no sounds when members come and go"),
        Letter::plain('t', "the member only talks"),
        Letter::plain('w', "waits until a marked member is there"),
        Letter::plain('x', "leaves when the last marked member has left"),
        Letter::plain('X', "a key that is an extension in MEETME_EXIT_CONTEXT leaves for it"),
    ],
    sets: &[Sets { variable: "MEETMESECS", values: &[] }],
    run: Run::Wait(|call, arguments| Box::pin(meetme(call, arguments))),
};

/// So often is a party asked for a number or PIN.
const ATTEMPTS: usize = 3;

async fn meetme(call: &mut Call, arguments: Arguments) -> Outcome {
    call.channel.answer();
    let options = arguments.options(1);
    warn_of_missing(call, &options);
    for attempt in 0..ATTEMPTS {
        let room = match arguments.given(0).map(str::trim).filter(|_| attempt == 0) {
            Some(room) => room.to_owned(),
            None => playing::ask(call, "conf-getconfno", 15).await,
        };
        if room.is_empty() {
            continue;
        }
        match admit(call, &room, &options, arguments.get(2)).await {
            Admission::Granted { pin, role } => return confer(call, &room, &pin, role, &options).await,
            Admission::NoSuchRoom => playing::play(call, "conf-invalid").await,
            Admission::Locked => {
                playing::play(call, "conf-locked").await;
                return Outcome::Continue;
            }
            Admission::WrongPin => return Outcome::Continue,
        };
        if arguments.given(0).is_some() {
            return Outcome::Continue;
        }
    }
    Outcome::Continue
}

fn warn_of_missing(call: &Call, options: &Options) {
    for letter in options.letters().filter(|letter| !MEETME.options.iter().any(|known| known.letter == *letter)) {
        call.context().warn(&format!("MeetMe's option `{letter}` is not there yet: it is passed over"));
    }
}

enum Admission {
    Granted { pin: String, role: Role },
    NoSuchRoom,
    Locked,
    WrongPin,
}

async fn admit(call: &mut Call, room: &str, options: &Options, given_pin: &str) -> Admission {
    let role = Role { is_admin: options.has('a'), is_marked: options.has('A') };
    let existing = call.exchange.rooms.find(RoomKind::MeetMe, room);
    let configured = super::configured_room(&call.exchange.folder, room);
    let (pin, admin_pin) = match (&existing, &configured) {
        (_, Some(configured)) => (configured.pin.clone(), configured.admin_pin.clone()),
        (Some(existing), None) => (existing.opening().pin.clone(), existing.opening().admin_pin.clone()),
        (None, None) if options.has('D') => {
            let pin = match given_pin {
                "" => playing::ask(call, "conf-getpin", 15).await,
                pin => pin.to_owned(),
            };
            return Admission::Granted { pin, role };
        }
        (None, None) if options.has('d') => return Admission::Granted { pin: given_pin.to_owned(), role },
        (None, None) => return Admission::NoSuchRoom,
    };
    if existing.is_some_and(|room| room.is_locked()) && !role.is_admin {
        return Admission::Locked;
    }
    let is_admin_pin = |entered: &str| !admin_pin.is_empty() && entered == admin_pin;
    if pin.is_empty() && (admin_pin.is_empty() || !role.is_admin) || given_pin == pin || is_admin_pin(given_pin) {
        return Admission::Granted { pin, role };
    }
    for _ in 0..ATTEMPTS {
        let entered = playing::ask(call, "conf-getpin", 15).await;
        if entered == pin || is_admin_pin(&entered) {
            let is_admin = role.is_admin || is_admin_pin(&entered);
            return Admission::Granted { pin, role: Role { is_admin, ..role } };
        }
        playing::play(call, "conf-invalidpin").await;
    }
    Admission::WrongPin
}

async fn confer(call: &mut Call, room: &str, pin: &str, role: Role, options: &Options) -> Outcome {
    let manner = manner(call, options);
    let seconds = Seconds { channel: call.channel.clone(), begun: Instant::now() };
    let left = stay::stay(
        call,
        (RoomKind::MeetMe, room),
        &Opening { pin: pin.to_owned(), is_dynamic: true, ..Opening::default() },
        role,
        &manner,
    )
    .await;
    drop(seconds);
    if let Left::Exit(context, key) = left {
        call.channel.state().jump(&context, &key.to_string(), 1);
    }
    Outcome::Continue
}

fn manner(call: &Call, options: &Options) -> Manner {
    let mut context = call.context();
    let exits = if options.has('X') {
        let exit = context.get("MEETME_EXIT_CONTEXT").filter(|exit| !exit.is_empty());
        let here = context.state.position.context.clone();
        vec![exit.unwrap_or(here)]
    } else {
        Vec::new()
    };
    Manner {
        music: options.has('M').then(|| options.argument('M').unwrap_or("").to_owned()),
        waits_for_marked: options.has('w'),
        leaves_with_marked: options.has('x'),
        hash_leaves: options.has('p'),
        exits,
        is_quiet: options.has('q'),
        is_silent_when_first: options.has('1'),
        comes_unheard: options.has('q'),
        is_muted: options.has('m') || options.has('l'),
        is_deaf: options.has('t'),
        menu: Vec::new(),
    }
}

/// Sets `MEETMESECS` when the party leaves, also by hanging up.
struct Seconds {
    channel: std::sync::Arc<Channel>,
    begun: Instant,
}

impl Drop for Seconds {
    fn drop(&mut self) {
        let seconds = stay::seconds_since(self.begun).to_string();
        self.channel.state().variables.set("MEETMESECS", &seconds);
    }
}
