//! `pjsip set history`, `pjsip show history`

use std::fmt::{Display, Formatter, Result};
use std::net::SocketAddr;

use serde::Serialize;

use crate::management::console::{Answer, Command, Request};
use crate::sip::transport::Passed;

pub static SET: Command =
    Command::now("pjsip set history", "on|off|clear", "Keeps whole SIP messages, or forgets all", |request| {
        let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
        let said = match request.word(0).to_ascii_lowercase().as_str() {
            "on" => {
                agent.keep_whole_messages(true);
                "enabled"
            }
            "off" => {
                agent.keep_whole_messages(false);
                "disabled"
            }
            "clear" => {
                agent.clear_history();
                "cleared"
            }
            _ => return request.usage(),
        };
        Answer::line(format!("PJSIP History {said}"))
    })
    .manual("The first lines of the last 4096 messages are always kept, of sip.conf's phones, too.")
    .completes(|_, words| match words.len() {
        1 => ["clear", "off", "on"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    });

pub static SHOW: Command = Command::now(
    "pjsip show history",
    "[entry <number>]",
    "Shows the SIP messages that came and went of late, or one of them",
    |request| {
        let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
        let passed = agent.history();
        match request.words.as_slice() {
            [] => Answer::of(History { messages: passed.iter().map(|message| Line::of(request, message)).collect() }),
            [entry, number] if entry.eq_ignore_ascii_case("entry") => one(request, &passed, number),
            _ => request.usage(),
        }
    },
)
.manual("A message is whole if it passed while `pjsip set history on` held. See also `channel show ladder`.");

fn one(request: &Request<'_>, passed: &[Passed], number: &str) -> Answer {
    let wanted = number.parse::<u64>().ok();
    let Some(message) = passed.iter().find(|message| Some(message.number) == wanted) else {
        return Answer::failure(format!("Invalid history entry '{number}'"));
    };
    let Line { number, time, is_received, peer, message: start_line } = Line::of(request, message);
    let way = if is_received { "Received from" } else { "Sent to" };
    let text = match &message.text {
        Some(text) => text.replace("\r\n", "\n"),
        None => format!("{start_line}\n(only the first line was kept: `pjsip set history on` keeps whole messages)"),
    };
    Answer::line(format!("<--- History Entry {number} {way} {peer} at {time} --->\n{text}"))
}

#[derive(Serialize)]
struct Line {
    number: u64,
    /// Unix time.
    time: u64,
    is_received: bool,
    peer: SocketAddr,
    message: String,
}

impl Line {
    fn of(request: &Request<'_>, message: &Passed) -> Self {
        Self {
            number: message.number,
            time: request.exchange().channels.unix_time(message.at).as_secs(),
            is_received: message.is_received,
            peer: message.peer,
            message: message.start_line.to_string(),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct History {
    messages: Vec<Line>,
}

impl Display for History {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "{:<5} {:<10} {:<5} {:<24} {:<35}", "No.", "Timestamp", "(Dir)", "Address", "SIP Message")?;
        writeln!(formatter, "{} {} {} {}", "=".repeat(5), "=".repeat(10), "=".repeat(30), "=".repeat(35))?;
        for Line { number, time, is_received, peer, message } in &self.messages {
            let way = if *is_received { "<==" } else { "==>" };
            writeln!(formatter, "{number:05} {time:<10} * {way} {:<24} {message}", peer.to_string())?;
        }
        Ok(())
    }
}
