//! The feature `parkcall`: the other party goes to a parking lot, and who pressed the keys hears where.

use super::{Roles, Transferred};
use crate::applications::originating;
use crate::applications::parking;
use crate::applications::playing;
use crate::applications::saying;
use crate::applications::talk::{Callee, Ended, Side};
use crate::interpreter::{Call, Outcome};

pub async fn park(call: &mut Call, callee: Callee, side: Side) -> Transferred {
    let roles = Roles::of(call, &callee, side);
    let mut asked = Call::new(std::sync::Arc::clone(&call.exchange), std::sync::Arc::clone(&roles.transferer));
    let lot = parking::lot_of(&roles.transferee, "");
    let reserved = call.exchange.parking.lot(&lot).and_then(|lot| {
        let space = call.exchange.parking.free_space(&lot, None, false)?;
        Some((lot, space))
    });
    let Some((lot, space)) = reserved else {
        playing::play(&mut asked, "pbx-parkingfailed").await;
        return Transferred::Back(callee);
    };
    {
        roles.transferee.set_variable("PARKINGEXTEN", &space.to_string());
        let mut state = roles.transferee.state();
        state.settings.set(parking::PARKER, roles.transferer.name());
        state.settings.set(parking::SILENT, "yes");
    }
    match side {
        Side::Caller => {
            let exchange = std::sync::Arc::clone(&call.exchange);
            let name = parking::park::PARK.name.to_owned();
            tokio::spawn(originating::run_application(callee, exchange, name, lot.name.clone()));
            playing::play_each(&mut asked, &saying::digits(&space.to_string()), "").await;
        }
        Side::Callee => {
            // Who parks hears the space while the other one is parked already, and is hung up then.
            tokio::spawn(async move {
                let transferer = std::sync::Arc::clone(&asked.channel);
                tokio::select! {
                    () = transferer.interrupted() => {}
                    () = async { _ = playing::play_each(&mut asked, &saying::digits(&space.to_string()), "").await } => {}
                }
                drop(callee);
            });
            if call.run_application(&parking::park::PARK, &lot.name).await == Outcome::Hangup {
                return Transferred::Over(Ended::HangsUp);
            }
        }
    }
    Transferred::Over(Ended::Transferred)
}
