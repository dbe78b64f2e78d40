//! `MeetMeChannelAdmin`

use crate::bridging::room::{RoomKind, Who};
use crate::interpreter::{Application, Argument, Context, Kind, Letter, Outcome, Run, split};

/// Does something to a member of whichever MeetMe conference, by the name of its channel.
pub static MEETME_CHANNEL_ADMIN: Application = Application {
    name: "MeetMeChannelAdmin",
    synopsis: "Does something to a member of a MeetMe conference by its channel",
    arguments: &[Argument::required("channel", Kind::Channel), Argument::required("command", Kind::Options)],
    options: &[
        Letter::plain('k', "removes the member"),
        Letter::plain('m', "lets the member talk again"),
        Letter::plain('M', "mutes the member"),
    ],
    sets: &[],
    run: Run::Compute(channel_admin),
};

fn channel_admin(context: &mut Context<'_>, arguments: &str) -> Outcome {
    let fields = split(arguments, ',');
    let (Some(channel), Some(letter)) = (
        fields.first().filter(|channel| !channel.is_empty()),
        fields.get(1).and_then(|command| command.chars().next()),
    ) else {
        context.warn("MeetMeChannelAdmin needs a channel and a command: MeetMeChannelAdmin(channel,command)");
        return Outcome::Hangup;
    };
    if !"kmM".contains(letter) {
        context.warn(&format!("MeetMeChannelAdmin has no command `{letter}`: k, m and M are there"));
        return Outcome::Continue;
    }
    let rooms = context.exchange.rooms.of(RoomKind::MeetMe);
    let who = Who::Channel(channel.clone());
    // An order looks at the member's channel, which may be ours.
    let found = context.unlocked(|| {
        rooms.iter().any(|room| match letter {
            'k' => room.kick(&who) > 0,
            'M' => room.mute(&who, true) > 0,
            _ => room.mute(&who, false) > 0,
        })
    });
    if !found {
        context.warn(&format!("MeetMeChannelAdmin: {channel} is in no conference"));
    }
    Outcome::Continue
}
