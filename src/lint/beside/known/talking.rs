//! features.conf, res_parking.conf and musiconhold.conf

use super::is_general;
use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

pub(super) fn features(section: &Section) -> Option<Kind> {
    Some(match section.name.to_ascii_lowercase().as_str() {
        "general" => ("[general] of features.conf", FEATURES),
        "featuremap" => {
            let texts = "atxfer automixmon automon blindxfer disconnect parkcall";
            ("[featuremap]", Keys { texts, ..NONE })
        }
        _ => return None,
    })
}

const FEATURES: Keys = Keys {
    flags: "atxferdropcall parkext_exclusive parkeddynamic comebacktoorigin adsipark parkinghints",
    numbers: "atxfercallbackretries atxferloopdelay atxfernoanswertimeout comebackdialtime featuredigittimeout parkingtime \
              transferdialattempts transferdigittimeout",
    words: &[("findslot", "first next")],
    contexts: "comebackcontext",
    music: "parkedmusicclass",
    texts: "atxferabort atxfercomplete atxferswap atxferthreeway context courtesytone parkedcallhangup \
            parkedcallrecording parkedcallreparking parkedcalltransfers parkedplay parkext parkpos pickupexten \
            pickupfailsound pickupsound recordingfailsound transferannouncesound transferinvalidsound transferretrysound \
            xferfailsound xfersound",
    ..NONE
};

pub(super) fn parking(section: &Section) -> Option<Kind> {
    Some(if is_general(section) {
        ("[general] of res_parking.conf", Keys { flags: "parkeddynamic", ..NONE })
    } else {
        ("a parking lot", LOT)
    })
}

const LOT: Keys = Keys {
    flags: "comebacktoorigin parkext_exclusive parkinghints",
    numbers: "comebackdialtime parkingtime",
    words: &[
        ("findslot", "first next"),
        ("parkedplay", "no caller callee both"),
        ("parkedcalltransfers", "no caller callee both"),
        ("parkedcallreparking", "no caller callee both"),
        ("parkedcallhangup", "no caller callee both"),
        ("parkedcallrecording", "no caller callee both"),
    ],
    contexts: "comebackcontext",
    music: "parkedmusicclass",
    // The context of the lot is made by parking itself.
    texts: "context courtesytone parkext parkpos",
    ..NONE
};

pub(super) fn music(section: &Section) -> Option<Kind> {
    Some(if is_general(section) {
        let flags = "cachertclasses preferchannelclass";
        ("[general] of musiconhold.conf", Keys { flags, ..NONE })
    } else {
        ("a class of musiconhold.conf", MUSIC_CLASS)
    })
}

const MUSIC_CLASS: Keys = Keys {
    flags: "answeredonly loop_last",
    numbers: "kill_escalation_delay",
    words: &[("kill_method", "process_group process"), ("sort", "random alpha randstart")],
    texts: "announcement application digit directory entry format mode random",
    ..NONE
};
