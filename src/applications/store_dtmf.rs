//! `StoreDTMF`

use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;

use crate::channel::{Channel, Happening, Observer};
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Outcome, Run};

/// Appends every key that the party presses (`RX`), or that is sent to it (`TX`), to a variable while the plan goes on.
///
/// The variable may be a function. After so many keys no more are taken; without a number there is no limit.
/// `StoreDTMF(remove)` ends it.
pub static STORE_DTMF: Application = Application {
    name: "StoreDTMF",
    synopsis: "Stores keys in a variable while the plan goes on",
    arguments: &[
        Argument::required("direction", Kind::Text),
        Argument::optional("variable", Kind::Variable),
        Argument::optional("most", Kind::Number),
    ],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(store_dtmf(call, arguments))),
};

/// What is stored of one channel.
struct Store {
    channel: Weak<Channel>,
    exchange: Weak<Exchange>,
    is_pressed: bool,
    variable: String,
    left: usize,
}

/// Everything that is stored of any channel.
#[derive(Default)]
struct Stores {
    all: Mutex<Vec<Store>>,
    begun: OnceLock<()>,
}

impl Stores {
    fn remove(&self, channel: &Channel) {
        self.all.lock().retain(|store| store.channel.upgrade().is_some_and(|known| known.name() != channel.name()));
    }
}

struct Keys(Arc<Stores>);

impl Observer for Keys {
    fn happened(&self, happening: &Happening<'_>) {
        let (channel, digit, is_pressed) = match happening {
            Happening::Pressed { channel, digit } => (channel, *digit, true),
            Happening::Keyed { channel, digit, .. } => (channel, *digit, false),
            Happening::Hangup { channel, .. } => return self.0.remove(channel),
            _ => return,
        };
        let mut due = Vec::new();
        for store in self.0.all.lock().iter_mut().filter(|store| store.is_pressed == is_pressed && store.left > 0) {
            let known = store.channel.upgrade().filter(|known| known.name() == channel.name());
            if let Some((channel, exchange)) = known.zip(store.exchange.upgrade()) {
                store.left -= 1;
                due.push((channel, exchange, store.variable.clone()));
            }
        }
        for (channel, exchange, variable) in due {
            let call = Call::new(exchange, channel);
            let mut context = call.context();
            let before = context.expand(&format!("${{{variable}}}"));
            context.set(&variable, &format!("{before}{digit}"));
        }
    }
}

async fn store_dtmf(call: &mut Call, arguments: Arguments) -> Outcome {
    let stores = call.exchange.kept.of::<Stores>();
    let is_pressed = match arguments.get(0).trim().to_ascii_uppercase().as_str() {
        "REMOVE" => {
            stores.remove(&call.channel);
            return Outcome::Continue;
        }
        "RX" => true,
        "TX" => false,
        other => {
            call.context().warn(&format!("StoreDTMF: `{other}` is none of RX, TX and remove"));
            return Outcome::Hangup;
        }
    };
    let Some(variable) = arguments.given(1) else { return Outcome::Continue };
    stores.remove(&call.channel);
    stores.all.lock().push(Store {
        channel: Arc::downgrade(&call.channel),
        exchange: Arc::downgrade(&call.exchange),
        is_pressed,
        variable: variable.to_owned(),
        left: arguments.get(2).trim().parse().ok().filter(|most| *most > 0).unwrap_or(usize::MAX),
    });
    stores.begun.get_or_init(|| call.exchange.channels.add_observer(Arc::new(Keys(Arc::clone(&stores)))));
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn pressed_keys_are_appended_up_to_the_limit() {
        let plan = "StoreDTMF(RX,V,2)\nWait(4)\nNoOp(${V})\nStoreDTMF(remove)";
        let told = Trial::of(plan).press("1w2w3").run();
        assert!(told.has("100@default:4 NoOp 12"), "{:?}", told.lines);
    }

    #[test]
    fn sent_keys_may_go_to_a_function() {
        let told = Trial::of("StoreDTMF(TX,CDR(keys))\nSendDTMF(45)\nNoOp(${CDR(keys)})\nStoreDTMF(odd)").run();
        assert!(told.has("100@default:4 NoOp 45"), "{:?}", told.lines);
        assert!(told.has("warning StoreDTMF"));
    }
}
