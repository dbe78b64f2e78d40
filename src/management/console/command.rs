//! What a command declares about itself, and the list of all.

use std::pin::Pin;

use super::commands::{
    acl, agent, agi, bridge, cdr, cel, channel, confbridge, config, core, database, devstate, dialplan, features, file,
    http, indication, logger, manager, meetme, mixmonitor, module, moh, parking, pjsip, presencestate, prometheus,
    queue, rtp, sip, timing, voicemail,
};
use super::{Answer, Request};
use crate::management::pbx::Pbx;

/// One command.
pub struct Command {
    /// The words it begins with: `core show channels`. They may be typed in any case.
    pub words: &'static str,
    /// What follows them, as the usage shows it: `[concise|verbose|count]`.
    pub takes: &'static str,
    /// What it does, in one line.
    pub synopsis: &'static str,
    /// Further lines of its manual.
    pub manual: &'static str,
    /// The words that may stand behind its own, in place of the last of those given, which may be unfinished.
    pub complete: Complete,
    run: Run,
}

/// Given the words behind the command's own, the last perhaps unfinished: what may stand in the place of the last.
pub type Complete = fn(&Pbx, &[&str]) -> Vec<String>;

/// How a command runs.
enum Run {
    Now(fn(&Request<'_>) -> Answer),
    Later(for<'a> fn(&'a Request<'a>) -> Answering<'a>),
}

/// A command that waits for something.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

impl Command {
    /// A command that only looks and sets.
    pub const fn now(
        words: &'static str,
        takes: &'static str,
        synopsis: &'static str,
        run: fn(&Request<'_>) -> Answer,
    ) -> Self {
        Self { words, takes, synopsis, manual: "", complete: |_, _| Vec::new(), run: Run::Now(run) }
    }

    /// A command that waits.
    pub const fn later(
        words: &'static str,
        takes: &'static str,
        synopsis: &'static str,
        run: for<'a> fn(&'a Request<'a>) -> Answering<'a>,
    ) -> Self {
        Self { words, takes, synopsis, manual: "", complete: |_, _| Vec::new(), run: Run::Later(run) }
    }

    /// More of its manual.
    pub const fn manual(mut self, manual: &'static str) -> Self {
        self.manual = manual;
        self
    }

    /// What may stand behind its words.
    pub const fn completes(mut self, complete: Complete) -> Self {
        self.complete = complete;
        self
    }

    pub(super) async fn run(&self, request: &Request<'_>) -> Answer {
        match self.run {
            Run::Now(run) => run(request),
            Run::Later(run) => run(request).await,
        }
    }

    /// How it is written, and what it does.
    pub fn usage_text(&self) -> String {
        let takes = if self.takes.is_empty() { String::new() } else { format!(" {}", self.takes) };
        let mut text = format!("Usage: {}{takes}\n       {}.\n", self.words, self.synopsis);
        for line in self.manual.lines() {
            text.push_str("       ");
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The command that the words begin with (the longest), and the words behind it.
    pub fn find(words: &[String]) -> Option<(&'static Command, Vec<String>)> {
        let longest =
            COMMANDS.iter().filter(|command| command.starts(words)).max_by_key(|command| command.words.len())?;
        let count = longest.words.split(' ').count();
        Some((longest, words.iter().skip(count).cloned().collect()))
    }

    fn starts(&self, words: &[String]) -> bool {
        let mut own = self.words.split(' ').zip(words);
        let count = self.words.split(' ').count();
        words.len() >= count && own.all(|(own, word)| own.eq_ignore_ascii_case(word))
    }
}

/// Whole lines that may become of one that is being typed.
pub(super) fn complete(pbx: &Pbx, line: &str) -> Vec<String> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if line.is_empty() || line.ends_with(' ') {
        words.push("");
    }
    let Some((unfinished, before)) = words.split_last() else { return Vec::new() };
    let starts =
        |candidate: &str| candidate.get(..unfinished.len()).is_some_and(|start| start.eq_ignore_ascii_case(unfinished));
    let mut next: Vec<String> = Vec::new();
    for command in COMMANDS {
        let mut own = command.words.split(' ');
        if before.iter().all(|word| own.next().is_some_and(|own| own.eq_ignore_ascii_case(word))) {
            next.extend(own.next().filter(|word| starts(word)).map(str::to_owned));
        }
    }
    let typed: Vec<String> = before.iter().map(|word| (*word).to_owned()).collect();
    if let Some((command, behind)) = Command::find(&typed) {
        let mut words: Vec<&str> = behind.iter().map(String::as_str).collect();
        words.push(unfinished);
        next.extend((command.complete)(pbx, &words).into_iter().filter(|word| starts(word)));
    }
    next.sort();
    next.dedup();
    let before: String = before.iter().flat_map(|word| [*word, " "]).collect();
    next.into_iter().map(|word| format!("{before}{word}")).collect()
}

/// All commands, sorted by their words.
pub static COMMANDS: &[&Command] = &[
    &acl::SHOW,
    &agent::LOGOFF,
    &agent::SHOW,
    &agent::SHOW_ALL,
    &agent::SHOW_ONLINE,
    &agi::EXEC,
    &agi::SET_DEBUG,
    &agi::SHOW_COMMANDS,
    &core::kinds::ARI_STATUS,
    &bridge::DESTROY,
    &bridge::KICK,
    &bridge::SHOW,
    &bridge::SHOW_ALL,
    &bridge::TECHNOLOGY_SHOW,
    &cdr::SHOW_STATUS,
    &cel::SHOW_STATUS,
    &channel::originate::ORIGINATE,
    &channel::REDIRECT,
    &channel::REQUEST_HANGUP,
    &channel::ladder::SHOW_LADDER,
    &confbridge::KICK,
    &confbridge::list::LIST,
    &confbridge::LOCK,
    &confbridge::MUTE,
    &confbridge::START_RECORDING,
    &confbridge::STOP_RECORDING,
    &confbridge::show::MENU,
    &confbridge::show::MENUS,
    &confbridge::show::BRIDGE,
    &confbridge::show::BRIDGES,
    &confbridge::show::USER,
    &confbridge::show::USERS,
    &confbridge::UNLOCK,
    &confbridge::UNMUTE,
    &config::LIST,
    &config::RELOAD,
    &core::stopping::ABORT,
    &core::reload::RELOAD,
    &core::stopping::RESTART_GRACEFULLY,
    &core::stopping::RESTART_NOW,
    &core::stopping::RESTART_WHEN_CONVENIENT,
    &core::verbosity::SET_DEBUG,
    &core::verbosity::SET_VERBOSE,
    &core::applications::APPLICATION,
    &core::applications::APPLICATIONS,
    &core::channels::calls::CALLS,
    &core::channels::channel::CHANNEL,
    &core::channels::list::CHANNELS,
    &core::kinds::CHANNEL_TYPE,
    &core::kinds::CHANNEL_TYPES,
    &core::media::CODECS,
    &config::SHOW_MAPPINGS,
    &core::kinds::FILE_FORMATS,
    &core::functions::FUNCTION,
    &core::functions::FUNCTIONS,
    &core::help::HELP,
    &core::hints::HINT,
    &core::hints::HINTS,
    &core::version::LICENSE,
    &core::settings::SETTINGS,
    &core::kinds::SWITCHES,
    &core::settings::SYSINFO,
    &core::threads::TASKPROCESSORS,
    &core::threads::THREADS,
    &core::media::TRANSLATION,
    &core::uptime::UPTIME,
    &core::version::VERSION_COMMAND,
    &core::stopping::STOP_GRACEFULLY,
    &core::stopping::STOP_NOW,
    &core::stopping::STOP_WHEN_CONVENIENT,
    &core::waiting::WAIT_FULLY_BOOTED,
    &database::DEL,
    &database::DELTREE,
    &database::GET,
    &database::PUT,
    &database::QUERY,
    &database::SHOW,
    &database::SHOW_KEY,
    &devstate::CHANGE,
    &devstate::LIST,
    &dialplan::amend::ADD_EXTENSION,
    &dialplan::amend::ADD_IGNORE_PATTERN,
    &dialplan::amend::ADD_INCLUDE,
    &dialplan::variables::EVAL_FUNCTION,
    &dialplan::reload::RELOAD,
    &dialplan::amend::REMOVE_EXTENSION,
    &dialplan::amend::REMOVE_IGNORE_PATTERN,
    &dialplan::amend::REMOVE_INCLUDE,
    &dialplan::save::SAVE,
    &dialplan::variables::SET_CHANVAR,
    &dialplan::globals::SET_GLOBAL,
    &dialplan::show::SHOW,
    &dialplan::globals::SHOW_GLOBALS,
    &features::SHOW,
    &file::CONVERT,
    &devstate::GROUP_SHOW_CHANNELS,
    &channel::HANGUP_REQUEST,
    &core::help::SHORT,
    &http::SHOW_STATUS,
    &indication::SHOW,
    &logger::ADD_CHANNEL,
    &logger::MUTE,
    &logger::RELOAD,
    &logger::REMOVE_CHANNEL,
    &logger::ROTATE,
    &logger::SET_LEVEL,
    &logger::SHOW_CHANNELS,
    &manager::KICK_SESSION,
    &manager::RELOAD,
    &manager::SHOW_COMMAND,
    &manager::SHOW_COMMANDS,
    &manager::SHOW_CONNECTED,
    &manager::SHOW_EVENT,
    &manager::SHOW_EVENTS,
    &manager::SHOW_SETTINGS,
    &manager::SHOW_USER,
    &manager::SHOW_USERS,
    &meetme::KICK,
    &meetme::LIST,
    &meetme::LOCK,
    &meetme::MUTE,
    &meetme::UNLOCK,
    &meetme::UNMUTE,
    &meetme::WHISPER,
    &mixmonitor::LIST,
    &mixmonitor::START,
    &mixmonitor::STOP,
    &module::LOAD,
    &module::RELOAD,
    &module::SHOW,
    &module::UNLOAD,
    &moh::SHOW_CLASSES,
    &moh::SHOW_FILES,
    &parking::SHOW,
    &pjsip::list::LIST_AORS,
    &pjsip::list::LIST_AUTHS,
    &pjsip::list::LIST_CHANNELS,
    &pjsip::list::LIST_CONTACTS,
    &pjsip::list::LIST_ENDPOINTS,
    &pjsip::list::LIST_IDENTIFIES,
    &pjsip::list::LIST_REGISTRATIONS,
    &pjsip::subscriptions::LIST,
    &pjsip::list::LIST_TRANSPORTS,
    &pjsip::qualify::PJSIP_QUALIFY,
    &sip::logger::PJSIP_RELOAD,
    &sip::facts::PJSIP_SEND_NOTIFY,
    &pjsip::orders::SEND_REGISTER,
    &pjsip::orders::SEND_UNREGISTER,
    &pjsip::history::SET,
    &sip::logger::PJSIP_SET_LOGGER,
    &pjsip::single::AOR,
    &pjsip::list::AORS,
    &pjsip::single::AUTH,
    &pjsip::list::AUTHS,
    &pjsip::single::CHANNEL,
    &pjsip::list::CHANNELS,
    &pjsip::statistics::CHANNEL_STATISTICS,
    &pjsip::single::CONTACT,
    &pjsip::list::CONTACTS,
    &pjsip::endpoint::ENDPOINT,
    &pjsip::list::ENDPOINTS,
    &pjsip::history::SHOW,
    &pjsip::list::IDENTIFIES,
    &pjsip::single::IDENTIFY,
    &pjsip::single::REGISTRATION,
    &pjsip::list::REGISTRATIONS,
    &pjsip::settings::SETTINGS,
    &pjsip::subscriptions::SHOW,
    &pjsip::single::TRANSPORT,
    &pjsip::list::TRANSPORTS,
    &pjsip::settings::VERSION,
    &presencestate::CHANGE,
    &presencestate::LIST,
    &prometheus::SHOW_METRICS,
    &prometheus::SHOW_STATUS,
    &queue::ADD,
    &queue::PAUSE,
    &queue::PRIORITY,
    &queue::RELOAD,
    &queue::REMOVE,
    &queue::RESET_STATS,
    &queue::SET_PENALTY,
    &queue::SET_RINGINUSE,
    &queue::SHOW,
    &queue::SHOW_RULES,
    &queue::UNPAUSE,
    &rtp::SHOW_SETTINGS,
    &sip::facts::SIP_NOTIFY,
    &pjsip::qualify::SIP_QUALIFY,
    &sip::logger::SIP_RELOAD,
    &sip::logger::SIP_SET_DEBUG,
    &sip::logger::SIP_SET_LOGGER,
    &sip::facts::CHANNEL,
    &sip::channels::CHANNELS,
    &sip::facts::DOMAINS,
    &sip::facts::IN_USE_COMMAND,
    &sip::facts::SHOW_MWI,
    &sip::facts::SHOW_OBJECTS,
    &sip::peers::PEER,
    &sip::peers::PEERS,
    &sip::registry::REGISTRY,
    &sip::facts::SETTINGS,
    &sip::facts::SHOW_SUBSCRIPTIONS,
    &sip::peers::USERS_COMMAND,
    &timing::TEST,
    &voicemail::RELOAD,
    &voicemail::SHOW_USERS,
    &voicemail::SHOW_ZONES,
];
