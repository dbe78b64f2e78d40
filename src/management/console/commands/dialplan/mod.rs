//! `dialplan`: the plan in service.

pub mod amend;
pub mod globals;
pub mod reload;
pub mod save;
pub mod show;
pub mod variables;
