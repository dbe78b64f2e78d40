//! `queue`: who waits and who takes calls.

use std::fmt::{Display, Formatter};

use serde::Serialize;

use crate::applications::queue::orders;
use crate::interpreter::leading_integer;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;
use crate::queues::rules::{Change, Rule};
use crate::queues::{Fault, Member, Queue, report};

pub static SHOW: Command =
    Command::now("queue show", "[queue]", "Shows queues, their members and callers", |request| {
        let exchange = request.exchange();
        let queues = exchange.queues.all();
        let wanted = request.word(0);
        let queues: Vec<_> = queues.into_iter().filter(|queue| wanted.is_empty() || queue.name() == wanted).collect();
        if queues.is_empty() {
            return match wanted {
                "" => Answer::line("No queues."),
                name => Answer::refusal(format!("No such queue: {name}.")),
            };
        }
        let show = |queue: &Queue| Shown {
            name: queue.name().to_owned(),
            calls: queue.count(),
            strategy: queue.settings().strategy.word(),
            members: queue.members().into_iter().map(|member| member.interface).collect(),
            callers: queue.callers().iter().map(|entry| entry.channel.name().to_string()).collect(),
            text: report::show(queue, exchange.epoch(), |device| exchange.device_state(device)),
        };
        Answer::of(Listed(queues.iter().map(|queue| show(queue)).collect()))
    })
    .completes(queues_first);

pub static RELOAD: Command = Command::later(
    "queue reload",
    "{parameters|members|rules|all} [<queue> …]",
    "Reads queues, their members and rules again",
    |request| Box::pin(super::dialplan::reload::reload(request.pbx, "")),
)
.manual("They are read with everything else.")
.completes(|_, words| match words.len() {
    1 => ["all", "members", "parameters", "rules"].map(str::to_owned).to_vec(),
    _ => Vec::new(),
});

pub static SHOW_RULES: Command =
    Command::now("queue show rules", "[rule]", "Shows the rules of queuerules.conf", |request| {
        let rules = request.exchange().queues.rules();
        let wanted = request.word(0);
        let rules = rules.into_iter().filter(|(name, _)| wanted.is_empty() || name.eq_ignore_ascii_case(wanted));
        let text: Vec<String> = rules.map(|(name, rules)| format!("Rule: {name}\n{}", lines(&rules))).collect();
        Answer::line(text.join(""))
    });

fn lines(rules: &[Rule]) -> String {
    let change = |change: Option<Change>| match change {
        None => "by 0".to_owned(),
        Some(Change::To(value)) => format!("to {value}"),
        Some(Change::By(value)) => format!("by {value}"),
    };
    let line = |rule: &Rule| {
        let (max, min, raise) = (change(rule.max), change(rule.min), change(rule.raise));
        format!(
            "\tAfter {} seconds, adjust QUEUE_MAX_PENALTY {max}, adjust QUEUE_MIN_PENALTY {min} and adjust \
             QUEUE_RAISE_PENALTY {raise}\n",
            rule.after
        )
    };
    rules.iter().map(line).collect()
}

pub static ADD: Command = Command::now(
    "queue add member",
    "<interface> to <queue> [penalty <penalty> [as <name> [state_interface <interface>]]]",
    "Adds a member to a queue",
    |request| {
        if request.words.len() < 3 || !request.is(1, "to") {
            return request.usage();
        }
        let (interface, name) = (request.word(0), request.word(2));
        let exchange = request.exchange();
        let mut member = Member::new(interface);
        member.ring_in_use = exchange.queues.find(name).is_some_and(|queue| queue.settings().ring_in_use);
        let mut options = request.words.get(3..).unwrap_or_default().chunks(2);
        for option in options.by_ref() {
            let [key, value] = option else { return request.usage() };
            match (key.to_ascii_lowercase().as_str(), leading_integer(value)) {
                ("penalty", Some(penalty)) if penalty >= 0 => member.penalty = penalty,
                ("penalty", _) => return Answer::failure("Penalty must be an integer >= 0"),
                ("as", _) => value.clone_into(&mut member.name),
                ("state_interface", _) => value.clone_into(&mut member.state_interface),
                _ => return request.usage(),
            }
        }
        match orders::add(exchange, name, member, "CLI") {
            Ok(()) => Answer::line(format!("Added interface '{interface}' to queue '{name}'")),
            Err(Fault::AlreadyThere) => {
                Answer::failure(format!("Unable to add interface '{interface}' to queue '{name}': Already there"))
            }
            Err(_) => Answer::failure(format!("Unable to add interface to queue '{name}': No such queue")),
        }
    },
);

pub static REMOVE: Command =
    Command::now("queue remove member", "<interface> from <queue>", "Removes a member from a queue", |request| {
        let [interface, from, name] = request.words.as_slice() else { return request.usage() };
        if !from.eq_ignore_ascii_case("from") {
            return request.usage();
        }
        let unable = format!("Unable to remove interface '{interface}' from queue '{name}'");
        match orders::remove(request.exchange(), name, interface, "CLI") {
            Ok(()) => Answer::line(format!("Removed interface {interface} from queue '{name}'")),
            Err(Fault::NoSuchQueue) => {
                Answer::failure(format!("Unable to remove interface from queue '{name}': No such queue"))
            }
            Err(Fault::NotDynamic) => Answer::failure(format!("{unable}: Member is not dynamic")),
            Err(_) => Answer::failure(format!("{unable}: Not there")),
        }
    });

pub static PAUSE: Command =
    Command::now("queue pause member", "<member> [queue <queue> [reason <reason>]]", "Pauses a member", |request| {
        pause(request, true)
    });

pub static UNPAUSE: Command = Command::now(
    "queue unpause member",
    "<member> [queue <queue> [reason <reason>]]",
    "Lets a paused member take calls again",
    |request| pause(request, false),
);

fn pause(request: &Request<'_>, is_paused: bool) -> Answer {
    let (interface, queue, reason) = (request.word(0), request.word(2), request.word(4));
    let is_well_written = match request.words.len() {
        1 => true,
        3 => request.is(1, "queue"),
        5 => request.is(1, "queue") && request.is(3, "reason"),
        _ => false,
    };
    if !is_well_written {
        return request.usage();
    }
    let word = if is_paused { "pause" } else { "unpause" };
    let mut where_and_why = String::new();
    if !queue.is_empty() {
        where_and_why = format!(" in queue '{queue}'");
    }
    if !reason.is_empty() {
        where_and_why.push_str(&format!(" for reason '{reason}'"));
    }
    match orders::pause(request.exchange(), queue, interface, is_paused, reason) {
        true => Answer::line(format!("{word}d interface '{interface}'{where_and_why}")),
        false => Answer::failure(format!("Unable to {word} interface '{interface}'{where_and_why}")),
    }
}

pub static SET_PENALTY: Command = Command::now(
    "queue set penalty",
    "<penalty> on <interface> [in <queue>]",
    "Sets the penalty of a member",
    |request| {
        let Some((interface, queue)) = member_and_queue(request) else { return request.usage() };
        let Some(penalty) = leading_integer(request.word(0)) else {
            return Answer::failure("Penalty must be an integer");
        };
        let place = if queue.is_empty() { String::new() } else { format!(" from queue '{queue}'") };
        match orders::set_penalty(request.exchange(), queue, interface, penalty) {
            true => Answer::line(format!("Set penalty on interface '{interface}'{place}")),
            false => Answer::failure(format!("Failed to set penalty on interface '{interface}'{place}")),
        }
    },
);

pub static SET_RINGINUSE: Command = Command::now(
    "queue set ringinuse",
    "<yes/no> on <interface> [in <queue>]",
    "Says whether a member is called while its device is in use",
    |request| {
        let Some((interface, queue)) = member_and_queue(request) else { return request.usage() };
        let rings = crate::conf::is_true(request.word(0));
        let place = if queue.is_empty() { String::new() } else { format!(" from queue '{queue}'") };
        match orders::set_ring_in_use(request.exchange(), queue, interface, rings) {
            true => Answer::line(format!("Set ringinuse on interface '{interface}'{place}")),
            false => Answer::failure(format!("Failed to set ringinuse on interface '{interface}'{place}")),
        }
    },
);

/// `… on INTERFACE [in QUEUE]`
fn member_and_queue<'a>(request: &'a Request<'_>) -> Option<(&'a str, &'a str)> {
    let is_well_written = request.is(1, "on")
        && match request.words.len() {
            3 => true,
            5 => request.is(3, "in"),
            _ => false,
        };
    is_well_written.then(|| (request.word(2), request.word(4)))
}

pub static PRIORITY: Command = Command::now(
    "queue priority caller",
    "<channel> on <queue> to <priority>",
    "Changes the priority of a waiting caller",
    |request| {
        let [channel, on, name, to, priority] = request.words.as_slice() else { return request.usage() };
        let (true, true, Some(priority)) =
            (on.eq_ignore_ascii_case("on"), to.eq_ignore_ascii_case("to"), leading_integer(priority))
        else {
            return request.usage();
        };
        let queue = request.exchange().queues.find(name);
        match queue.is_some_and(|queue| queue.set_priority(channel, priority)) {
            true => Answer::line(format!("Caller's priority on {name} was successfully changed to {priority}")),
            false => {
                Answer::failure(format!("Unable to change priority caller '{channel}' on queue '{name}': Not there"))
            }
        }
    },
);

pub static RESET_STATS: Command =
    Command::now("queue reset stats", "[<queue>…]", "Begins the figures of queues anew", |request| {
        let queues = request.exchange().queues.all();
        let is_wanted =
            |queue: &Queue| request.words.is_empty() || request.words.iter().any(|name| name == queue.name());
        queues.iter().filter(|queue| is_wanted(queue)).for_each(|queue| queue.reset_statistics());
        Answer::default()
    })
    .completes(queues_first);

/// The queues' names, wherever a word may stand.
fn queues_first(pbx: &Pbx, _words: &[&str]) -> Vec<String> {
    pbx.exchange.queues.all().iter().map(|queue| queue.name().to_owned()).collect()
}

#[derive(Serialize)]
struct Shown {
    name: String,
    calls: usize,
    strategy: &'static str,
    members: Vec<String>,
    callers: Vec<String>,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Listed(Vec<Shown>);

impl Display for Listed {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|queue| writeln!(formatter, "{}", queue.text))
    }
}

#[cfg(test)]
mod tests {
    use crate::conf::Memory;
    use crate::management::console::testing::Desk;

    #[tokio::test(start_paused = true)]
    async fn members_are_added_shown_paused_and_removed() {
        let files = Memory::default()
            .with("etc/extensions.conf", "[default]\n")
            .with("etc/queues.conf", "[general]\n[sales]\nmember => Local/1@m,2,Ann\n")
            .with("etc/queuerules.conf", "[later]\npenaltychange => 30,+2,1\n");
        let desk = Desk::with(files);
        let told = desk.tell("queue add member SIP/7 to sales penalty 3 as Bob").await;
        assert_eq!(told, "Added interface 'SIP/7' to queue 'sales'\n");
        assert!(desk.tell("queue add member SIP/7 to sales").await.contains("Already there\nCommand 'queue add"));
        let told = desk.tell("queue pause member SIP/7 queue sales reason lunch").await;
        assert_eq!(told, "paused interface 'SIP/7' in queue 'sales' for reason 'lunch'\n");
        assert_eq!(
            desk.tell("queue set penalty 9 on SIP/7 in sales").await,
            "Set penalty on interface 'SIP/7' from queue 'sales'\n"
        );
        let shown = desk.tell("queue show sales").await;
        assert!(shown.starts_with("sales has 0 calls (max unlimited) in 'ringall' strategy (0s holdtime"), "{shown}");
        assert!(
            shown.contains("Bob (SIP/7) with penalty 9 (ringinuse enabled) (dynamic) (paused:lunch was 0"),
            "{shown}"
        );
        assert!(desk.tell("queue remove member Local/1@m from sales").await.contains("not dynamic"));
        assert_eq!(
            desk.tell("queue remove member SIP/7 from sales").await,
            "Removed interface SIP/7 from queue 'sales'\n"
        );
        assert_eq!(desk.tell("queue show none").await, "No such queue: none.\n");
        assert!(desk.tell("queue show rules").await.contains("After 30 seconds, adjust QUEUE_MAX_PENALTY by 2"));
        assert_eq!(desk.tell("queue reset stats").await, "");
    }
}
