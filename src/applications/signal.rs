//! `Signal` and `WaitForSignal`

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::hearing;
use crate::interpreter::{Application, Argument, Arguments, Call, Context, Kind, Outcome, Run, Sets, leading_number};

/// Wakes all calls that wait for a signal of this name with `WaitForSignal`, and gives them the payload.
pub static SIGNAL: Application = Application {
    name: "Signal",
    synopsis: "Wakes the calls that wait for a signal",
    arguments: &[Argument::required("signal", Kind::Text), Argument::optional("payload", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "SIGNALSTATUS", values: &["SUCCESS", "FAILURE"] }],
    run: Run::Compute(signal),
};

/// Waits until another call sends a signal of this name with `Signal`.
///
/// It waits for so many seconds at most, or without end. `WAITFORSIGNALPAYLOAD` gets what the signal brings, and stays as
/// it was where none came.
pub static WAIT_FOR_SIGNAL: Application = Application {
    name: "WaitForSignal",
    synopsis: "Waits for a signal of another call",
    arguments: &[Argument::required("signal", Kind::Text), Argument::optional("timeout", Kind::Seconds)],
    options: &[],
    sets: &[
        Sets { variable: "WAITFORSIGNALSTATUS", values: &["SIGNALED", "TIMEOUT", "HANGUP"] },
        Sets { variable: "WAITFORSIGNALPAYLOAD", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(wait_for_signal(call, arguments))),
};

/// Who waits, by the name of the signal.
#[derive(Default)]
struct Waiting(Mutex<Vec<(String, oneshot::Sender<Arc<str>>)>>);

impl Waiting {
    fn begin(&self, name: &str) -> oneshot::Receiver<Arc<str>> {
        let (sender, receiver) = oneshot::channel();
        let mut all = self.0.lock();
        all.retain(|(_, waiting)| !waiting.is_closed());
        all.push((name.to_owned(), sender));
        receiver
    }

    /// Wakes those who wait for this signal; false if nobody does.
    fn wake(&self, name: &str, payload: &str) -> bool {
        let payload: Arc<str> = payload.into();
        let mut all = self.0.lock();
        let woken = all.extract_if(.., |(waits_for, _)| waits_for == name);
        woken.filter_map(|(_, waiting)| waiting.send(Arc::clone(&payload)).ok()).count() > 0
    }
}

fn signal(context: &mut Context<'_>, arguments: &str) -> Outcome {
    let (name, payload) = arguments.split_once(',').unwrap_or((arguments, ""));
    if name.is_empty() {
        context.warn("Signal needs the name of a signal");
        return Outcome::Hangup;
    }
    let is_heard = context.exchange.kept.of::<Waiting>().wake(name, payload);
    context.set("SIGNALSTATUS", if is_heard { "SUCCESS" } else { "FAILURE" });
    Outcome::Continue
}

async fn wait_for_signal(call: &mut Call, arguments: Arguments) -> Outcome {
    let name = arguments.get(0);
    if name.is_empty() {
        call.context().warn("WaitForSignal needs the name of a signal");
        return Outcome::Hangup;
    }
    let limit = Some(leading_number(arguments.get(1))).filter(|seconds| *seconds > 0.0);
    let signal = call.exchange.kept.of::<Waiting>().begin(name);
    let call = &*call;
    let waiting = async {
        match signal.await {
            Ok(payload) => call.context().set("WAITFORSIGNALPAYLOAD", &payload),
            // Who could wake this call lives as long as the exchange.
            Err(_) => std::future::pending().await,
        }
        "SIGNALED"
    };
    hearing::wait_for(call, "WAITFORSIGNALSTATUS", limit.map(Duration::from_secs_f64), waiting).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn another_call_wakes_who_waits() {
        let told = Trial::of(
            "Originate(Local/200@default/n,app,Wait,5,,,a)\nWaitForSignal(done,9)\n\
             NoOp(${WAITFORSIGNALSTATUS} ${WAITFORSIGNALPAYLOAD})\nWaitForSignal(done,2)\nNoOp(${WAITFORSIGNALSTATUS})\n\
             exten => 200,1,Wait(1)\nexten => 200,n,Signal(done,well, nearly)\nexten => 200,n,NoOp(${SIGNALSTATUS})\n\
             exten => 200,n,Signal(other)\nexten => 200,n,NoOp(${SIGNALSTATUS})",
        );
        let told = told.run();
        assert!(
            told.has("step 200@default:3 NoOp SUCCESS") || told.has("200@default:3 NoOp SUCCESS"),
            "{:?}",
            told.lines
        );
        assert!(told.has("200@default:5 NoOp FAILURE"), "{:?}", told.lines);
        assert!(told.has("100@default:4 NoOp SIGNALED well, nearly"), "{:?}", told.lines);
        assert!(told.has("100@default:6 NoOp TIMEOUT"), "{:?}", told.lines);
    }

    #[test]
    fn a_hang_up_is_told() {
        assert_eq!(Trial::of("WaitForSignal(x)").hang_up(1.0).run().value("WAITFORSIGNALSTATUS"), Some("HANGUP"));
        assert!(Trial::of("Signal()\nNoOp(on)").run().has("warning Signal"));
    }
}
