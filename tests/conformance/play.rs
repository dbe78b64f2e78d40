//! Playing a case: a Local channel enters the plan, the far end presses keys and hangs up, in virtual time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use exten::channel::caller_id::{self, Party};
use exten::channel::local::LocalTechnology;
use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::channel::{Cause, Channel, Event, Interrupt};
use exten::interpreter::{Clock, Exchange, PlanArrivals, Trace};
use exten::server::{Circles, Configuration, Setup};

use super::case::Case;

/// A time at which the reference may have played the cases: what some of them show depends on it.
const RECORDED: &str = "2026-08-20T02:00:00Z";

/// Nothing in a case takes longer.
const LONGEST: Duration = Duration::from_secs(90);

/// No case takes as many steps at one moment; a call that does walks in circles.
const MOST_STEPS: u32 = 50_000;

/// The far end's hang-up is on its way for a moment, so that a step which ends at the same time comes first.
const LATENESS: Duration = Duration::from_millis(5);

/// What exten did.
pub struct Played {
    pub scratch: String,
    /// The steps of the channel that entered the plan.
    pub trace: String,
    /// The steps of the others that took any, in order of creation.
    pub others: Vec<String>,
    pub cause: u16,
}

pub fn play(case: &Case) -> Played {
    let scratch = tempfile::tempdir().unwrap();
    write_files(case, scratch.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let played = runtime.block_on(run(case, scratch.path()));
    runtime.shutdown_background();
    played
}

fn write_files(case: &Case, scratch: &Path) {
    for (name, text) in &case.files {
        let text = text.replace("<SCRATCH>", &scratch.to_string_lossy());
        let (name, bytes) = match name.strip_suffix(".b64") {
            Some(name) => (name, base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap()),
            None => (name.as_str(), text.into_bytes()),
        };
        let path = scratch.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        if name.starts_with("agi-bin/") {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

async fn run(case: &Case, scratch: &Path) -> Played {
    let start = RECORDED.parse::<jiff::Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::UTC);
    let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
    let configuration = Configuration::load(scratch);
    let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
    let trace = Trace::new();
    exchange.channels.add_observer(trace.clone());
    exchange.channels.add_observer(Circles::after(MOST_STEPS));
    let local = LocalTechnology::new(PlanArrivals::new(&exchange));
    exchange.channels.add_technology(Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));

    // The reference had no phones, but it had the technologies.
    exchange.channels.add_technology(SimulatedTechnology::new([], Behaviour::Rings));

    let (extension, context) = case.call.rsplit_once('@').unwrap();
    let (far, caller) = local.pair(&exchange.channels, extension, context, &|state| {
        if let Some(text) = &case.callerid {
            let (name, number) = caller_id::parse(text);
            state.caller = Party::new(&name, &number);
            state.connected = state.caller.clone();
        }
    });
    for (name, value) in &case.variables {
        caller.state().variables.set(name, value);
    }
    let name = Arc::clone(caller.name());
    let begun = tokio::time::Instant::now();
    let mut farewell = Cause::NONE;
    if exists(&exchange, context, extension, &caller) {
        far.call(&exten::channel::Outgoing::default());
        drop(caller);
        let hangup_after = case.hangup_after.map_or(LONGEST, Duration::from_secs_f64);
        tokio::select! {
            () = be_the_far_end(&far, case.press.as_deref().unwrap_or("")) => {}
            () = tokio::time::sleep_until(begun + hangup_after + LATENESS) => farewell = Cause::NORMAL,
        }
    } else {
        drop(caller);
    }
    far.hang_up(farewell);
    let quiet = async {
        while exchange.channels.count() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(LONGEST, quiet).await.is_err() {
        exchange.channels.all().iter().for_each(|channel| channel.interrupt(Interrupt::Hangup(Cause::NORMAL)));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    let mut played =
        Played { scratch: scratch.to_string_lossy().into_owned(), trace: String::new(), others: Vec::new(), cause: 0 };
    for channel in trace.channels() {
        if channel.channel == name {
            played.trace = channel.steps;
            played.cause = channel.cause.unwrap_or(Cause::NONE).0;
        } else if !channel.steps.is_empty() {
            played.others.push(channel.steps);
        }
    }
    played
}

fn exists(exchange: &Arc<Exchange>, context: &str, extension: &str, caller: &Channel) -> bool {
    let plan = exchange.plan();
    let number = caller.state().caller.number().to_owned();
    exten::interpreter::Lookup::new(&plan, &exchange.clock).exists(context, extension, 1, &number)
}

/// Waits for the answer, presses the keys, and stays until the call is hung up.
async fn be_the_far_end(far: &Channel, keys: &str) {
    let answered = async {
        loop {
            match far.event().await {
                Event::Answered => break,
                // Who called hears of it and gives up.
                Event::Busy | Event::Congestion => return,
                _ => {}
            }
        }
        for key in keys.chars() {
            match key {
                'w' => tokio::time::sleep(Duration::from_millis(500)).await,
                key => {
                    far.send_digit(key, Duration::from_millis(100));
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        // Whatever else the far end hears is of no interest.
        loop {
            far.event().await;
        }
    };
    tokio::select! {
        () = answered => {}
        () = far.interrupted() => {}
    }
}
