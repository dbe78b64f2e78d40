//! What a program gets to know about the call before anything else.

use std::fmt::Write as _;

use crate::channel::Channel;
use crate::management::pbx::VERSION;

/// What the plan says about the program.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The script, or the whole `agi://` address.
    pub request: &'a str,
    /// The path of a FastAGI address, where it has one.
    pub network_path: Option<&'a str>,
    /// It gets the caller's audio.
    pub is_enhanced: bool,
    pub arguments: &'a [String],
}

/// The `agi_…: value` lines and the empty line that ends them.
pub fn environment(request: &Request<'_>, channel: &Channel) -> String {
    let state = channel.state();
    let known = |text: Option<&str>| text.filter(|text| !text.is_empty()).unwrap_or("unknown").to_owned();
    let position = &state.position;
    let mut lines = String::new();
    let mut line = |name: &str, value: &str| {
        // Nothing in a value may begin a line of its own. Writing to a text cannot fail.
        let _ = writeln!(lines, "agi_{name}: {}", value.replace(['\r', '\n'], " "));
    };
    if request.request.contains("://") {
        line("network", "yes");
        if let Some(path) = request.network_path.filter(|path| !path.is_empty()) {
            line("network_script", path);
        }
    }
    let is_async = request.request.to_ascii_lowercase().starts_with("agi:async");
    line("request", if is_async { "async" } else { request.request });
    line("channel", channel.name());
    line("language", &state.language);
    line("type", channel.leg().technology());
    line("uniqueid", channel.unique_id());
    line("version", VERSION);
    line("callerid", &known(state.caller.number.as_deref()));
    line("calleridname", &known(state.caller.name.as_deref()));
    line("callingpres", &state.caller.presentation().number().to_string());
    line("callingani2", "0");
    line("callington", &state.caller.number_plan.to_string());
    line("callingtns", "0");
    line("dnid", &known(state.dialed.as_deref()));
    line("rdnis", &known(state.redirecting_from.number.as_deref()));
    line("context", &position.context);
    line("extension", &position.extension);
    line("priority", &position.priority.to_string());
    line("enhanced", if request.is_enhanced { "1.0" } else { "0.0" });
    line("accountcode", &state.account_code);
    // Calls have no threads of their own; the number tells calls apart, as Asterisk's does.
    line("threadid", channel.unique_id().rsplit('.').next().unwrap_or("0"));
    for (argument, number) in request.arguments.iter().zip(1..) {
        line(&format!("arg_{number}"), argument);
    }
    lines.push('\n');
    lines
}
