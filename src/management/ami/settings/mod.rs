//! `manager.conf`: where manager programs may connect, and who they are.

mod read;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::events::filter::Filter;
use super::privilege::Privilege;
use crate::sip::authentication::Secret;
use crate::sip::endpoint::AccessList;

pub use read::{Read, read};

/// What `manager.conf` says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether programs may connect at all.
    pub is_enabled: bool,
    pub bind: SocketAddr,
    pub tls: Option<Tls>,
    /// Events carry the time.
    pub has_timestamps: bool,
    /// A program may log in with a name that is in use.
    pub allows_multiple_login: bool,
    /// The coming and going of programs is logged, unless their user says otherwise.
    pub displays_connects: bool,
    /// How long a program may stay without logging in.
    pub auth_timeout: Duration,
    /// How many programs may be there without having logged in.
    pub auth_limit: usize,
    /// Variables that every event of a channel carries.
    pub channel_variables: Vec<String>,
    /// Events that nobody gets.
    pub disabled_events: Vec<String>,
    /// What the system calls itself (`systemname` of asterisk.conf): every event says it.
    pub system_name: String,
    /// Programs may also come over HTTP, where `http.conf` offers it.
    pub is_on_web: bool,
    /// How long a program over HTTP may be silent and stay logged in.
    pub web_timeout: Duration,
    /// Functions that reach files and programs may be used from outside (`live_dangerously` of `asterisk.conf`).
    pub lives_dangerously: bool,
    pub users: Vec<User>,
}

/// Where programs connect over TLS, and with which certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    pub bind: SocketAddr,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Who may log in.
#[derive(Clone, Debug)]
pub struct User {
    pub name: String,
    pub secret: Option<Secret>,
    pub access: AccessList,
    /// Events it sees.
    pub read: Privilege,
    /// Actions it may take.
    pub write: Privilege,
    pub filters: Vec<Filter>,
    /// Whether its coming and going is logged.
    pub displays_connects: bool,
    pub allows_multiple_login: bool,
    /// How long it may leave what is written to it unread.
    pub write_timeout: Duration,
    /// Variables of the channels that it originates.
    pub variables: Vec<(String, String)>,
}

/// How long a program may leave what is written to it unread, unless its user's `writetimeout` says otherwise.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_enabled: false,
            bind: SocketAddr::from(([0, 0, 0, 0], 5038)),
            tls: None,
            has_timestamps: false,
            allows_multiple_login: true,
            displays_connects: true,
            auth_timeout: Duration::from_secs(30),
            auth_limit: 50,
            channel_variables: Vec::new(),
            disabled_events: Vec::new(),
            system_name: String::new(),
            is_on_web: false,
            web_timeout: Duration::from_secs(60),
            lives_dangerously: false,
            users: Vec::new(),
        }
    }
}

impl Settings {
    /// The user of this name, in any case.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name.eq_ignore_ascii_case(name))
    }
}

impl User {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            secret: None,
            access: AccessList::default(),
            read: Privilege::NONE,
            write: Privilege::NONE,
            filters: Vec::new(),
            displays_connects: true,
            allows_multiple_login: true,
            write_timeout: WRITE_TIMEOUT,
            variables: Vec::new(),
        }
    }

    /// Whether it may log in from this address.
    pub fn is_admitted_from(&self, address: IpAddr) -> bool {
        self.access.permits(address)
    }
}
