//! What a room is opened with.

use jiff::civil::DateTime;

use super::RecordSettings;

/// What a room is opened with by its first member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    pub pin: String,
    pub admin_pin: String,
    /// It stands in no file: MeetMe's options `d` and `D`.
    pub is_dynamic: bool,
    /// No more come in than this, admins aside.
    pub limit: Option<usize>,
    /// No more are heard at once than this: the loudest.
    pub most_talkers: Option<usize>,
    /// Nothing is mixed at a higher rate, whatever its members could hear.
    pub highest_rate: Option<u32>,
    /// So many frames of 20 ms are mixed together: fewer wake-ups, more delay. 0 counts as 1.
    pub frames_a_beat: u32,
    /// The devices of members that want it hear what happens.
    pub sends_events: bool,
    /// While it lasts, the room stands as an extension in this context; empty for none.
    pub register_context: String,
    /// Nothing is announced to all.
    pub is_silent: bool,
    /// The language that announcements to all are in.
    pub language: String,
    /// The sounds that announce, where they are not the usual ones: `join`, `has_left`, …
    pub sounds: Vec<(String, String)>,
    pub recording: RecordSettings,
    /// It stands in a table of bookings, which says this of it.
    pub booking: Option<Booking>,
}

/// What a table of bookings says about a room of MeetMe, beside its PINs and its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booking {
    pub id: String,
    /// It ends then, by the exchange's local time.
    pub end: Option<DateTime>,
    /// Options that count in place of the plan's, for members and for admins.
    pub options: [String; 2],
    /// The file of its recording and the format, where they are not the usual ones.
    pub recording: [String; 2],
}
