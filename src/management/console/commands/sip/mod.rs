//! `sip`: phones and trunks of sip.conf, as chan_sip shows them.

pub mod channels;
pub mod facts;
pub mod logger;
pub mod peers;
pub mod registry;

use crate::management::pbx::Pbx;
use crate::sip::agent::EndpointStatus;
use crate::sip::endpoint::Technology;

/// The endpoints of one file.
pub fn endpoints(pbx: &Pbx, technology: Technology) -> Vec<EndpointStatus> {
    let all = pbx.agent.iter().flat_map(|agent| agent.endpoints());
    all.filter(|endpoint| endpoint.technology == technology).collect()
}

/// Their names.
pub fn names(pbx: &Pbx, technology: Technology) -> Vec<String> {
    endpoints(pbx, technology).into_iter().map(|endpoint| endpoint.name).collect()
}
