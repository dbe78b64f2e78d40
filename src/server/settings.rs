//! The settings of `asterisk.conf` beside its folders.

use crate::conf::Config;

/// What `[options]` and `[files]` of `asterisk.conf` say about the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who may use the control socket, as Unix permissions (`astctlpermissions`): the owner alone, unless it says else.
    pub socket_mode: u32,
    /// How much of what calls do is logged from the start.
    pub verbose: u32,
    /// How much of what exten does itself is logged from the start.
    pub debug: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { socket_mode: 0o600, verbose: 0, debug: 0 }
    }
}

impl Settings {
    pub fn read(main: &Config) -> Self {
        let usual = Self::default();
        let named = |section: &str, key: &str| main.section(section).and_then(|section| section.get(key));
        let level = |key: &str| named("options", key).and_then(|level| level.parse().ok());
        let mode = named("files", "astctlpermissions").and_then(|mode| u32::from_str_radix(mode, 8).ok());
        Self {
            socket_mode: mode.map_or(usual.socket_mode, |mode| mode & 0o777),
            verbose: level("verbose").unwrap_or(usual.verbose),
            debug: level("debug").unwrap_or(usual.debug),
        }
    }
}
