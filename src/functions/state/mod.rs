//! States of devices, extensions and people, and locks between calls.

pub mod device_state;
pub mod extension_state;
pub mod lock;
pub mod presence_state;
