//! `MeetMeCount`

use crate::applications::playing;
use crate::applications::saying::{self, Language};
use crate::bridging::room::RoomKind;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

/// Counts the members of a conference room.
///
/// With a variable, the number is put there. Without one it is said to the party, which is answered for that.
pub static MEETME_COUNT: Application = Application {
    name: "MeetMeCount",
    synopsis: "Counts the members of a conference room",
    arguments: &[Argument::required("room", Kind::Room), Argument::optional("variable", Kind::Variable)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(count(call, arguments))),
};

async fn count(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(room) = arguments.given(0) else {
        call.context().warn("MeetMeCount needs the number of a room");
        return Outcome::Hangup;
    };
    let members = call.exchange.rooms.find(RoomKind::MeetMe, room).map_or(0, |room| room.census().members);
    match arguments.given(1) {
        Some(variable) => call.context().set(variable, &members.to_string()),
        None => {
            call.channel.answer();
            let language = Language::spoken_to(&call.channel);
            for sound in saying::number(i64::try_from(members).unwrap_or(i64::MAX), language) {
                playing::play(call, &sound).await;
            }
        }
    }
    Outcome::Continue
}
