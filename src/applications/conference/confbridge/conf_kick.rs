//! `ConfKick`

use crate::bridging::room::{RoomKind, Who};
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets, split};

/// Removes members from a ConfBridge conference: `ConfKick(77,SIP/2001-00000001)`.
///
/// `all`, or no channel, means everybody, `participants` all but admins.
pub static CONF_KICK: Application = Application {
    name: "ConfKick",
    synopsis: "Removes members from a conference",
    arguments: &[Argument::required("conference", Kind::Room), Argument::optional("channel", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "CONFKICKSTATUS", values: &["FAILURE", "SUCCESS"] }],
    run: Run::Compute(kick),
};

fn kick(context: &mut Context<'_>, arguments: &str) -> Outcome {
    let fields = split(arguments, ',');
    let name = fields.first().map_or("", String::as_str);
    if name.is_empty() {
        context.warn("ConfKick needs the name of a conference: ConfKick(conference[,channel])");
        context.set("CONFKICKSTATUS", "FAILURE");
        return Outcome::Continue;
    }
    let who = Who::named(fields.get(1).filter(|word| !word.is_empty()).map_or("all", String::as_str));
    let room = context.exchange.rooms.find(RoomKind::ConfBridge, name);
    // An order looks at the members' channels, of which one may be ours.
    let kicked = room.map(|room| context.unlocked(|| room.kick(&who)));
    if kicked.is_none() {
        context.warn(&format!("ConfKick: there is no conference {name}"));
    }
    let status = if kicked.is_some_and(|kicked| kicked > 0) { "SUCCESS" } else { "FAILURE" };
    context.set("CONFKICKSTATUS", status);
    Outcome::Continue
}
