//! `pjsip`: phones and trunks of pjsip.conf, as chan_pjsip shows them.

pub mod endpoint;
pub mod history;
pub mod list;
pub mod objects;
pub mod orders;
pub mod qualify;
pub mod settings;
pub mod single;
pub mod statistics;
pub mod subscriptions;

mod lines;
