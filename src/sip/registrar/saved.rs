//! Bindings as they are kept over a restart.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Binding, Registrar};
use crate::sip::endpoint::Transport;
use crate::sip::wire::Uri;

/// One binding. Its end is a wall-clock time: tokio's begins anew with the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedBinding {
    /// The address of record.
    pub endpoint: String,
    /// The URI to call.
    pub uri: String,
    /// The contact as it was registered.
    pub contact: String,
    /// Where the REGISTER came from.
    pub source: SocketAddr,
    /// What it came over: `UDP`, `TCP`, …
    pub transport: String,
    /// When it ends, in seconds since 1970.
    pub expiration_time: i64,
    /// The `Call-ID` of the phone's registrations.
    pub call_id: String,
    /// What the phone calls itself.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The route to it.
    #[serde(default)]
    pub path: Vec<String>,
}

/// No phone asks for more than a year; a file may say anything.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

impl SavedBinding {
    /// A binding, at the Unix time `epoch`.
    pub fn new(binding: &Binding, now: Instant, epoch: i64) -> Self {
        Self {
            endpoint: binding.aor.clone(),
            uri: binding.target.to_string(),
            contact: binding.contact.to_string(),
            source: binding.source,
            transport: binding.transport.to_string(),
            expiration_time: epoch.saturating_add_unsigned(binding.left(now).as_secs()),
            call_id: binding.call_id.clone(),
            user_agent: binding.user_agent.clone(),
            path: binding.path.clone(),
        }
    }

    /// The binding, if it still lives at the Unix time `epoch` and can be read.
    fn binding(self, now: Instant, epoch: i64) -> Option<Binding> {
        let left = u64::try_from(self.expiration_time.saturating_sub(epoch)).ok().filter(|left| *left > 0)?;
        Some(Binding {
            contact: Uri::parse(&self.contact)?,
            target: Uri::parse(&self.uri)?,
            transport: Transport::all().into_iter().find(|transport| transport.to_string() == self.transport)?,
            expires: now.checked_add(Duration::from_secs(left).min(LONGEST))?,
            aor: self.endpoint,
            source: self.source,
            user_agent: self.user_agent,
            path: self.path,
            call_id: self.call_id,
        })
    }
}

impl Registrar {
    /// Takes a binding back. False where its time is up or it cannot be read; what registered since then stays.
    pub fn restore(&mut self, saved: SavedBinding, now: Instant, epoch: i64) -> bool {
        let Some(binding) = saved.binding(now, epoch) else { return false };
        let bindings = self.bindings.entry(binding.aor.to_ascii_lowercase()).or_default();
        if !bindings.iter().any(|known| known.is_at(&binding.contact)) {
            bindings.push(binding);
        }
        true
    }
}
