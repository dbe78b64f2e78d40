//! meetme.conf and confbridge.conf

use super::is_general;
use crate::applications::conference::confbridge::profile;
use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

pub(super) fn meetme(section: &Section) -> Option<Kind> {
    if is_general(section) {
        return Some(("[general] of meetme.conf", MEETME));
    }
    section.name.eq_ignore_ascii_case("rooms").then_some(("[rooms] of meetme.conf", Keys { texts: "conf", ..NONE }))
}

const MEETME: Keys = Keys {
    flags: "logmembercount schedule",
    numbers: "audiobuffers earlyalert endalert fuzzystart",
    texts: "extendby",
    ..NONE
};

pub(super) fn confbridge(section: &Section) -> Option<Kind> {
    Some(match section.get("type").map(str::to_ascii_lowercase).as_deref() {
        Some("user") => ("a user profile", USER),
        Some("bridge") => ("a bridge profile", BRIDGE),
        // Keys and what they do are looked at by those who know them.
        Some("menu") => ("a menu", Keys { is_open: true, ..NONE }),
        _ if is_general(section) => return None,
        _ => ("a profile", Keys { words: &[("type", "user bridge menu")], is_open: true, ..NONE }),
    })
}

const USER: Keys = Keys {
    flags: "admin announce_join_leave announce_join_leave_review announce_only_user announce_user_count answer_channel \
            denoise dsp_drop_silence dtmf_passthrough echo_events end_marked end_marked_any hear_own_join_sound \
            jitterbuffer marked music_on_hold_when_empty quiet send_events startmuted talk_detection_events \
            text_messaging wait_marked",
    numbers: "dsp_silence_threshold dsp_talking_threshold timeout",
    music: "music_on_hold_class",
    others: profile::USER_KEYS,
    ..NONE
};

const BRIDGE: Keys = Keys {
    flags: "announcements binaural_active enable_events jitterbuffer record_conference record_file_append record_file_timestamp",
    numbers: "max_members remb_estimated_bitrate remb_send_interval video_update_discard",
    words: &[("mixing_interval", "10 20 40 80"), ("video_mode", "none follow_talker last_marked first_marked sfu")],
    others: profile::BRIDGE_KEYS,
    beginnings: "sound_",
    ..NONE
};
