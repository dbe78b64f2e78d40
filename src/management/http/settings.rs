//! `http.conf`

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::conf::{Config, Entry, is_true};
use crate::diagnostic::{Diagnostic, codes};
use crate::management::metrics;
use crate::management::pbx::VERSION;

/// What `http.conf` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub is_enabled: bool,
    pub bind: SocketAddr,
    pub tls: Option<Tls>,
    /// What every path begins with: `/asterisk`, or nothing.
    pub prefix: String,
    /// What the server calls itself.
    pub name: String,
    /// How many connections there may be.
    pub most_connections: usize,
    /// How long a connection may be silent before its request is whole.
    pub inactivity: Duration,
    /// How long it may be silent between requests; zero for one request a connection.
    pub keep_alive: Duration,
    /// Files below `static` are served.
    pub has_files: bool,
    pub has_status: bool,
    /// Paths that lead elsewhere.
    pub redirects: Vec<(String, String)>,
    /// What is told to monitoring programs (`prometheus.conf`).
    pub metrics: metrics::Settings,
}

/// Where it listens over TLS, and with which certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    pub bind: SocketAddr,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

const PORT: u16 = 8088;
const TLS_PORT: u16 = 8089;

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_enabled: false,
            bind: SocketAddr::from(([0, 0, 0, 0], PORT)),
            tls: None,
            prefix: String::new(),
            name: format!("Asterisk/{VERSION}"),
            most_connections: 100,
            inactivity: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            has_files: false,
            has_status: true,
            redirects: Vec::new(),
            metrics: metrics::Settings::default(),
        }
    }
}

/// What was read, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Read {
    pub settings: Settings,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the settings; none for a file that is not there. Relative names of certificates begin at `folder`. Unknown keys
/// are the business of `exten check`.
pub fn read(config: Option<&Config>, folder: &Path) -> Read {
    let mut read = Read::default();
    let (mut has_tls, mut tls_bind) = (false, None);
    let (mut certificate, mut key) = (None, None);
    let general = config.and_then(|config| config.section("general"));
    for entry in general.map_or(&[][..], |section| section.entries.as_slice()) {
        let value = entry.value.trim();
        let settings = &mut read.settings;
        match entry.key.to_ascii_lowercase().as_str() {
            "enabled" => settings.is_enabled = is_true(value),
            "bindport" => match value.parse() {
                Ok(port) => settings.bind.set_port(port),
                Err(_) => wrong(&mut read.diagnostics, entry, "a port"),
            },
            "bindaddr" => match address(value, settings.bind.port()) {
                Some(bind) => settings.bind = bind,
                None => wrong(&mut read.diagnostics, entry, "an address, such as 127.0.0.1"),
            },
            "prefix" => settings.prefix = prefix(value),
            "servername" => value.clone_into(&mut settings.name),
            "sessionlimit" => match value.parse() {
                Ok(most) if most > 0 => settings.most_connections = most,
                _ => wrong(&mut read.diagnostics, entry, "a number of connections"),
            },
            "session_inactivity" => match value.parse() {
                Ok(most) if most > 0 => settings.inactivity = Duration::from_millis(most),
                _ => wrong(&mut read.diagnostics, entry, "a number of milliseconds"),
            },
            "session_keep_alive" => match value.parse() {
                Ok(most) => settings.keep_alive = Duration::from_millis(most),
                Err(_) => wrong(&mut read.diagnostics, entry, "a number of milliseconds"),
            },
            "enablestatic" | "enable_static" => settings.has_files = is_true(value),
            "enable_status" => settings.has_status = is_true(value),
            "redirect" => match value.split_once(char::is_whitespace) {
                Some((from, to)) => settings.redirects.push((from.to_owned(), to.trim().to_owned())),
                None => wrong(&mut read.diagnostics, entry, "a path and where it leads, such as / /static/index.html"),
            },
            "tlsenable" | "sslenable" => has_tls = is_true(value),
            "tlsbindaddr" | "sslbindaddr" => match address(value, TLS_PORT) {
                Some(bind) => tls_bind = Some(bind),
                None => wrong(&mut read.diagnostics, entry, "an address with a port, such as 0.0.0.0:8089"),
            },
            "tlscertfile" | "sslcert" => certificate = Some(folder.join(value)),
            "tlsprivatekey" | "sslprivatekey" => key = Some(folder.join(value)),
            _ => {}
        }
    }
    if has_tls {
        let bind = tls_bind.unwrap_or(SocketAddr::new(read.settings.bind.ip(), TLS_PORT));
        match certificate {
            Some(certificate) => {
                let key = key.unwrap_or_else(|| certificate.clone());
                read.settings.tls = Some(Tls { bind, certificate, key });
            }
            None => {
                let message = "tlsenable without tlscertfile: nothing is served over HTTPS";
                let help = "name a PEM file with the certificate, and the key in it or in tlsprivatekey";
                read.diagnostics.push(Diagnostic::warning(codes::WRONG_VALUE, message.to_owned()).help(help));
            }
        }
    }
    read
}

/// `asterisk/` is `/asterisk`.
fn prefix(value: &str) -> String {
    match value.trim_matches('/') {
        "" => String::new(),
        name => format!("/{name}"),
    }
}

/// `127.0.0.1`, `127.0.0.1:8088`, `[::1]:8088`
fn address(text: &str, port: u16) -> Option<SocketAddr> {
    let plain = || text.trim_matches(['[', ']']).parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port));
    text.parse().ok().or_else(plain)
}

fn wrong(diagnostics: &mut Vec<Diagnostic>, entry: &Entry, expected: &str) {
    let message = format!("{} wants {expected}", entry.key);
    let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message).at(entry.value_span, "not understood");
    diagnostics.push(diagnostic.help(format!("write {expected}; until then the default holds")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    #[test]
    fn http_conf_says_where_and_how_much() {
        let text = "[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=8090\nprefix=pbx\nsessionlimit=7\n\
                    redirect = / /static/index.html\ntlsenable=yes\ntlscertfile=keys/a.pem\nsession_inactivity=never\n";
        let mut files = Memory::default().with("http.conf", text);
        let config = Config::read(&mut files, Path::new("http.conf"), &mut Sources::default());
        let Read { settings, diagnostics } = read(Some(&config), Path::new("/etc/asterisk"));
        assert_eq!((settings.is_enabled, settings.bind.to_string()), (true, "127.0.0.1:8090".to_owned()));
        assert_eq!((settings.prefix.as_str(), settings.most_connections), ("/pbx", 7));
        assert_eq!(settings.redirects, [("/".to_owned(), "/static/index.html".to_owned())]);
        let tls = settings.tls.unwrap();
        assert_eq!((tls.bind.to_string(), tls.key), ("127.0.0.1:8089".to_owned(), "/etc/asterisk/keys/a.pem".into()));
        assert_eq!(diagnostics.len(), 1);
        assert!(!read(None, Path::new("")).settings.is_enabled);
    }
}
