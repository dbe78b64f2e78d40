//! The section `[general]`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::super::setting::{Reader, list, optional};
use super::super::{Endpoints, Host, HostPort, Listen, Nat, Network, SIP_PORT, TLS_PORT, Technology, Tls, Transport};
use super::{Defaults, peer, register};
use crate::conf::{Entry, Section, is_true};

/// Settings of `chan_sip` that change nothing here.
const KNOWN: &[&str] = &[
    "allowoverlap",
    "allowsubscribe",
    "allowtransfer",
    "auth",
    "authfailureevents",
    "auth_message_requests",
    "auth_options_requests",
    "autocreatepeer",
    "autodomain",
    "autoframing",
    "buggymwi",
    "callcounter",
    "callevents",
    "compactheaders",
    "contactpermit",
    "contactdeny",
    "contactacl",
    "cos_audio",
    "cos_sip",
    "cos_text",
    "cos_video",
    "debug",
    "domain",
    "dumphistory",
    "dynamic_exclude_static",
    "externrefresh",
    "fromdomain",
    "g726nonstandard",
    "hash_users",
    "hash_peers",
    "ignoreregexpire",
    "ignoresdpversion",
    "jbenable",
    "jbforce",
    "jbimpl",
    "jblog",
    "jbmaxsize",
    "jbresyncthreshold",
    "jbtargetextra",
    "legacy_useroption_parsing",
    "match_auth_username",
    "matchexternaddrlocally",
    "matchexterniplocally",
    "maxcallbitrate",
    "mohinterpret",
    "mwi",
    "mwiexpiry",
    "notifycid",
    "notifyhold",
    "notifymimetype",
    "notifyringing",
    "accept_outofcall_message",
    "parkinglot",
    "pedantic",
    "preferred_codec_only",
    "prematuremedia",
    "progressinband",
    "qualifygap",
    "qualifypeers",
    "recordhistory",
    "recordonfeature",
    "recordofffeature",
    "register_retry_403",
    "registerattempts",
    "regcontext",
    "regexten",
    "relaxdtmf",
    "rtautoclear",
    "rtcachefriends",
    "rtpkeepalive",
    "rtsavepath",
    "rtsavesysname",
    "rtupdate",
    "send_diversion",
    "shrinkcallerid",
    "sipdebug",
    "snom_aoc_enabled",
    "srtpcapable",
    "storesipcause",
    "stunaddr",
    "subscribe_network_change_event",
    "supportpath",
    "t38pt_udptl",
    "t38pt_rtp",
    "t38pt_tcp",
    "tcpauthlimit",
    "tcpauthtimeout",
    "textsupport",
    "tlscadir",
    "tlscipher",
    "tlsclientmethod",
    "tos",
    "tos_audio",
    "tos_sip",
    "tos_text",
    "tos_video",
    "udptl",
    "unsolicited_mailbox",
    "use_q850_reason",
    "websocket_enabled",
    "websocket_write_timeout",
    "allowexternaldomains",
    "allowexternalinvites",
    "autoanswer",
    "bindaddr6",
    "callerid_update",
    "constantssrc",
    "directrtpsetup",
    "disallowed_methods",
    "fullname",
    "limitonpeers",
    "refer_addheaders",
    "rpid_update",
    "rpid_immediate",
    "tonezone",
    "trust_id_outbound",
    "videosupport",
    "avpf",
    "icesupport",
    "discard_remote_hold_retrieval",
];

/// Where `[general]` says to listen; put together once all lines are read.
#[derive(Default)]
struct Binding {
    udp: Option<HostPort>,
    any: Option<HostPort>,
    port: Option<u16>,
    tcp_enabled: bool,
    tcp: Option<HostPort>,
    tls_enabled: bool,
    tls: Option<HostPort>,
    secured: Tls,
}

pub(super) fn read(section: &Section, defaults: &mut Defaults, into: &mut Endpoints) {
    let mut diagnostics = std::mem::take(&mut into.diagnostics);
    let mut reader = Reader::new(&mut diagnostics);
    let mut binding = Binding { secured: Tls { verifies: true, ..Tls::default() }, ..Binding::default() };
    let mut guests = true;
    for entry in &section.entries {
        if !global(entry, &mut binding, &mut guests, defaults, into, &mut reader)
            && !peer::shared(entry, &mut defaults.endpoint, &mut defaults.asking, &mut reader)
            && !KNOWN.contains(&entry.key.to_ascii_lowercase().as_str())
        {
            reader.unknown(entry);
        }
    }
    for entry in section.all("register") {
        match register::parse(&entry.value, defaults.expiry.default, into.general.register_timeout) {
            Some(registration) => into.registrations.push(registration),
            None => reader.wrong(entry, "user[:secret[:authuser]]@host[:port][/extension]"),
        }
    }
    into.diagnostics = diagnostics;
    into.general.guest = guests.then(|| Box::new(defaults.endpoint.clone()));
    listen(&binding, into);
}

/// Settings that only `[general]` has. Tells whether this is one.
fn global(
    entry: &Entry,
    binding: &mut Binding,
    guests: &mut bool,
    defaults: &mut Defaults,
    into: &mut Endpoints,
    reader: &mut Reader<'_>,
) -> bool {
    let general = &mut into.general;
    match entry.key.to_ascii_lowercase().as_str() {
        "udpbindaddr" => address(entry, &mut binding.udp, reader),
        "bindaddr" => address(entry, &mut binding.any, reader),
        "bindport" | "port" => {
            let mut port = SIP_PORT;
            reader.number(entry, &mut port, "a port");
            binding.port = Some(port);
        }
        "tcpenable" => reader.boolean(entry, &mut binding.tcp_enabled),
        "tcpbindaddr" => address(entry, &mut binding.tcp, reader),
        "tlsenable" => reader.boolean(entry, &mut binding.tls_enabled),
        "tlsbindaddr" => address(entry, &mut binding.tls, reader),
        "tlscertfile" => binding.secured.certificate = optional(entry).map(PathBuf::from),
        "tlsprivatekey" => binding.secured.key = optional(entry).map(PathBuf::from),
        "tlscafile" => binding.secured.authorities = optional(entry).map(PathBuf::from),
        "tlsdontverifyserver" => binding.secured.verifies = !is_true(&entry.value),
        "realm" => entry.value.trim().clone_into(&mut general.realm),
        "useragent" => entry.value.trim().clone_into(&mut general.user_agent),
        "max_forwards" => reader.number(entry, &mut general.max_forwards, "a number of hops"),
        "allowguest" => reader.boolean(entry, guests),
        "alwaysauthreject" => reader.boolean(entry, &mut general.always_auth_reject),
        "externip" | "externaddr" | "externhost" => match HostPort::parse(&entry.value) {
            Some(external) => general.external = Some(external),
            None => reader.wrong(entry, "an address or host name"),
        },
        "externtcpport" => general.external_tcp_port = port(entry, reader),
        "externtlsport" => general.external_tls_port = port(entry, reader),
        "localnet" => match Network::parse(&entry.value) {
            Some(network) => general.local_networks.push(network),
            None => reader.wrong(entry, "a network such as 10.0.0.0/8 or 10.0.0.0/255.0.0.0"),
        },
        "srvlookup" => reader.boolean(entry, &mut general.srv_lookup),
        "t1min" => {}
        "timert1" => {
            reader.milliseconds(entry, &mut general.timer_t1);
            general.timer_b = general.timer_t1 * 64;
        }
        "timerb" => reader.milliseconds(entry, &mut general.timer_b),
        "registertimeout" => reader.seconds(entry, &mut general.register_timeout),
        "defaultexpiry" | "defaultexpirey" => reader.seconds(entry, &mut defaults.expiry.default),
        "maxexpiry" | "maxexpirey" => reader.seconds(entry, &mut defaults.expiry.maximum),
        "minexpiry" => reader.seconds(entry, &mut defaults.expiry.minimum),
        // Once the times that hold for it are known.
        "register" => {}
        _ => return false,
    }
    true
}

fn port(entry: &Entry, reader: &mut Reader<'_>) -> Option<u16> {
    let mut port = 0;
    reader.number(entry, &mut port, "a port");
    (port > 0).then_some(port)
}

fn address(entry: &Entry, into: &mut Option<HostPort>, reader: &mut Reader<'_>) {
    match HostPort::parse(&entry.value) {
        Some(HostPort { host: Host::Name(_), .. }) | None => reader.wrong(entry, "an address such as 0.0.0.0:5060"),
        address => *into = address,
    }
}

/// UDP always, TCP and TLS where enabled; `udpbindaddr` goes before `bindaddr`, a port in an address before `bindport`.
fn listen(binding: &Binding, into: &mut Endpoints) {
    let port = binding.port.unwrap_or(SIP_PORT);
    let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
    let socket = |first: &Option<HostPort>, second: &Option<HostPort>| {
        first.as_ref().or(second.as_ref()).and_then(|address| address.socket(port)).unwrap_or(anywhere)
    };
    let said = binding.udp.is_some() || binding.any.is_some() || binding.port.is_some();
    // pjsip.conf may have taken the port already; a chan_sip without a word about its address yields.
    if said || into.listen.is_empty() {
        let address = socket(&binding.udp, &binding.any);
        into.listen_at(Listen {
            technology: Technology::Sip,
            name: "udp".to_owned(),
            transport: Transport::Udp,
            address,
        });
    }
    if binding.tcp_enabled {
        let address = socket(&binding.tcp, &binding.any);
        into.listen_at(Listen {
            technology: Technology::Sip,
            name: "tcp".to_owned(),
            transport: Transport::Tcp,
            address,
        });
    }
    if binding.tls_enabled {
        let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), TLS_PORT);
        let address = binding.tls.as_ref().and_then(|address| address.socket(TLS_PORT));
        into.listen_at(Listen {
            technology: Technology::Sip,
            name: "tls".to_owned(),
            transport: Transport::Tls,
            address: address.unwrap_or(anywhere),
        });
        into.general.tls = Some(binding.secured.clone());
    }
}

/// `nat` is a list of words; the older single words are understood.
pub(super) fn nat(entry: &Entry, into: &mut Nat, reader: &mut Reader<'_>) {
    for word in list(&entry.value) {
        match word.to_ascii_lowercase().as_str() {
            "yes" | "always" | "true" => {
                into.force_rport = true;
                into.symmetric_rtp = true;
                into.rewrite_contact = true;
            }
            "no" | "never" | "false" => {
                into.force_rport = false;
                into.symmetric_rtp = false;
                into.rewrite_contact = false;
            }
            "force_rport" | "route" | "auto_force_rport" => {
                into.force_rport = true;
                into.rewrite_contact = true;
            }
            "comedia" | "auto_comedia" => into.symmetric_rtp = true,
            _ => reader.wrong(entry, "no, force_rport, comedia or their auto_ forms"),
        }
    }
}
