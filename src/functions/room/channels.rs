//! `CONFBRIDGE_CHANNELS`

use crate::bridging::room::{MemberView, RoomKind};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the names of the channels in a conference, separated by commas: of all `parties`, of the `admins`, the `marked`,
/// the `active` or the `waiting`. A conference that nobody is in has none.
pub static CONFBRIDGE_CHANNELS: Function = Function::new(
    "CONFBRIDGE_CHANNELS",
    "The channels in a conference",
    &[Argument::required("parties|admins|marked|active|waiting", Kind::Text), Argument::required("room", Kind::Room)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(sort), Some(name)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("which channels, and a room are needed"));
    };
    let is_meant: fn(&MemberView) -> bool = match sort.to_ascii_lowercase().as_str() {
        "parties" => |_| true,
        "admins" => MemberView::is_admin,
        "marked" => MemberView::is_marked,
        "active" => |member| !member.is_waiting,
        "waiting" => |member| member.is_waiting,
        other => {
            let text = format!("`{other}` is none of parties, admins, marked, active, waiting");
            return Err(FunctionError::arguments(text));
        }
    };
    let Some(room) = context.exchange.rooms.find(RoomKind::ConfBridge, &name) else { return Ok(()) };
    let members = room.members();
    let names: Vec<&str> =
        members.iter().filter(|member| is_meant(member)).map(|member| &**member.channel.name()).collect();
    out.push_str(&names.join(","));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn empty_rooms_have_no_channels() {
        assert_eq!(value("[${CONFBRIDGE_CHANNELS(parties,7)}] [${CONFBRIDGE_CHANNELS(colour,7)}]"), "[] []");
    }
}
