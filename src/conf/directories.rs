//! Where a PBX keeps its files: the section `[directories]` of `asterisk.conf`, and what holds without it.

use std::path::{Path, PathBuf};

use super::{Config, Section};

/// The folders of one PBX.
///
/// What `[directories]` names is so; relative names count from the configuration folder. Without it, the configuration in
/// `/etc/asterisk` has Asterisk's usual places, and any other folder keeps its own files in its `var` folder, so that a
/// folder is one whole PBX and several run side by side: `var/lib`, `var/spool`, `var/log`, `var/run`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directories {
    /// The configuration (`astetcdir`).
    pub etc: PathBuf,
    /// What is kept for good (`astvarlibdir`).
    pub lib: PathBuf,
    /// The AstDB and the call records in SQLite (`astdbdir`).
    pub db: PathBuf,
    /// Sounds, music and scripts (`astdatadir`).
    pub data: PathBuf,
    /// AGI scripts (`astagidir`).
    pub agi: PathBuf,
    /// Keys and certificates (`astkeydir`).
    pub keys: PathBuf,
    /// Recordings, voicemail and call files (`astspooldir`).
    pub spool: PathBuf,
    /// Logs and call records (`astlogdir`).
    pub log: PathBuf,
    /// The control socket and the process id (`astrundir`).
    pub run: PathBuf,
    /// Modules, for scripts that ask (`astmoddir`): there are none.
    pub modules: PathBuf,
    /// Programs (`astsbindir`).
    pub sbin: PathBuf,
    /// What is written is thrown away, and the configuration is not to be changed: the calls are virtual.
    pub is_apart: bool,
}

impl Directories {
    /// The folders of the configuration in `folder`, whose `asterisk.conf` is `main`.
    ///
    /// All are whole paths, for plans and scripts that take them anywhere, but for two: the configuration is what the admin
    /// called it, and the path of the socket has to be short.
    pub fn read(main: &Config, folder: &Path) -> Self {
        let given = folder;
        let folder = &std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let usual = if folder == Path::new("/etc/asterisk") { Self::usual() } else { Self::within(folder) };
        let mut directories = match main.section("directories") {
            Some(section) => usual.named(section, folder),
            None => usual,
        };
        if let Ok(below) = directories.run.strip_prefix(folder) {
            directories.run = given.join(below);
        }
        directories.etc = given.to_owned();
        directories
    }

    /// Asterisk's places on Linux.
    pub fn usual() -> Self {
        let [etc, lib, run, log, spool] =
            ["/etc/asterisk", "/var/lib/asterisk", "/var/run/asterisk", "/var/log/asterisk", "/var/spool/asterisk"]
                .map(PathBuf::from);
        Self {
            db: lib.clone(),
            data: lib.clone(),
            agi: lib.join("agi-bin"),
            keys: lib.join("keys"),
            modules: PathBuf::from("/usr/lib/asterisk/modules"),
            sbin: PathBuf::from("/usr/sbin"),
            etc,
            lib,
            run,
            log,
            spool,
            is_apart: false,
        }
    }

    /// The places of a folder that is a whole PBX.
    pub fn within(folder: &Path) -> Self {
        let var = folder.join("var");
        let lib = var.join("lib");
        Self {
            etc: folder.to_owned(),
            db: lib.clone(),
            data: folder.to_owned(),
            agi: folder.join("agi-bin"),
            keys: folder.join("keys"),
            spool: var.join("spool"),
            log: var.join("log"),
            run: var.join("run"),
            modules: lib.join("modules"),
            sbin: PathBuf::from("/usr/sbin"),
            lib,
            is_apart: false,
        }
    }

    fn named(mut self, section: &Section, folder: &Path) -> Self {
        let named = |key: &str| section.get(key).filter(|name| !name.is_empty()).map(|name| folder.join(name));
        if let Some(lib) = named("astvarlibdir") {
            self.db.clone_from(&lib);
            self.lib = lib;
        }
        if let Some(data) = named("astdatadir") {
            (self.keys, self.agi) = (data.join("keys"), data.join("agi-bin"));
            self.data = data;
        }
        let rest = [
            ("astdbdir", &mut self.db),
            ("astkeydir", &mut self.keys),
            ("astagidir", &mut self.agi),
            ("astspooldir", &mut self.spool),
            ("astlogdir", &mut self.log),
            ("astrundir", &mut self.run),
            ("astmoddir", &mut self.modules),
            ("astsbindir", &mut self.sbin),
        ];
        for (key, place) in rest {
            if let Some(path) = named(key) {
                *place = path;
            }
        }
        // Where a command names a folder, that is the configuration, whatever its asterisk.conf says.
        self.etc = folder.to_owned();
        self
    }

    /// The same, with all that calls write kept below `folder`: configuration, sounds, scripts and keys stay where they are.
    pub fn apart(self, folder: &Path) -> Self {
        let lib = if self.lib == self.data { self.lib } else { folder.join("lib") };
        Self {
            db: folder.join("db"),
            spool: folder.join("spool"),
            log: folder.join("log"),
            run: folder.join("run"),
            is_apart: true,
            lib,
            ..self
        }
    }

    /// The AstDB's file.
    pub fn database(&self) -> PathBuf {
        self.db.join("astdb.sqlite3")
    }

    /// Recordings with relative names.
    pub fn monitor(&self) -> PathBuf {
        self.spool.join("monitor")
    }

    /// Voicemail.
    pub fn voicemail(&self) -> PathBuf {
        self.spool.join("voicemail")
    }

    /// Call files that wait.
    pub fn outgoing(&self) -> PathBuf {
        self.spool.join("outgoing")
    }

    /// Call files that are done.
    pub fn outgoing_done(&self) -> PathBuf {
        self.spool.join("outgoing_done")
    }

    /// Sounds of the admin.
    pub fn sounds(&self) -> PathBuf {
        self.data.join("sounds")
    }

    /// The control socket of the console.
    pub fn socket(&self) -> PathBuf {
        self.run.join("asterisk.ctl")
    }

    /// The folder that a plan knows by this name: `${ASTSPOOLDIR}` and its like.
    pub fn variable(&self, name: &str) -> Option<&Path> {
        Some(match name {
            "ASTETCDIR" => &self.etc,
            "ASTVARLIBDIR" => &self.lib,
            "ASTDBDIR" => &self.db,
            "ASTDATADIR" => &self.data,
            "ASTAGIDIR" => &self.agi,
            "ASTKEYDIR" => &self.keys,
            "ASTSPOOLDIR" => &self.spool,
            "ASTLOGDIR" => &self.log,
            "ASTRUNDIR" => &self.run,
            "ASTMODDIR" => &self.modules,
            "ASTSBINDIR" => &self.sbin,
            _ => return None,
        })
    }

    /// The environment variables by which AGI scripts find the folders.
    pub fn environment(&self) -> Vec<(String, String)> {
        let etc = std::path::absolute(&self.etc).unwrap_or_else(|_| self.etc.clone());
        let known = [
            ("AST_CONFIG_FILE", etc.join("asterisk.conf")),
            ("AST_CONFIG_DIR", etc),
            ("AST_MODULE_DIR", self.modules.clone()),
            ("AST_SPOOL_DIR", self.spool.clone()),
            ("AST_MONITOR_DIR", self.monitor()),
            ("AST_VAR_DIR", self.lib.clone()),
            ("AST_DATA_DIR", self.data.clone()),
            ("AST_LOG_DIR", self.log.clone()),
            ("AST_AGI_DIR", self.agi.clone()),
            ("AST_KEY_DIR", self.keys.clone()),
            ("AST_RUN_DIR", self.run.clone()),
        ];
        known.into_iter().map(|(name, path)| (name.to_owned(), path.to_string_lossy().into_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn read(text: &str, folder: &str) -> Directories {
        let mut files = Memory::default().with("asterisk.conf", text);
        Directories::read(
            &Config::read(&mut files, Path::new("asterisk.conf"), &mut Sources::default()),
            Path::new(folder),
        )
    }

    #[test]
    fn a_folder_is_a_whole_pbx_unless_it_is_the_machines() {
        let own = read("", "/srv/office");
        assert_eq!(own.database(), Path::new("/srv/office/var/lib/astdb.sqlite3"));
        assert_eq!(own.sounds(), Path::new("/srv/office/sounds"));
        assert_eq!(read("", "/etc/asterisk"), Directories::usual());
    }

    #[test]
    fn a_folder_may_be_named_from_here() {
        let own = read("", "office");
        assert!(own.spool.is_absolute() && own.spool.ends_with("office/var/spool"));
        assert_eq!(own.socket(), Path::new("office/var/run/asterisk.ctl"));
    }

    #[test]
    fn virtual_calls_write_elsewhere_and_find_sounds_and_scripts() {
        let own = read("", "/srv/office").apart(Path::new("/tmp/x"));
        assert_eq!(own.voicemail(), Path::new("/tmp/x/spool/voicemail"));
        assert_eq!(
            (own.database().as_path(), own.lib.as_path()),
            (Path::new("/tmp/x/db/astdb.sqlite3"), Path::new("/tmp/x/lib"))
        );
        assert_eq!((own.sounds(), own.agi), ("/srv/office/sounds".into(), "/srv/office/agi-bin".into()));
        // Asterisk's own places have the sounds in astvarlibdir.
        assert_eq!(read("", "/etc/asterisk").apart(Path::new("/tmp/x")).lib, Path::new("/var/lib/asterisk"));
    }

    #[test]
    fn what_asterisk_conf_names_wins_and_others_follow_it() {
        let text = "[directories](!)\nastvarlibdir => /v\nastdatadir => /d\nastspooldir => spool\n";
        let named = read(&text.replace("(!)", ""), "/srv/office");
        assert_eq!(named.database(), Path::new("/v/astdb.sqlite3"));
        assert_eq!(named.agi, Path::new("/d/agi-bin"));
        assert_eq!(named.monitor(), Path::new("/srv/office/spool/monitor"));
        assert_eq!(named.variable("ASTSPOOLDIR"), Some(Path::new("/srv/office/spool")));
        // Asterisk's own sample marks the section as a template; nothing of it counts then.
        assert_eq!(read(text, "/srv/office"), Directories::within(Path::new("/srv/office")));
    }
}
