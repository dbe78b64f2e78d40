//! `CONFBRIDGE_INFO`, `MEETME_INFO`

use crate::bridging::room::{MemberView, Room, RoomKind};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("item", Kind::Text), Argument::required("room", Kind::Room)];

/// Gives a number about a room: `parties`, `admins`, `marked`, `locked`, `muted`. A room that nobody is in has 0.
pub static CONFBRIDGE_INFO: Function =
    Function::new("CONFBRIDGE_INFO", "A number about a conference", ARGUMENTS).reads(confbridge);

/// Gives a number about a room: `parties`, `lock`, `dynamic`, or `activity`, the seconds since the first member came.
pub static MEETME_INFO: Function = Function::new("MEETME_INFO", "A number about a conference", ARGUMENTS).reads(meetme);

fn confbridge(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [item, Some(name)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("an item and a room are needed"));
    };
    let room = context.exchange.rooms.find(RoomKind::ConfBridge, &name);
    let count = room.map_or(0, |room| match item.as_deref().unwrap_or("").to_ascii_lowercase().as_str() {
        "parties" => room.census().members,
        "admins" => active(&room, MemberView::is_admin),
        "marked" => active(&room, MemberView::is_marked),
        "locked" => usize::from(room.is_locked()),
        "muted" => usize::from(room.is_muted()),
        _ => 0,
    });
    out.push_str(&count.to_string());
    Ok(())
}

/// How many are such and wait for nobody.
fn active(room: &Room, is_meant: impl Fn(&MemberView) -> bool) -> usize {
    room.members().iter().filter(|member| !member.is_waiting && is_meant(member)).count()
}

fn meetme(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [item, Some(name)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("an item and a room are needed"));
    };
    let room = context.exchange.rooms.find(RoomKind::MeetMe, &name);
    let count = match item.as_deref().unwrap_or("").to_ascii_lowercase().as_str() {
        "parties" => room.map_or(0, |room| room.census().members),
        "lock" => room.map_or(0, |room| usize::from(room.is_locked())),
        "dynamic" => room.map_or(0, |room| usize::from(room.opening().is_dynamic)),
        "activity" => room.map_or(0, |room| usize::try_from(room.age().as_secs()).unwrap_or(usize::MAX)),
        other => {
            context.warn(&format!("MEETME_INFO: `{other}` is none of parties, lock, dynamic, activity"));
            0
        }
    };
    out.push_str(&count.to_string());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn empty_rooms_have_nobody() {
        assert_eq!(
            value("${CONFBRIDGE_INFO(parties,7)} ${CONFBRIDGE_INFO(colour,7)} [${CONFBRIDGE_INFO(parties)}]"),
            "0 0 []"
        );
        assert_eq!(value("${MEETME_INFO(parties,7)} ${MEETME_INFO(lock,7)} ${MEETME_INFO(colour,7)}"), "0 0 0");
    }
}
