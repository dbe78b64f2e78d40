//! Call records, channel events and databases.

use super::is_general;
use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

/// Lines whose names are anything.
const OPEN: Keys = Keys { is_open: true, ..NONE };

pub(super) fn cdr(section: &Section) -> Option<Kind> {
    Some(match section.name.to_ascii_lowercase().as_str() {
        "general" => ("[general] of cdr.conf", CDR),
        "csv" => (
            "[csv] of cdr.conf",
            Keys { flags: "accountlogs loguniqueid loguserfield newcdrcolumns usegmtime", ..NONE },
        ),
        "radius" => {
            ("[radius] of cdr.conf", Keys { flags: "loguniqueid loguserfield usegmtime", texts: "radiuscfg", ..NONE })
        }
        _ => return None,
    })
}

const CDR: Keys = Keys {
    flags: "batch channeldefaultenabled congestion enable endbeforehexten ignoredialchanges ignorestatechanges \
            initiatedseconds safeshutdown scheduleronly unanswered",
    numbers: "size time",
    ..NONE
};

pub(super) fn cdr_manager(section: &Section) -> Option<Kind> {
    is_general(section).then_some(("[general] of cdr_manager.conf", Keys { flags: "enabled", ..NONE }))
}

pub(super) fn cdr_odbc(section: &Section) -> Option<Kind> {
    let flags = "dispositionstring hrtime loguniqueid newcdrcolumns usegmtime";
    let keys = Keys { flags, texts: "dsn password table username", ..NONE };
    section.name.eq_ignore_ascii_case("global").then_some(("[global] of cdr_odbc.conf", keys))
}

pub(super) fn cdr_sqlite3(section: &Section) -> Option<Kind> {
    let keys = Keys { numbers: "busy_timeout", texts: "columns table values", ..NONE };
    section.name.eq_ignore_ascii_case("master").then_some(("[master] of cdr_sqlite3_custom.conf", keys))
}

pub(super) fn cdr_syslog(section: &Section) -> Option<Kind> {
    let keys = Keys { texts: "facility priority", ..NONE };
    Some(match is_general(section) {
        true => ("[general] of cdr_syslog.conf", keys),
        false => ("a line of cdr_syslog.conf", Keys { texts: "facility priority template", ..keys }),
    })
}

/// Files of modules that exten does not have.
pub(super) fn unread(_: &Section) -> Option<Kind> {
    None
}

/// cdr_custom.conf and cel_custom.conf: files by name, with what each line of them is.
pub(super) fn templates(_: &Section) -> Option<Kind> {
    Some(("[mappings]", OPEN))
}

pub(super) fn cel(section: &Section) -> Option<Kind> {
    Some(match section.name.to_ascii_lowercase().as_str() {
        "general" => ("[general] of cel.conf", Keys { flags: "enable", texts: "apps dateformat events", ..NONE }),
        "manager" => ("[manager] of cel.conf", Keys { flags: "enabled show_user_defined", ..NONE }),
        "radius" => ("[radius] of cel.conf", Keys { flags: "usegmtime", texts: "radiuscfg", ..NONE }),
        _ => return None,
    })
}

pub(super) fn func_odbc(section: &Section) -> Option<Kind> {
    let texts = "dsn insertsql mode prefix readhandle readsql synopsis syntax writehandle writesql read write";
    let keys = Keys { flags: "escapecommas", numbers: "minargs rowlimit", texts, ..NONE };
    let general = Keys { flags: "single_db_connection", ..NONE };
    Some(if is_general(section) { ("[general] of func_odbc.conf", general) } else { ("a function", keys) })
}

pub(super) fn res_odbc(section: &Section) -> Option<Kind> {
    // What the database's driver finds in its environment.
    if section.name.eq_ignore_ascii_case("ENV") {
        return None;
    }
    let flags = "backslash_is_escape enabled forcecommit logging pooling pre-connect share_connections";
    let numbers =
        "cache_size connect_timeout idlecheck limit max_connections negative_connection_cache slow_query_limit";
    let texts = "cache_type dsn isolation password sanitysql username";
    Some(("a database of res_odbc.conf", Keys { flags, numbers, texts, ..NONE }))
}

pub(super) fn extconfig(section: &Section) -> Option<Kind> {
    section.name.eq_ignore_ascii_case("settings").then_some(("[settings] of extconfig.conf", OPEN))
}
