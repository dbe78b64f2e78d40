//! One call on virtual phones in virtual time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Configuration, Setup};
use crate::channel::caller_id::{self, Party as PartyId};
use crate::channel::local::LocalTechnology;
use crate::channel::simulated::{Behaviour, Party, SimulatedTechnology};
use crate::channel::{Cause, Channel, Interrupt};
use crate::interpreter::{Call, Clock, Exchange, Lookup, Narration, PlanArrivals, Reload};
use crate::sip::endpoint::Endpoint;

/// What a call on virtual phones is to be like.
#[derive(Clone, Debug)]
pub struct Story {
    pub extension: String,
    /// The context; without one, that of the calling phone, or `default`.
    pub context: Option<String>,
    /// The calling phone.
    pub from: Option<String>,
    /// Name and number of the caller, instead of the phone's.
    pub caller: Option<(String, String)>,
    /// Keys that the caller presses after the answer; `w` waits half a second, `W` a whole one.
    pub press: String,
    /// When the caller hangs up, counted from the beginning.
    pub hangup_after: Option<Duration>,
    /// What other phones do in the first call that they take.
    pub parts: Vec<Part>,
    /// What called phones do; the others answer after two seconds.
    pub behaviours: Vec<(String, Behaviour)>,
    /// Variables of the channel before the first step.
    pub variables: Vec<(String, String)>,
    /// The local time at the beginning.
    pub at: Option<jiff::civil::DateTime>,
    pub limit: Duration,
}

impl Story {
    /// A phone calls a number and stays on the line until the plan or somebody else ends the call.
    pub fn call(phone: &str, extension: &str) -> Self {
        Self {
            extension: extension.to_owned(),
            context: None,
            from: Some(phone.to_owned()),
            caller: None,
            press: String::new(),
            hangup_after: None,
            parts: Vec::new(),
            behaviours: Vec::new(),
            variables: Vec::new(),
            at: None,
            limit: Duration::from_secs(3600),
        }
    }
}

/// What one of the called phones does.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub phone: String,
    /// Keys that it presses after it has answered; `w` waits half a second, `W` a whole one.
    pub press: String,
    /// When it hangs up, counted from the beginning.
    pub hangup_after: Option<Duration>,
}

/// What happened.
#[derive(Clone, Debug)]
pub struct Told {
    /// A line for each thing that happened, with the time since the beginning.
    pub narration: String,
    /// Whether the number was an extension.
    pub is_known: bool,
}

/// Runs stories.
pub struct Simulation;

/// The time at which simulated calls begin unless a story says otherwise: a Monday morning.
const BEGINNING: jiff::civil::DateTime = jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0);

impl Simulation {
    /// Runs one call to its end. Two runs of the same story tell the same.
    pub fn run(configuration: Configuration, story: &Story) -> Told {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        match runtime {
            Ok(runtime) => runtime.block_on(tell(configuration, story)),
            Err(error) => Told { narration: format!("no virtual time: {error}\n"), is_known: false },
        }
    }
}

async fn tell(configuration: Configuration, story: &Story) -> Told {
    let zone = jiff::tz::TimeZone::UTC;
    let Ok(start) = story.at.unwrap_or(BEGINNING).to_zoned(zone) else {
        return Told { narration: "there is no such time\n".to_owned(), is_known: false };
    };
    let phone = story.from.as_deref().and_then(|from| configuration.phone(from)).map(Caller::of);
    let names: Vec<String> = configuration.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect();
    let clock = Clock::Simulated { start, since: Instant::now() };
    let exchange = configuration.exchange(Setup { clock, reload: Reload::Pin, seed: 1 });
    let narration = Narration::new();
    exchange.channels.add_observer(narration.clone());
    let phones = SimulatedTechnology::new(names, Behaviour::Answers(Duration::from_secs(2)));
    for (name, behaviour) in &story.behaviours {
        phones.set_behaviour(name, *behaviour);
    }
    exchange.channels.add_technology(phones.clone());
    exchange.channels.add_technology(Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));

    let phone = phone.unwrap_or_else(|| Caller::named(story.from.as_deref().unwrap_or("caller")));
    let context = story.context.clone().unwrap_or_else(|| phone.context.clone());
    let (name, number) = story.caller.clone().unwrap_or_else(|| phone.caller.clone());
    let is_known = {
        let plan = exchange.plan();
        Lookup::new(&plan, &exchange.clock).exists(&context, &story.extension, 1, &number)
    };
    if !is_known {
        return Told {
            narration: format!("there is no extension {} in context {context}\n", story.extension),
            is_known,
        };
    }
    let (channel, party) = phones.dial(&exchange.channels, phone.technology, &phone.name, |state| {
        state.caller = PartyId::new(&name, &number);
        state.dialed = Some(story.extension.clone());
        state.position.set(&context, &story.extension, 1);
        for (name, value) in &story.variables {
            state.variables.set(name, value);
        }
    });
    Call::start(Arc::clone(&exchange), Arc::clone(&channel));
    play(&exchange, &phones, story, (channel, party)).await;
    Told { narration: narration.text(), is_known }
}

/// The phone that calls.
struct Caller {
    technology: &'static str,
    name: String,
    context: String,
    caller: (String, String),
}

impl Caller {
    fn of(endpoint: &Endpoint) -> Self {
        let caller = endpoint.caller_id.as_deref().map(caller_id::parse);
        Self {
            technology: super::configuration::technology(endpoint),
            name: endpoint.name.clone(),
            context: endpoint.context.clone(),
            caller: caller.unwrap_or_else(|| (String::new(), endpoint.name.clone())),
        }
    }

    fn named(name: &str) -> Self {
        Self {
            technology: "SIP",
            name: name.to_owned(),
            context: "default".to_owned(),
            caller: (String::new(), name.to_owned()),
        }
    }
}

/// Lets everybody do their part, and waits until all have hung up.
async fn play(
    exchange: &Arc<Exchange>,
    phones: &Arc<SimulatedTechnology>,
    story: &Story,
    call: (Arc<Channel>, Arc<Party>),
) {
    let mut acting = tokio::task::JoinSet::new();
    let beginning = Instant::now();
    acting.spawn(act(call, story.press.clone(), story.hangup_after.map(|after| beginning + after)));
    for part in story.parts.iter().cloned() {
        let phones = Arc::clone(phones);
        acting.spawn(async move {
            let call = answered(&phones, &part.phone).await;
            act(call, part.press, part.hangup_after.map(|after| beginning + after)).await;
        });
    }
    let quiet = async {
        while exchange.channels.count() > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    if tokio::time::timeout(story.limit, quiet).await.is_err() {
        for channel in exchange.channels.all() {
            channel.interrupt(Interrupt::Hangup(Cause::NORMAL));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// How often a virtual phone looks whether its call was answered.
const GLANCE: Duration = Duration::from_millis(20);

/// Waits until the phone has taken a call.
async fn answered(phones: &SimulatedTechnology, name: &str) -> (Arc<Channel>, Arc<Party>) {
    loop {
        if let Some(party) = phones.party(name)
            && let Some(channel) = party.channel()
            && channel.is_up()
        {
            return (channel, party);
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Presses keys once the call is answered, and hangs up when it is time.
async fn act(call: (Arc<Channel>, Arc<Party>), keys: String, hangup_after: Option<Instant>) {
    let (channel, party) = call;
    let pressing = async {
        while !channel.is_up() {
            tokio::time::sleep(GLANCE).await;
        }
        for key in keys.chars() {
            let pause = match key {
                'w' => 500,
                'W' => 1000,
                _ => 200,
            };
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if channel.hangup_cause().is_some() {
                return;
            }
            if !matches!(key, 'w' | 'W') {
                party.press(key);
            }
        }
    };
    match hangup_after {
        Some(at) => {
            let hangup = tokio::time::sleep_until(at);
            tokio::pin!(hangup);
            tokio::select! {
                biased;
                () = &mut hangup => {}
                () = pressing => hangup.await,
            }
            party.hang_up();
        }
        None => pressing.await,
    }
}
