//! `confbridge.conf`: profiles of users and bridges. Read anew each time a party enters.

use std::path::Path;

use super::menu::{self, Menu};
use crate::bridging::room::RecordSettings;
use crate::conf::{Config, Disk, Section, is_false, is_true};
use crate::diagnostic::Sources;
use crate::interpreter::{Call, leading_integer};
use crate::media::Codec;

/// The kinds of profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    User,
    Bridge,
    Menu,
}

impl Sort {
    /// The word that `type=` and `CONFBRIDGE()` have for it.
    pub fn word(self) -> &'static str {
        match self {
            Sort::User => "user",
            Sort::Bridge => "bridge",
            Sort::Menu => "menu",
        }
    }

    /// The sort of this word.
    pub fn named(word: &str) -> Option<Self> {
        [Sort::User, Sort::Bridge, Sort::Menu].into_iter().find(|sort| sort.word().eq_ignore_ascii_case(word))
    }

    /// Whether profiles of this sort have such a key.
    pub fn has(self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        match self {
            Sort::User => USER_KEYS.contains(&&*key),
            Sort::Bridge => {
                BRIDGE_KEYS.contains(&&*key) || SOUNDS.iter().any(|(name, _)| key == format!("sound_{name}"))
            }
            Sort::Menu => menu::is_sequence(&key.to_ascii_uppercase()),
        }
    }
}

/// What a user profile of `confbridge.conf` may set.
pub const USER_KEYS: &[&str] = &[
    "admin",
    "announce_join_leave",
    "announce_join_leave_review",
    "announce_only_user",
    "announce_user_count",
    "announce_user_count_all",
    "announcement",
    "answer_channel",
    "denoise",
    "dsp_drop_silence",
    "dsp_silence_threshold",
    "dsp_talking_threshold",
    "dtmf_passthrough",
    "echo_events",
    "end_marked",
    "end_marked_any",
    "hear_own_join_sound",
    "jitterbuffer",
    "marked",
    "music_on_hold_class",
    "music_on_hold_when_empty",
    "pin",
    "quiet",
    "send_events",
    "startmuted",
    "talk_detection_events",
    "template",
    "text_messaging",
    "timeout",
    "type",
    "wait_marked",
];

/// What `mixing_interval` may be, in ms; 10 is less than a frame.
const INTERVALS: [&str; 3] = ["20", "40", "80"];

/// What a bridge profile may set, but for the sounds (`sound_…`).
pub const BRIDGE_KEYS: &[&str] = &[
    "announcements",
    "binaural_active",
    "enable_events",
    "internal_sample_rate",
    "jitterbuffer",
    "language",
    "max_members",
    "max_talkers",
    "maximum_sample_rate",
    "mixing_interval",
    "record_command",
    "record_conference",
    "record_file",
    "record_file_append",
    "record_file_timestamp",
    "record_options",
    "regcontext",
    "remb_behavior",
    "remb_estimated_bitrate",
    "remb_send_interval",
    "template",
    "type",
    "video_mode",
    "video_update_discard",
];

/// What a conference says, and the sound that says it where `sound_…` of the bridge profile names none.
pub const SOUNDS: &[(&str, &str)] = &[
    ("only_person", "conf-onlyperson"),
    ("only_one", "conf-onlyone"),
    ("has_joined", "conf-hasjoin"),
    ("has_left", "conf-hasleft"),
    ("kicked", "conf-kicked"),
    ("muted", "conf-muted"),
    ("unmuted", "conf-unmuted"),
    ("binaural_on", "confbridge-binaural-on"),
    ("binaural_off", "confbridge-binaural-off"),
    ("there_are", "conf-thereare"),
    ("other_in_party", "conf-otherinparty"),
    ("place_into_conference", "conf-placeintoconf"),
    ("wait_for_leader", "conf-waitforleader"),
    ("leader_has_left", "conf-leaderhasleft"),
    ("get_pin", "conf-getpin"),
    ("invalid_pin", "conf-invalidpin"),
    ("locked", "conf-locked"),
    ("unlocked_now", "conf-unlockednow"),
    ("locked_now", "conf-lockednow"),
    ("error_menu", "conf-errormenu"),
    ("join", "confbridge-join"),
    ("leave", "confbridge-leave"),
    ("participants_muted", "conf-now-muted"),
    ("participants_unmuted", "conf-now-unmuted"),
    ("begin", "confbridge-conf-begin"),
];

/// The sound for something among those that the profile names.
pub fn sound(named: &[(String, String)], what: &str) -> String {
    let own = named.iter().find(|(name, _)| name == what).map(|(_, sound)| sound.as_str());
    let usual = || SOUNDS.iter().find(|(name, _)| *name == what).map_or("", |(_, sound)| sound);
    own.filter(|sound| !sound.is_empty()).unwrap_or_else(usual).to_owned()
}

/// The profiles that a ConfBridge goes by.
pub struct Profiles {
    config: Option<Config>,
}

/// The settings of a profile: those of the file, and over them those set on the channel.
pub struct Profile<'a> {
    /// Its name in the file, or the default's.
    pub name: String,
    section: Option<&'a Section>,
    own: Vec<(String, String)>,
}

impl Profile<'_> {
    pub fn get(&self, name: &str) -> Option<&str> {
        let own = self.own.iter().rfind(|(known, _)| known.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str()).or_else(|| self.section?.get(name))
    }

    /// A text, empty where there is none.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or("").to_owned()
    }

    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_true)
    }

    /// A setting that is on unless it is switched off.
    pub fn is_not_off(&self, name: &str) -> bool {
        !self.get(name).is_some_and(is_false)
    }

    /// A number that is not 0.
    pub fn number(&self, name: &str) -> Option<u32> {
        let number = self.get(name).and_then(leading_integer)?;
        u32::try_from(number).ok().filter(|number| *number > 0)
    }

    /// All keys and values, those of the channel last.
    fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_file = self.section.into_iter().flat_map(|section| &section.entries);
        let of_file = of_file.map(|entry| (entry.key.as_str(), entry.value.as_str()));
        of_file.chain(self.own.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The sounds that it names.
    pub fn sounds(&self) -> Vec<(String, String)> {
        let named = self.entries().filter_map(|(key, value)| {
            let name = key.get(..6).filter(|start| start.eq_ignore_ascii_case("sound_")).and_then(|_| key.get(6..))?;
            Some((name.to_ascii_lowercase(), value.to_owned()))
        });
        // The last that names one counts.
        let mut sounds: Vec<_> = named.collect();
        sounds.reverse();
        sounds
    }

    /// What its recordings go by.
    pub fn recording(&self) -> RecordSettings {
        RecordSettings {
            file: self.text("record_file"),
            appends: self.is_not_off("record_file_append"),
            has_timestamp: self.is_not_off("record_file_timestamp"),
            options: self.text("record_options"),
            command: self.text("record_command"),
        }
    }

    /// No conference is mixed at a higher rate: `internal_sample_rate`, or `maximum_sample_rate` where that is `auto`; the
    /// nearest that there is.
    pub fn highest_rate(&self) -> Option<u32> {
        let rate = |key: &str| self.number(key).filter(|rate| *rate >= 8000);
        let rate = rate("internal_sample_rate").or_else(|| rate("maximum_sample_rate"))?;
        Some(Codec::linear_at(rate).sample_rate())
    }

    /// From how many members on everybody hears the count when one comes: `announce_user_count_all`.
    pub fn counts_for_all(&self) -> Option<usize> {
        let value = self.get("announce_user_count_all")?;
        match leading_integer(value) {
            _ if is_false(value) => None,
            Some(number) if !is_true(value) => usize::try_from(number).ok(),
            _ => is_true(value).then_some(0),
        }
    }

    /// `mixing_interval`, in frames of 20 ms.
    pub fn frames_a_beat(&self) -> u32 {
        let interval = self.get("mixing_interval").map(str::trim).filter(|value| INTERVALS.contains(value));
        interval.and_then(|value| value.parse::<u32>().ok()).map_or(1, |milliseconds| milliseconds / 20)
    }

    /// Tells the admin of keys that are none, and of what is asked for and not there.
    pub fn warn(&self, call: &Call, sort: Sort) {
        let warn = |text: &str| call.context().warn(&format!("confbridge.conf, {} {}: {text}", sort.word(), self.name));
        for (key, value) in self.entries() {
            match key.to_ascii_lowercase().as_str() {
                _ if !sort.has(key) => warn(&format!("there is no setting {key}")),
                "binaural_active" if is_true(value) => warn("binaural_active: conferences are not in stereo"),
                "video_mode" if !value.eq_ignore_ascii_case("none") => warn("video_mode: there is no video"),
                "mixing_interval" if !INTERVALS.contains(&value.trim()) => {
                    warn("mixing_interval: 20, 40 or 80 ms; conferences are mixed every 20 ms");
                }
                "internal_sample_rate" | "maximum_sample_rate"
                    if leading_integer(value).is_some_and(|rate| rate > 48_000) =>
                {
                    warn(&format!("{key}: conferences are mixed at up to 48000 Hz, as their members need it"));
                }
                _ => {}
            }
        }
    }
}

impl Profiles {
    /// Reads the file of the call's configuration.
    pub fn of(call: &Call) -> Self {
        Self::read(&call.exchange.folder)
    }

    /// Reads the file in this folder.
    pub fn read(folder: &Path) -> Self {
        let path = folder.join("confbridge.conf");
        let config = path.exists().then(|| Config::read(&mut Disk::default(), &path, &mut Sources::default()));
        Self { config }
    }

    /// The names of all profiles of a sort, the default included.
    pub fn names(&self, sort: Sort) -> Vec<String> {
        let default = format!("default_{}", sort.word());
        let sections = self.config.iter().flat_map(|config| &config.sections);
        let mut names: Vec<String> =
            sections.filter(|section| is_of(section, sort)).map(|section| section.name.clone()).collect();
        if !names.contains(&default) {
            names.push(default);
        }
        names
    }

    fn section(&self, sort: Sort, name: &str) -> Option<&Section> {
        let mut sections = self.config.as_ref()?.sections.iter();
        sections.find(|section| section.name == name && is_of(section, sort))
    }

    /// A profile of the file, or the default one, which need not be there.
    pub fn find(&self, sort: Sort, name: &str) -> Option<Profile<'_>> {
        let section = self.section(sort, name);
        let is_there = section.is_some() || name == format!("default_{}", sort.word());
        is_there.then(|| Profile { name: name.to_owned(), section, own: Vec::new() })
    }

    /// The profile of this name; without one, what was set on the channel, else the default. `None` where a name is
    /// given that no profile has.
    pub fn profile(&self, call: &Call, sort: Sort, name: Option<&str>) -> Option<Profile<'_>> {
        if let Some(name) = name {
            return self.find(sort, name);
        }
        let prefix = format!("CONFBRIDGE/{}/", sort.word());
        let state = call.channel.state();
        let of_channel = state.settings.iter().filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?, value)));
        let mut own: Vec<_> = of_channel.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let template = own.iter().find(|(name, _)| name == "template").map(|(_, value)| value.clone());
        own.retain(|(name, _)| name != "template");
        let profile = self.find(sort, &template.unwrap_or_else(|| format!("default_{}", sort.word())))?;
        Some(Profile { own, ..profile })
    }

    /// The menu of this name; without one, what was set on the channel or the default. `None` where a name is given that
    /// no menu has.
    pub fn menu(&self, call: &Call, name: Option<&str>) -> Option<Menu> {
        let profile = self.profile(call, Sort::Menu, name)?;
        let mut menu = Menu::default();
        for (keys, actions) in profile.entries().filter(|(key, _)| menu::is_sequence(key)) {
            if let Err(problem) = menu.add(keys, actions) {
                call.context().warn(&format!("confbridge.conf, menu {}: {keys}: {problem}", profile.name));
            }
        }
        menu.name = profile.name;
        Some(menu)
    }

    /// The menu as the file has it.
    pub fn find_menu(&self, name: &str) -> Option<Menu> {
        let profile = self.find(Sort::Menu, name)?;
        let mut menu = Menu { name: name.to_owned(), ..Menu::default() };
        for (keys, actions) in profile.entries().filter(|(key, _)| menu::is_sequence(key)) {
            // What cannot be read does nothing.
            let _ = menu.add(keys, actions);
        }
        Some(menu)
    }
}

fn is_of(section: &Section, sort: Sort) -> bool {
    section.get("type").is_some_and(|kind| kind.eq_ignore_ascii_case(sort.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(text: &str) -> Profiles {
        let mut files = crate::conf::Memory::default().with("confbridge.conf", text);
        let config = Config::read(&mut files, Path::new("confbridge.conf"), &mut Sources::default());
        Profiles { config: Some(config) }
    }

    #[test]
    fn a_profile_has_its_sort_and_templates() {
        let profiles = profiles(
            "[quiet](!)\nquiet=yes\n[boss](quiet)\ntype=user\nadmin=yes\npin=12\n[boss]\ntype=bridge\nmax_members=3\n",
        );
        let user = profiles.find(Sort::User, "boss").unwrap();
        assert!(user.is_on("quiet") && user.is_on("ADMIN") && user.get("pin") == Some("12"));
        assert_eq!(profiles.find(Sort::Bridge, "boss").unwrap().number("max_members"), Some(3));
        assert!(profiles.find(Sort::Menu, "boss").is_none() && profiles.find(Sort::Menu, "default_menu").is_some());
        assert_eq!(profiles.names(Sort::User), ["boss", "default_user"]);
    }

    #[test]
    fn the_count_for_all_has_a_threshold() {
        let after = |value: &str| {
            let profiles = profiles(&format!("[u]\ntype=user\nannounce_user_count_all={value}\n"));
            profiles.find(Sort::User, "u").unwrap().counts_for_all()
        };
        assert_eq!([after("yes"), after("no"), after("4"), after("x")], [Some(0), None, Some(4), None]);
    }

    #[test]
    fn sounds_have_their_usual_files() {
        let profiles = profiles("[b]\ntype=bridge\nsound_join=ding\nsound_leave=\n");
        let sounds = profiles.find(Sort::Bridge, "b").unwrap().sounds();
        assert_eq!([sound(&sounds, "join"), sound(&sounds, "leave")], ["ding", "confbridge-leave"]);
    }

    #[test]
    fn keys_are_known_by_sort() {
        assert!(Sort::User.has("PIN") && !Sort::User.has("max_members"));
        assert!(Sort::Bridge.has("sound_has_joined") && !Sort::Bridge.has("sound_horn"));
        assert!(Sort::Menu.has("*1") && !Sort::Menu.has("x"));
    }
}
