//! `queues.conf`.

use super::rules::{self, Rule};
use super::{Conditions, Member, Strategy};
use crate::conf::{Config, Section, is_false, is_true};

/// What `[general]` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct General {
    /// Dynamic members survive a restart.
    pub persistent_members: bool,
    /// Callers behind the first are served as long as members are free.
    pub autofill: bool,
    /// Talks are recorded by MixMonitor.
    pub mixes_recordings: bool,
    /// A member's last call counts in all its queues.
    pub shared_last_call: bool,
    /// The log names members, not interfaces, in ADDMEMBER and REMOVEMEMBER.
    pub logs_member_names: bool,
    /// A member whose penalty falls below 0 keeps its old one.
    pub negative_penalty_invalid: bool,
    /// ENTERQUEUE has the caller's name, too.
    pub logs_caller_names: bool,
    /// The call's record names the member as the channel that was called (`updatecdr`).
    pub updates_records: bool,
    /// A member of several queues of the same weight is called for who has waited longest in any of them
    /// (`force_longest_waiting_caller`).
    pub longest_wait_first: bool,
}

impl Default for General {
    fn default() -> Self {
        Self {
            persistent_members: false,
            autofill: true,
            mixes_recordings: false,
            shared_last_call: false,
            logs_member_names: false,
            negative_penalty_invalid: false,
            logs_caller_names: false,
            updates_records: false,
            longest_wait_first: false,
        }
    }
}

impl General {
    fn read(section: Option<&Section>) -> Self {
        let default = Self::default();
        let flag = |key: &str, default: bool| flag(section, key, default);
        Self {
            persistent_members: flag("persistentmembers", default.persistent_members),
            autofill: flag("autofill", default.autofill),
            mixes_recordings: section.and_then(|section| section.get("monitor-type")).is_some_and(is_mix),
            shared_last_call: flag("shared_lastcall", default.shared_last_call),
            logs_member_names: flag("log_membername_as_agent", default.logs_member_names),
            negative_penalty_invalid: flag("negative_penalty_invalid", default.negative_penalty_invalid),
            logs_caller_names: flag("log-caller-id-name", default.logs_caller_names),
            updates_records: flag("updatecdr", default.updates_records),
            longest_wait_first: flag("force_longest_waiting_caller", default.longest_wait_first),
        }
    }
}

fn is_mix(value: &str) -> bool {
    value.eq_ignore_ascii_case("mixmonitor")
}

/// Who hears how many are in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnouncePosition {
    No,
    #[default]
    Yes,
    /// The first ones only, up to the limit.
    Limit,
    /// Up to the limit exactly, beyond it that there are more.
    More,
}

/// How often the time to wait is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnounceHoldTime {
    #[default]
    No,
    Yes,
    Once,
}

/// What happens to a member that does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autopause {
    #[default]
    No,
    /// It is paused in this queue.
    Yes,
    /// It is paused in all its queues.
    All,
}

/// The names of the queue's sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompts {
    pub you_are_next: String,
    pub there_are: String,
    pub calls_waiting: String,
    pub quantity1: String,
    pub quantity2: String,
    pub hold_time: String,
    pub minute: String,
    pub minutes: String,
    pub seconds: String,
    pub thank_you: String,
    /// Told to the caller before it is connected.
    pub caller_announce: String,
    pub report_hold: String,
}

/// What a queue goes by. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub strategy: Strategy,
    /// How long members ring; 0 for ever.
    pub timeout: u64,
    pub retry: u64,
    /// The time that `Queue()` gives cuts the ringing short.
    pub application_timeout_first: bool,
    pub wrapup_time: i64,
    /// How many may wait; 0 for any number.
    pub max_length: usize,
    pub weight: i64,
    pub service_level: u64,
    pub music_class: String,
    /// Played to the member before it is connected.
    pub announce: String,
    pub announce_frequency: u64,
    pub min_announce_frequency: u64,
    pub announce_hold_time: AnnounceHoldTime,
    pub announce_position: AnnouncePosition,
    pub announce_position_limit: usize,
    pub announce_position_only_up: bool,
    pub announce_round_seconds: u64,
    /// The first one is told also while its call is being placed.
    pub announce_to_first_user: bool,
    pub periodic_announce: Vec<String>,
    pub periodic_announce_frequency: u64,
    /// When the first comes, if not after one frequency.
    pub periodic_announce_start: Option<u64>,
    /// The time begins anew when an announcement ends.
    pub relative_periodic_announce: bool,
    pub random_periodic_announce: bool,
    pub prompts: Prompts,
    pub join_empty: Conditions,
    pub leave_when_empty: Conditions,
    pub ring_in_use: bool,
    pub report_hold_time: bool,
    pub member_delay: u64,
    pub default_rule: String,
    pub set_interface_var: bool,
    pub set_queue_var: bool,
    pub set_queue_entry_var: bool,
    /// Where keys of a waiting caller lead.
    pub context: String,
    /// The time to ring begins anew with each member.
    pub timeout_restart: bool,
    pub autopause: Autopause,
    /// A member is not paused so soon after its last call.
    pub autopause_delay: i64,
    pub autopause_busy: bool,
    pub autopause_unavailable: bool,
    /// The format of recordings; empty for none.
    pub monitor_format: String,
    pub mixes_recordings: bool,
    pub member_macro: String,
    pub member_gosub: String,
    /// With so many members or fewer, penalties do not count.
    pub penalty_members_limit: usize,
    pub autofill: bool,
    /// The log has also numbers that may not be shown (`log-restricted-caller-id`).
    pub logs_restricted: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self::read(None, &General::default())
    }
}

/// The whole number that a text begins with, or 0.
pub(super) fn number(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.trim_start_matches(['+', '-']);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits.get(..length).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0);
    if text.starts_with('-') { -number } else { number }
}

fn flag(section: Option<&Section>, key: &str, default: bool) -> bool {
    match section.and_then(|section| section.get(key)) {
        Some(value) if is_true(value) => true,
        Some(value) if is_false(value) => false,
        _ => default,
    }
}

impl Settings {
    /// Reads a queue's section; without one, the defaults.
    pub fn read(section: Option<&Section>, general: &General) -> Self {
        let get = |key: &str| section.and_then(|section| section.get(key));
        let text = |key: &str, default: &str| get(key).unwrap_or(default).to_owned();
        let count = |key: &str, default: i64| get(key).map_or(default, number);
        let seconds = |key: &str, default: i64| u64::try_from(count(key, default)).unwrap_or(0);
        let size = |key: &str| usize::try_from(count(key, 0)).unwrap_or(0);
        let flag = |key: &str, default: bool| flag(section, key, default);
        let empty = |key: &str, is_joining: bool| {
            get(key).map(|value| Conditions::parse(value, is_joining)).unwrap_or_default()
        };
        let periodic = section.into_iter().flat_map(|section| section.all("periodic-announce"));
        let periodic = periodic.flat_map(|entry| entry.value.split([',', '|']));
        let mut periodic: Vec<String> = periodic.map(|sound| sound.trim().to_owned()).collect();
        periodic.retain(|sound| !sound.is_empty());
        if periodic.is_empty() {
            periodic.push("queue-periodic-announce".to_owned());
        }
        let retry = seconds("retry", 5);
        let round = seconds("announce-round-seconds", 0);
        Self {
            strategy: get("strategy").and_then(Strategy::parse).unwrap_or_default(),
            timeout: seconds("timeout", 15),
            retry: if count("retry", 5) <= 0 { 5 } else { retry },
            application_timeout_first: !text("timeoutpriority", "app").eq_ignore_ascii_case("conf"),
            wrapup_time: count("wrapuptime", 0).max(0),
            max_length: size("maxlen"),
            weight: count("weight", 0),
            service_level: seconds("servicelevel", 0),
            music_class: get("musicclass")
                .or_else(|| get("music"))
                .or_else(|| get("musiconhold"))
                .unwrap_or("")
                .to_owned(),
            announce: text("announce", ""),
            announce_frequency: seconds("announce-frequency", 0),
            min_announce_frequency: seconds("min-announce-frequency", 15),
            announce_hold_time: match text("announce-holdtime", "no").to_ascii_lowercase().as_str() {
                "once" => AnnounceHoldTime::Once,
                word if is_true(word) => AnnounceHoldTime::Yes,
                _ => AnnounceHoldTime::No,
            },
            announce_position: match text("announce-position", "yes").to_ascii_lowercase().as_str() {
                "limit" => AnnouncePosition::Limit,
                "more" => AnnouncePosition::More,
                word if is_true(word) => AnnouncePosition::Yes,
                _ => AnnouncePosition::No,
            },
            announce_position_limit: get("announce-position-limit")
                .map_or(5, |value| usize::try_from(number(value)).unwrap_or(5)),
            announce_position_only_up: flag("announce-position-only-up", false),
            announce_round_seconds: if round > 60 { 0 } else { round },
            announce_to_first_user: flag("announce-to-first-user", false),
            periodic_announce: periodic,
            periodic_announce_frequency: seconds("periodic-announce-frequency", 0),
            periodic_announce_start: get("periodic-announce-startdelay")
                .and_then(|value| u64::try_from(number(value)).ok()),
            relative_periodic_announce: flag("relative-periodic-announce", false),
            random_periodic_announce: flag("random-periodic-announce", false),
            prompts: Prompts {
                you_are_next: text("queue-youarenext", "queue-youarenext"),
                there_are: text("queue-thereare", "queue-thereare"),
                calls_waiting: text("queue-callswaiting", "queue-callswaiting"),
                quantity1: text("queue-quantity1", "queue-quantity1"),
                quantity2: text("queue-quantity2", "queue-quantity2"),
                hold_time: text("queue-holdtime", "queue-holdtime"),
                minute: text("queue-minute", "queue-minute"),
                minutes: text("queue-minutes", "queue-minutes"),
                seconds: text("queue-seconds", "queue-seconds"),
                thank_you: text("queue-thankyou", "queue-thankyou"),
                caller_announce: text("queue-callerannounce", ""),
                report_hold: text("queue-reporthold", "queue-reporthold"),
            },
            join_empty: empty("joinempty", true),
            leave_when_empty: empty("leavewhenempty", false),
            ring_in_use: flag("ringinuse", true),
            report_hold_time: flag("reportholdtime", false),
            member_delay: seconds("memberdelay", 0),
            default_rule: text("defaultrule", ""),
            set_interface_var: flag("setinterfacevar", false),
            set_queue_var: flag("setqueuevar", false),
            set_queue_entry_var: flag("setqueueentryvar", false),
            context: text("context", ""),
            timeout_restart: flag("timeoutrestart", false),
            autopause: match text("autopause", "no").to_ascii_lowercase().as_str() {
                "all" => Autopause::All,
                word if is_true(word) => Autopause::Yes,
                _ => Autopause::No,
            },
            autopause_delay: count("autopausedelay", 0),
            autopause_busy: flag("autopausebusy", false),
            autopause_unavailable: flag("autopauseunavail", false),
            monitor_format: text("monitor-format", ""),
            mixes_recordings: get("monitor-type").map_or(general.mixes_recordings, is_mix),
            member_macro: text("membermacro", ""),
            member_gosub: text("membergosub", ""),
            penalty_members_limit: size("penaltymemberslimit"),
            autofill: flag("autofill", general.autofill),
            logs_restricted: flag("log-restricted-caller-id", true),
        }
    }
}

/// Both files.
#[derive(Clone, Debug, Default)]
pub struct QueueSettings {
    pub general: General,
    /// Name, settings and members of the file.
    pub queues: Vec<(String, Settings, Vec<Member>)>,
    pub rules: Vec<(String, Vec<Rule>)>,
}

impl QueueSettings {
    /// Reads `queues.conf` and `queuerules.conf`.
    pub fn read(queues: Option<&Config>, rules: Option<&Config>) -> Self {
        let sections = queues.into_iter().flat_map(|config| &config.sections);
        let general = General::read(queues.and_then(|config| config.section("general")));
        let mut settings = Self { general, ..Self::default() };
        for section in sections.filter(|section| !section.name.eq_ignore_ascii_case("general")) {
            let own = Settings::read(Some(section), &settings.general);
            let members = section.all("member").filter_map(|entry| Member::parse(&entry.value, own.ring_in_use));
            let members = members.enumerate().map(|(position, member)| Member { position, ..member }).collect();
            settings.queues.retain(|(name, _, _)| *name != section.name);
            settings.queues.push((section.name.clone(), own, members));
        }
        let sections = rules.into_iter().flat_map(|config| &config.sections);
        let sections = sections.filter(|section| !section.name.eq_ignore_ascii_case("general"));
        settings.rules = sections.map(|section| (section.name.clone(), rules::read(section))).collect();
        settings
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn read(text: &str) -> QueueSettings {
        let mut files = Memory::default().with("queues.conf", text.to_owned());
        let config = Config::read(&mut files, Path::new("queues.conf"), &mut Sources::default());
        QueueSettings::read(Some(&config), None)
    }

    #[test]
    fn a_queue_of_the_file() {
        let read = read(
            "[general]\nautofill=no\nmonitor-type = MixMonitor\n[sales]\nstrategy=rrmemory\ntimeout=0\nretry=0\n\
             announce-holdtime=once\nannounce-position=more\nperiodic-announce=a,b\njoinempty=strict\n\
             member => SIP/1,2\nmember => SIP/2\nautopause=all\n",
        );
        let (name, settings, members) = &read.queues[0];
        assert_eq!((name.as_str(), settings.strategy, settings.autofill), ("sales", Strategy::RrMemory, false));
        assert_eq!((settings.timeout, settings.retry), (0, 5));
        assert_eq!(settings.announce_hold_time, AnnounceHoldTime::Once);
        assert_eq!(settings.announce_position, AnnouncePosition::More);
        assert_eq!(settings.periodic_announce, ["a", "b"]);
        assert_eq!(settings.autopause, Autopause::All);
        assert!(settings.mixes_recordings && settings.ring_in_use);
        assert_eq!(members.iter().map(|member| member.position).collect::<Vec<_>>(), [0, 1]);
    }
}
