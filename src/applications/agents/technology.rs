//! `Agent/1001`: what plans from before Asterisk 12 dial, and have as members of queues.

use std::sync::{Arc, Weak};

use crate::channel::arrivals::{Arrivals, Reach};
use crate::channel::leg::{Technology, Unavailable};
use crate::channel::local::LocalTechnology;
use crate::channel::{Channel, Channels, DeviceState, State};
use crate::interpreter::{Call, Exchange};

/// Calls agents who are logged in, by a Local channel that runs `AgentRequest`.
pub struct AgentTechnology {
    exchange: Weak<Exchange>,
    local: LocalTechnology,
}

impl AgentTechnology {
    pub fn new(exchange: &Arc<Exchange>) -> Self {
        let exchange = Arc::downgrade(exchange);
        Self { local: LocalTechnology::new(Arc::new(Requests(Weak::clone(&exchange)))), exchange }
    }
}

impl Technology for AgentTechnology {
    fn names(&self) -> &'static [&'static str] {
        &["Agent"]
    }

    fn request(
        &self,
        channels: &Arc<Channels>,
        _name: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable> {
        match self.device_state("Agent", resource) {
            DeviceState::Invalid => Err(Unavailable::Unknown(format!("there is no agent {resource} in agents.conf"))),
            DeviceState::Unavailable => Err(Unavailable::NotReachable(format!("agent {resource} is not logged in"))),
            _ => Ok(vec![self.local.pair(channels, resource, "agents", prepare).0]),
        }
    }

    fn device_state(&self, _name: &str, resource: &str) -> DeviceState {
        self.exchange.upgrade().map_or(DeviceState::Invalid, |exchange| exchange.agents.device_state(resource))
    }
}

/// Runs `AgentRequest` on the second end of the Local channel.
struct Requests(Weak<Exchange>);

impl Arrivals for Requests {
    fn reach(&self, _context: &str, _extension: &str, _caller: &str) -> Reach {
        Reach::Complete
    }

    fn arrive(&self, channel: Arc<Channel>) {
        let Some(exchange) = self.0.upgrade() else { return };
        tokio::spawn(async move {
            let id = channel.state().position.extension.clone();
            let mut call = Call::new(Arc::clone(&exchange), Arc::clone(&channel));
            call.unless_interrupted(async |call| {
                call.run_application(&super::request::AGENT_REQUEST, &id).await;
            })
            .await;
            drop(call);
            Call::finish(exchange, channel);
        });
    }
}
