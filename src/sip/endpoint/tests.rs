use std::path::Path;
use std::time::Duration;

use super::*;
use crate::conf::Memory;
use crate::diagnostic::{Severity, Sources};
use crate::media::rtp::srtp::Suite;
use crate::sip::authentication::{Password, Secret};
use crate::sip::wire::Headers;

fn config(text: &str) -> Config {
    let path = Path::new("file.conf");
    let config = Config::read(&mut Memory::default().with(path, text), path, &mut Sources::default());
    assert!(config.diagnostics.is_empty(), "{:?}", config.diagnostics);
    config
}

fn sip(text: &str) -> Endpoints {
    Endpoints::from_configs(Some(&config(text)), None, None)
}

fn pjsip(text: &str) -> Endpoints {
    Endpoints::from_configs(None, Some(&config(text)), None)
}

fn messages(endpoints: &Endpoints) -> Vec<String> {
    endpoints.diagnostics.iter().map(|found| format!("{} {}", found.code, found.message)).collect()
}

fn listeners(endpoints: &Endpoints) -> Vec<String> {
    endpoints.listen.iter().map(|at| format!("{} {}", at.transport.to_string().to_lowercase(), at.address)).collect()
}

fn caller<'a>(from: &'a str, auth_user: Option<&'a str>, source: &str, registered: Option<&'a str>) -> Caller<'a> {
    static NONE: std::sync::LazyLock<Headers> = std::sync::LazyLock::new(Headers::default);
    let source = source.parse().unwrap();
    Caller { user: Some(from), domain: Some("pbx"), auth_user, line: None, source, registered, headers: &NONE }
}

/// Who a request is from, in one word: `name`, `name?` if it must prove itself, `guest:context`, `-`.
fn whose(endpoints: &Endpoints, from: &str, auth: Option<&str>, source: &str) -> String {
    match endpoints.identify(&caller(from, auth, source, None)) {
        Identified::Endpoint { endpoint, authenticate: true } => format!("{}?", endpoint.name),
        Identified::Endpoint { endpoint, .. } => endpoint.name.clone(),
        Identified::Guest { guest } => format!("guest:{}", guest.context),
        Identified::Unknown => "-".to_owned(),
    }
}

#[test]
fn without_files_there_is_one_listener() {
    let endpoints = Endpoints::from_configs(None, None, None);
    assert_eq!(listeners(&endpoints), ["udp 0.0.0.0:5060"]);
    assert_eq!(endpoints.general.rtp, Rtp::default());
    assert_eq!(whose(&endpoints, "2001", None, "127.0.0.1:5060"), "guest:default");
}

#[test]
fn sip_conf_listens_where_it_says() {
    let at = |lines: &str| listeners(&sip(&format!("[general]\n{lines}")));
    assert_eq!(at("udpbindaddr = 127.0.0.1:15870"), ["udp 127.0.0.1:15870"]);
    assert_eq!(at("bindaddr=127.0.0.1\nbindport=5070"), ["udp 127.0.0.1:5070"]);
    assert_eq!(at("udpbindaddr=[::1]:5080\nbindaddr=10.0.0.1"), ["udp [::1]:5080"]);
    assert_eq!(at("tcpenable=yes"), ["udp 0.0.0.0:5060", "tcp 0.0.0.0:5060"]);
    assert_eq!(at("tcpenable=yes\ntcpbindaddr=127.0.0.1:5071"), ["udp 0.0.0.0:5060", "tcp 127.0.0.1:5071"]);
    assert_eq!(at("realm=x"), ["udp 0.0.0.0:5060"]);
}

#[test]
fn pjsip_conf_listens_at_its_transports() {
    let endpoints = pjsip(
        "[udp4]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:5099\n[tcp]\ntype=transport\nprotocol=tcp\nbind=0.0.0.0\n",
    );
    assert_eq!(listeners(&endpoints), ["udp 127.0.0.1:5099", "tcp 0.0.0.0:5060"]);
}

#[test]
fn both_files_share_what_they_listen_at() {
    let transport = config("[u]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:5060\n");
    let quiet = config("[general]\ncontext=x\n");
    let said = config("[general]\nudpbindaddr=127.0.0.1:5061\n");
    let both = |sip| listeners(&Endpoints::from_configs(Some(sip), Some(&transport), None));
    assert_eq!(both(&quiet), ["udp 127.0.0.1:5060"]);
    assert_eq!(both(&said), ["udp 127.0.0.1:5060", "udp 127.0.0.1:5061"]);
}

const PHONES: &str = "\
[general]
context = public
disallow = all
allow = alaw
allow = ulaw
qualify = yes
defaultexpiry = 300
language = de

[phone](!)
type = friend
host = dynamic
context = internal
nat = force_rport,comedia
setvar = COLOR=red

[2001](phone)
secret = sesame
callerid = \"Ann\" <2001>
callgroup = 1,3-4
mailbox = 2001@default,2002
call-limit = 2
setvar = SIZE=big = 5

[trunk]
type = peer
host = 192.0.2.9
port = 5070
defaultuser = account
secret = hush
insecure = port,invite
fromdomain = provider.example
qualify = 500
";

#[test]
fn peers_take_what_general_and_templates_give() {
    let endpoints = sip(PHONES);
    assert!(endpoints.diagnostics.is_empty(), "{:?}", messages(&endpoints));
    let phone = endpoints.get(Technology::Sip, "2001").unwrap();
    assert_eq!(phone.context, "internal");
    assert_eq!(phone.codecs.to_string(), "alaw,ulaw");
    assert_eq!(phone.language.as_deref(), Some("de"));
    assert_eq!(phone.caller_id.as_deref(), Some("\"Ann\" <2001>"));
    assert_eq!(phone.call_groups, [1, 3, 4]);
    assert_eq!(phone.mailboxes, ["2001@default", "2002"]);
    assert_eq!(phone.call_limit, 2);
    assert!(phone.nat.force_rport && phone.nat.symmetric_rtp);
    let variables: Vec<_> = phone.variables.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    assert_eq!(variables, ["COLOR:red", "SIZE:big = 5"]);
    assert_eq!(phone.login.as_ref().map(|login| login.username.as_str()), Some("2001"));

    let (owner, aor) = endpoints.registrant("2001").unwrap();
    assert_eq!(owner.name, "2001");
    assert_eq!((aor.max_contacts, aor.expiry.default), (1, Duration::from_secs(300)));
    assert_eq!(aor.qualify, Some(Qualify { every: Duration::from_secs(60), timeout: Duration::from_secs(2) }));

    let trunk = endpoints.get(Technology::Sip, "trunk").unwrap();
    assert_eq!(trunk.outbound_login.as_ref().map(|login| login.username.as_str()), Some("account"));
    let aor = endpoints.aor("trunk").unwrap();
    assert_eq!(aor.contacts, ["sip:account@192.0.2.9:5070"]);
    assert_eq!((aor.max_contacts, aor.qualify.map(|qualify| qualify.timeout.as_millis())), (0, Some(500)));
}

#[test]
fn sip_callers_are_known_by_name_then_address_then_nobody() {
    let endpoints = sip(PHONES);
    assert_eq!(whose(&endpoints, "2001", None, "10.0.0.1:5060"), "2001?");
    assert_eq!(whose(&endpoints, "015551234", None, "192.0.2.9:40000"), "trunk");
    assert_eq!(whose(&endpoints, "stranger", None, "10.0.0.1:5060"), "guest:public");
    let closed =
        sip("[general]\nallowguest=no\n[2001]\ntype=peer\nhost=dynamic\nsecret=x\n[gw]\ntype=peer\nhost=10.0.0.9\n");
    assert_eq!(whose(&closed, "stranger", None, "10.0.0.1:5060"), "-");
    assert_eq!(whose(&closed, "2001", None, "10.0.0.1:5060"), "2001?");
    assert_eq!(whose(&closed, "x", None, "10.0.0.9:5060"), "gw");
    assert_eq!(whose(&closed, "x", None, "10.0.0.9:5061"), "-", "the port matters without insecure=port");
}

#[test]
fn a_peer_is_known_by_where_it_registered() {
    let endpoints = sip("[general]\nallowguest=no\n[2001]\ntype=peer\nhost=dynamic\nsecret=x\ninsecure=invite\n");
    let source = "10.0.0.1:5062";
    let found = endpoints.identify(&caller("ann", None, source, Some("2001")));
    assert!(matches!(found, Identified::Endpoint { authenticate: false, .. }), "{found:?}");
    assert!(matches!(endpoints.identify(&caller("ann", None, source, None)), Identified::Unknown));
}

#[test]
fn access_lists_keep_callers_out() {
    let endpoints = sip("[a]\ntype=friend\nhost=dynamic\ndeny=0.0.0.0/0.0.0.0\npermit=10.0.0.0/8\n");
    assert_eq!(whose(&endpoints, "a", None, "10.0.0.1:5060"), "a");
    assert_eq!(whose(&endpoints, "a", None, "192.0.2.1:5060"), "-");
}

const PJSIP: &str = "\
[global]
type = global
default_realm = pbx
[2001]
type = endpoint
context = internal
disallow = all
allow = ulaw
auth = 2001-auth
aors = 2001
callerid = Ann <2001>
dtmf_mode = inband
[2001-auth]
type = auth
auth_type = userpass
username = ann
password = sesame
[2001]
type = aor
max_contacts = 2
remove_existing = yes
qualify_frequency = 30
[trunk]
type = endpoint
aors = trunk
outbound_auth = 2001-auth
identify_by = ip
[trunk]
type = aor
contact = sip:192.0.2.9:5070
[trunk]
type = identify
endpoint = trunk
match = 192.0.2.0/24,sip.provider.example
[trunk-registration]
type = registration
server_uri = sip:provider.example
client_uri = sip:ann@provider.example
outbound_auth = 2001-auth
retry_interval = 30
";

#[test]
fn pjsip_sections_come_together_by_name() {
    let endpoints = pjsip(PJSIP);
    assert!(endpoints.diagnostics.is_empty(), "{:?}", messages(&endpoints));
    assert_eq!(endpoints.general.realm, "pbx");
    let phone = endpoints.get(Technology::Pjsip, "2001").unwrap();
    assert_eq!((phone.codecs.to_string().as_str(), phone.dtmf_mode), ("ulaw", DtmfMode::Inband));
    let login = phone.login.clone().unwrap();
    assert_eq!((login.username.as_str(), login.password), ("ann", Password::Plain(Secret::new("sesame"))));
    let (_, aor) = endpoints.registrant("2001").unwrap();
    assert_eq!((aor.max_contacts, aor.remove_existing), (2, true));
    assert_eq!(aor.qualify.map(|qualify| (qualify.every.as_secs(), qualify.timeout.as_secs())), Some((30, 3)));
    let registration = &endpoints.registrations[0];
    assert_eq!((registration.retry.as_secs(), registration.contact_user.as_str()), (30, "s"));
}

#[test]
fn pjsip_callers_are_known_by_address_then_name() {
    let mut endpoints = pjsip(PJSIP);
    assert_eq!(whose(&endpoints, "2001", None, "192.0.2.77:5060"), "trunk");
    assert_eq!(whose(&endpoints, "2001", None, "10.0.0.1:5060"), "2001?");
    assert_eq!(whose(&endpoints, "trunk", None, "10.0.0.1:5060"), "-", "identify_by = ip leaves the name out");
    assert_eq!(endpoints.names_to_resolve().collect::<Vec<_>>(), ["sip.provider.example"]);
    endpoints.resolve("sip.provider.example", vec!["198.51.100.1".parse().unwrap()]);
    assert_eq!(whose(&endpoints, "x", None, "198.51.100.1:9999"), "trunk");
}

#[test]
fn an_anonymous_endpoint_takes_strangers() {
    let endpoints = pjsip("[anonymous]\ntype=endpoint\ncontext=public\n");
    assert_eq!(whose(&endpoints, "x", None, "10.0.0.1:5060"), "anonymous");
}

#[test]
fn a_login_that_is_missing_does_not_open_the_door() {
    let endpoints = pjsip("[a]\ntype=endpoint\nauth=gone\naors=gone\n");
    assert_eq!(whose(&endpoints, "a", None, "10.0.0.1:5060"), "a?");
    assert_eq!(endpoints.get(Technology::Pjsip, "a").unwrap().login.as_ref().unwrap().password, Password::Unprovable);
    assert_eq!(
        messages(&endpoints),
        ["X7105 there is no [gone] with type = auth", "X7105 there is no [gone] with type = aor",]
    );
}

#[test]
fn the_order_of_lines_does_not_matter_to_times() {
    let endpoints = sip(
        "[general]\nregister => u:p@h\ndefaultexpiry=90\nregistertimeout=7\n[a]\ntype=peer\nqualifyfreq=9\nqualify=yes\n",
    );
    let registration = &endpoints.registrations[0];
    assert_eq!((registration.expiry.as_secs(), registration.retry.as_secs()), (90, 7));
    assert_eq!(endpoints.aor("a").unwrap().qualify.map(|qualify| qualify.every.as_secs()), Some(9));
}

#[test]
fn the_external_address_is_for_those_outside() {
    let general = sip("[general]\nexternaddr=203.0.113.5:5061\nlocalnet=10.0.0.0/8\n").general;
    let towards = |peer: &str| general.external_towards(peer.parse().unwrap()).map(|at| at.host.to_string());
    assert_eq!(towards("198.51.100.1"), Some("203.0.113.5".to_owned()));
    assert_eq!((towards("10.1.2.3"), towards("127.0.0.1")), (None, None));
}

#[test]
fn mistakes_are_told_and_defaults_stay() {
    let endpoints = sip(
        "[general]\nbindport=many\nfrobnicate=1\nudpbindaddr=host.example\n[a]\ntype=friend\nqualify=perhaps\nallow=g999\n\
         dtmfmode=morse\n[b]\nhost=dynamic\n[c]\ntype=phone\n[A]\ntype=peer\n",
    );
    assert_eq!(
        messages(&endpoints),
        [
            "X7102 bindport wants a port",
            "X7101 unknown setting \"frobnicate\"",
            "X7102 udpbindaddr wants an address such as 0.0.0.0:5060",
            "X7102 qualify wants yes, no or a number of milliseconds",
            "X7103 unknown codec \"g999\"",
            "X7102 dtmfmode wants rfc4733, inband, info or auto",
            "X7104 [b] has no type",
            "X7104 [c] has an unknown type",
            "X7106 a second peer named \"A\"",
        ]
    );
    assert_eq!(listeners(&endpoints), ["udp 0.0.0.0:5060"]);
    assert!(endpoints.diagnostics.iter().all(|found| found.help.is_some() && !found.labels.is_empty()));
}

#[test]
fn encryption_of_media_is_read_and_dtls_is_told() {
    let old = sip("[general]\nencryption=yes\n[a]\ntype=peer\nencryption_taglen=32\n[b]\ntype=peer\nencryption=no\n");
    let new = pjsip(
        "[a]\ntype=endpoint\nmedia_encryption=sdes\nmedia_encryption_optimistic=yes\nsrtp_tag_32=yes\n\
         [b]\ntype=endpoint\nmedia_encryption=dtls\n[c]\ntype=endpoint\nmedia_encryption=maybe\n",
    );
    let of = |endpoints: &Endpoints, technology, name: &str| endpoints.get(technology, name).unwrap().encryption;
    let tag32 = Encryption { keys: KeySource::Sdes, is_optional: false, suite: Suite::Tag32 };
    assert_eq!(of(&old, Technology::Sip, "a"), tag32);
    assert_eq!(of(&old, Technology::Sip, "b"), Encryption::default());
    assert_eq!(of(&new, Technology::Pjsip, "a"), Encryption { is_optional: true, ..tag32 });
    assert_eq!(of(&new, Technology::Pjsip, "b").security(false), Err(Unsecured::Dtls));
    assert_eq!(Encryption::default().security(false), Ok(None));
    assert!(Encryption::default().security(true).unwrap().is_some());
    assert_eq!(messages(&old), [""; 0]);
    assert_eq!(
        messages(&new),
        [
            "X7107 media_encryption asks for DTLS, which is not spoken: its calls are refused with 488",
            "X7102 media_encryption wants no, sdes or dtls",
        ]
    );
    assert!(new.diagnostics.iter().all(|found| found.severity == Severity::Warning));
}

#[test]
fn rtp_ports_are_read_and_nonsense_is_told() {
    let read = |text: &str| Endpoints::from_configs(None, None, Some(&config(text)));
    assert_eq!(
        read("[general]\nrtpstart=10000\nrtpend=10100\nstrictrtp=yes\n").general.rtp,
        Rtp { first: 10_000, last: 10_100, ..Rtp::default() }
    );
    let loose = read("[general]\nstrictrtp=no\nrtcpinterval=20\nicesupport=yes\nstunaddr=stun.example.com\n");
    assert_eq!((loose.general.rtp.probation, loose.general.rtp.report_interval.as_millis()), (None, 500));
    assert_eq!(loose.diagnostics.len(), 2, "{:?}", loose.diagnostics);
    assert_eq!(read("[general]\nprobation=7\n").general.rtp.probation, Some(7));
    let wrong = read("[general]\nrtpstart=20000\nrtpend=10000\n");
    assert_eq!(wrong.general.rtp, Rtp::default());
    assert_eq!(wrong.diagnostics.len(), 1);
}

#[test]
fn secrets_do_not_show() {
    let shown = format!("{:?}{:?}", sip(PHONES), pjsip(PJSIP));
    assert!(!shown.contains("sesame") && !shown.contains("hush"));
}
