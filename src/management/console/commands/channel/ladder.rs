//! `channel show ladder`: the SIP messages of a call, drawn between those who sent them.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter, Result};
use std::net::SocketAddr;

use serde::Serialize;
use tokio::time::Instant;

use crate::management::console::{Answer, Command};
use crate::management::pbx::Pbx;
use crate::sip::transport::{Belonging, Passed};

pub static SHOW_LADDER: Command = Command::now(
    "channel show ladder",
    "<channel>|<call>|<text>",
    "Draws the SIP messages of a call, also of one that is over",
    |request| {
        let [wanted] = request.words.as_slice() else { return request.usage() };
        let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
        let (calls, passed) = (agent.recent_calls(), agent.history());
        let dialogs = dialogs_of(wanted, &calls, &passed);
        let mut messages: Vec<Passed> =
            passed.into_iter().filter(|message| dialogs.contains(&*message.call_id)).collect();
        messages.sort_by_key(|message| message.number);
        match messages.first().map(|first| first.at) {
            Some(begin) => Answer::of(Ladder::of(begin, &messages)),
            None => Answer::refusal(format!("No SIP message of '{wanted}' is remembered")),
        }
    },
)
.manual(
    "A call is named by one of its channels, by its identifier (C-0000002a, as `core show channel` has it), by a unique id, \
     or by a text that its first message or its Call-ID holds, such as a number. The last 4096 messages are remembered.",
)
.completes(completed);

fn completed(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    let Some(agent) = pbx.agent.as_ref().filter(|_| words.len() == 1) else { return Vec::new() };
    agent.recent_calls().iter().rev().take(20).map(|call| call.channel.to_string()).collect()
}

/// The Call-IDs of all dialogs of the calls that are meant.
fn dialogs_of(wanted: &str, calls: &[Belonging], passed: &[Passed]) -> BTreeSet<Box<str>> {
    let number = wanted.trim_matches(['[', ']']).strip_prefix("C-").and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let is_meant = |call: &Belonging| {
        let identifier = call.linked_id.rsplit_once('.').and_then(|(_, number)| number.parse().ok());
        call.channel.eq_ignore_ascii_case(wanted)
            || *call.linked_id == *wanted
            || number.is_some_and(|number| identifier == Some(number))
    };
    let mut linked: BTreeSet<&str> = calls.iter().filter(|call| is_meant(call)).map(|call| &*call.linked_id).collect();
    let mut dialogs = BTreeSet::new();
    if linked.is_empty() {
        let holds = |message: &&Passed| message.start_line.contains(wanted) || message.call_id.contains(wanted);
        dialogs.extend(passed.iter().filter(holds).map(|message| message.call_id.clone()));
        let known = calls.iter().filter(|call| dialogs.contains(&call.call_id));
        linked.extend(known.map(|call| &*call.linked_id));
    }
    dialogs.extend(calls.iter().filter(|call| linked.contains(&*call.linked_id)).map(|call| call.call_id.clone()));
    dialogs
}

#[derive(Serialize)]
struct Ladder {
    /// Those that exten exchanged messages with, in the order of the first.
    peers: Vec<SocketAddr>,
    messages: Vec<Rung>,
}

#[derive(Serialize)]
struct Rung {
    /// Since the first message.
    seconds: f64,
    peer: SocketAddr,
    is_received: bool,
    message: String,
    call_id: String,
}

impl Ladder {
    fn of(begin: Instant, messages: &[Passed]) -> Self {
        let mut peers = Vec::new();
        let rungs = messages.iter().map(|message| {
            if !peers.contains(&message.peer) {
                peers.push(message.peer);
            }
            Rung {
                seconds: message.at.saturating_duration_since(begin).as_secs_f64(),
                peer: message.peer,
                is_received: message.is_received,
                message: words(message),
                call_id: message.call_id.to_string(),
            }
        });
        let messages = rungs.collect();
        Self { peers, messages }
    }
}

/// `INVITE (SDP)`, `183 Session Progress (SDP)`, `200 OK of BYE`
fn words(message: &Passed) -> String {
    let description = if message.has_description { " (SDP)" } else { "" };
    match message.start_line.strip_prefix("SIP/2.0 ") {
        None => format!("{}{description}", message.method),
        Some(status) if &*message.method == "INVITE" => format!("{status}{description}"),
        Some(status) => format!("{status} of {}{description}", message.method),
    }
}

/// From one line of life to the next.
const GAP: usize = 34;

impl Display for Ladder {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        // The first peer stands left of exten, all others right of it.
        let place = |peer: usize| if peer == 0 { 0 } else { peer + 1 };
        let count = self.peers.len() + 1;
        let mut heads = vec![String::new(); count];
        for (at, peer) in self.peers.iter().enumerate() {
            if let Some(head) = heads.get_mut(place(at)) {
                *head = peer.to_string();
            }
        }
        if let Some(head) = heads.get_mut(1) {
            "exten".clone_into(head);
        }
        let heads: Vec<String> = heads.iter().map(|head| format!("{head:<GAP$}")).collect();
        writeln!(formatter, "{:>9}  {}", "seconds", heads.concat().trim_end())?;
        for rung in &self.messages {
            let peer = self.peers.iter().position(|peer| *peer == rung.peer).map_or(0, place);
            let (left, right) = (peer.min(1), peer.max(1));
            let goes_right = rung.is_received == (peer == 0);
            let mut line = String::new();
            for gap in 0..count - 1 {
                line.push('│');
                match gap {
                    gap if gap == left => line.push_str(&arrow(&rung.message, (right - left) * GAP - 1, goes_right)),
                    gap if gap > left && gap < right => {
                        // The arrow goes through.
                        line.pop();
                    }
                    _ => line.push_str(&" ".repeat(GAP - 1)),
                }
            }
            writeln!(formatter, "{:>9.3}  {line}│", rung.seconds)?;
        }
        Ok(())
    }
}

/// `──── INVITE (SDP) ────>`, so many columns wide.
fn arrow(words: &str, width: usize, goes_right: bool) -> String {
    let words: String = words.chars().take(width.saturating_sub(6)).collect();
    let dashes = width.saturating_sub(words.chars().count() + 3);
    let (before, behind) = ("─".repeat(dashes / 2), "─".repeat(dashes - dashes / 2));
    match goes_right {
        true => format!("{before} {words} {behind}>"),
        false => format!("<{before} {words} {behind}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn passed(number: u64, is_received: bool, peer: &str, call_id: &str, start_line: &str, method: &str) -> Passed {
        Passed {
            number,
            at: Instant::now() + Duration::from_millis(10 * number),
            is_received,
            transport: rsip::Transport::Udp,
            peer: peer.parse().unwrap(),
            call_id: call_id.into(),
            start_line: start_line.into(),
            method: method.into(),
            has_description: method == "INVITE" && start_line.ends_with("SIP/2.0"),
            text: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn both_sides_of_a_call_stand_on_one_ladder() {
        let (ann, bob) = ("192.0.2.1:5060", "192.0.2.2:5062");
        let all = vec![
            passed(0, true, ann, "a", "INVITE sip:2002@192.0.2.9 SIP/2.0", "INVITE"),
            passed(1, false, ann, "a", "SIP/2.0 100 Trying", "INVITE"),
            passed(2, false, bob, "b", "INVITE sip:2002@192.0.2.2 SIP/2.0", "INVITE"),
            passed(3, true, bob, "b", "SIP/2.0 180 Ringing", "INVITE"),
            passed(4, false, ann, "a", "SIP/2.0 180 Ringing", "INVITE"),
            passed(5, true, ann, "a", "BYE sip:2002@192.0.2.9 SIP/2.0", "BYE"),
            passed(6, false, ann, "a", "SIP/2.0 200 OK", "BYE"),
            passed(7, true, "192.0.2.7:5060", "other", "OPTIONS sip:192.0.2.9 SIP/2.0", "OPTIONS"),
        ];
        let call = |call_id: &str, channel: &str| Belonging {
            call_id: call_id.into(),
            channel: channel.into(),
            linked_id: "1700000000.42".into(),
        };
        let calls = [call("a", "PJSIP/ann-00000000"), call("b", "PJSIP/bob-00000001")];
        for wanted in ["pjsip/bob-00000001", "C-0000002a", "[C-0000002a]", "1700000000.42", "2002@192.0.2.2"] {
            let dialogs = dialogs_of(wanted, &calls, &all);
            assert_eq!(dialogs.iter().map(|id| &**id).collect::<Vec<_>>(), ["a", "b"], "{wanted}");
        }
        assert!(dialogs_of("2003", &calls, &all).is_empty());
        let ladder = Ladder::of(all[0].at, &all[..7]);
        insta::assert_snapshot!(ladder.to_string(), @r"
        seconds  192.0.2.1:5060                    exten                             192.0.2.2:5062
          0.000  │───────── INVITE (SDP) ─────────>│                                 │
          0.010  │<────────── 100 Trying ──────────│                                 │
          0.020  │                                 │───────── INVITE (SDP) ─────────>│
          0.030  │                                 │<───────── 180 Ringing ──────────│
          0.040  │<───────── 180 Ringing ──────────│                                 │
          0.050  │───────────── BYE ──────────────>│                                 │
          0.060  │<──────── 200 OK of BYE ─────────│                                 │
        ");
    }
}
