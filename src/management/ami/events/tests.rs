use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::bridging::two_party;
use crate::channel::simulated::{Behaviour, SimulatedTechnology};
use crate::channel::{Cause, Channel, Position};
use crate::diagnostic::{FileId, Span};

/// Keeps every event, as a program with all classes would get it.
#[derive(Default)]
struct Everything {
    text: Mutex<String>,
    variables: Vec<String>,
}

impl Everything {
    fn note(&self, happening: &Happening<'_>, state: Option<&State>) {
        let Some(title) = words::title(happening) else { return };
        let source = Source { state, variables: &self.variables };
        for event in [Some(title.event), words::further(happening)].into_iter().flatten() {
            let fields = words::fields(event, happening, &source);
            self.text.lock().push_str(&rendered(event, title.class, &fields, false, ""));
        }
    }
}

impl Observer for Everything {
    fn happened(&self, happening: &Happening<'_>) {
        self.note(happening, None);
    }

    fn happened_to(&self, happening: &Happening<'_>, state: &State) {
        self.note(happening, Some(state));
    }
}

struct Desk {
    channels: Arc<Channels>,
    phones: Arc<SimulatedTechnology>,
    everything: Arc<Everything>,
}

impl Desk {
    fn new(variables: &[&str]) -> Self {
        let channels = Channels::new(1_700_000_000);
        let variables = variables.iter().map(|name| (*name).to_owned()).collect();
        let everything = Arc::new(Everything { variables, ..Everything::default() });
        channels.add_observer(everything.clone());
        Self { channels, phones: SimulatedTechnology::new([], Behaviour::Rings), everything }
    }

    fn call(&self, name: &str) -> Arc<Channel> {
        let (channel, _) = self.phones.dial(&self.channels, "SIP", name, |state| {
            state.caller = crate::channel::caller_id::Party::new("Ann", name);
            state.account_code = "sales".to_owned();
            state.position = Position::new("office", "100", 1);
            state.variables.set("COLOR", "red");
        });
        channel
    }

    /// What was told since this was asked last.
    fn told(&self) -> String {
        std::mem::take(&mut *self.everything.text.lock()).replace('\r', "")
    }
}

#[test]
fn a_channel_comes_rings_and_goes() {
    let desk = Desk::new(&[]);
    let channel = desk.call("2001");
    channel.mark_answered();
    channel.soft_hang_up(Cause::NORMAL);
    channel.hang_up(Cause::NORMAL);
    insta::assert_snapshot!(desk.told());
}

#[tokio::test]
async fn a_step_and_a_variable() {
    let desk = Desk::new(&["COLOR", "NONE"]);
    let channel = desk.call("2001");
    desk.told();
    let position = channel.state().position.clone();
    let (application, arguments) = ("Set", "A=\"1\"");
    let span = Span::new(FileId(0), 0, 0);
    let state = channel.state();
    let step = Happening::Step { channel: &channel, position: &position, application, arguments, span };
    desk.channels.publish_with(&step, &state);
    drop(state);
    channel.set_variable("__A", "\"1\"\n2");
    desk.channels.publish(&Happening::VariableSet { channel: None, name: "G", value: "x" });
    insta::assert_snapshot!(desk.told());
}

#[tokio::test]
async fn two_are_dialled_and_talk() {
    let desk = Desk::new(&[]);
    let (ann, bob) = (desk.call("2001"), desk.call("2002"));
    bob.link_with(&ann);
    desk.told();
    let (caller, callee) = (Some(&*ann), &*bob);
    desk.channels.publish(&Happening::DialBegin { caller, callee, destination: "SIP/2002" });
    desk.channels.publish(&Happening::DialState { caller, callee, status: "RINGING" });
    desk.channels.publish(&Happening::DialEnd { caller, callee, status: "ANSWER", forward: "" });
    drop(two_party::Bridge::join(&ann, &bob));
    let told = desk.told();
    let ids: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("BridgeUniqueid: ")).collect();
    assert_eq!(ids.len(), 6);
    insta::assert_snapshot!(told.replace(ids[0], "<bridge>"));
}

#[test]
fn keys_holds_and_users() {
    let desk = Desk::new(&[]);
    let channel = desk.call("2001");
    desk.told();
    channel.send_digit('5', Duration::from_millis(120));
    channel.report(crate::channel::Event::Digit('#'));
    channel.report(crate::channel::Event::Held);
    channel.report(crate::channel::Event::Resumed);
    let body = "Agent: ann\r\nNote:  busy\r\nloose";
    desk.channels.publish(&Happening::User { channel: &channel, name: "Paused", body });
    let fields = &[("Queue", "sales"), ("Position", "1")];
    let channel = Some(&*channel);
    desk.channels.publish(&Happening::Manager { channel, event: "QueueCallerJoin", privilege: "agent", fields });
    let told = desk.told();
    let own = |line: &&str| {
        ![
            "Channel",
            "Caller",
            "Connected",
            "Language",
            "Account",
            "Context",
            "Exten",
            "Priority",
            "Uniqueid",
            "Linkedid",
        ]
        .iter()
        .any(|start| line.starts_with(start))
    };
    let told: Vec<&str> = told.lines().filter(own).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_held_state_delays_an_event_and_does_not_stop_it() {
    let desk = Desk::new(&[]);
    let channel = desk.call("2001");
    desk.told();
    let state = channel.state();
    // A publisher that forgot that it holds the state itself.
    desk.channels.publish(&Happening::Held { channel: &channel });
    drop(state);
    assert!(desk.told().contains("Channel: SIP/2001-00000000\n"));
}
