//! `prometheus.conf`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::conf::{Config, is_true};
use crate::diagnostic::{Diagnostic, codes};
use crate::sip::authentication::Secret;

/// What `prometheus.conf` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub is_enabled: bool,
    /// Also what is told of the server itself.
    pub has_core: bool,
    /// The path below the server's prefix: `metrics`.
    pub path: String,
    /// Who may ask, and the password; anybody if none.
    login: Option<(String, Secret)>,
    pub realm: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_enabled: false,
            has_core: true,
            path: "metrics".to_owned(),
            login: None,
            realm: "Asterisk Prometheus Metrics".to_owned(),
        }
    }
}

impl Settings {
    pub fn asks_for_login(&self) -> bool {
        self.login.is_some()
    }

    /// Whether an `Authorization` header says who may ask (RFC 7617).
    pub fn admits(&self, authorization: Option<&str>) -> bool {
        let Some((name, password)) = &self.login else { return true };
        let given = authorization.and_then(|value| value.trim().split_once(' '));
        let Some((_, credentials)) = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic")) else {
            return false;
        };
        let decoded = STANDARD.decode(credentials.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((user, word)) = decoded.as_deref().and_then(|text| text.split_once(':')) else { return false };
        user == name && password.expose() == word
    }
}

/// Reads the settings; nothing is served where the file is not there. What is wrong is told beside.
pub fn read(config: Option<&Config>) -> (Settings, Vec<Diagnostic>) {
    let mut settings = Settings::default();
    let mut diagnostics = Vec::new();
    let Some(general) = config.and_then(|config| config.section("general")) else { return (settings, diagnostics) };
    let get = |key: &str| general.get(key).map(str::trim).filter(|value| !value.is_empty());
    settings.is_enabled = get("enabled").is_some_and(is_true);
    settings.has_core = get("core_metrics_enabled").is_none_or(is_true);
    if let Some(path) = get("uri") {
        path.trim_matches('/').clone_into(&mut settings.path);
    }
    if let Some(realm) = get("auth_realm") {
        realm.clone_into(&mut settings.realm);
    }
    match (get("auth_username"), get("auth_password")) {
        (Some(name), Some(password)) => settings.login = Some((name.to_owned(), Secret::new(password))),
        (None, None) => {}
        _ => {
            // Half a login must not open the door.
            settings.is_enabled = false;
            let message = "auth_username and auth_password stand together or not at all: nothing is told to monitoring";
            let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message.to_owned());
            diagnostics.push(diagnostic.help("write both into the section [general] of prometheus.conf"));
        }
    }
    (settings, diagnostics)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn of(text: &str) -> (Settings, Vec<Diagnostic>) {
        let mut files = Memory::default().with("prometheus.conf", text);
        read(Some(&Config::read(&mut files, Path::new("prometheus.conf"), &mut Sources::default())))
    }

    #[test]
    fn a_login_is_asked_for_where_there_is_one() {
        let (settings, wrong) = of("[general]\nenabled=yes\nuri=/stats\nauth_username=mon\nauth_password=sesame\n");
        assert!(settings.is_enabled && wrong.is_empty());
        assert_eq!(settings.path, "stats");
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert!(settings.admits(Some(&basic("mon:sesame"))));
        for wrong in [None, Some("Basic !"), Some(&*basic("mon:other")), Some(&*basic("sesame")), Some("Bearer x")] {
            assert!(!settings.admits(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn half_a_login_opens_nothing() {
        let (settings, wrong) = of("[general]\nenabled=yes\nauth_username=mon\n");
        assert!(!settings.is_enabled);
        assert_eq!(wrong.len(), 1);
        assert!(!read(None).0.is_enabled);
        assert!(of("[general]\nenabled=yes\n").0.admits(None));
    }
}
