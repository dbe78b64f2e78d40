//! Reading `manager.conf`, and `acl.conf` where a user names a list of it.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Settings, Tls, User};
use crate::conf::{Config, Entry, Section, is_false, is_true};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::management::ami::events::filter::Filter;
use crate::management::ami::privilege::Privilege;
use crate::sip::authentication::Secret;

/// What was read, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Read {
    pub settings: Settings,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the settings. Relative names of certificates begin at `folder`.
pub fn read(manager: Option<&Config>, acl: Option<&Config>, main: Option<&Config>, folder: &Path) -> Read {
    let mut reader = Reader { read: Read::default(), acl, folder, tls: TlsWish::default() };
    let options = main.and_then(|main| main.section("options"));
    reader.read.settings.lives_dangerously =
        options.and_then(|options| options.get("live_dangerously")).is_some_and(is_true);
    for section in manager.map_or(&[][..], |manager| manager.sections.as_slice()) {
        match section.name.eq_ignore_ascii_case("general") {
            true => reader.general(section),
            false => reader.user(section),
        }
    }
    reader.finish()
}

struct Reader<'a> {
    read: Read,
    acl: Option<&'a Config>,
    folder: &'a Path,
    tls: TlsWish,
}

/// What stands about TLS so far.
#[derive(Default)]
struct TlsWish {
    is_enabled: bool,
    bind: Option<SocketAddr>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

/// The port of a manager over TLS.
const TLS_PORT: u16 = 5039;

impl Reader<'_> {
    fn general(&mut self, section: &Section) {
        for entry in &section.entries {
            let value = entry.value.trim();
            let key = entry.key.to_ascii_lowercase();
            match key.as_str() {
                "enabled" => {
                    if let Some(yes) = self.boolean(entry) {
                        self.read.settings.is_enabled = yes;
                    }
                }
                "port" => {
                    if let Some(port) = self.number(entry, "a port") {
                        self.read.settings.bind.set_port(port);
                    }
                }
                "bindaddr" => {
                    let port = self.read.settings.bind.port();
                    match address(value, port) {
                        Some(bind) => self.read.settings.bind = bind,
                        None => self.wrong(entry, "an address, such as 127.0.0.1"),
                    }
                }
                "tlsenable" | "sslenable" => self.tls.is_enabled = self.boolean(entry).unwrap_or(false),
                "tlsbindaddr" | "sslbindaddr" => match address(value, TLS_PORT) {
                    Some(bind) => self.tls.bind = Some(bind),
                    None => self.wrong(entry, "an address with a port, such as 0.0.0.0:5039"),
                },
                "tlscertfile" | "sslcert" => self.tls.certificate = Some(self.folder.join(value)),
                "tlsprivatekey" | "sslprivatekey" => self.tls.key = Some(self.folder.join(value)),
                "timestampevents" => self.read.settings.has_timestamps = self.boolean(entry).unwrap_or(false),
                "allowmultiplelogin" => {
                    if let Some(yes) = self.boolean(entry) {
                        self.read.settings.allows_multiple_login = yes;
                    }
                }
                "displayconnects" => self.read.settings.displays_connects = self.boolean(entry).unwrap_or(true),
                "authtimeout" => {
                    if let Some(seconds) =
                        self.number::<u64>(entry, "a number of seconds").filter(|seconds| *seconds > 0)
                    {
                        self.read.settings.auth_timeout = Duration::from_secs(seconds);
                    }
                }
                "authlimit" => {
                    if let Some(limit) = self.number(entry, "a number") {
                        self.read.settings.auth_limit = limit;
                    }
                }
                "channelvars" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    self.read.settings.channel_variables = names.map(str::to_owned).collect();
                }
                "disabledevents" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    self.read.settings.disabled_events = names.map(str::to_owned).collect();
                }
                "webenabled" => self.read.settings.is_on_web = self.boolean(entry).unwrap_or(false),
                "httptimeout" => {
                    let seconds = self.number::<u64>(entry, "a number of seconds");
                    if let Some(seconds) = seconds.filter(|seconds| *seconds > 0) {
                        self.read.settings.web_timeout = Duration::from_secs(seconds);
                    }
                }
                "brokeneventsaction" | "debug" | "block-sockets" | "writetimeout" => {}
                "tlscipher" | "sslcipher" | "tlsdisablev1" | "tlsdisablev11" | "tlsdisablev12" => {
                    self.without_effect(entry, "TLS 1.2 and 1.3 with their safe ciphers are spoken");
                }
                _ => self.unknown(entry),
            }
        }
    }

    fn user(&mut self, section: &Section) {
        let mut user = User::new(&section.name);
        user.allows_multiple_login = self.read.settings.allows_multiple_login;
        user.displays_connects = self.read.settings.displays_connects;
        for entry in &section.entries {
            let value = entry.value.trim();
            match entry.key.to_ascii_lowercase().as_str() {
                "secret" | "password" => user.secret = Some(Secret::new(value)),
                "deny" | "permit" => {
                    let is_permit = entry.key.eq_ignore_ascii_case("permit");
                    if !user.access.add(is_permit, value).is_empty() {
                        self.wrong(entry, "an address or a network, such as 10.0.0.0/255.0.0.0");
                    }
                }
                "acl" => self.named_lists(entry, &mut user),
                "read" => user.read = self.privilege(entry),
                "write" => user.write = self.privilege(entry),
                "displayconnects" => user.displays_connects = self.boolean(entry).unwrap_or(true),
                "allowmultiplelogin" => user.allows_multiple_login = self.boolean(entry).unwrap_or(true),
                "writetimeout" => {
                    let most = self.number::<u64>(entry, "a number of milliseconds");
                    if let Some(most) = most.filter(|most| *most > 0) {
                        user.write_timeout = Duration::from_millis(most);
                    }
                }
                "setvar" => {
                    if let Some((name, value)) = value.split_once('=') {
                        user.variables.push((name.trim().to_owned(), value.to_owned()));
                    }
                }
                key if key.starts_with("eventfilter") => match Filter::read(key, value) {
                    Ok(filter) => user.filters.push(filter),
                    Err(error) => self.wrong(entry, &format!("a filter ({error})")),
                },
                _ => self.unknown(entry),
            }
        }
        if user.secret.is_none() {
            let message = format!("the manager user {} has no secret: it cannot log in", user.name);
            let found = Diagnostic::warning(codes::WRONG_VALUE, message).at(section.span, "this user");
            self.tell(found.help("add a line `secret = …`"));
        }
        self.read.settings.users.retain(|other| other.name != user.name);
        self.read.settings.users.push(user);
    }

    /// Lists of `acl.conf` by their names.
    fn named_lists(&mut self, entry: &Entry, user: &mut User) {
        for name in entry.value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let Some(list) = self.acl.and_then(|acl| acl.section(name)) else {
                let message = format!("there is no list {name} in acl.conf: {} cannot log in", user.name);
                self.tell(Diagnostic::warning(codes::MISSING_SECTION, message).at(entry.value_span, "named here"));
                user.access.add(false, "0.0.0.0/0,::/0");
                continue;
            };
            for rule in &list.entries {
                let is_permit = rule.key.eq_ignore_ascii_case("permit");
                if (is_permit || rule.key.eq_ignore_ascii_case("deny"))
                    && !user.access.add(is_permit, rule.value.trim()).is_empty()
                {
                    self.wrong(rule, "an address or a network");
                }
            }
        }
    }

    fn privilege(&mut self, entry: &Entry) -> Privilege {
        let (privilege, unknown) = Privilege::parse(&entry.value);
        if !unknown.is_empty() {
            self.wrong(entry, "classes such as call, system, originate, or all");
        }
        privilege
    }

    fn finish(mut self) -> Read {
        let TlsWish { is_enabled, bind, certificate, key } = std::mem::take(&mut self.tls);
        if is_enabled {
            let default = SocketAddr::new(self.read.settings.bind.ip(), TLS_PORT);
            match certificate {
                Some(certificate) => {
                    let key = key.unwrap_or_else(|| certificate.clone());
                    self.read.settings.tls = Some(Tls { bind: bind.unwrap_or(default), certificate, key });
                }
                None => {
                    let message = "tlsenable without tlscertfile: the manager is not offered over TLS";
                    let help = "name a PEM file with the certificate, and the key in it or in tlsprivatekey";
                    self.tell(Diagnostic::warning(codes::WRONG_VALUE, message.to_owned()).help(help));
                }
            }
        }
        self.read
    }

    fn boolean(&mut self, entry: &Entry) -> Option<bool> {
        let value = entry.value.trim();
        match (is_true(value), is_false(value)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => {
                self.wrong(entry, "yes or no");
                None
            }
        }
    }

    fn number<T: std::str::FromStr>(&mut self, entry: &Entry, expected: &str) -> Option<T> {
        let number = entry.value.trim().parse().ok();
        if number.is_none() {
            self.wrong(entry, expected);
        }
        number
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        self.read.diagnostics.push(diagnostic);
    }

    fn unknown(&mut self, entry: &Entry) {
        let message = format!("unknown setting \"{}\"", entry.key);
        let diagnostic = Diagnostic::warning(codes::UNKNOWN_SETTING, message).at(entry.key_span, "not known here");
        self.tell(diagnostic.help("correct its spelling, or remove the line: it has no effect"));
    }

    fn wrong(&mut self, entry: &Entry, expected: &str) {
        let message = format!("{} wants {expected}", entry.key);
        let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message).at(entry.value_span, "not understood");
        self.tell(diagnostic.help(format!("write {expected}; until then the default holds")));
    }

    fn without_effect(&mut self, entry: &Entry, why: &str) {
        let message = format!("{} has no effect: {why}", entry.key);
        self.tell(Diagnostic::new(codes::WITHOUT_EFFECT, Severity::Advice, message).at(entry.span, "here"));
    }
}

/// `127.0.0.1`, `127.0.0.1:5038`, `[::1]:5038`
fn address(text: &str, port: u16) -> Option<SocketAddr> {
    let plain = || text.trim_matches(['[', ']']).parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port));
    text.parse().ok().or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn settings(manager: &str) -> Read {
        let acl = "[office]\ndeny=0.0.0.0/0\npermit=10.1.0.0/16\n";
        let mut files = Memory::default().with("manager.conf", manager).with("acl.conf", acl);
        let mut sources = Sources::default();
        let manager = Config::read(&mut files, Path::new("manager.conf"), &mut sources);
        let acl = Config::read(&mut files, Path::new("acl.conf"), &mut sources);
        read(Some(&manager), Some(&acl), None, Path::new("/etc/asterisk"))
    }

    #[test]
    fn nobody_connects_unless_it_is_enabled() {
        assert!(!settings("[general]\nport=5038\n").settings.is_enabled);
        assert!(!read(None, None, None, Path::new("")).settings.is_enabled);
        let read = settings("[general]\nenabled = yes\nport = 5138\nbindaddr = 127.0.0.1\nwebenabled = no\n");
        assert_eq!((read.settings.is_enabled, read.settings.bind.to_string()), (true, "127.0.0.1:5138".to_owned()));
        assert_eq!(read.diagnostics, []);
    }

    #[test]
    fn users_have_a_secret_classes_and_addresses() {
        let read = settings(
            "[general]\nenabled=yes\n[ann]\nsecret = sesame\ndeny=0.0.0.0/0.0.0.0\npermit=127.0.0.1/255.255.255.255\n\
             read = call,dialplan\nwrite = all\nsetvar = A=1\n[bob]\nsecret=x\nacl=office\nread=loud\n",
        );
        let ann = read.settings.user("ann").unwrap();
        assert_eq!((ann.read, ann.write), (Privilege::CALL.or(Privilege::DIALPLAN), Privilege::ALL));
        assert!(ann.is_admitted_from("127.0.0.1".parse().unwrap()));
        assert!(!ann.is_admitted_from("10.1.0.1".parse().unwrap()));
        assert!(read.settings.user("bob").unwrap().is_admitted_from("10.1.0.1".parse().unwrap()));
        assert!(read.settings.user("Ann").is_some() && read.settings.user("anna").is_none());
        assert_eq!(read.diagnostics.len(), 1);
        assert!(!format!("{read:?}").contains("sesame"));
    }

    #[test]
    fn tls_wants_a_certificate() {
        let read = settings("[general]\ntlsenable=yes\ntlscertfile=keys/a.pem\ntlsbindaddr=127.0.0.1:5039\n");
        let tls = read.settings.tls.unwrap();
        assert_eq!((tls.certificate.clone(), tls.key), (PathBuf::from("/etc/asterisk/keys/a.pem"), tls.certificate));
        assert_eq!(settings("[general]\ntlsenable=yes\n").diagnostics.len(), 1);
    }
}
