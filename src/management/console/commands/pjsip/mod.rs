//! `pjsip`: phones and trunks of pjsip.conf, as chan_pjsip shows them.

pub mod channels;
pub mod endpoint;
pub mod list;
pub mod objects;
pub mod orders;
pub mod qualify;
pub mod single;

mod lines;
