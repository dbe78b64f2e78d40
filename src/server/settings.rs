//! The settings of `asterisk.conf` beside its folders.

use crate::channel::SystemIdentity;
use crate::conf::{Config, is_true};
use crate::interpreter::Limits;
use crate::management::console::socket::SocketAccess;

/// What `[options]` and `[files]` of `asterisk.conf` say about the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Who may use the control socket: the owner alone, unless it says else.
    pub socket: SocketAccess,
    /// How much of what calls do is logged from the start.
    pub verbose: u32,
    /// How much of what exten does itself is logged from the start.
    pub debug: u32,
    /// When new calls are turned away.
    pub limits: Limits,
    /// What it calls itself, and the language of its channels.
    pub identity: SystemIdentity,
    /// Whom it is to run as (`runuser`, `rungroup`).
    pub user: Option<String>,
    pub group: Option<String>,
}

impl Settings {
    pub fn read(main: &Config) -> Self {
        fn number<T: std::str::FromStr + Default>(text: Option<&str>) -> T {
            text.and_then(|text| text.trim().parse().ok()).unwrap_or_default()
        }
        let named = |section: &str, key: &str| {
            let value = main.section(section).and_then(|section| section.get(key)).map(str::trim);
            value.filter(|value| !value.is_empty())
        };
        let option = |key: &str| named("options", key);
        let file = |key: &str| named("files", key).map(str::to_owned);
        let mode = named("files", "astctlpermissions").and_then(|mode| u32::from_str_radix(mode, 8).ok());
        let machine = rustix::system::uname();
        let host = || Some(machine.nodename().to_string_lossy().into_owned()).filter(|host| !host.is_empty());
        let is_automatic = option("autosystemname").is_some_and(is_true);
        let mut identity = SystemIdentity::default();
        if let Some(name) = option("systemname").map(str::to_owned).or_else(|| is_automatic.then(host).flatten()) {
            identity.system_name = name;
        }
        if let Some(language) = option("defaultlanguage") {
            language.clone_into(&mut identity.language);
        }
        Self {
            socket: SocketAccess {
                mode: mode.map_or(SocketAccess::default().mode, |mode| mode & 0o777),
                owner: file("astctlowner"),
                group: file("astctlgroup"),
            },
            verbose: number(option("verbose")),
            debug: number(option("debug")),
            limits: Limits {
                most_calls: number(option("maxcalls")),
                most_load: number(option("maxload")),
                least_memory: number(option("minmemfree")),
            },
            identity,
            user: option("runuser").map(str::to_owned),
            group: option("rungroup").map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    #[test]
    fn asterisk_conf_says_who_and_how_much() {
        let text = "[options]\nverbose=3\nmaxcalls=20\nmaxload=4.5\nsystemname=box\ndefaultlanguage=es\nrunuser=pbx\n\
                    [files]\nastctlpermissions=0660\nastctlgroup=pbx\n";
        let mut files = Memory::default().with("asterisk.conf", text);
        let config = Config::read(&mut files, Path::new("asterisk.conf"), &mut Sources::default());
        let settings = Settings::read(&config);
        assert_eq!((settings.verbose, settings.debug), (3, 0));
        assert_eq!((settings.limits.most_calls, settings.limits.most_load, settings.limits.least_memory), (20, 4.5, 0));
        assert_eq!((settings.identity.system_name.as_str(), settings.identity.language.as_str()), ("box", "es"));
        assert_eq!((settings.user.as_deref(), settings.group), (Some("pbx"), None));
        assert_eq!((settings.socket.mode, settings.socket.owner), (0o660, None));
        assert_eq!(settings.socket.group.as_deref(), Some("pbx"));

        let plain = Settings::read(&Config::default());
        assert_eq!((plain.socket.mode, plain.identity.language.as_str()), (0o600, "en"));
        assert_eq!(plain.identity.system_name, "");
    }
}
