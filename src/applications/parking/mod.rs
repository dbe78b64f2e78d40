//! Parking: `Park`, `ParkedCall` and `ParkAndAnnounce`.

pub mod announce;
pub mod park;
pub mod parked_call;

use std::sync::Arc;
use std::time::Duration;

use crate::applications::talk::Callee;
use crate::applications::{dial, music, originating};
use crate::bridging::parking::{Lot, Parked, comeback};
use crate::channel::{Channel, Happening, Position, snapshot};
use crate::interpreter::{Call, Exchange, Options, Outcome, leading_number};
use tokio::time::Instant;

/// Where a channel keeps the name of who parked it, for the moment until it is parked.
pub(super) const PARKER: &str = "PARK/parker";
/// It hears no announcement of its space.
pub(super) const SILENT: &str = "PARK/silent";
/// How many seconds it waits, in the place of what the lot says; 0 for ever.
const TIME: &str = "PARK/time";

/// The lot that is meant: the named one, the channel's own (`CHANNEL(parkinglot)`, the variable PARKINGLOT), or `default`.
pub fn lot_of(channel: &Channel, named: &str) -> String {
    let state = channel.state();
    let own = || state.settings.get("CHANNEL/parkinglot").filter(|lot| !lot.is_empty());
    let variable = || state.variables.get("PARKINGLOT").filter(|lot| !lot.is_empty());
    let named = Some(named).filter(|name| !name.is_empty());
    named.or_else(own).or_else(variable).unwrap_or("default").to_owned()
}

/// The device of a channel's name: `SIP/2001` of `SIP/2001-0000001a`.
fn device(channel: &str) -> String {
    let bare = channel.split(';').next().unwrap_or(channel);
    bare.rsplit_once('-').map_or(bare, |(device, _)| device).to_owned()
}

fn tell(parked: &Parked, event: &str, retriever: Option<&Channel>) {
    let mut fields = snapshot::fields(&parked.channel, "Parkee");
    fields.extend(retriever.map(|retriever| snapshot::fields(retriever, "Retriever")).unwrap_or_default());
    fields.extend(facts(parked).map(|(name, value)| (name.to_owned(), value)));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let happening = Happening::Manager { channel: None, event, privilege: "call", fields: &fields };
    parked.channel.channels().publish(&happening);
}

/// What events and lists say of a parked call besides its channel.
pub fn facts(parked: &Parked) -> [(&'static str, String); 5] {
    let left = parked.until.map_or(0.0, |until| until.saturating_duration_since(Instant::now()).as_secs_f64().ceil());
    [
        ("ParkerDialString", parked.parker.clone()),
        ("Parkinglot", parked.lot.clone()),
        ("ParkingSpace", parked.space.to_string()),
        ("ParkingTimeout", left.to_string()),
        ("ParkingDuration", parked.since.elapsed().as_secs().to_string()),
    ]
}

/// Takes a channel out of what it does and parks it. `parker` is the channel that it goes back to when it waited too
/// long; `time` stands in the place of the lot's, zero for ever.
///
/// # Errors
/// Where the lot is full, or the channel is gone.
pub async fn park_channel(
    exchange: &Arc<Exchange>,
    channel: Arc<Channel>,
    lot: &Lot,
    parker: &str,
    time: Option<Duration>,
) -> Result<(), NotParked> {
    if exchange.parking.free_space(lot, None, false).is_none() {
        return Err(NotParked);
    }
    let callee = Callee::claim(exchange, channel).await.ok_or(NotParked)?;
    {
        let mut state = callee.channel().state();
        state.settings.set(PARKER, parker);
        state.settings.set(SILENT, "yes");
        if let Some(time) = time {
            state.settings.set(TIME, &time.as_secs().to_string());
        }
    }
    let (exchange, name) = (Arc::clone(exchange), park::PARK.name.to_owned());
    tokio::spawn(originating::run_application(callee, exchange, name, lot.name.clone()));
    Ok(())
}

/// A call could not be parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotParked;

/// The context that a call is shown in while it calls back who parked it.
const DIALS_BACK: &str = "park-dial";

/// A place in a lot; dropping it leaves.
struct Stay<'a> {
    call: &'a Call,
    is_over: bool,
}

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        // A lot is a bridge, and who leaves one ends in good order.
        self.call.channel.note_normal_end();
        let settings = self.call.exchange.channels.ledger().settings();
        self.call.channel.state().end_records(Instant::now(), &settings);
        if let Some(parked) = self.call.exchange.parking.leave(&self.call.channel)
            && !self.is_over
            && self.call.channel.hangup_cause().is_some()
        {
            tell(&parked, "ParkedCallGiveUp", None);
        }
    }
}

/// How a parked call waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    pub rings: bool,
    pub picks_any: bool,
    /// Where it goes when it waited too long, instead of what the lot says.
    pub comeback: Option<Position>,
    pub time: Option<Duration>,
}

impl Manner {
    /// What the options `r`, `R`, `c` and `t` ask for.
    pub fn of(call: &Call, options: &Options) -> Self {
        Self {
            rings: options.has('r'),
            picks_any: options.has('R'),
            comeback: options.argument('c').and_then(|target| call.context().resolve(target)),
            time: options.argument('t').map(|seconds| Exchange::pause(leading_number(seconds))),
        }
    }
}

/// Puts the call into a space; gives it, or nothing where the lot is full.
pub(super) fn enter(call: &Call, lot: &Lot, manner: &Manner) -> Option<Parked> {
    let (wanted, parker, time) = {
        let mut state = call.channel.state();
        let wanted = state.variables.get("PARKINGEXTEN").and_then(|space| space.parse().ok());
        let parker = state.settings.get(PARKER).map(str::to_owned);
        let time = state.settings.get(TIME).and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        state.settings.remove(PARKER);
        state.settings.remove(TIME);
        (wanted, device(parker.as_deref().unwrap_or(call.channel.name())), time)
    };
    let now = Instant::now();
    let time = time.or(manner.time).unwrap_or(lot.time);
    loop {
        let space = call.exchange.parking.free_space(lot, wanted, manner.picks_any)?;
        let one = Parked {
            lot: lot.name.clone(),
            space,
            channel: Arc::clone(&call.channel),
            parker: parker.clone(),
            since: now,
            until: (!time.is_zero()).then(|| now + time),
        };
        if call.exchange.parking.enter(one.clone()) {
            tell(&one, "ParkedCall", None);
            return Some(one);
        }
    }
}

/// Waits in the space until the time is over; who takes the call drops this future.
pub(super) async fn wait(call: &mut Call, lot: &Lot, one: Parked, manner: &Manner) -> Outcome {
    call.background = None;
    call.channel.state().records.note_application(park::PARK.name, &format!("{}:{}", one.lot, one.space));
    {
        let mut stay = Stay { call, is_over: false };
        let _bridge = call.exchange.halls.park(&call.channel, &lot.name);
        let class = call.channel.state().music_class.clone();
        let class = if class.is_empty() { lot.music.clone() } else { class };
        let _waiting = match manner.rings {
            true => music::tone(call, &call.channel, "ring"),
            false => music::hold(call, &call.channel, &class),
        };
        let time = async {
            match one.until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let keys = async {
            loop {
                call.channel.event().await;
            }
        };
        tokio::select! {
            () = time => {}
            () = keys => {}
        }
        stay.is_over = true;
    }
    come_back(call, lot, &one, manner).await
}

/// The call waited too long: it goes back to who parked it, or on in the plan.
async fn come_back(call: &mut Call, lot: &Lot, one: &Parked, manner: &Manner) -> Outcome {
    let space = one.space.to_string();
    let flat = one.parker.replace('/', "_");
    for (name, value) in [
        ("PARKING_SPACE", space.as_str()),
        ("PARKINGSLOT", &space),
        ("PARKEDLOT", &one.lot),
        ("PARKER", &one.parker),
        ("PARKER_FLAT", &flat),
    ] {
        call.context().set(name, value);
    }
    if let Some(position) = &manner.comeback {
        call.channel.state().jump(&position.context, &position.extension, position.priority);
        tell(one, "ParkedCallTimeOut", None);
        return Outcome::Continue;
    }
    if lot.comes_back {
        let mut destination = format!("{},{}", one.parker, lot.comeback_time.as_secs());
        if !lot.comeback_options.is_empty() {
            destination.push(',');
            destination.push_str(&lot.comeback_options);
        }
        call.channel.state().position.set(DIALS_BACK, &flat, 1);
        tell(one, "ParkedCallTimeOut", None);
        call.run_application(&dial::DIAL, &destination).await;
        return Outcome::Hangup;
    }
    let mut there = comeback(lot, &one.parker);
    let caller = call.channel.state().caller.number().to_owned();
    let exists = call.lookup(|lookup| lookup.exists(&there.context, &there.extension, 1, &caller));
    if !exists {
        there.extension = "s".to_owned();
    }
    call.channel.state().jump(&there.context, &there.extension, 1);
    tell(one, "ParkedCallTimeOut", None);
    Outcome::Continue
}
