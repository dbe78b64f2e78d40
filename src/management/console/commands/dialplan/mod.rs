//! `dialplan`: the plan in service.

pub mod reload;
