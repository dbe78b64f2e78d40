//! `ConfBridge` and what goes with it.

pub mod profile;

pub(crate) mod menu;

mod conf_kick;
mod registration;
mod stay;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use conf_kick::CONF_KICK;

use super::{ask_pin, naming};
use crate::applications::playing;
use crate::bridging::room::{Messages, Opening, Role, RoomKind, Terms};
use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};
use menu::Menu;
use profile::{Profile, Profiles, Sort, sound};

/// Lets the party into a conference room.
///
/// Profiles of `confbridge.conf` say how it takes part and what its keys do, or options set with `CONFBRIDGE(user,…)` on
/// the channel, or the profiles `default_bridge`, `default_user` and `default_menu`. The file is read anew each time. What
/// the bridge profile of the first member says holds for the conference until its last member has left. The plan goes on
/// when a member leaves or is removed; a party that is not let in is hung up.
///
/// One setting is exten's own: `max_talkers` of a bridge profile lets no more than so many be heard at once, the loudest,
/// which keeps the noise of a large conference down. Without it all are heard.
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

/// Asterisk takes no longer names.
const LONGEST_NAME: usize = 80;

/// A party that is about to come in.
struct Guest<'a> {
    room: &'a str,
    bridge: Profile<'a>,
    user: Profile<'a>,
    menu: Menu,
}

async fn confbridge(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(room) = arguments.given(0) else {
        call.context().warn("ConfBridge needs the name of a room: ConfBridge(room)");
        call.context().set("CONFBRIDGE_RESULT", "FAILED");
        return Outcome::Hangup;
    };
    if room.len() >= LONGEST_NAME {
        let text = format!("ConfBridge: the name of a conference has less than {LONGEST_NAME} characters: {room}");
        call.context().warn(&text);
        call.context().set("CONFBRIDGE_RESULT", "FAILED");
        return Outcome::Hangup;
    }
    let verdict = Verdict { channel: call.channel.clone(), word: "FAILED" };
    let profiles = Profiles::of(call);
    let Some(bridge) = profiles.profile(call, Sort::Bridge, arguments.given(1)) else {
        return no_profile(call, "bridge profile", arguments.get(1));
    };
    let Some(user) = profiles.profile(call, Sort::User, arguments.given(2)) else {
        return no_profile(call, "user profile", arguments.get(2));
    };
    let Some(menu) = profiles.menu(call, arguments.given(3)) else {
        return no_profile(call, "menu", arguments.get(3));
    };
    bridge.warn(call, Sort::Bridge);
    user.warn(call, Sort::User);
    if user.is_not_off("answer_channel") {
        call.answer(Duration::ZERO).await;
    }
    if let Some(pin) = user.get("pin").filter(|pin| !pin.is_empty()) {
        let sounds = bridge.sounds();
        let is_right = |entered: &str| entered.eq_ignore_ascii_case(pin).then_some(());
        if ask_pin(call, &sound(&sounds, "get_pin"), &sound(&sounds, "invalid_pin"), is_right).await.is_none() {
            return Outcome::Hangup;
        }
    }
    let guest = Guest { room, bridge, user, menu };
    stay::stay(call, &guest, verdict).await
}

fn no_profile(call: &Call, sort: &str, name: &str) -> Outcome {
    let name = if name.is_empty() { "that CONFBRIDGE(…,template) names".to_owned() } else { format!("`{name}`") };
    call.context().warn(&format!("ConfBridge: confbridge.conf has no {sort} {name}"));
    Outcome::Hangup
}

impl Guest<'_> {
    fn is_quiet(&self) -> bool {
        self.user.is_on("quiet")
    }

    /// What the conference is opened with if this is its first member.
    fn opening(&self) -> Opening {
        Opening {
            is_dynamic: true,
            limit: self.bridge.number("max_members").and_then(|limit| usize::try_from(limit).ok()),
            frames_a_beat: self.bridge.frames_a_beat(),
            most_talkers: self.bridge.number("max_talkers").and_then(|most| usize::try_from(most).ok()),
            highest_rate: self.bridge.highest_rate(),
            is_silent: !self.bridge.is_not_off("announcements"),
            sends_events: self.bridge.is_on("enable_events"),
            register_context: self.bridge.text("regcontext"),
            language: self.bridge.text("language"),
            sounds: self.bridge.sounds(),
            recording: self.bridge.recording(),
            ..Opening::default()
        }
    }

    fn terms(&self, channel: &Arc<Channel>, name: Option<&naming::Name>) -> Terms {
        let mut terms = Terms::of(channel);
        terms.sound.drop_silence = self.user.is_on("dsp_drop_silence");
        if let Some(magnitude) = self.user.number("dsp_talking_threshold") {
            terms.sound.talking_threshold = magnitude;
        }
        if let Some(milliseconds) = self.user.number("dsp_silence_threshold") {
            terms.sound.talking_hangover = milliseconds.div_ceil(20);
        }
        let is_marked = self.user.is_on("marked");
        Terms {
            role: Role { is_admin: self.user.is_on("admin"), is_marked },
            begins_muted: self.user.is_on("startmuted"),
            waits_for_marked: self.user.is_on("wait_marked"),
            leaves_with_marked: self.user.is_on("end_marked"),
            leaves_with_any_marked: self.user.is_on("end_marked_any"),
            is_denoised: self.user.is_on("denoise"),
            messages: Messages {
                texts: self.user.is_not_off("text_messaging"),
                events: self.user.is_on("send_events"),
                own_events: self.user.is_on("echo_events"),
            },
            watches_talking: true,
            reports_talking: self.user.is_on("talk_detection_events"),
            profiles: [self.user.name.clone(), self.bridge.name.clone(), self.menu.name.clone()],
            name: name.map(|name| name.sound.clone()),
            ..terms
        }
    }

    /// The member's name in its own voice, if it is to be announced.
    async fn name(&self, call: &mut Call) -> Option<naming::Name> {
        let reviews = self.user.is_on("announce_join_leave_review");
        let room = call.exchange.rooms.find(RoomKind::ConfBridge, self.room);
        let is_silent = room.map_or_else(|| self.opening().is_silent, |room| room.opening().is_silent);
        if self.is_quiet() || is_silent || !(reviews || self.user.is_on("announce_join_leave")) {
            return None;
        }
        let room = self.room.replace(['/', '\\'], "_");
        let file = format!("confbridge-name-{room}-{}", call.channel.unique_id());
        let sound = call.exchange.directories.spool.join("confbridge").join(file);
        naming::record(call, &sound, reviews).await
    }
}

/// Lets the party hear that it is not let in.
async fn refuse(call: &mut Call, sounds: &[(String, String)]) {
    playing::play(call, &sound(sounds, "locked")).await;
}

/// Sets `CONFBRIDGE_RESULT` when the party leaves, also by hanging up.
struct Verdict {
    channel: Arc<Channel>,
    word: &'static str,
}

impl Drop for Verdict {
    fn drop(&mut self) {
        self.channel.set_variable("CONFBRIDGE_RESULT", self.word);
    }
}
