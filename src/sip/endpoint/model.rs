//! The types of the model, with Asterisk's defaults.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use rsip::Transport;

use super::{AccessList, Encryption, Global, HeaderMatch, Host, HostPort, Network, SessionTimers, Signalling};
use crate::diagnostic::Span;
use crate::sip::authentication::{Account, Password};
use crate::sip::sdp::CodecList;

/// What a configuration file calls the channels of its endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Technology {
    /// `sip.conf`, dialled as `SIP/name`.
    Sip,
    /// `pjsip.conf`, dialled as `PJSIP/name`.
    Pjsip,
}

impl fmt::Display for Technology {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sip => "SIP",
            Self::Pjsip => "PJSIP",
        })
    }
}

/// A listening address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Whose configuration asks for it: the phones of one technology are called from its own addresses.
    pub technology: Technology,
    /// The section's name in `pjsip.conf`, to which endpoints refer; the transport's in `sip.conf`.
    pub name: String,
    /// What is spoken there.
    pub transport: Transport,
    /// Where.
    pub address: SocketAddr,
}

/// What SIP over TLS needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// `tlscertfile`, `cert_file`: who we are. Without it nobody can connect to us.
    pub certificate: Option<PathBuf>,
    /// `tlsprivatekey`, `priv_key_file`; the certificate's file if none.
    pub key: Option<PathBuf>,
    /// `tlscafile`, `ca_list_file`: who signs for those that we connect to; the system's authorities if none.
    pub authorities: Option<PathBuf>,
    /// Whom we connect to has to be who it says: yes in `sip.conf` (`tlsdontverifyserver`), no in `pjsip.conf`
    /// (`verify_server`).
    pub verifies: bool,
}

/// `rtp.conf`: the UDP ports for media, and how streams are taken and reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rtp {
    /// `rtpstart`, 5000.
    pub first: u16,
    /// `rtpend`, 31000.
    pub last: u16,
    /// `probation`: packets that a source must send in sequence before it is believed; nothing with `strictrtp=no`.
    pub probation: Option<u32>,
    /// `rtcpinterval`: mean time between reports, 5 s.
    pub report_interval: Duration,
}

impl Default for Rtp {
    fn default() -> Self {
        Self { first: 5000, last: 31000, probation: Some(4), report_interval: Duration::from_secs(5) }
    }
}

/// What holds for all endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct General {
    /// `realm`: `asterisk`.
    pub realm: String,
    /// `useragent`, `user_agent`: `exten` and its version.
    pub user_agent: String,
    /// `max_forwards`: how many proxies may pass on what we send, 70.
    pub max_forwards: u8,
    /// What callers are that are nobody's endpoint; `None` turns them away. `allowguest` is yes in `sip.conf`,
    /// into the context `default`, and so it is without any file; `pjsip.conf` takes guests by an endpoint named
    /// `anonymous`.
    pub guest: Option<Box<Endpoint>>,
    /// Strangers learn nothing about which names exist: yes.
    pub always_auth_reject: bool,
    /// `externaddr`, `externip`, `external_media_address`: what to call ourselves outside [`local_networks`](Self::local_networks).
    pub external: Option<HostPort>,
    /// `externtcpport`, `externtlsport`: our ports as seen from outside, where they are others than ours.
    pub external_tcp_port: Option<u16>,
    pub external_tls_port: Option<u16>,
    /// `localnet`, `local_net`.
    pub local_networks: Vec<Network>,
    /// T1, the round trip of RFC 3261 §17.1.1.1: 500 ms.
    pub timer_t1: Duration,
    /// Timer B, how long an INVITE waits for any answer: 64 times T1.
    pub timer_b: Duration,
    /// `registertimeout`: how long to wait before registering again after no answer, 20 s.
    pub register_timeout: Duration,
    /// Look up SRV records of host names: yes.
    pub srv_lookup: bool,
    /// Ports for media.
    pub rtp: Rtp,
    /// What SIP over TLS needs, if it is spoken.
    pub tls: Option<Tls>,
    /// What only `pjsip.conf` says about all.
    pub global: Global,
}

impl Default for General {
    fn default() -> Self {
        let t1 = Duration::from_millis(500);
        Self {
            realm: "asterisk".to_owned(),
            user_agent: concat!("exten/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_forwards: 70,
            guest: None,
            always_auth_reject: true,
            external: None,
            external_tcp_port: None,
            external_tls_port: None,
            local_networks: Vec::new(),
            timer_t1: t1,
            timer_b: t1 * 64,
            register_timeout: Duration::from_secs(20),
            srv_lookup: true,
            rtp: Rtp::default(),
            tls: None,
            global: Global::default(),
        }
    }
}

impl General {
    /// What to call ourselves towards a peer that is outside: `None` towards the local networks and this machine,
    /// or when no external address is given.
    pub fn external_towards(&self, peer: IpAddr) -> Option<&HostPort> {
        let peer = peer.to_canonical();
        let inside = peer.is_loopback() || self.local_networks.iter().any(|network| network.contains(peer));
        self.external.as_ref().filter(|_| !inside)
    }
}

/// `type` in `sip.conf`: which way calls go. An endpoint of `pjsip.conf` is a friend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// It calls, known by its name, and is called.
    #[default]
    Friend,
    /// It is called, and calls known by its address.
    Peer,
    /// It calls only, known by its name.
    User,
}

/// How digits travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DtmfMode {
    /// Telephone events (RFC 4733): the default.
    #[default]
    Rfc4733,
    /// Tones in the audio.
    Inband,
    /// SIP INFO requests.
    Info,
    /// Telephone events if the far end offers them, tones otherwise.
    Auto,
    /// Telephone events if the far end offers them, SIP INFO otherwise.
    AutoInfo,
    /// Not at all.
    None,
}

impl DtmfMode {
    /// Whether telephone events are offered to the far end.
    pub fn offers_events(self) -> bool {
        matches!(self, Self::Rfc4733 | Self::Auto | Self::AutoInfo)
    }
}

/// Whether media may go around us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectMedia {
    /// Asterisk's default; exten relays all media.
    #[default]
    Yes,
    /// Media stays with us.
    No,
}

/// `nat`, `rtp_symmetric`, `force_rport`, `rewrite_contact`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nat {
    /// Answer to where the request came from even without `rport`: yes.
    pub force_rport: bool,
    /// Send media to where it comes from: yes in `sip.conf` with `nat = comedia` only; no.
    pub symmetric_rtp: bool,
    /// Take a contact's address from where its REGISTER came from: no.
    pub rewrite_contact: bool,
}

impl Default for Nat {
    fn default() -> Self {
        Self { force_rport: true, symmetric_rtp: false, rewrite_contact: false }
    }
}

/// `insecure`: what is not asked of a caller known by its address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Insecure {
    /// Its source port may be any.
    pub port: bool,
    /// Its INVITE needs no password.
    pub invite: bool,
}

/// A user name with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Password,
    /// `realm`; `None` means any when answering, ours when asking.
    pub realm: Option<String>,
}

impl Login {
    /// The same as an [`Authenticator`](crate::sip::authentication::Authenticator) takes it.
    pub fn account(&self) -> Account<'_> {
        Account { username: &self.username, password: &self.password, realm: self.realm.as_deref() }
    }
}

/// An address that a caller is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// By address or by name.
    pub host: Host,
    /// `None` means any port.
    pub port: Option<u16>,
}

/// How often to ask a contact whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qualify {
    /// `qualifyfreq`, `qualify_frequency`: 60 s.
    pub every: Duration,
    /// Slower than this is not there: `qualify` in ms, 2 s; `qualify_timeout`, 3 s.
    pub timeout: Duration,
}

/// A phone or trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The section's name.
    pub name: String,
    /// The file it stands in.
    pub technology: Technology,
    /// Which way calls go.
    pub role: Role,
    /// Where the section begins.
    pub span: Option<Span>,
    /// Where its calls enter the plan: `default`.
    pub context: String,
    /// `subscribecontext`: where its subscriptions are looked up; [`context`](Self::context) if none.
    pub subscribe_context: Option<String>,
    /// `allow` and `disallow`: ulaw and alaw.
    pub codecs: CodecList,
    /// `dtmfmode`, `dtmf_mode`.
    pub dtmf_mode: DtmfMode,
    /// How its media is secured.
    pub encryption: Encryption,
    /// `callerid`, as written.
    pub caller_id: Option<String>,
    /// What it must prove to call or register; `None` asks nothing.
    pub login: Option<Login>,
    /// What it may prove as well (`auth` with several names).
    pub further_logins: Vec<Login>,
    /// How we prove ourselves to it.
    pub outbound_login: Option<Login>,
    /// The same for other realms.
    pub further_outbound_logins: Vec<Login>,
    /// Names of its addresses of record.
    pub aors: Vec<String>,
    /// Addresses it is known by.
    pub hosts: Vec<Identity>,
    /// Networks it is known by (`match` with a mask).
    pub networks: Vec<Network>,
    /// Known by the user part of From.
    pub by_username: bool,
    /// Known by the user name of its credentials.
    pub by_auth_username: bool,
    /// Known by a header of its requests (`match_header`).
    pub headers: Vec<HeaderMatch>,
    /// What is not asked of it.
    pub insecure: Insecure,
    /// `permit` and `deny`.
    pub access: AccessList,
    /// `fromuser`, `from_user`.
    pub from_user: Option<String>,
    /// `fromdomain`, `from_domain`.
    pub from_domain: Option<String>,
    /// How to reach it behind a NAT.
    pub nat: Nat,
    /// `directmedia`, `direct_media`.
    pub direct_media: DirectMedia,
    /// `outboundproxy`, `outbound_proxy`: where its requests go first.
    pub outbound_proxy: Option<String>,
    /// The transport to use, or the name of a [`Listen`].
    pub transport: Option<String>,
    /// `outofcall_message_context`, `message_context`: where texts for it are looked up; [`context`](Self::context) if none.
    pub message_context: Option<String>,
    /// `busylevel`, `device_state_busy_at`: with so many calls it is busy; 0 for never.
    pub busy_at: u32,
    /// `vmexten`, `voicemail_extension`: the number that its message lamp calls.
    pub voicemail_extension: Option<String>,
    /// `usereqphone`, `user_eq_phone`: numbers are marked as such, `;user=phone`.
    pub marks_numbers: bool,
    /// `mailbox`, `mailboxes`.
    pub mailboxes: Vec<String>,
    /// `callgroup`, `call_group`.
    pub call_groups: Vec<u8>,
    /// `pickupgroup`, `pickup_group`.
    pub pickup_groups: Vec<u8>,
    /// `namedcallgroup`, `named_call_group`.
    pub named_call_groups: Vec<String>,
    /// `namedpickupgroup`, `named_pickup_group`.
    pub named_pickup_groups: Vec<String>,
    /// `language`; the server's if none.
    pub language: Option<String>,
    /// `mohsuggest`, `musicclass`, `moh_suggest`.
    pub music_class: Option<String>,
    /// `accountcode`.
    pub account_code: Option<String>,
    /// `call-limit`: 0 limits nothing.
    pub call_limit: u32,
    /// Believe Remote-Party-ID and P-Asserted-Identity: no.
    pub trust_identity: bool,
    /// Send P-Asserted-Identity: no (`sendrpid = pai`, `send_pai`).
    pub send_asserted: bool,
    /// Send Remote-Party-ID: no (`sendrpid = yes`, `send_rpid`).
    pub send_remote_party: bool,
    /// A redirection leads to the address that it says, not to its number in the plan (`promiscredir`,
    /// `redirect_method`): no.
    pub follows_redirects: bool,
    pub session_timers: SessionTimers,
    pub signalling: Signalling,
    /// `setvar`, `set_var`, in order.
    pub variables: Vec<(String, String)>,
    /// Hang up after so long without audio: never.
    pub rtp_timeout: Option<Duration>,
    /// The same while on hold.
    pub rtp_hold_timeout: Option<Duration>,
}

impl Endpoint {
    /// Whether it is told who calls and with whom it is connected.
    pub fn sends_identity(&self) -> bool {
        self.send_asserted || self.send_remote_party
    }

    /// Whether it is told of callers who want to be hidden: always in `sip.conf` where it is told at all.
    pub fn shows_hidden(&self) -> bool {
        match self.technology {
            Technology::Sip => self.sends_identity(),
            Technology::Pjsip => self.signalling.trusts_outbound,
        }
    }

    /// What it must prove that gives a user name, or gives none yet.
    pub fn login_of(&self, user: Option<&str>) -> Option<&Login> {
        let named = self.further_logins.iter().find(|login| Some(login.username.as_str()) == user);
        self.login.as_ref().map(|first| named.filter(|_| Some(first.username.as_str()) != user).unwrap_or(first))
    }

    /// How we prove ourselves to it, what is named first first.
    pub fn outbound_logins(&self) -> impl Iterator<Item = &Login> + Clone {
        self.outbound_login.iter().chain(&self.further_outbound_logins)
    }

    /// An endpoint with nothing but defaults.
    pub fn new(technology: Technology, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            technology,
            role: Role::Friend,
            span: None,
            context: "default".to_owned(),
            subscribe_context: None,
            codecs: CodecList::default(),
            dtmf_mode: DtmfMode::default(),
            encryption: Encryption::default(),
            caller_id: None,
            login: None,
            further_logins: Vec::new(),
            outbound_login: None,
            further_outbound_logins: Vec::new(),
            aors: Vec::new(),
            hosts: Vec::new(),
            networks: Vec::new(),
            by_username: true,
            by_auth_username: false,
            headers: Vec::new(),
            insecure: Insecure::default(),
            access: AccessList::default(),
            from_user: None,
            from_domain: None,
            nat: Nat::default(),
            direct_media: DirectMedia::default(),
            outbound_proxy: None,
            transport: None,
            message_context: None,
            busy_at: 0,
            voicemail_extension: None,
            marks_numbers: false,
            mailboxes: Vec::new(),
            call_groups: Vec::new(),
            pickup_groups: Vec::new(),
            named_call_groups: Vec::new(),
            named_pickup_groups: Vec::new(),
            language: None,
            music_class: None,
            account_code: None,
            call_limit: 0,
            trust_identity: false,
            send_asserted: false,
            send_remote_party: false,
            follows_redirects: false,
            session_timers: SessionTimers::default(),
            signalling: Signalling::of(technology),
            variables: Vec::new(),
            rtp_timeout: None,
            rtp_hold_timeout: None,
        }
    }
}
