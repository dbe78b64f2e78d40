//! `confbridge show`: the profiles and menus of `confbridge.conf`.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::applications::conference::confbridge::menu::Menu;
use crate::applications::conference::confbridge::profile::{Profile, Profiles, SOUNDS, Sort, sound};
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static USERS: Command =
    Command::now("confbridge show profile users", "", "Lists the profiles of users", |request| {
        names(request, Sort::User, "--------- User Profiles -----------")
    });

pub static BRIDGES: Command =
    Command::now("confbridge show profile bridges", "", "Lists the profiles of conferences", |request| {
        names(request, Sort::Bridge, "--------- Bridge Profiles -----------")
    });

pub static MENUS: Command = Command::now("confbridge show menus", "", "Lists the menus", |request| {
    names(request, Sort::Menu, "--------- Menus -----------")
});

pub static USER: Command =
    Command::now("confbridge show profile user", "<profile name>", "Shows a profile of users", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        match read(request).find(Sort::User, name) {
            Some(profile) => Answer::of(user(&profile)),
            None => Answer::refusal(format!("No conference user profile named '{name}' found!")),
        }
    })
    .completes(|pbx, words| known(pbx, words, Sort::User));

pub static BRIDGE: Command =
    Command::now("confbridge show profile bridge", "<profile name>", "Shows a profile of conferences", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        match read(request).find(Sort::Bridge, name) {
            Some(profile) => Answer::of(bridge(&profile)),
            None => Answer::refusal(format!("No conference bridge profile named '{name}' found!")),
        }
    })
    .completes(|pbx, words| known(pbx, words, Sort::Bridge));

pub static MENU: Command = Command::now("confbridge show menu", "<menu name>", "Shows a menu", |request| {
    let [name] = request.words.as_slice() else { return request.usage() };
    match read(request).find_menu(name) {
        Some(menu) => Answer::of(Entries::of(&menu)),
        None => Answer::refusal(format!("No conference menu named '{name}' found!")),
    }
})
.completes(|pbx, words| known(pbx, words, Sort::Menu));

fn read(request: &Request<'_>) -> Profiles {
    Profiles::read(&request.exchange().folder)
}

fn known(pbx: &Pbx, words: &[&str], sort: Sort) -> Vec<String> {
    if words.len() == 1 { Profiles::read(&pbx.exchange.folder).names(sort) } else { Vec::new() }
}

fn names(request: &Request<'_>, sort: Sort, title: &'static str) -> Answer {
    Answer::of(Names { names: read(request).names(sort), title })
}

#[derive(Serialize)]
#[serde(transparent)]
struct Names {
    names: Vec<String>,
    #[serde(skip)]
    title: &'static str,
}

impl Display for Names {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "{}", self.title)?;
        self.names.iter().try_for_each(|name| writeln!(formatter, "{name}"))
    }
}

/// Settings, a line each: the title with its blanks, and the value.
struct Settings(Vec<(String, String)>);

impl Display for Settings {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "--------------------------------------------")?;
        self.0.iter().try_for_each(|(title, value)| writeln!(formatter, "{title}{value}"))?;
        writeln!(formatter)
    }
}

impl Serialize for Settings {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(title, value)| (title.trim().trim_end_matches(':'), value)))
    }
}

fn user(profile: &Profile<'_>) -> Settings {
    let state = |name: &str, [on, off]: [&str; 2]| if profile.is_on(name) { on } else { off }.to_owned();
    let truth = |name: &str| state(name, ["true", "false"]);
    let enabled = |name: &str| state(name, ["enabled", "disabled"]);
    let not_off = |name: &str, on: &str, off: &str| if profile.is_not_off(name) { on } else { off }.to_owned();
    let or = |name: &str, other: &str| match profile.text(name) {
        text if text.is_empty() => other.to_owned(),
        text => text,
    };
    let number = |name: &str, usual: u32| profile.number(name).unwrap_or(usual).to_string();
    let announced = match (profile.is_on("announce_join_leave_review"), profile.is_on("announce_join_leave")) {
        (true, _) => "enabled (with review)",
        (false, true) => "enabled",
        (false, false) => "disabled",
    };
    let for_all = if profile.counts_for_all().is_some() { "enabled" } else { "disabled" };
    let settings = [
        ("Name:", profile.name.clone()),
        ("Admin:", truth("admin")),
        ("Send Events:", truth("send_events")),
        ("Echo Events:", truth("echo_events")),
        ("Marked User:", truth("marked")),
        ("Start Muted:", truth("startmuted")),
        ("MOH When Empty:", enabled("music_on_hold_when_empty")),
        ("MOH Class:", or("music_on_hold_class", "default")),
        ("Announcement:", profile.text("announcement")),
        ("Quiet:", enabled("quiet")),
        ("Hear Join:", not_off("hear_own_join_sound", "enabled", "disabled")),
        ("Wait Marked:", enabled("wait_marked")),
        ("END Marked (All):", enabled("end_marked")),
        ("END Marked (Any):", enabled("end_marked_any")),
        ("Drop_silence:", enabled("dsp_drop_silence")),
        ("Silence Threshold:", format!("{}ms", number("dsp_silence_threshold", 2500))),
        ("Talking Threshold:", number("dsp_talking_threshold", 160)),
        ("Denoise:", enabled("denoise")),
        ("Jitterbuffer:", enabled("jitterbuffer")),
        ("Talk Detect Events:", enabled("talk_detection_events")),
        ("DTMF Pass Through:", enabled("dtmf_passthrough")),
        ("PIN:", or("pin", "None")),
        ("Announce User Count:", enabled("announce_user_count")),
        ("Announce join/leave:", announced.to_owned()),
        ("Announce User Count all:", for_all.to_owned()),
        ("Text Messaging:", not_off("text_messaging", "enabled", "disabled")),
        ("Answer Channel:", not_off("answer_channel", "true", "false")),
    ];
    Settings(settings.into_iter().map(|(title, value)| (format!("{title:<25}"), value)).collect())
}

fn bridge(profile: &Profile<'_>) -> Settings {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let recording = profile.recording();
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let number = |name: &str, other: &str| profile.number(name).map_or(other.to_owned(), |number| number.to_string());
    let mut settings: Vec<(String, String)> = [
        ("Name:                 ", profile.name.clone()),
        ("Language:             ", or(profile.text("language"), "en")),
        ("Internal Sample Rate: ", number("internal_sample_rate", "auto")),
        ("Maximum Sample Rate: ", number("maximum_sample_rate", "none")),
        ("Mixing Interval:      ", number("mixing_interval", "20")),
        ("Record Conference:    ", yes(profile.is_on("record_conference"))),
        ("Record File Append:    ", yes(recording.appends)),
        ("Record File Timestamp: ", yes(recording.has_timestamp)),
        ("Record File:          ", or(recording.file, "Auto Generated")),
        ("Record Options:       ", profile.text("record_options")),
        ("Record Command:       ", recording.command),
        ("Max Members:          ", number("max_members", "No Limit")),
        ("Registration context: ", profile.text("regcontext")),
        ("Video Mode:           ", or(profile.text("video_mode").replace("none", ""), "no video")),
        ("Video Update Discard: ", number("video_update_discard", "2000")),
        ("REMB Send Interval: ", number("remb_send_interval", "0")),
        ("REMB Behavior:           ", or(profile.text("remb_behavior"), "average")),
        ("Enable Events:             ", yes(profile.is_on("enable_events"))),
    ]
    .into_iter()
    .map(|(title, value)| (title.to_owned(), value))
    .collect();
    let named = profile.sounds();
    settings.extend(SOUNDS.iter().map(|(name, _)| (sound_title(name), sound(&named, name))));
    Settings(settings)
}

/// `sound_join:           `, with the widths that scripts know.
fn sound_title(name: &str) -> String {
    let title = match name {
        "locked_now" => "sound_lockednow:".to_owned(),
        name => format!("sound_{name}:"),
    };
    match name {
        "place_into_conference" => format!("{title} "),
        "wait_for_leader" | "leader_has_left" => format!("{title:<29}"),
        "participants_muted" | "participants_unmuted" => format!("{title}     "),
        _ => format!("{title:<22}"),
    }
}

#[derive(Serialize)]
struct Entries {
    name: String,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    keys: String,
    actions: Vec<String>,
}

impl Entries {
    fn of(menu: &Menu) -> Self {
        let entry = |(keys, actions): &(String, Vec<_>)| Entry {
            keys: keys.clone(),
            actions: actions.iter().map(ToString::to_string).collect(),
        };
        Self { name: menu.name.clone(), entries: menu.entries.iter().map(entry).collect() }
    }
}

impl Display for Entries {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "Name: {}", self.name)?;
        self.entries.iter().try_for_each(|entry| writeln!(formatter, "{}={}", entry.keys, entry.actions.join(", ")))
    }
}
