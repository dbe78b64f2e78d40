//! Changing passwords: in `voicemail.conf` itself, in the mailbox's `secret.conf`, or by a program.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::{Settings, User, Voicemail};
use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The line of the mailbox was not found; it may stand in an included file, or its table is away.
    #[error("no line `{0} => …` in the file, or no row of it in the table")]
    NoLine(String),
    /// The system says no.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Voicemail {
    /// Stores a new password where the mailbox keeps it.
    ///
    /// # Errors
    /// Where it could not be stored; the old one stays.
    pub fn change_password(&self, user: &User, password: &str) -> Result<(), PasswordError> {
        if user.preferences.secret_in_spool {
            let folder = self.path(&user.mailbox, &user.context);
            std::fs::create_dir_all(&folder)?;
            replace(&folder.join("secret.conf"), &format!("[general]\npassword={password}\n"))?;
        } else {
            let text = std::fs::read_to_string(&self.file)?;
            let changed = with_password(&text, user, password).ok_or_else(|| PasswordError::NoLine(user.key()))?;
            replace(&self.file, &changed)?;
        }
        self.reload();
        Ok(())
    }

    /// Takes over the new password of a mailbox that stands in a table, until the table is read again.
    pub fn note_password(&self, user: &User, password: &str) {
        let changed = with_password(&self.brought.lock(), user, password);
        if let Some(changed) = changed {
            self.set_brought(&changed);
        }
    }

    /// Passwords that mailboxes keep in their own folder come before those of the file.
    pub(super) fn read_secrets(&self, settings: &mut Settings) {
        for user in &mut settings.mailboxes {
            if self.keeps_secrets {
                Arc::make_mut(user).preferences.secret_in_spool = true;
            }
            let path = self.path(&user.mailbox, &user.context).join("secret.conf");
            if !user.preferences.secret_in_spool || !path.is_file() {
                continue;
            }
            let config = Config::read(&mut Disk::default(), &path, &mut Sources::default());
            if let Some(password) = config.section("general").and_then(|section| section.get("password")) {
                password.clone_into(&mut Arc::make_mut(user).password);
            }
        }
    }
}

/// The file with another password in the mailbox's line, all else as it was.
fn with_password(text: &str, user: &User, password: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + password.len());
    let (mut is_inside, mut is_done) = (false, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            is_inside = name.eq_ignore_ascii_case(&user.context);
        }
        let is_it = || bare.split('=').next().is_some_and(|key| key.trim().eq_ignore_ascii_case(&user.mailbox));
        match line.split_once('=') {
            Some((key, value)) if is_inside && !is_done && is_it() => {
                is_done = true;
                let rest = value.strip_prefix('>');
                let value = rest.unwrap_or(value);
                let blanks = &value[..value.len() - value.trim_start_matches([' ', '\t']).len()];
                let behind = value.find([',', ';', '\n', '\r']).map_or("", |at| &value[at..]);
                out.extend([key, "=", if rest.is_some() { ">" } else { "" }, blanks, password, behind]);
            }
            _ => out.push_str(line),
        }
    }
    is_done.then_some(out)
}

/// Writes beside the file and puts it in its place: at no moment is it half.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let aside = super::with_extension(path, "new");
    let mut file = std::fs::File::create(&aside)?;
    if let Ok(metadata) = std::fs::metadata(path) {
        file.set_permissions(metadata.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(aside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("voicemail.conf");
        let before = "[general]\nmaxmsg=5 ; few\n[sales]\n300 => 1234,Ann\n[default]\n; 300\n300 => 1,Bob,b@x.example ; boss\n301=2\n";
        std::fs::write(&path, before).unwrap();
        let voicemail = Voicemail::new(folder.path(), folder.path());
        voicemail.change_password(&voicemail.find("300", "default").unwrap(), "77").unwrap();
        voicemail.change_password(&voicemail.find("301", "default").unwrap(), "88").unwrap();
        let after = before.replace("=> 1,Bob", "=> 77,Bob").replace("301=2", "301=88");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
        assert!(voicemail.find("300", "default").unwrap().is_password("77"));
    }

    #[test]
    fn a_secret_of_its_own_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[general]\npasswordlocation=spooldir\n[default]\n300 => 1,Ann\n";
        std::fs::write(folder.path().join("voicemail.conf"), text).unwrap();
        let voicemail = Voicemail::new(folder.path(), folder.path());
        voicemail.change_password(&voicemail.find("300", "default").unwrap(), "5").unwrap();
        assert!(voicemail.find("300", "default").unwrap().is_password("5"));
        assert_eq!(std::fs::read_to_string(folder.path().join("voicemail.conf")).unwrap(), text);
        assert!(folder.path().join("default/300/secret.conf").exists());
    }
}
