//! http.conf, logger.conf and modules.conf

use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

pub(super) fn http(section: &Section) -> Option<Kind> {
    let general = section.name.eq_ignore_ascii_case("general");
    general.then_some(("[general] of http.conf", HTTP))
}

const HTTP: Keys = Keys {
    flags: "enable_static enable_status enabled enablestatic tlsdisablev1 tlsdisablev11 tlsdisablev12 tlsenable \
            tlsservercipherorder",
    numbers: "bindport session_inactivity session_keep_alive sessionlimit tlsbindport",
    texts: "bindaddr prefix redirect servername tlsbindaddr tlscafile tlscapath tlscertfile tlscipher tlsprivatekey",
    ..NONE
};

pub(super) fn logger(section: &Section) -> Option<Kind> {
    let general = section.name.eq_ignore_ascii_case("general");
    general.then_some(("[general] of logger.conf", LOGGER))
}

const LOGGER: Keys = Keys {
    flags: "appendhostname event_log logger_queue_limit_log queue_adaptive_realtime queue_log queue_log_realtime_use_gmt \
            queue_log_to_file use_callids",
    numbers: "logger_queue_limit rotatecount",
    words: &[("rotatestrategy", "none sequential rotate timestamp")],
    texts: "custom_levels dateformat exec_after_rotate queue_log_name",
    ..NONE
};

pub(super) fn modules(section: &Section) -> Option<Kind> {
    let keys = Keys { flags: "autoload", texts: "load noload preload preload-require require", ..NONE };
    section.name.eq_ignore_ascii_case("modules").then_some(("[modules] of modules.conf", keys))
}
