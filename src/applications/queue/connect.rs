//! What happens once a member answers: what it is told first, the talk, and what is noted of it.

use std::sync::Arc;

use super::Wish;
use super::events;
use super::offer::Answered;
use super::visit::{Exit, Visit};
use crate::applications::playing;
use crate::applications::saying::{self, Language};
use crate::applications::talk::{self, Ended, Terms};
use crate::channel::Channel;
use crate::interpreter::{Call, Exchange, Outcome};
use crate::queues::settings::Settings;
use crate::queues::{Member, Queue};

/// Connects the caller with a member that answered. `None` where the member hung up before.
pub(super) async fn connect(call: &mut Call, visit: &mut Visit, wish: &Wish, answered: Answered) -> Option<Exit> {
    let Answered { mut callee, member, rang } = answered;
    let settings = visit.settings();
    let is_in_service_level = visit.place.waited() <= settings.service_level;
    visit.queue().note_hold_time(visit.place.waited());
    let agent = Arc::clone(callee.channel());
    if !tell_member(call, visit, wish, &agent, &settings, &member).await {
        let named = (&**visit.queue(), &member);
        visit.place.log(&member.name, "AGENTDUMP", "");
        events::publish_called(&call.exchange, &call.channel, Some(&agent), "AgentDump", named, &[]);
        return None;
    }
    visit.end_sound();
    if !settings.prompts.caller_announce.is_empty() {
        playing::play(call, &settings.prompts.caller_announce).await;
    }
    set_variables(call, visit, &settings, &member, &agent);
    if let Some(target) = wish.options.has('F').then(|| wish.options.argument('F')) {
        callee.set_successor(call, target);
    }
    begin_recording(call, &settings).await;
    visit.place.note_served();
    if call.exchange.queues.general().updates_records {
        call.channel.state().records.name_called(agent.name(), &member.name);
    }
    let mut served = Served {
        exchange: Arc::clone(&call.exchange),
        queue: Arc::clone(visit.queue()),
        member: member.clone(),
        caller: Arc::clone(&call.channel),
        agent: Arc::clone(&agent),
        waited: 0,
        original_position: visit.place.original_position,
        is_in_service_level,
        begun: call.exchange.epoch(),
        is_told: false,
    };
    visit.place.leave();
    run_routines(call, wish, &settings, &agent).await;
    call.channel.answer();
    let waited = visit.place.waited();
    served.waited = waited;
    let (hold, ring) = (waited.to_string(), rang.as_secs().to_string());
    visit.place.log(&member.name, "CONNECT", &format!("{hold}|{}|{ring}", agent.unique_id()));
    let more = [("HoldTime", hold.as_str()), ("RingTime", ring.as_str())];
    let named = (&*served.queue, &member);
    events::publish_called(&call.exchange, &call.channel, Some(&agent), "AgentConnect", named, &more);
    served.begin();
    let ended = {
        let terms = Terms { options: &wish.options, limit: None };
        let mut talk = std::pin::pin!(talk::talk(call, callee, &terms));
        loop {
            tokio::select! {
                biased;
                ended = &mut talk => break ended,
                // The talk goes on without the member: it has handed the caller over.
                () = agent.interrupted(), if !served.is_told => served.tell(Reason::HandedOver),
            }
        }
    };
    served.tell(match ended {
        Ended::Disconnected(talk::Side::Caller) => Reason::Caller,
        _ if call.channel.is_interrupted() => Reason::Caller,
        _ => Reason::Agent,
    });
    Some(Exit::Served { hangs_up: ended == Ended::HangsUp })
}

/// What the member hears before the caller; false where it hung up meanwhile.
async fn tell_member(
    call: &Call,
    visit: &Visit,
    wish: &Wish,
    agent: &Arc<Channel>,
    settings: &Settings,
    member: &Member,
) -> bool {
    let announcement =
        wish.announce.clone().or_else(|| Some(settings.announce.clone())).filter(|name| !name.is_empty());
    let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(agent));
    let telling = async {
        if settings.member_delay > 0 {
            tracing::debug!("queue: {} is connected in {} seconds", member.interface, settings.member_delay);
            tokio::time::sleep(std::time::Duration::from_secs(settings.member_delay)).await;
        }
        if let Some(sound) = announcement {
            playing::play(&mut theirs, &sound).await;
        }
        if settings.report_hold_time {
            let sounds = hold_time_sounds(settings, visit.place.waited(), Language::spoken_to(&theirs.channel));
            playing::play_each(&mut theirs, &sounds, "").await;
        }
    };
    tokio::select! {
        biased;
        () = agent.interrupted() => false,
        () = telling => !agent.is_interrupted(),
    }
}

fn hold_time_sounds(settings: &Settings, waited: u64, language: Language) -> Vec<String> {
    let prompts = &settings.prompts;
    let mut sounds = vec![prompts.report_hold.clone()];
    let spoken = |number: u64| saying::number(i64::try_from(number).unwrap_or(i64::MAX), language);
    let (minutes, seconds) = (waited / 60, waited % 60);
    if minutes > 0 {
        sounds.extend(spoken(minutes));
        sounds.push(prompts.minutes.clone());
    }
    if seconds > 1 {
        sounds.extend(spoken(seconds));
        sounds.push(prompts.seconds.clone());
    }
    sounds
}

fn set_variables(call: &Call, visit: &Visit, settings: &Settings, member: &Member, agent: &Channel) {
    let mut variables = Vec::new();
    if settings.set_interface_var {
        variables.extend([
            ("MEMBERINTERFACE", member.interface.clone()),
            ("MEMBERNAME", member.name.clone()),
            ("MEMBERCALLS", member.calls.to_string()),
            ("MEMBERLASTCALL", member.last_call.to_string()),
            ("MEMBERPENALTY", member.penalty.to_string()),
            ("MEMBERDYNAMIC", u8::from(member.is_dynamic).to_string()),
            ("MEMBERREALTIME", "0".to_owned()),
        ]);
    }
    if settings.set_queue_entry_var {
        variables.push(("QEHOLDTIME", visit.place.waited().to_string()));
        variables.push(("QEORIGINALPOS", visit.place.original_position.to_string()));
    }
    for channel in [&*call.channel, agent] {
        for (name, value) in &variables {
            channel.set_variable(name, value);
        }
        visit.place.set_figures(channel);
    }
}

/// Records the talk where the queue has `monitor-format`.
async fn begin_recording(call: &mut Call, settings: &Settings) {
    if settings.monitor_format.is_empty() {
        return;
    }
    let name = if settings.mixes_recordings { "MixMonitor" } else { "Monitor" };
    let Some(application) = call.exchange.library.application(name) else {
        call.context().warn(&format!("Queue: there is no {name}: the call is not recorded"));
        return;
    };
    let format = settings.monitor_format.split('|').next().unwrap_or("wav").to_owned();
    let arguments = {
        let mut context = call.context();
        let mut variable = |name: &str| context.get(name).filter(|value| !value.is_empty());
        let file = variable("MONITOR_FILENAME");
        let options = variable("MONITOR_OPTIONS").unwrap_or_default();
        let program = variable("MONITOR_EXEC");
        let file = match file {
            Some(file) => context.expand(&file.replace("^{", "${")),
            None => call.channel.unique_id().to_string(),
        };
        match settings.mixes_recordings {
            true => format!("{file}.{format},b{options},{}", program.unwrap_or_default().replace("^{", "${")),
            false => format!("{format},{file},b{}", if program.is_some() { "m" } else { "" }),
        }
    };
    call.run_application(application, &arguments).await;
}

/// The macro and subroutine on the member, then the program on the caller.
async fn run_routines(call: &mut Call, wish: &Wish, settings: &Settings, agent: &Arc<Channel>) {
    let given = |own: &Option<String>, default: &str| {
        own.clone().or_else(|| Some(default.to_owned())).filter(|text| !text.is_empty())
    };
    let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(agent));
    if let Some(text) = given(&wish.member_macro, &settings.member_macro)
        && let Some(application) = call.exchange.library.application("Macro")
    {
        theirs.run_application(application, &text.replace('^', ",")).await;
    }
    if let Some(text) = given(&wish.gosub, &settings.member_gosub) {
        let (context, arguments) = text.split_once([',', '^']).unwrap_or((&text, ""));
        theirs.run_routine(&format!("{context},s,1({})", arguments.replace('^', ","))).await;
    }
    if let Some(program) = &wish.agi
        && let Some(application) = call.exchange.library.application("AGI")
    {
        let outcome = call.run_application(application, program).await;
        debug_assert!(outcome != Outcome::Execute, "AGI hands over to nobody");
    }
}

/// Who ended the talk.
#[derive(Clone, Copy)]
enum Reason {
    Caller,
    Agent,
    /// The member sent the caller elsewhere in the plan.
    Transfer,
    /// The member asked somebody first.
    HandedOver,
}

/// A talk between caller and member. Dropping it untold means that the caller hung up.
struct Served {
    exchange: Arc<Exchange>,
    queue: Arc<Queue>,
    member: Member,
    caller: Arc<Channel>,
    agent: Arc<Channel>,
    waited: u64,
    original_position: usize,
    is_in_service_level: bool,
    /// When the talk began, in seconds since 1970.
    begun: i64,
    is_told: bool,
}

impl Served {
    fn begin(&mut self) {
        self.begun = self.exchange.epoch();
        self.queue.change(&self.member.interface, |member| member.is_in_call = true);
        self.tell_status();
    }

    fn tell_status(&self) {
        if let Some(member) = self.queue.member(&self.member.interface) {
            events::publish_member(&self.exchange, "QueueMemberStatus", &self.queue, &member);
        }
    }

    /// Notes how the talk ended.
    fn tell(&mut self, reason: Reason) {
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        let talked = (self.exchange.epoch() - self.begun).unsigned_abs();
        // A caller who was sent elsewhere by the member still lives.
        let transfer = self.caller.state().has_jumped.then(|| self.caller.state().position.clone());
        let reason = if transfer.is_some() { Reason::Transfer } else { reason };
        let bridge = self.caller.bridge_id();
        let (hold, talk) = (self.waited.to_string(), talked.to_string());
        let word = match reason {
            Reason::Caller => "caller",
            Reason::Agent => "agent",
            Reason::Transfer | Reason::HandedOver => "transfer",
        };
        let (event, data) = match (reason, &transfer) {
            (Reason::Transfer, Some(to)) => {
                ("BLINDTRANSFER", format!("{}|{}|{hold}|{talk}|{}", to.extension, to.context, self.original_position))
            }
            (Reason::HandedOver, _) => (
                "ATTENDEDTRANSFER",
                format!("BRIDGE|{}|{hold}|{talk}|{}", bridge.as_deref().unwrap_or(""), self.original_position),
            ),
            (Reason::Caller, _) => ("COMPLETECALLER", format!("{hold}|{talk}|{}", self.original_position)),
            _ => ("COMPLETEAGENT", format!("{hold}|{talk}|{}", self.original_position)),
        };
        events::log(&self.exchange, self.caller.unique_id(), self.queue.name(), &self.member.name, event, &data);
        let more = [("HoldTime", hold.as_str()), ("TalkTime", talk.as_str()), ("Reason", word)];
        let named = (&*self.queue, &self.member);
        events::publish_called(&self.exchange, &self.caller, Some(&self.agent), "AgentComplete", named, &more);
        self.queue.note_completed(talked, self.is_in_service_level);
        self.queue.change(&self.member.interface, |member| member.is_in_call = false);
        self.exchange.queues.note_call(&self.queue, &self.member.interface, self.exchange.epoch());
        self.tell_status();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.tell(Reason::Caller);
    }
}
