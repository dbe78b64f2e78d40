//! Taking a Local channel out of a call: who talks with its second end takes the place of its first, and both ends hang up.

use std::sync::Arc;

use super::Callee;
use crate::bridging::two_party::Bridge;
use crate::channel::{Cause, Channel, Happening, Interrupt};
use crate::interpreter::Exchange;

/// A shorter way: without the two ends of a Local channel.
pub(super) struct Shortcut {
    first: Arc<Channel>,
    second: Arc<Channel>,
    /// Who talks with the second end.
    source: Arc<Channel>,
}

impl Shortcut {
    /// Waits until there is one past `first`, which talks with somebody; for ever where it is not the first end of a Local
    /// channel, or has to stay.
    pub async fn past(first: &Arc<Channel>) -> Self {
        loop {
            let Some(passage) = first.leg().passage() else { return std::future::pending().await };
            let Some(second) = passage.second() else { return std::future::pending().await };
            passage.has_audio().await;
            let Some(name) = second.bridged().await else { continue };
            let source = first.channels().find(&name);
            if let Some(source) = source.filter(|source| is_free(source) && !is_listened_to(first, &second)) {
                return Self { first: Arc::clone(first), second, source };
            }
            second.parted(&name).await;
        }
    }

    /// Takes it: who talked with the second end, which hangs up, has the place of the first in `bridge` from now on. `None`
    /// where it was gone first. The first end has to be hung up.
    pub async fn take(self, exchange: &Arc<Exchange>, bridge: &mut Bridge) -> Option<Callee> {
        let Self { first, second, source } = self;
        let channels = first.channels();
        let id = channels.next_number("LocalOptimization");
        channels.publish(&Happening::LocalOptimization { first: &first, second: &second, source: &source, id });
        first.leg().passage()?.leave();
        let claimed = source.claim();
        second.interrupt(Interrupt::Hangup(Cause::NORMAL));
        claimed.await.ok()?;
        bridge.swap(&first, &source);
        channels.publish(&Happening::LocalOptimized { first: &first, second: &second, id });
        Some(Callee::new(exchange, source))
    }
}

/// Whether it is a called party that nothing but the talk keeps, and that is not itself about to be replaced.
fn is_free(source: &Channel) -> bool {
    let state = source.state();
    state.is_outgoing && !state.walks_plan && source.leg().passage().is_none()
}

/// Somebody records one of the ends, or listens to it.
fn is_listened_to(first: &Channel, second: &Channel) -> bool {
    first.is_tapped() || second.is_tapped()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use crate::channel::local::LocalTechnology;
    use crate::channel::simulated::{Behaviour, Party, PhoneCall, SimulatedTechnology};
    use crate::channel::{Cause, Channel};
    use crate::interpreter::{Call, Exchange, PlanArrivals};
    use crate::media::Frame;
    use crate::server::{Configuration, Setup};

    /// Ann calls 1; everybody who is called answers after a second.
    struct Play {
        exchange: Arc<Exchange>,
        phones: Arc<SimulatedTechnology>,
        ann: Arc<Channel>,
        party: Arc<Party>,
    }

    impl Play {
        fn of(plan: &str, test: impl AsyncFnOnce(Self)) {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            runtime.block_on(async {
                let mut files = crate::conf::Memory::default().with("extensions.conf", format!("[default]\n{plan}"));
                let exchange =
                    Configuration::load_from(&mut files, Path::new("extensions.conf")).exchange(Setup::default());
                let names = ["bob".to_owned(), "carol".to_owned()];
                let phones = SimulatedTechnology::new(names, Behaviour::Answers(Duration::from_secs(1)));
                exchange.channels.add_technology(phones.clone());
                exchange.channels.add_technology(Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));
                let (ann, party) =
                    phones.dial(&exchange.channels, "SIP", "ann", |state| state.position.set("default", "1", 1));
                Call::start(exchange.clone(), ann.clone());
                pause(5).await;
                test(Self { exchange, phones, ann, party }).await;
            });
        }

        fn call_of(&self, name: &str) -> PhoneCall {
            self.phones.calls(name).pop().unwrap()
        }

        /// The live channels, without their counters.
        fn live(&self) -> Vec<String> {
            let names = self.exchange.channels.all().into_iter();
            names.map(|channel| channel.name().split('-').next().unwrap_or_default().to_owned()).collect()
        }
    }

    async fn pause(seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    fn voice(level: i16) -> Frame {
        Frame::linear([level; 160])
    }

    #[test]
    fn a_local_channel_leaves_when_audio_has_passed_and_the_two_hear_each_other() {
        Play::of("exten => 1,1,Dial(Local/2@default)\nexten => 2,1,Dial(SIP/bob)\n", async |play| {
            assert_eq!(play.live(), ["SIP/ann", "Local/2@default", "Local/2@default", "SIP/bob"]);
            play.party.say(&voice(1));
            pause(1).await;
            assert_eq!(play.live(), ["SIP/ann", "SIP/bob"]);
            let bob = play.call_of("bob");
            bob.party.begin_listening();
            play.party.say(&voice(7));
            assert_eq!(bob.party.heard().first(), Some(&7));
            play.party.begin_listening();
            bob.party.say(&voice(9));
            assert_eq!(play.party.heard().first(), Some(&9));
            bob.party.hang_up();
            pause(1).await;
            assert_eq!((play.live().len(), play.ann.hangup_cause()), (0, Some(Cause::NORMAL)));
        });
    }

    #[test]
    fn one_behind_the_other_leaves_too() {
        let plan =
            "exten => 1,1,Dial(Local/2@default)\nexten => 2,1,Dial(Local/3@default)\nexten => 3,1,Dial(SIP/bob)\n";
        Play::of(plan, async |play| {
            play.party.say(&voice(1));
            pause(1).await;
            play.party.say(&voice(1));
            pause(1).await;
            assert_eq!(play.live(), ["SIP/ann", "SIP/bob"]);
        });
    }

    #[test]
    fn the_first_end_may_be_who_calls() {
        let plan = "exten => 1,1,Originate(Local/2@default,exten,default,3,1)\nexten => 1,2,Wait(60)\n\
                    exten => 2,1,Dial(SIP/bob)\nexten => 3,1,Dial(SIP/carol)\n";
        Play::of(plan, async |play| {
            let (bob, carol) = (play.call_of("bob"), play.call_of("carol"));
            bob.party.say(&voice(1));
            pause(1).await;
            assert_eq!(play.live(), ["SIP/ann", "SIP/bob", "SIP/carol"]);
            carol.party.begin_listening();
            bob.party.say(&voice(7));
            assert_eq!(carol.party.heard().first(), Some(&7));
            carol.party.hang_up();
            pause(1).await;
            assert_eq!(play.live(), ["SIP/ann"]);
        });
    }

    #[test]
    fn the_option_n_keeps_it() {
        Play::of("exten => 1,1,Dial(Local/2@default/n)\nexten => 2,1,Dial(SIP/bob)\n", async |play| {
            play.party.say(&voice(1));
            pause(1).await;
            assert_eq!(play.live().len(), 4);
            play.exchange.channels.find("Local/2@default").unwrap().leg().optimize_away();
            play.party.press('1');
            pause(1).await;
            assert_eq!(play.live().len(), 2);
        });
    }
}
