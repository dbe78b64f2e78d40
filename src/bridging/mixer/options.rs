//! How members take part.

use crate::media::frame::Codec;

/// The usual threshold of talking.
const TALKING_THRESHOLD: u32 = 160;
/// The usual end of talking: 2.5 s.
pub(super) const TALKING_HANGOVER: u32 = 125;

/// Names a member within its mixer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub u64);

/// Who hears a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeardBy {
    /// Everyone else.
    #[default]
    All,
    /// One member only: a whisper, or an announcement to that one.
    Only(MemberId),
}

/// How a member takes part. Any of it may change at any time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemberOptions {
    /// The codec it hears in. It may talk in any.
    pub codec: Codec,
    /// It is not heard.
    pub muted: bool,
    /// It hears nothing.
    pub deaf: bool,
    /// How much louder others hear it; 1.0 leaves it.
    pub talk_volume: f32,
    /// How much louder it hears the others; 1.0 leaves them.
    pub listen_volume: f32,
    /// Who hears it.
    pub heard_by: HeardBy,
    /// It is heard only while it is above the talking threshold (`drop_silence`).
    pub drop_silence: bool,
    /// The mean magnitude above which it counts as talking (`dsp_talking_threshold`).
    pub talking_threshold: u32,
    /// So many quiet ticks after its last word it no longer counts as talking (`dsp_silence_threshold`).
    pub talking_hangover: u32,
    /// It is no live talker but a recording: its frames are never dropped to catch up.
    pub recorded: bool,
}

impl MemberOptions {
    /// A party that talks and hears in `codec`.
    pub fn party(codec: Codec) -> MemberOptions {
        MemberOptions {
            codec,
            muted: false,
            deaf: false,
            talk_volume: 1.0,
            listen_volume: 1.0,
            heard_by: HeardBy::All,
            drop_silence: false,
            talking_threshold: TALKING_THRESHOLD,
            talking_hangover: TALKING_HANGOVER,
            recorded: false,
        }
    }

    /// An announcement or music: it hears nothing. Keep a few of its frames queued.
    pub fn source(heard_by: HeardBy) -> MemberOptions {
        MemberOptions { deaf: true, heard_by, recorded: true, ..MemberOptions::party(Codec::Linear) }
    }
}
