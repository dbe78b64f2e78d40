//! Which keys mean something to a party in a talk, and running what they mean.

use std::sync::Arc;

use tokio::time::Instant;

use super::record::OneTouch;
use super::talking::{Side, Terms, Transfer};
use crate::bridging::codes::{Codes, Decision};
use crate::channel::Channel;
use crate::dialplan::features::{Activator, Feature};
use crate::interpreter::{Call, Outcome};

/// What a code does.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Ends the call (`featuremap` disconnect).
    Disconnect,
    /// Sends the other party elsewhere (`blindxfer`, `atxfer`).
    Transfer(Transfer),
    /// Begins or ends a recording (`automon`, `automixmon`).
    Record(OneTouch),
    /// Runs an application (`applicationmap`).
    Feature(Arc<Feature>),
}

/// The codes of one party.
pub(super) struct Keys {
    pub codes: Codes,
    actions: Vec<Action>,
}

/// What a key led to.
pub(super) enum Chosen {
    Action(Action),
    Decided(Decision),
}

impl Keys {
    /// The codes that a party has: those named by its own `DYNAMIC_FEATURES` or the caller's, and the disconnect code
    /// where Dial's options give it.
    pub fn of(call: &Call, terms: &Terms<'_>, side: Side, peer: &Channel) -> Self {
        let features = &call.plan().features;
        let mut actions = Vec::new();
        let mut codes = Vec::new();
        let (may_hang_up, may_transfer, may_park, may_monitor, may_mix, own) = match side {
            Side::Caller => ('H', 'T', 'K', 'W', 'X', &*call.channel),
            Side::Callee => ('h', 't', 'k', 'w', 'x', peer),
        };
        let built_in = [
            (may_hang_up, "disconnect", &features.map.disconnect, Action::Disconnect),
            (may_transfer, "blindxfer", &features.map.blindxfer, Action::Transfer(Transfer::Blind)),
            (may_transfer, "atxfer", &features.map.atxfer, Action::Transfer(Transfer::Attended)),
            (may_park, "parkcall", &features.map.parkcall, Action::Transfer(Transfer::Park)),
            (may_monitor, "automon", &features.map.automon, Action::Record(OneTouch::Monitor)),
            (may_mix, "automixmon", &features.map.automixmon, Action::Record(OneTouch::MixMonitor)),
        ];
        let of_channel = own.state().settings.get("CHANNEL/dtmf_features").unwrap_or_default().to_owned();
        for (letter, name, keys, action) in built_in {
            let is_given = terms.options.has(letter) || of_channel.contains(letter.to_ascii_uppercase());
            let of_channel = own.state().settings.get(&format!("FEATUREMAP/{name}")).map(str::to_owned);
            let keys = of_channel.unwrap_or_else(|| keys.clone());
            if is_given && !keys.is_empty() {
                codes.push(keys);
                actions.push(action);
            }
        }
        let wanted = |channel: &Channel| channel.state().variables.get("DYNAMIC_FEATURES").unwrap_or("").to_owned();
        let mut names = wanted(&call.channel);
        if side == Side::Callee {
            names = format!("{names}#{}", wanted(peer));
        }
        let barred = match side {
            Side::Caller => Activator::Callee,
            Side::Callee => Activator::Caller,
        };
        for (keys, feature) in features.enabled(&names) {
            if feature.activator != barred && !codes.iter().any(|code| code == keys) {
                codes.push(keys.to_owned());
                actions.push(Action::Feature(Arc::new(feature.clone())));
            }
        }
        let own_timeout = own.state().settings.get("FEATURE/featuredigittimeout").and_then(|text| text.parse().ok());
        let timeout = own_timeout.map_or(features.digit_timeout, std::time::Duration::from_millis);
        Self { codes: Codes::new(codes, timeout), actions }
    }

    /// Takes a key.
    pub fn press(&mut self, digit: char) -> Chosen {
        match self.codes.press(digit, Instant::now()) {
            Decision::Code(index) => match self.actions.get(index) {
                Some(action) => Chosen::Action(action.clone()),
                None => Chosen::Decided(Decision::Wait),
            },
            decision => Chosen::Decided(decision),
        }
    }
}

/// Runs a feature's application on the call, which has its channel to itself.
pub(super) async fn run(call: &mut Call, feature: &Feature) -> Outcome {
    call.on_behalf_of(feature.span, async |call| run_here(call, feature).await).await
}

async fn run_here(call: &mut Call, feature: &Feature) -> Outcome {
    let Some(application) = call.exchange.library.application(&feature.application) else {
        let text = format!("feature {}: there is no application {}", feature.name, feature.application);
        call.context().warn(&text);
        return Outcome::Continue;
    };
    let arguments = {
        let mut context = call.context();
        context.set("DYNAMIC_FEATURENAME", &feature.name);
        context.expand(&feature.arguments)
    };
    call.run_application(application, &arguments).await
}
