//! `ConfBridge`

use super::stay::{self, Left, Manner};
use crate::bridging::room::Role;
use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Lets the party into a conference room.
///
/// Profiles set with `CONFBRIDGE(user,…)` on the channel say how it takes part.
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
    call.channel.answer();
    let mut result = Verdict { channel: call.channel.clone(), word: "HANGUP" };
    let (role, manner) = profile(call);
    let left = stay::stay(call, "ConfBridge", &room, "", role, &manner).await;
    result.word = match left {
        Left::Hash | Left::Exit(..) => "DTMF",
        Left::WithMarked => "ENDMARKED",
        Left::Closed => "KICKED",
    };
    Outcome::Continue
}

/// What `CONFBRIDGE(user,…)` has set on the channel.
fn profile(call: &Call) -> (Role, Manner) {
    let state = call.channel.state();
    let setting = |name: &str| state.settings.get(&format!("CONFBRIDGE/user/{name}")).unwrap_or("");
    let is_on = |name: &str| crate::conf::is_true(setting(name));
    let role = Role { is_admin: is_on("admin"), is_marked: is_on("marked") };
    let manner = Manner {
        music: is_on("music_on_hold_when_empty").then(String::new),
        waits_for_marked: is_on("wait_marked"),
        leaves_with_marked: is_on("end_marked"),
        is_quiet: is_on("quiet"),
        comes_unheard: is_on("quiet"),
        is_silent_when_first: is_on("announce_only_user"),
        is_muted: is_on("startmuted"),
        ..Manner::default()
    };
    (role, manner)
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
