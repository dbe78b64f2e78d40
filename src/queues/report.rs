//! What the console and the plan show of queues.

use std::fmt::Write as _;

use super::{Member, Queue};
use crate::channel::DeviceState;

/// `queue show` of one queue. `state` tells what a device does, `now` is in seconds since 1970.
pub fn show(queue: &Queue, now: i64, state: impl Fn(&str) -> DeviceState) -> String {
    let settings = queue.settings();
    let statistics = queue.statistics();
    let most = match settings.max_length {
        0 => "unlimited".to_owned(),
        most => most.to_string(),
    };
    let mut out = format!(
        "{} has {} calls (max {most}) in '{}' strategy ({}s holdtime, {}s talktime), W:{}, C:{}, A:{}, SL:{:.1}%, \
         SL2:{:.1}% within {}s\n",
        queue.name(),
        queue.count(),
        settings.strategy.word(),
        statistics.hold_time,
        statistics.talk_time,
        settings.weight,
        statistics.completed,
        statistics.abandoned,
        statistics.service_level(),
        statistics.service_level_of_all(),
        settings.service_level,
    );
    let members = queue.members();
    out.push_str(if members.is_empty() { "   No Members\n" } else { "   Members: \n" });
    for member in &members {
        let _ = writeln!(out, "      {}", line(member, state(&member.state_interface), now));
    }
    let callers = queue.callers();
    out.push_str(if callers.is_empty() { "   No Callers\n" } else { "   Callers: \n" });
    for entry in callers {
        let waited = entry.joined.elapsed().as_secs();
        let name = entry.channel.name();
        let _ = writeln!(
            out,
            "      {}. {name} (wait: {}:{:02}, prio: {})",
            entry.position,
            waited / 60,
            waited % 60,
            entry.priority
        );
    }
    out
}

/// A member with all that is to be said of it.
fn line(member: &Member, state: DeviceState, now: i64) -> String {
    let mut out = member.name.clone();
    if !member.name.eq_ignore_ascii_case(&member.interface) {
        let _ = write!(out, " ({}", member.interface);
        if member.state_interface != member.interface {
            let _ = write!(out, " from {}", member.state_interface);
        }
        out.push(')');
    }
    if member.penalty != 0 {
        let _ = write!(out, " with penalty {}", member.penalty);
    }
    let _ = write!(out, " (ringinuse {})", if member.ring_in_use { "enabled" } else { "disabled" });
    if member.is_dynamic {
        out.push_str(" (dynamic)");
    }
    if member.is_in_call {
        out.push_str(" (in call)");
    }
    if member.is_paused {
        let reason = if member.pause_reason.is_empty() { String::new() } else { format!(":{}", member.pause_reason) };
        let _ = write!(out, " (paused{reason} was {} secs ago)", now - member.last_pause);
    }
    let _ = write!(out, " ({})", state.text());
    match member.calls {
        0 => out.push_str(" has taken no calls yet"),
        calls => _ = write!(out, " has taken {calls} calls (last was {} secs ago)", now - member.last_call),
    }
    if member.login > 0 {
        let _ = write!(out, " (login was {} secs ago)", now - member.login);
    }
    out
}

/// The variables of `setqueuevar` and `QUEUE_VARIABLES()`.
pub fn figures(queue: &Queue) -> [(&'static str, String); 10] {
    let settings = queue.settings();
    let statistics = queue.statistics();
    [
        ("QUEUENAME", queue.name().to_owned()),
        ("QUEUEMAX", settings.max_length.to_string()),
        ("QUEUESTRATEGY", settings.strategy.word().to_owned()),
        ("QUEUECALLS", queue.count().to_string()),
        ("QUEUEHOLDTIME", statistics.hold_time.to_string()),
        ("QUEUETALKTIME", statistics.talk_time.to_string()),
        ("QUEUECOMPLETED", statistics.completed.to_string()),
        ("QUEUEABANDONED", statistics.abandoned.to_string()),
        ("QUEUESRVLEVEL", settings.service_level.to_string()),
        ("QUEUESRVLEVELPERF", format!("{:.1}", statistics.service_level())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queues::Settings;

    #[test]
    fn the_layout_that_scripts_read() {
        let queue = Queue::new("sales");
        let ann = Member { calls: 2, last_call: 90, penalty: 1, name: "Ann".to_owned(), ..Member::new("SIP/1") };
        let bob = Member { is_dynamic: true, ring_in_use: true, login: 40, ..Member::new("SIP/2") };
        queue.apply(Settings::default(), vec![ann.clone()], 30);
        queue.change("SIP/1", |member| *member = Member { login: 30, ..ann });
        queue.add(bob);
        queue.pause("SIP/2", true, "lunch", 70);
        assert_eq!(
            show(&queue, 100, |_| DeviceState::NotInUse),
            "sales has 0 calls (max unlimited) in 'ringall' strategy (0s holdtime, 0s talktime), W:0, C:0, A:0, \
             SL:0.0%, SL2:0.0% within 0s\n   Members: \n      Ann (SIP/1) with penalty 1 (ringinuse disabled) \
             (Not in use) has taken 2 calls (last was 10 secs ago) (login was 70 secs ago)\n      SIP/2 (ringinuse \
             enabled) (dynamic) (paused:lunch was 30 secs ago) (Not in use) has taken no calls yet (login was 60 secs \
             ago)\n   No Callers\n"
        );
    }
}
