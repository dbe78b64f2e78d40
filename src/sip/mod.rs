//! SIP: what stands between the network and a channel.

pub mod agent;
pub mod authentication;
pub mod cause;
pub mod dialog;
pub mod endpoint;
pub mod registrar;
pub mod sdp;
pub mod subscription;
pub mod transaction;
pub mod transport;
pub mod wire;
