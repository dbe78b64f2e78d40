//! The files beside the plan, and the settings that each may hold.

mod conferences;
mod phones;
mod queues;
mod records;
mod server;
mod talking;
mod voicemail;

use super::keys::Kind;
use crate::conf::Section;

pub(super) use voicemail::MAILBOX_OPTIONS;

/// A file.
pub(super) struct File {
    pub name: &'static str,
    /// Its name in extconfig.conf: where a database holds it, the file is not looked at.
    pub family: &'static str,
    /// What a section is; `None` for one whose lines are no settings.
    pub kind: fn(&Section) -> Option<Kind>,
    /// Nobody else reads it, so that what reading finds wrong is told here.
    pub is_read_here: bool,
    /// A second section of a name is a mistake.
    pub has_things: bool,
}

const fn file(name: &'static str, kind: fn(&Section) -> Option<Kind>) -> File {
    File { name, family: "", kind, is_read_here: true, has_things: false }
}

const fn read_elsewhere(file: File) -> File {
    File { is_read_here: false, ..file }
}

const fn mapped(family: &'static str, file: File) -> File {
    File { family, ..file }
}

const fn of_things(file: File) -> File {
    File { has_things: true, ..file }
}

/// Every file that is looked at.
pub(super) static FILES: &[File] = &[
    file("agents.conf", queues::agents),
    read_elsewhere(file("asterisk.conf", server::asterisk)),
    read_elsewhere(file("cdr.conf", records::cdr)),
    read_elsewhere(file("cdr_beanstalkd.conf", records::unread)),
    read_elsewhere(file("cdr_custom.conf", records::templates)),
    read_elsewhere(file("cdr_manager.conf", records::cdr_manager)),
    read_elsewhere(file("cdr_odbc.conf", records::cdr_odbc)),
    read_elsewhere(file("cdr_sqlite3_custom.conf", records::cdr_sqlite3)),
    read_elsewhere(file("cdr_syslog.conf", records::cdr_syslog)),
    read_elsewhere(file("cdr_tds.conf", records::unread)),
    read_elsewhere(file("cel.conf", records::cel)),
    read_elsewhere(file("cel_beanstalkd.conf", records::unread)),
    read_elsewhere(file("cel_custom.conf", records::templates)),
    read_elsewhere(file("cel_tds.conf", records::unread)),
    mapped("confbridge", of_things(file("confbridge.conf", conferences::confbridge))),
    file("extconfig.conf", records::extconfig),
    read_elsewhere(file("features.conf", talking::features)),
    mapped("followme", of_things(file("followme.conf", queues::followme))),
    read_elsewhere(of_things(file("func_odbc.conf", records::func_odbc))),
    file("http.conf", server::http),
    file("iax.conf", phones::iax),
    read_elsewhere(file("logger.conf", server::logger)),
    mapped("meetme", file("meetme.conf", conferences::meetme)),
    file("modules.conf", server::modules),
    read_elsewhere(mapped("musiconhold", of_things(file("musiconhold.conf", talking::music)))),
    read_elsewhere(file("pjsip.conf", phones::pjsip)),
    file("pjsip_wizard.conf", phones::wizard),
    read_elsewhere(file("prometheus.conf", server::prometheus)),
    read_elsewhere(of_things(file("queuerules.conf", queues::rules))),
    read_elsewhere(mapped("queues", of_things(file("queues.conf", queues::queues)))),
    file("res_odbc.conf", records::res_odbc),
    file("res_parking.conf", talking::parking),
    read_elsewhere(file("sip.conf", phones::sip)),
    mapped("voicemail", file("voicemail.conf", voicemail::voicemail)),
];

/// Whether a section is the one for settings of the whole file.
fn is_general(section: &Section) -> bool {
    section.name.eq_ignore_ascii_case("general")
}
