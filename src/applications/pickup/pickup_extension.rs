//! `Pickup`

use std::sync::Arc;
use std::time::Duration;

use super::{ringing, shares_group, sound, take};
use crate::applications::playing;
use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

/// Takes a call that rings at another extension.
///
/// `extension[@context]` names the extension that was dialled; `mark@PICKUPMARK` a channel whose variable PICKUPMARK has that
/// value. Several are tried in turn, `&` between them. Without an argument it is a call of a group that this channel may
/// pick up (`pickupgroup`, `namedpickupgroup`), and `pickupsound` or `pickupfailsound` of `features.conf` is heard. Where
/// nothing rings, the plan goes on.
pub static PICKUP: Application = Application {
    name: "Pickup",
    synopsis: "Takes a call that rings at another extension",
    arguments: &[Argument::optional("extension[@context][&…]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(pickup(call, arguments))),
};

async fn pickup(call: &mut Call, arguments: Arguments) -> Outcome {
    let text = arguments.text().to_owned();
    if text.is_empty() {
        match ringing(call).into_iter().find(|target| shares_group(&call.channel, target)) {
            Some(target) => take(call, &target, &sound(call, "pickupsound")).await,
            None => {
                call.context().warn("Pickup: nothing rings in the groups of this channel");
                let sound = sound(call, "pickupfailsound");
                if !sound.is_empty() {
                    call.answer(Duration::ZERO).await;
                    playing::play(call, &sound).await;
                }
            }
        }
        return Outcome::Continue;
    }
    for wanted in text.split('&').map(str::trim).filter(|wanted| !wanted.is_empty()) {
        match ringing(call).into_iter().find(|target| is_meant(call, target, wanted)) {
            Some(target) => take(call, &target, "").await,
            None => call.context().warn(&format!("Pickup: nothing rings at {wanted}")),
        }
    }
    Outcome::Continue
}

fn is_meant(call: &Call, target: &Arc<Channel>, wanted: &str) -> bool {
    let here = call.channel.state().position.context.clone();
    let (extension, context) = wanted.split_once('@').unwrap_or((wanted, &here));
    let state = target.state();
    if context.eq_ignore_ascii_case("PICKUPMARK") {
        return state.variables.get("PICKUPMARK") == Some(extension);
    }
    let macro_extension = state.variables.get("MACRO_EXTEN") == Some(extension);
    (state.position.extension == extension || macro_extension) && state.dial_context == context
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    /// 300 rings at SIP/bob; ann takes the call by these steps.
    fn told(steps: &str) -> crate::applications::testing::Told {
        let plan = format!(
            "Originate(Local/300@other/n,app,Wait,9,,,a)\nWait(0.5)\n{steps}\nNoOp(not taken)\nexten => h,1,NoOp(end)\n\
             [other]\nexten => 300,1,Set(__PICKUPMARK=red)\nexten => 300,2,Set(CHANNEL(callgroup)=3)\n\
             exten => 300,3,Dial(SIP/bob,20)\nexten => h,1,NoOp(${{DIALSTATUS}} ${{DIALEDPEERNAME}})"
        );
        Trial::of(&plan).hang_up(5.0).run()
    }

    #[test]
    fn a_call_is_taken_by_extension_mark_or_channel() {
        for steps in [
            "Pickup(9@none&300@other)",
            "Pickup(red@PICKUPMARK)",
            "PickupChan(SIP/bob-00000001)",
            "PickupChan(SIP/bo,p)",
        ] {
            let told = told(steps);
            assert!(told.has("event Pickup TargetChannel=SIP/bob-00000001"), "{steps}: {:?}", told.lines);
            assert!(told.has("h@other:1 NoOp ANSWER SIP/ann"), "{steps}: {:?}", told.lines);
            assert!(!told.has("100@default:5 NoOp not taken"), "{steps}: {:?}", told.lines);
        }
    }

    #[test]
    fn a_telephone_takes_a_call_of_its_group_by_its_code() {
        use crate::channel::local::LocalTechnology;
        use crate::channel::simulated::{Behaviour, SimulatedTechnology};
        use crate::interpreter::{Call, PlanArrivals};
        use crate::server::Configuration;

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let plan = "[default]\nexten => 1,1,Dial(SIP/bob,20)\n";
            let mut files = crate::conf::Memory::default().with("extensions.conf", plan);
            let exchange = Configuration::load_from(&mut files, std::path::Path::new("extensions.conf"))
                .exchange(crate::server::Setup::default());
            let phones = SimulatedTechnology::new(["bob".to_owned()], Behaviour::Rings);
            exchange.channels.add_technology(phones.clone());
            exchange.channels.add_technology(std::sync::Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));
            let call = |name: &str, number: &'static str| {
                let (channel, _) = phones.dial(&exchange.channels, "SIP", name, |state| {
                    state.position.set("default", number, 1);
                    state.settings.set("CHANNEL/pickupgroup", "2");
                });
                Call::start(exchange.clone(), channel.clone());
                channel
            };
            let ann = call("ann", "1");
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            exchange.channels.find("SIP/bob").unwrap().state().settings.set("CHANNEL/callgroup", "1, 2");
            let eve = call("eve", "*8");
            tokio::time::sleep(std::time::Duration::from_secs(3)).await;
            assert_eq!(ann.bridged_with().as_ref(), Some(eve.name()));
            assert!(exchange.channels.find("SIP/bob").is_none());
        });
    }

    #[test]
    fn sounds_tell_whether_a_call_of_the_group_was_taken() {
        let told = |group: u32| {
            let plan = format!(
                "Originate(Local/300@other/n,app,Wait,9,,,a)\nWait(0.5)\nSet(CHANNEL(pickupgroup)={group})\nPickup()\n\
                 [other]\nexten => 300,1,Dial(SIP/bob,20,b(other^400^1))\n\
                 exten => 400,1,Set(CHANNEL(callgroup)=3)\nexten => 400,2,Return()"
            );
            let features = "[general]\npickupsound=beep\npickupfailsound=beeperr\n";
            let told = Trial::of(&plan).file("features.conf", features).hang_up(5.0).run();
            told.sounds().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((told(3), told(4)), (vec!["beep".to_owned()], vec!["beeperr".to_owned()]));
    }

    #[test]
    fn where_nothing_rings_the_plan_goes_on() {
        for steps in ["Pickup(7@other)", "Pickup", "PickupChan(SIP/none)"] {
            assert!(told(steps).has("100@default:5 NoOp not taken"), "{steps}");
        }
    }
}
