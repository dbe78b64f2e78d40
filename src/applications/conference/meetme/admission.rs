//! Which room a party gets into, and whether it may.

use super::super::{ATTEMPTS, ask, ask_pin};
use super::{booking, rooms};
use crate::applications::{playing, saying};
use crate::bridging::room::{Opening, Role, RoomKind};
use crate::interpreter::{Arguments, Call, Options, Outcome};

/// A party that may come in.
pub(super) struct Admitted {
    pub number: String,
    pub opening: Opening,
    pub role: Role,
    /// Those of the plan, or those that the room's booking has in their place.
    pub options: Options,
}

/// Finds the room, asks for what is missing, and checks the PIN. Else how the application ends.
pub(super) async fn admit(call: &mut Call, arguments: &Arguments, options: &Options) -> Result<Admitted, Outcome> {
    let mut number = arguments.get(0).trim().to_owned();
    let asks = number.is_empty();
    let mut asked = 0;
    let mut outcome = Outcome::Hangup;
    loop {
        if options.has('e') || options.has('E') {
            choose(call, options, &mut number).await;
        }
        while asks && number.is_empty() && asked < ATTEMPTS {
            asked += 1;
            number = ask(call, "conf-getconfno", "").await;
            outcome = Outcome::Continue;
        }
        if number.is_empty() {
            return Err(outcome);
        }
        outcome = Outcome::Hangup;
        match find(call, &number, options, arguments.given(2)).await {
            Some(room) => {
                if let Some(role) = check_pin(call, &room, arguments.given(2), options).await {
                    return Ok(admitted(number, room.opening, role, options));
                }
            }
            None => {
                playing::play(call, "conf-invalid").await;
                if !asks {
                    let text =
                        format!("MeetMe: there is no conference {number} in meetme.conf, and no option makes it");
                    call.context().warn(&text);
                }
            }
        }
        if !asks || asked >= ATTEMPTS {
            return Err(outcome);
        }
        number.clear();
    }
}

/// A party that is let in, with the options that the room's booking has for it in place of the plan's.
fn admitted(number: String, opening: Opening, role: Role, options: &Options) -> Admitted {
    let booked = opening.booking.as_ref().map(|booking| {
        let [member, admin] = &booking.options;
        if role.is_admin { admin } else { member }
    });
    let options = match booked.filter(|booked| !booked.is_empty()) {
        Some(booked) => Options::parse(booked),
        None => options.clone(),
    };
    let role = Role { is_admin: role.is_admin || options.has('a'), is_marked: options.has('A') };
    Admitted { number, opening, role, options }
}

/// Chooses a room that nobody is in and says its number.
async fn choose(call: &mut Call, options: &Options, number: &mut String) {
    let makes = options.has('d') || options.has('D');
    if !makes || number.is_empty() {
        match rooms::empty(call, makes, options.has('E')).await {
            Some(empty) => *number = empty,
            None if number.is_empty() => {
                playing::play(call, "conf-noempty").await;
                return;
            }
            None => {}
        }
    }
    if !options.has('q') && number.bytes().all(|byte| byte.is_ascii_digit()) {
        playing::play(call, "conf-enteringno").await;
        playing::play_each(call, &saying::digits(number), "").await;
    }
}

struct Found {
    opening: Opening,
    /// Somebody is in it.
    is_open: bool,
}

/// The room of this number: one that is open, one of `meetme.conf` or the table, or one that is to be made.
async fn find(call: &mut Call, number: &str, options: &Options, pin: Option<&str>) -> Option<Found> {
    if let Some(room) = call.exchange.rooms.find(RoomKind::MeetMe, number) {
        return Some(Found { opening: room.opening().clone(), is_open: true });
    }
    let made = |pin: String| Opening { pin, is_dynamic: true, ..Opening::default() };
    let opening = if options.has('D') {
        let pin = match pin {
            Some(pin) => pin.to_owned(),
            None => ask(call, "conf-getpin", "").await,
        };
        made(pin)
    } else if options.has('d') {
        made(pin.unwrap_or_default().to_owned())
    } else {
        let configured = rooms::configured(&call.exchange.folder);
        match configured.into_iter().find(|room| room.number.eq_ignore_ascii_case(number)) {
            Some(room) => Opening { pin: room.pin, admin_pin: room.admin_pin, ..Opening::default() },
            None => booking::find(call, number).await?,
        }
    };
    Some(Found { opening, is_open: false })
}

/// Checks the PIN, and gives the role that it makes.
async fn check_pin(call: &mut Call, room: &Found, given: Option<&str>, options: &Options) -> Option<Role> {
    let role = Role { is_admin: options.has('a'), is_marked: options.has('A') };
    let Opening { pin, admin_pin, is_dynamic, .. } = &room.opening;
    let is_needed = !pin.is_empty() || (!admin_pin.is_empty() && role.is_admin);
    let has_just_set_it = *is_dynamic && !room.is_open;
    if !is_needed || (has_just_set_it && !options.has('P')) {
        return Some(role);
    }
    let is_right = |entered: &str| {
        if !admin_pin.is_empty() && entered.eq_ignore_ascii_case(admin_pin) {
            return Some(Role { is_admin: true, ..role });
        }
        let suffices = admin_pin.is_empty() || !role.is_admin;
        (suffices && !pin.is_empty() && entered.eq_ignore_ascii_case(pin)).then_some(role)
    };
    match given.filter(|_| !options.has('P') && !options.has('D')) {
        Some(given) => {
            let role = is_right(given);
            if role.is_none() {
                playing::play(call, "conf-invalidpin").await;
            }
            role
        }
        None => ask_pin(call, "conf-getpin", "conf-invalidpin", is_right).await,
    }
}
