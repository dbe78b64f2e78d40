//! asterisk.conf, http.conf, logger.conf, modules.conf and prometheus.conf

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

pub(super) fn asterisk(section: &Section) -> Option<Kind> {
    match section.name.to_ascii_lowercase().as_str() {
        "directories" => Some(("[directories] of asterisk.conf", DIRECTORIES)),
        "options" => Some(("[options] of asterisk.conf", OPTIONS)),
        "files" => {
            let keys = Keys { texts: "astctl astctlgroup astctlowner astctlpermissions", idle: "astctl", ..NONE };
            Some(("[files] of asterisk.conf", keys))
        }
        _ => None,
    }
}

const DIRECTORIES: Keys = Keys {
    texts: "astagidir astcachedir astdatadir astdbdir astetcdir astkeydir astlogdir astmoddir astrundir astsbindir \
            astspooldir astvarlibdir",
    ..NONE
};

const OPTIONS: Keys = Keys {
    flags: "alwaysfork autosystemname cache_media_frames cache_record_files console dontwarn dumpcore execincludes forceblackbackground \
            hideconnect hide_messaging_ami_events highpriority initcrypto languageprefix lightbackground live_dangerously \
            lockconfdir nocolor nofork quiet refdebug sounds_search_custom_dir stdexten transcode_via_sln \
            transmit_silence transmit_silence_during_record genericplc genericplc_on_equal_codecs internal_timing timestamp",
    numbers: "debug maxcalls maxfiles maxload mindtmfduration minmemfree rtp_use_dynamic rtp_pt_dynamic trace verbose",
    texts: "defaultlanguage documentation_language entityid logger_queue_limit record_cache_dir rungroup runuser systemname",
    idle: "entityid hide_messaging_ami_events maxfiles mindtmfduration sounds_search_custom_dir transmit_silence \
           transmit_silence_during_record",
    ..NONE
};

pub(super) fn prometheus(section: &Section) -> Option<Kind> {
    let general = section.name.eq_ignore_ascii_case("general");
    let keys =
        Keys { flags: "core_metrics_enabled enabled", texts: "auth_password auth_realm auth_username uri", ..NONE };
    general.then_some(("[general] of prometheus.conf", keys))
}
