//! An exchange with virtual phones in virtual time: what `exten call` and the stories of `exten test` play on.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::circles::Circles;
use super::{Configuration, Setup};
use crate::applications::originating::{Origination, Then};
use crate::channel::caller_id::{self, Party as PartyId};
use crate::channel::leg::Unavailable;
use crate::channel::local::LocalTechnology;
use crate::channel::simulated::{Behaviour, PhoneCall, SimulatedTechnology};
use crate::channel::{Cause, Interrupt, Observer, Position};
use crate::interpreter::{Call, Clock, Exchange, Lookup, PlanArrivals};
use crate::sip::endpoint::Endpoint;

/// The time at which simulated calls begin unless they say otherwise: a Monday morning.
pub const BEGINNING: jiff::civil::DateTime = jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0);

/// An exchange and its virtual phones.
pub struct Stage {
    pub exchange: Arc<Exchange>,
    pub phones: Arc<SimulatedTechnology>,
    callers: Vec<Caller>,
}

/// A call that enters the plan.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The calling phone; one outside where the configuration does not know it.
    pub phone: String,
    /// The phone or trunk that brings the call of somebody outside.
    pub through: Option<String>,
    pub extension: String,
    /// The context; without one, that of the phone, or `default`.
    pub context: Option<String>,
    /// Name and number of the caller, instead of the phone's.
    pub caller: Option<(String, String)>,
    /// Variables of the channel before the first step.
    pub variables: Vec<(String, String)>,
}

/// The number that was dialled is no extension.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no extension {extension} in context {context}")]
pub struct NoExtension {
    pub extension: String,
    pub context: String,
}

/// How a phone or trunk calls.
struct Caller {
    technology: &'static str,
    name: String,
    context: String,
    caller: (String, String),
}

impl Stage {
    /// A stage on which it is now `start`. Called phones do as `behaviour` says until told otherwise.
    pub fn new(configuration: Configuration, start: jiff::civil::DateTime, behaviour: Behaviour) -> Self {
        let callers: Vec<Caller> = configuration.endpoints.iter().map(Caller::of).collect();
        let phones = SimulatedTechnology::new(callers.iter().map(|caller| caller.name.clone()), behaviour);
        let clock = Clock::starting(start);
        let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
        exchange.channels.add_technology(phones.clone());
        exchange.channels.add_technology(Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));
        exchange.channels.add_observer(Circles::new());
        Self { exchange, phones, callers }
    }

    /// Lets somebody hear of everything that happens.
    pub fn add_observer(&self, observer: Arc<dyn Observer>) {
        self.exchange.channels.add_observer(observer);
    }

    /// Whether the configuration has this phone or trunk.
    pub fn has_endpoint(&self, name: &str) -> bool {
        self.caller(name).is_some()
    }

    fn caller(&self, name: &str) -> Option<&Caller> {
        self.callers.iter().find(|caller| caller.name.eq_ignore_ascii_case(name))
    }

    /// Lets a phone call a number.
    ///
    /// # Errors
    /// Where the number is no extension of the context.
    pub fn dial(&self, entry: &Entry) -> Result<PhoneCall, NoExtension> {
        let outside;
        let caller = match self.caller(entry.through.as_deref().unwrap_or(&entry.phone)) {
            Some(caller) => caller,
            None => {
                outside = Caller::outside(entry.through.as_deref().unwrap_or(&entry.phone));
                &outside
            }
        };
        let context = entry.context.as_deref().unwrap_or(&caller.context);
        let (name, number) = match (&entry.caller, &entry.through) {
            (Some((name, number)), _) => (name.as_str(), number.as_str()),
            (None, Some(_)) => ("", entry.phone.as_str()),
            (None, None) => (caller.caller.0.as_str(), caller.caller.1.as_str()),
        };
        let plan = self.exchange.plan();
        if !Lookup::new(&plan, &self.exchange.clock).exists(context, &entry.extension, 1, number) {
            return Err(NoExtension { extension: entry.extension.clone(), context: context.to_owned() });
        }
        let phone = if entry.through.is_some() { &entry.phone } else { &caller.name };
        let channels = &self.exchange.channels;
        let (channel, party) = self.phones.dial_through(channels, caller.technology, &caller.name, phone, |state| {
            state.caller = PartyId::new(name, number);
            state.dialed = Some(entry.extension.clone());
            state.position.set(context, &entry.extension, 1);
            for (name, value) in &entry.variables {
                state.variables.set(name, value);
            }
        });
        Call::start(Arc::clone(&self.exchange), Arc::clone(&channel));
        Ok(PhoneCall { channel, party })
    }

    /// Calls a phone that goes into the plan when it answers, as Originate, the manager and call files do.
    ///
    /// # Errors
    /// Where there is no such phone, or it cannot be called.
    pub async fn originate(&self, entry: &Entry) -> Result<(), Unavailable> {
        let Some(phone) = self.caller(&entry.phone) else {
            return Err(Unavailable::NotReachable(format!("there is no phone {}", entry.phone)));
        };
        let context = entry.context.as_deref().unwrap_or(&phone.context);
        let place = Position::new(context, &entry.extension, 1);
        let (name, number) = entry.caller.clone().unwrap_or_default();
        let destination = format!("{}/{}", phone.technology, phone.name);
        let wish = Origination {
            caller: PartyId::new(&name, &number),
            variables: entry.variables.clone(),
            ..Origination::new(&destination, Then::Place(place))
        };
        let placed = wish.place(&self.exchange).await?;
        tokio::spawn(placed.wait());
        Ok(())
    }

    /// Waits until all have hung up; those who have not after `limit` are hung up.
    pub async fn wait_for_end(&self, limit: Duration) {
        let channels = &self.exchange.channels;
        let quiet = async {
            while channels.count() > 0 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        if tokio::time::timeout(limit, quiet).await.is_err() {
            for channel in channels.all() {
                channel.interrupt(Interrupt::Hangup(Cause::NORMAL));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // The calls hold the exchange, and the exchange the phones.
        self.phones.forget_calls();
    }
}

impl Caller {
    fn of(endpoint: &Endpoint) -> Self {
        let caller = endpoint.caller_id.as_deref().map(caller_id::parse);
        Self {
            technology: super::configuration::technology(endpoint),
            name: endpoint.name.clone(),
            context: endpoint.context.clone(),
            caller: caller.unwrap_or_else(|| (String::new(), endpoint.name.clone())),
        }
    }

    fn outside(name: &str) -> Self {
        Self {
            technology: "SIP",
            name: name.to_owned(),
            context: "default".to_owned(),
            caller: (String::new(), name.to_owned()),
        }
    }
}

/// Runs a future in virtual time: the clock leaps ahead whenever everybody waits.
///
/// # Errors
/// Where the system gives no runtime.
pub fn in_virtual_time<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let result = runtime.block_on(future);
    // A program outside that still runs is not waited for.
    runtime.shutdown_background();
    Ok(result)
}
