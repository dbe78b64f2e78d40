//! Audio: frames and codecs, tones, DTMF, sound files, music on hold, and RTP.
//!
//! Everything here but [`rtp::socket`] is plain state driven by the caller: one frame is 20 ms, and nothing
//! reads a clock or opens a socket. What is shared by all rooms is the [`Frame`].

pub mod codec;
pub mod denoise;
pub mod dtmf;
pub mod frame;
pub mod g711;
pub mod gsm;
pub mod mf;
pub mod music;
pub mod opus;
pub mod resample;
pub mod rtp;
pub mod sound;
pub mod tone;
pub mod zone;

pub use dtmf::DigitEvent;
pub use frame::{Codec, FRAME, Frame, Packet, Sink, Stream};
