//! The settings that the files beside the plan may hold.

use crate::applications::conference::confbridge::profile;

/// Settings by name, and what else may stand in their place.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub names: &'static [&'static str],
    /// Every name that begins so.
    pub beginnings: &'static [&'static str],
    /// Names of keys of a telephone only.
    pub has_digits: bool,
}

impl Keys {
    const fn new(names: &'static [&'static str]) -> Self {
        Self { names, beginnings: &[], has_digits: false }
    }

    const fn and_beginning_with(self, beginnings: &'static [&'static str]) -> Self {
        Self { beginnings, ..self }
    }

    pub fn know(self, key: &str) -> bool {
        let lower = key.to_ascii_lowercase();
        self.names.contains(&lower.as_str())
            || self.beginnings.iter().any(|beginning| lower.starts_with(beginning))
            || (self.has_digits && !key.is_empty() && key.bytes().all(|byte| b"0123456789*#ABCDabcd".contains(&byte)))
    }
}

pub(super) const VOICEMAIL: Keys = Keys::new(&[
    "adsifdn",
    "adsisec",
    "adsiver",
    "aliasescontext",
    "attach",
    "attachfmt",
    "authpassword",
    "authuser",
    "backupdeleted",
    "callback",
    "charset",
    "cidinternalcontexts",
    "delete",
    "deletevoicemail",
    "dialout",
    "directoryinfo",
    "directoryintro",
    "emailbody",
    "emaildateformat",
    "emailsubject",
    "envelope",
    "exitcontext",
    "expungeonhangup",
    "externnotify",
    "externpass",
    "externpasscheck",
    "externpassnotify",
    "forcegreetings",
    "forcename",
    "format",
    "forward-urgent-auto",
    "forward_urgent_auto",
    "fromstring",
    "greetingsfolder",
    "hidefromdir",
    "imapclosetimeout",
    "imapflags",
    "imapfolder",
    "imapgreetings",
    "imapopentimeout",
    "imapparentfolder",
    "imappassword",
    "imapport",
    "imapreadtimeout",
    "imapserver",
    "imapuser",
    "imapwritetimeout",
    "language",
    "leaveurgent",
    "locale",
    "mailcmd",
    "maxdeletedmsg",
    "maxgreet",
    "maxlogins",
    "maxmessage",
    "maxmsg",
    "maxsecs",
    "maxsilence",
    "messagewrap",
    "minmessage",
    "minpassword",
    "minsecs",
    "moveheard",
    "msg_format",
    "nextaftercmd",
    "obdcstorage",
    "odbcstorage",
    "odbctable",
    "operator",
    "pagerbody",
    "pagerdateformat",
    "pagerfromstring",
    "pagersubject",
    "passwordlocation",
    "pollfreq",
    "pollmailboxes",
    "review",
    "saycid",
    "sayduration",
    "saydurationm",
    "searchcontexts",
    "sendvoicemail",
    "serveremail",
    "silencethreshold",
    "skipms",
    "smdienable",
    "smdiport",
    "tempgreetwarn",
    "tz",
    "usedirectory",
    "userscontext",
    "volgain",
    "emailtag",
    "saycidinfo",
])
.and_beginning_with(&["vm-", "listen-control-"]);

pub(super) const MAILBOX_OPTIONS: Keys = Keys::new(&[
    "attach",
    "attachfmt",
    "backupdeleted",
    "callback",
    "delete",
    "deletevoicemail",
    "dialout",
    "emailbody",
    "emailsubject",
    "envelope",
    "exitcontext",
    "forcegreetings",
    "forcename",
    "fromstring",
    "hidefromdir",
    "imapfolder",
    "imapflags",
    "imappassword",
    "imapport",
    "imapserver",
    "imapuser",
    "imapvmshareid",
    "language",
    "leaveurgent",
    "locale",
    "maxmessage",
    "maxmsg",
    "maxsecs",
    "messagewrap",
    "minsecs",
    "moveheard",
    "nextaftercmd",
    "operator",
    "pagersubject",
    "passwordlocation",
    "review",
    "saycid",
    "sayduration",
    "saydurationm",
    "searchcontexts",
    "sendvoicemail",
    "serveremail",
    "tempgreetwarn",
    "tz",
    "volgain",
]);

pub(super) const MEETME: Keys =
    Keys::new(&["audiobuffers", "earlyalert", "endalert", "fuzzystart", "logmembercount", "schedule"]);

pub(super) const ROOMS: Keys = Keys::new(&["conf"]);

pub(super) const CONFBRIDGE_USER: Keys = Keys::new(profile::USER_KEYS);

pub(super) const CONFBRIDGE_BRIDGE: Keys = Keys::new(profile::BRIDGE_KEYS).and_beginning_with(&["sound_"]);

pub(super) const CONFBRIDGE_MENU: Keys = Keys { names: &["template", "type"], beginnings: &[], has_digits: true };

pub(super) const QUEUES: Keys = Keys::new(&[
    "autofill",
    "force_longest_waiting_caller",
    "keepstats",
    "log_membername_as_agent",
    "log-caller-id-name",
    "monitor-type",
    "negative_penalty_invalid",
    "persistentmembers",
    "shared_lastcall",
    "updatecdr",
]);

pub(super) const QUEUE: Keys = Keys::new(&[
    "announce",
    "announce-frequency",
    "announce-holdtime",
    "announce-position",
    "announce-position-limit",
    "announce-position-only-up",
    "announce-round-seconds",
    "announce-to-first-user",
    "autofill",
    "autopause",
    "autopausebusy",
    "autopausedelay",
    "autopauseunavail",
    "context",
    "defaultrule",
    "eventmemberstatus",
    "eventwhencalled",
    "joinempty",
    "leavewhenempty",
    "log-restricted-caller-id",
    "maxlen",
    "member",
    "memberdelay",
    "membergosub",
    "membermacro",
    "min-announce-frequency",
    "monitor-format",
    "monitor-join",
    "monitor-type",
    "music",
    "musicclass",
    "musiconhold",
    "penaltymemberslimit",
    "periodic-announce",
    "periodic-announce-frequency",
    "periodic-announce-startdelay",
    "random-periodic-announce",
    "relative-periodic-announce",
    "reportholdtime",
    "retry",
    "ringinuse",
    "servicelevel",
    "setinterfacevar",
    "setqueueentryvar",
    "setqueuevar",
    "strategy",
    "timeout",
    "timeoutpriority",
    "timeoutrestart",
    "weight",
    "wrapuptime",
])
.and_beginning_with(&["queue-"]);

pub(super) const MUSIC: Keys = Keys::new(&["cachertclasses", "preferchannelclass"]);

pub(super) const MUSIC_CLASS: Keys = Keys::new(&[
    "announcement",
    "answeredonly",
    "application",
    "digit",
    "directory",
    "entry",
    "format",
    "kill_escalation_delay",
    "kill_method",
    "loop_last",
    "mode",
    "random",
    "sort",
]);

pub(super) const FEATURES: Keys = Keys::new(&[
    "adsipark",
    "atxferabort",
    "atxfercallbackretries",
    "atxfercomplete",
    "atxferdropcall",
    "atxferloopdelay",
    "atxfernoanswertimeout",
    "atxferswap",
    "atxferthreeway",
    "comebackcontext",
    "comebackdialtime",
    "comebacktoorigin",
    "context",
    "courtesytone",
    "featuredigittimeout",
    "findslot",
    "parkedcallhangup",
    "parkedcallrecording",
    "parkedcallreparking",
    "parkedcalltransfers",
    "parkeddynamic",
    "parkedmusicclass",
    "parkedplay",
    "parkext",
    "parkext_exclusive",
    "parkinghints",
    "parkingtime",
    "parkpos",
    "pickupexten",
    "pickupfailsound",
    "pickupsound",
    "recordingfailsound",
    "transferannouncesound",
    "transferdialattempts",
    "transferdigittimeout",
    "transferinvalidsound",
    "transferretrysound",
    "xferfailsound",
    "xfersound",
]);

pub(super) const FEATURE_MAP: Keys =
    Keys::new(&["atxfer", "automixmon", "automon", "blindxfer", "disconnect", "parkcall"]);
