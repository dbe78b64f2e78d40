//! Functions on a channel's audio. They stand on taps: a channel without them pays nothing.

pub mod denoise;
pub mod inherit;
pub mod jitter_buffer;
pub mod mix_monitor;
pub mod mute;
pub mod talk_detect;
pub mod tone_detect;
pub mod volume;
