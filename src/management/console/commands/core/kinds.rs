//! `core show channeltypes`, `core show file formats`, `core show switches`, `ari show status`

use crate::management::console::table::{Column, Table};
use crate::management::console::{Answer, Command};
use crate::media::Codec;

const TYPES: &[Column] = &[
    ("Type", 16, "type"),
    ("Description", 40, "description"),
    ("Devicestate", 13, "devicestate"),
    ("Presencestate", 13, "presencestate"),
    ("Indications", 13, "indications"),
    ("Transfer", 13, "transfer"),
];

const KINDS: [(&str, &str); 5] = [
    ("Local", "Local Proxy Channel Driver"),
    ("Message", "Custom Message Channel Driver"),
    ("PJSIP", "PJSIP Channel Driver"),
    ("SIP", "Session Initiation Protocol (SIP)"),
    ("Surrogate", "Surrogate channel used to pull channel from an application"),
];

pub static CHANNEL_TYPES: Command =
    Command::now("core show channeltypes", "", "Lists what channels may be made of", |request| {
        let channels = &request.exchange().channels;
        let known = KINDS.iter().filter(|(name, _)| channels.has_technology(name) || *name == "Message");
        let rows: Vec<Vec<String>> = known
            .map(|(name, description)| {
                let is_telephone = if name.ends_with("SIP") { "yes" } else { "no" };
                let has_state = if *name == "Message" { "no" } else { "yes" };
                [name, description, has_state, "no", "yes", is_telephone].map(str::to_owned).to_vec()
            })
            .collect();
        let count = rows.len();
        let rule = [13, 13, 13, 13, 13, 13].map(|width| "-".repeat(width)).to_vec();
        let rows = std::iter::once(rule).chain(rows).collect();
        Answer::of(Table::new(TYPES, rows).ending(format!("----------\n{count} channel drivers registered.")))
    });

pub static CHANNEL_TYPE: Command =
    Command::now("core show channeltype", "<name>", "Shows what channels of a type can do", |request| {
        let [wanted] = request.words.as_slice() else { return request.usage() };
        let channels = &request.exchange().channels;
        let known = KINDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let Some((name, _)) = known.filter(|(name, _)| channels.has_technology(name)) else {
            return Answer::failure(format!("\n{wanted} is not a registered channel driver."));
        };
        let is_telephone = if name.ends_with("SIP") { "yes" } else { "no" };
        let codecs: Vec<&str> = Codec::ALL.into_iter().map(Codec::name).collect();
        let facts = [
            ("Device State", "yes".to_owned()),
            ("Presence State", "no".to_owned()),
            ("Indication", "yes".to_owned()),
            ("Transfer ", is_telephone.to_owned()),
            ("Capabilities", format!("({})", codecs.join("|"))),
            ("Digit Begin", "yes".to_owned()),
            ("Digit End", "yes".to_owned()),
            ("Send HTML ", "no".to_owned()),
            ("Image Support", "no".to_owned()),
            ("Text Support", "yes".to_owned()),
        ];
        let facts = facts.map(|(what, value)| format!("{what:>14}: {value}\n"));
        Answer::lines(format!("-- Info about channel driver: {name} --\n{}", facts.concat()))
    })
    .completes(|_, _| KINDS.map(|(name, _)| name.to_owned()).to_vec());

const FORMATS: &[Column] = &[("Format", 10, "format"), ("Name", 10, "name"), ("Extensions", 0, "extensions")];

/// Formats of sound files: what is in them, how Asterisk calls them, and how their names end.
const FILES: [(&str, &str, &str); 14] = [
    ("alaw", "alaw", "alaw|al|alw"),
    ("g722", "g722", "g722"),
    ("gsm", "gsm", "gsm"),
    ("gsm", "wav49", "WAV|wav49"),
    ("slin", "sln", "sln|raw"),
    ("slin12", "sln12", "sln12"),
    ("slin16", "sln16", "sln16"),
    ("slin24", "sln24", "sln24"),
    ("slin32", "sln32", "sln32"),
    ("slin44", "sln44", "sln44"),
    ("slin48", "sln48", "sln48"),
    ("slin", "wav", "wav"),
    ("slin16", "wav16", "wav16"),
    ("ulaw", "pcm", "pcm|ulaw|ul|mu|ulw"),
];

pub static FILE_FORMATS: Command =
    Command::now("core show file formats", "", "Lists the formats of sound files", |_| {
        let rows = FILES.map(|(format, name, ends)| [format, name, ends].map(str::to_owned).to_vec());
        let count = rows.len();
        Answer::of(Table::new(FORMATS, rows.to_vec()).ending(format!("{count} file formats registered.")))
    });

pub static SWITCHES: Command = Command::now("core show switches", "", "Lists the switches of plans", |_| {
    Answer::line(
        "\n    -= Registered Asterisk Alternative Switches =-\nLoopback: Loopback Dialplan Switch\nRealtime: Realtime Dialplan Switch",
    )
});

/// exten has no ARI.
pub static ARI_STATUS: Command = Command::now("ari show status", "", "Says that there is no ARI", |_| {
    Answer::line("ARI Status:\nEnabled: No\nexten has no ARI: programs steer calls by the manager (AMI) and AGI")
});
