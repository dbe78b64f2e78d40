//! Bindings as they are kept over a restart.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Binding, Registrar};
use crate::sip::endpoint::Transport;
use crate::sip::wire::Uri;

/// Every binding at one moment. The moment itself is the keeper's to note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// In the order of the addresses of record, each in the order of registration.
    pub bindings: Vec<SavedBinding>,
}

/// One binding with the time it has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedBinding {
    /// The address of record.
    pub aor: String,
    /// The contact as it was registered.
    pub contact: String,
    /// The URI to call.
    pub target: String,
    /// Where the REGISTER came from.
    pub source: SocketAddr,
    /// What it came over: `UDP`, `TCP`, …
    pub transport: String,
    /// What is left of its life.
    pub seconds_left: u64,
    /// The `Call-ID` of the phone's registrations.
    pub call_id: String,
    /// The last `CSeq`.
    pub cseq: u32,
    /// What the phone calls itself.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The route to it.
    #[serde(default)]
    pub path: Vec<String>,
}

impl Registrar {
    /// The bindings that live now.
    pub fn snapshot(&self, now: Instant) -> Snapshot {
        let live = self.iter().filter(|binding| binding.expires > now);
        let saved = |binding: &Binding| SavedBinding {
            aor: binding.aor.clone(),
            contact: binding.contact.to_string(),
            target: binding.target.to_string(),
            source: binding.source,
            transport: binding.transport.to_string(),
            seconds_left: binding.left(now).as_secs(),
            call_id: binding.call_id.clone(),
            cseq: binding.cseq,
            user_agent: binding.user_agent.clone(),
            path: binding.path.clone(),
        };
        Snapshot { bindings: live.map(saved).collect() }
    }

    /// Takes back bindings that were kept `elapsed` ago, for the addresses of record that `keep` still wants. What
    /// has expired meanwhile or cannot be read is left out; what registered since then stays.
    pub fn restore(&mut self, snapshot: Snapshot, elapsed: Duration, now: Instant, keep: impl Fn(&str) -> bool) {
        for saved in snapshot.bindings {
            let left = Duration::from_secs(saved.seconds_left).saturating_sub(elapsed);
            let transport = transport(&saved.transport);
            let (Some(contact), Some(target), Some(transport)) =
                (Uri::parse(&saved.contact), Uri::parse(&saved.target), transport)
            else {
                continue;
            };
            // A file may say anything; no phone asks for more than a year.
            let Some(expires) = now.checked_add(left.min(Duration::from_secs(365 * 86_400))) else { continue };
            let bindings = self.bindings.entry(saved.aor.to_ascii_lowercase()).or_default();
            if !left.is_zero() && keep(&saved.aor) && !bindings.iter().any(|binding| binding.is_at(&contact)) {
                bindings.push(Binding {
                    aor: saved.aor,
                    contact,
                    target,
                    source: saved.source,
                    transport,
                    expires,
                    user_agent: saved.user_agent,
                    path: saved.path,
                    call_id: saved.call_id,
                    cseq: saved.cseq,
                });
            }
        }
        self.bindings.retain(|_, bindings| !bindings.is_empty());
    }
}

fn transport(name: &str) -> Option<Transport> {
    Transport::all().into_iter().find(|transport| transport.to_string() == name)
}
