//! Lines to the system's log (`cdr_syslog.conf`).

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

use super::{Backend, BackendError, Delivering, Record};

/// Where the system's log listens.
pub const SOCKET: &str = "/dev/log";

/// Facilities by their numbers (RFC 5424, 6.2.1).
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// Severities by their numbers.
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

/// The number that a line begins with, of a facility and a severity by their names; nothing where one is unknown.
pub fn priority(facility: &str, severity: &str) -> Option<usize> {
    let place = |names: &[&str], name: &str| names.iter().position(|known| known.eq_ignore_ascii_case(name.trim()));
    let severity = match severity.trim().to_ascii_lowercase().as_str() {
        "err" => "error".to_owned(),
        "warn" => "warning".to_owned(),
        "panic" => "emerg".to_owned(),
        other => other.to_owned(),
    };
    Some(place(&FACILITIES, facility)? * SEVERITIES.len() + place(&SEVERITIES, &severity)?)
}

/// The system's log.
pub struct Syslog {
    pub name: String,
    pub socket: PathBuf,
    pub priority: usize,
}

impl Syslog {
    fn send(&self, text: &str) -> std::io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        let line = format!("<{}>asterisk[{}]: {}", self.priority, std::process::id(), text.replace(['\n', '\r'], " "));
        socket.send_to(line.as_bytes(), &self.socket).map(drop)
    }
}

impl<R: Record> Backend<R> for Syslog {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, records: &'a [R], _: bool) -> Delivering<'a> {
        Box::pin(async move {
            let mut texts = records.iter().filter_map(|record| record.text(&self.name));
            let named =
                |error: std::io::Error| BackendError::Unavailable(format!("{}: {error}", self.socket.display()));
            texts.try_for_each(|text| self.send(text)).map_err(named)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::cdr::Row;

    #[tokio::test]
    async fn a_line_has_its_priority() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let log = UnixDatagram::bind(&socket).unwrap();
        let place = Syslog { name: "syslog/x".to_owned(), socket, priority: priority("local4", "warn").unwrap() };
        let row = Row { texts: vec![("syslog/x".to_owned(), "a\ncall".to_owned())], ..Row::default() };
        place.deliver(&[row], false).await.unwrap();
        let mut heard = [0; 100];
        let length = log.recv(&mut heard).unwrap();
        let text = std::str::from_utf8(&heard[..length]).unwrap();
        assert_eq!(text, format!("<164>asterisk[{}]: a call", std::process::id()));
        assert_eq!(priority("local9", "info"), None);
        drop(log);
        std::fs::remove_file(folder.path().join("log")).unwrap();
        let row = Row { texts: vec![("syslog/x".to_owned(), "b".to_owned())], ..Row::default() };
        assert!(matches!(place.deliver(&[row], false).await, Err(BackendError::Unavailable(_))));
    }
}
