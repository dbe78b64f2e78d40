//! `ConfBridge`

use std::time::Duration;

use super::profile::{Menu, Profile, Profiles, Sort};
use super::stay::{self, Left, Manner};
use crate::applications::playing;
use crate::bridging::room::{Opening, Role, RoomKind};
use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Lets the party into a conference room.
///
/// Profiles of `confbridge.conf`, or options set with `CONFBRIDGE(user,…)` on the channel, say how it takes part.
pub static CONFBRIDGE: Application = Application {
    name: "ConfBridge",
    synopsis: "Lets the party into a conference room",
    arguments: &[
        Argument::required("room", Kind::Room),
        Argument::optional("bridge profile", Kind::Text),
        Argument::optional("user profile", Kind::Text),
        Argument::optional("menu", Kind::Text),
    ],
    options: &[],
    sets: &[Sets {
        variable: "CONFBRIDGE_RESULT",
        values: &["HANGUP", "KICKED", "ENDMARKED", "DTMF", "TIMEOUT", "FAILED"],
    }],
    run: Run::Wait(|call, arguments| Box::pin(confbridge(call, arguments))),
};

async fn confbridge(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(room) = arguments.given(0).map(str::to_owned) else {
        call.context().warn("ConfBridge needs the name of a room: ConfBridge(room)");
        return Outcome::Hangup;
    };
    let mut result = Verdict { channel: call.channel.clone(), word: "FAILED" };
    let profiles = Profiles::read(call);
    let Some(bridge) = profiles.profile(call, Sort::Bridge, arguments.given(1)) else {
        return no_profile(call, "bridge profile", arguments.get(1));
    };
    let Some(user) = profiles.profile(call, Sort::User, arguments.given(2)) else {
        return no_profile(call, "user profile", arguments.get(2));
    };
    let Some(menu) = profiles.menu(call, arguments.given(3)) else {
        return no_profile(call, "menu", arguments.get(3));
    };
    call.answer(Duration::ZERO).await;
    let role = Role { is_admin: user.is_on("admin"), is_marked: user.is_on("marked") };
    let limit = bridge.get("max_members").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0);
    if limit.is_some_and(|limit: usize| {
        call.exchange.rooms.find(RoomKind::ConfBridge, &room).is_some_and(|room| room.census().members >= limit)
    }) && !role.is_admin
    {
        playing::play(call, "confbridge-full").await;
        return Outcome::Hangup;
    }
    if let Some(pin) = user.get("pin").filter(|pin| !pin.is_empty())
        && !knows(call, pin).await
    {
        return Outcome::Hangup;
    }
    let manner = manner(&user, menu);
    result.word = "HANGUP";
    let left = stay::stay(call, (RoomKind::ConfBridge, &room), &Opening::default(), role, &manner).await;
    result.word = match left {
        Left::Hash | Left::Exit(..) | Left::Menu => "DTMF",
        Left::WithMarked => "ENDMARKED",
        Left::Kicked | Left::Refused => "KICKED",
    };
    Outcome::Continue
}

fn no_profile(call: &Call, sort: &str, name: &str) -> Outcome {
    call.context().warn(&format!("ConfBridge: confbridge.conf has no {sort} `{name}`"));
    Outcome::Hangup
}

/// Asks for the PIN, three times at most.
async fn knows(call: &mut Call, pin: &str) -> bool {
    for _ in 0..3 {
        if playing::ask(call, "conf-getpin", 15).await == pin {
            return true;
        }
        playing::play(call, "conf-invalidpin").await;
    }
    false
}

fn manner(user: &Profile<'_>, menu: Menu) -> Manner {
    let music = user.is_on("music_on_hold_when_empty");
    Manner {
        music: music.then(|| user.get("music_on_hold_class").unwrap_or("").to_owned()),
        waits_for_marked: user.is_on("wait_marked"),
        leaves_with_marked: user.is_on("end_marked"),
        is_quiet: user.is_on("quiet"),
        comes_unheard: user.is_on("quiet"),
        is_silent_when_first: user.get("announce_only_user").is_some_and(crate::conf::is_false),
        is_muted: user.is_on("startmuted"),
        menu,
        ..Manner::default()
    }
}

/// Sets `CONFBRIDGE_RESULT` when the party leaves, also by hanging up.
struct Verdict {
    channel: std::sync::Arc<Channel>,
    word: &'static str,
}

impl Drop for Verdict {
    fn drop(&mut self) {
        self.channel.state().variables.set("CONFBRIDGE_RESULT", self.word);
    }
}
