//! `module`: Asterisk's modules. exten is one program; what scripts ask for by a module's name is answered by what it does.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::dialplan::reload::reload;
use crate::management::console::{Answer, Command, Request};

pub static SHOW: Command =
    Command::now("module show", "[like <text>]", "Lists Asterisk's modules whose work exten does itself", |request| {
        let text = match request.words.as_slice() {
            [] => "",
            [like, text] if like.eq_ignore_ascii_case("like") => text.as_str(),
            _ => return request.usage(),
        };
        let text = text.to_lowercase();
        let modules = all(request).into_iter().filter(|module| module.name.to_lowercase().contains(&text));
        Answer::of(Modules(modules.collect()))
    });

pub static RELOAD: Command = Command::later(
    "module reload",
    "[<module> …]",
    "Reads the configuration again: all files are one configuration",
    |request| {
        Box::pin(async move {
            let known = all(request);
            let unknown =
                request.words.iter().find(|name| !known.iter().any(|module| stem(&module.name) == stem(name)));
            if let Some(unknown) = unknown {
                return Answer::refusal(format!("No such module '{unknown}'"));
            }
            let done: String =
                request.words.iter().map(|name| format!("Module '{name}' reloaded successfully.\n")).collect();
            reload(request.pbx, &done).await
        })
    },
);

pub static LOAD: Command =
    Command::now("module load", "<module>", "Says whether exten does a module's work", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        match all(request).iter().any(|module| stem(&module.name) == stem(name)) {
            true => Answer::line(format!("Loaded {name}")),
            false => Answer::failure(format!("Unable to load module {name}")),
        }
    });

pub static UNLOAD: Command =
    Command::now("module unload", "<module>", "Says that exten's parts are always there", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        Answer::failure(format!("Unable to unload resource {name}"))
    });

fn stem(name: &str) -> &str {
    name.strip_suffix(".so").unwrap_or(name)
}

/// What is there whatever applications and functions there are.
const SERVICES: [(&str, &str); 17] = [
    ("bridge_builtin_features.so", "Built in bridging features"),
    ("bridge_simple.so", "Simple two channel bridging module"),
    ("bridge_softmix.so", "Multi-party software based channel mixing"),
    ("cdr_csv.so", "Comma Separated Values CDR Backend"),
    ("chan_pjsip.so", "PJSIP Channel Driver"),
    ("chan_sip.so", "Session Initiation Protocol (SIP)"),
    ("codec_alaw.so", "A-law Coder/Decoder"),
    ("codec_ulaw.so", "mu-Law Coder/Decoder"),
    ("format_pcm.so", "Raw/Sun uLaw/ALaw 8KHz (PCM,PCMA,AU)"),
    ("format_sln.so", "Raw Signed Linear Audio support (SLN)"),
    ("format_wav.so", "Microsoft WAV/WAV16 format"),
    ("pbx_config.so", "Text Extension Configuration"),
    ("pbx_loopback.so", "Loopback Switch"),
    ("res_agi.so", "Asterisk Gateway Interface (AGI)"),
    ("res_musiconhold.so", "Music On Hold Resource"),
    ("res_pjsip.so", "Basic SIP resource"),
    ("res_rtp_asterisk.so", "Asterisk RTP Stack"),
];

fn all(request: &Request<'_>) -> Vec<Module> {
    let library = request.exchange().library;
    let services = SERVICES.map(|(name, description)| Module { name: name.to_owned(), description });
    let applications = library.applications.iter().map(|application| Module {
        name: format!("app_{}.so", application.name.to_lowercase()),
        description: application.synopsis,
    });
    let functions = library.functions.iter().map(|function| Module {
        name: format!("func_{}.so", function.name.to_lowercase()),
        description: function.synopsis,
    });
    let mut modules: Vec<Module> = services.into_iter().chain(applications).chain(functions).collect();
    modules.sort_by(|one, other| one.name.cmp(&other.name));
    modules
}

#[derive(Serialize)]
struct Module {
    name: String,
    description: &'static str,
}

#[derive(Serialize)]
struct Modules(Vec<Module>);

impl Display for Modules {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |name: &str, about: &str, uses: &str, status: &str, support: &str| {
            writeln!(formatter, "{name:<30} {about:<40.40} {uses:<10} {status:<11} {support:>13}")
        };
        row("Module", "Description", "Use Count", "Status", "Support Level")?;
        for Module { name, description } in &self.0 {
            row(name, description, "0", "Running", "core")?;
        }
        writeln!(formatter, "{} modules loaded", self.0.len())
    }
}
