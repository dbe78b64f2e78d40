//! Users and groups of the system: whom exten runs as, and who owns what it makes.

use std::ffi::CString;

use nix::unistd::{Gid, Group, User, geteuid, getgid, initgroups, setgid, setuid};

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("there is no user `{0}` on this machine")]
    NoUser(String),
    #[error("there is no group `{0}` on this machine")]
    NoGroup(String),
    #[error("{0}: only root may run exten as another user or group")]
    NotRoot(nix::Error),
    #[error(transparent)]
    System(#[from] nix::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A user by name.
pub fn user(name: &str) -> Result<User, AccountError> {
    User::from_name(name)?.ok_or_else(|| AccountError::NoUser(name.to_owned()))
}

/// A group by name.
pub fn group(name: &str) -> Result<Gid, AccountError> {
    Ok(Group::from_name(name)?.ok_or_else(|| AccountError::NoGroup(name.to_owned()))?.gid)
}

/// Runs as this user and group from now on, for good: what root may do is given up. A user without a group has its own.
///
/// To be called before there are threads.
///
/// # Errors
/// Where there is no such account, or the system does not allow it.
pub fn become_account(name: Option<&str>, group_name: Option<&str>) -> Result<(), AccountError> {
    let account = name.map(user).transpose()?;
    let named = group_name.map(group).transpose()?;
    let wanted = named.or_else(|| account.as_ref().map(|account| account.gid));
    let is_account = account.as_ref().is_none_or(|account| account.uid == geteuid());
    if is_account && wanted.is_none_or(|wanted| wanted == getgid()) {
        return Ok(());
    }
    if let Some(wanted) = wanted {
        setgid(wanted).map_err(AccountError::NotRoot)?;
        if let Some(name) = account.as_ref().and_then(|account| CString::new(account.name.as_str()).ok()) {
            initgroups(&name, wanted).map_err(AccountError::NotRoot)?;
        }
    }
    if let Some(account) = account {
        setuid(account.uid).map_err(AccountError::NotRoot)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_there_cannot_be_become() {
        let error = become_account(Some("nobody-of-this-name"), None).unwrap_err();
        assert_eq!(error.to_string(), "there is no user `nobody-of-this-name` on this machine");
        let error = become_account(None, Some("no-group-of-this-name")).unwrap_err();
        assert_eq!(error.to_string(), "there is no group `no-group-of-this-name` on this machine");
        become_account(None, None).unwrap();
    }
}
