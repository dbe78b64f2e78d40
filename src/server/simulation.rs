//! One call on virtual phones in virtual time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Configuration;
use super::stage::{self, Entry, Stage};
use crate::channel::simulated::{Behaviour, PhoneCall, SimulatedTechnology};
use crate::interpreter::Narration;

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

impl Simulation {
    /// Runs one call to its end. Two runs of the same story tell the same.
    pub fn run(mut configuration: Configuration, story: &Story) -> Told {
        // Its folder is deleted when nothing runs any more.
        let apart = configuration.apart.take();
        let start = apart.as_ref().map_or(stage::BEGINNING, |apart| apart.start);
        let told = stage::in_virtual_time(tell(configuration, start, story));
        let told =
            told.unwrap_or_else(|error| Told { narration: format!("no virtual time: {error}\n"), is_known: false });
        match apart {
            Some(apart) => Told { narration: apart.restored(told.narration), ..told },
            None => told,
        }
    }
}

async fn tell(configuration: Configuration, start: jiff::civil::DateTime, story: &Story) -> Told {
    let answers = Behaviour::Answers(Duration::from_secs(2));
    let stage = Stage::new(configuration, start, answers);
    let narration = Narration::new();
    stage.add_observer(narration.clone());
    for (name, behaviour) in &story.behaviours {
        stage.phones.set_behaviour(name, *behaviour);
    }
    let entry = Entry {
        phone: story.from.clone().unwrap_or_else(|| "caller".to_owned()),
        through: None,
        extension: story.extension.clone(),
        context: story.context.clone(),
        caller: story.caller.clone(),
        variables: story.variables.clone(),
    };
    match stage.dial(&entry) {
        Ok(call) => {
            play(&stage, story, call).await;
            Told { narration: narration.text(), is_known: true }
        }
        Err(error) => Told { narration: format!("{error}\n"), is_known: false },
    }
}

/// Lets everybody do their part, and waits until all have hung up.
async fn play(stage: &Stage, story: &Story, call: PhoneCall) {
    let mut acting = tokio::task::JoinSet::new();
    let beginning = Instant::now();
    acting.spawn(act(call, story.press.clone(), story.hangup_after.map(|after| beginning + after)));
    for part in story.parts.iter().cloned() {
        let phones = Arc::clone(&stage.phones);
        acting.spawn(async move {
            let call = answered(&phones, &part.phone).await;
            act(call, part.press, part.hangup_after.map(|after| beginning + after)).await;
        });
    }
    stage.wait_for_end(story.limit).await;
}

/// How often a virtual phone looks whether its call was answered.
const GLANCE: Duration = Duration::from_millis(20);

/// Waits until the phone has taken a call.
async fn answered(phones: &SimulatedTechnology, name: &str) -> PhoneCall {
    loop {
        if let Some(call) = phones.calls(name).pop().filter(|call| call.channel.is_up()) {
            return call;
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Presses keys once the call is answered, and hangs up when it is time.
async fn act(call: PhoneCall, keys: String, hangup_after: Option<Instant>) {
    let PhoneCall { channel, party } = call;
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
