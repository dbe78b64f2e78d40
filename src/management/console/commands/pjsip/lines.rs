//! The lines of pjsip's lists: their headings, and one for each kind of object.

use std::fmt::Write as _;

use tokio::time::Instant;

use crate::channel::Channel;
use crate::sip::agent::{ContactStatus, Reach, RegistrationStatus};
use crate::sip::endpoint::{Aor, Endpoint, Listen, Registration, Written};

pub const ENDPOINT: &str = " Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>";
pub const AUTH: &str = "    I/OAuth:  <AuthId/UserName...........................................................>";
pub const AOR: &str = "        Aor:  <Aor............................................>  <MaxContact>";
pub const CONTACT: &str = "      Contact:  <Aor/ContactUri..........................> <Hash....> <Status> <RTT(ms)..>";
pub const TRANSPORT: &str =
    "  Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress..................>";
pub const IDENTIFY: &str = "   Identify:  <Identify/Endpoint.........................................................>";
pub const MATCH: &str = "        Match:  <criteria.........................>";
pub const CHANNEL: &str = "    Channel:  <ChannelId......................................>  <State.....>  <Time.....>";
pub const EXTEN: &str = "        Exten: <DialedExten...........>  CLCID: <ConnectedLineCID.......>";

/// The headings of lists of one kind stand two columns further left, and what belongs to it two left of before.
pub const AORS: &str = "      Aor:  <Aor..............................................>  <MaxContact>";
pub const CONTACT_OF_AOR: &str =
    "    Contact:  <Aor/ContactUri............................> <Hash....> <Status> <RTT(ms)..>";
pub const AUTHS: &str = "  I/OAuth:  <AuthId/UserName.............................................................>";
pub const IDENTIFIES: &str =
    " Identify:  <Identify/Endpoint...........................................................>";
pub const MATCH_OF_IDENTIFY: &str = "      Match:  <criteria...........................>";

pub const CHANNELS: &str = "  Channel:  <ChannelId........................................>  <State.....>  <Time.....>";
pub const EXTEN_OF_CHANNEL: &str = "      Exten: <DialedExten.............>  CLCID: <ConnectedLineCID.......>";

/// What ends the headings.
pub fn rule() -> String {
    "=".repeat(90)
}

/// ` Endpoint:  2001/2001                     Not in use    0 of inf`
pub fn endpoint(endpoint: &Endpoint, state: &str, calls: u32) -> String {
    let name = match &endpoint.caller_id {
        Some(caller) => format!("{}/{}", endpoint.name, crate::channel::caller_id::parse(caller).1),
        None => endpoint.name.clone(),
    };
    format!(" Endpoint:  {name:<51.51}  {state:<12.12}  {calls} of inf")
}

/// `     InAuth:  2001/2001`
pub fn auth(name: &str, user: &str, is_outbound: bool) -> String {
    format!("{:>11}:  {name}/{user}", if is_outbound { "OutAuth" } else { "InAuth" })
}

/// `        Aor:  2001                                               1`, so many steps below what the list is about.
pub fn aor(aor: &Aor, depth: usize) -> String {
    let (label, name) = (9 + 2 * depth, 51 - 2 * depth);
    format!("{:>label$}:  {:<name$.name$}  {}", "Aor", aor.name, aor.max_contacts)
}

/// `      Contact:  2001/sip:2001@127.0.0.1:5080       3b6a27bcce Avail        1.234`
pub fn contact(contact: &ContactStatus, depth: usize) -> String {
    let name = format!("{}/{}", contact.aor, contact.uri);
    let (status, time) = reach(contact);
    let (label, width) = (9 + 2 * depth, 46 - 2 * depth);
    format!("{:>label$}:  {name:<width$.width$} {:<10.10} {status:<7.7} {time:>11}", "Contact", hash(&name))
}

/// `   Identify:  trunk/trunk`, and a line for each address.
pub fn identify(section: &Written, depth: usize) -> Vec<String> {
    let (label, below) = (9 + 2 * depth, 11 + 2 * depth);
    let get = |name| section.get(name).unwrap_or_default();
    let mut lines = vec![format!("{:>label$}:  {}/{}", "Identify", section.name, get("endpoint"))];
    let matches = get("match");
    let matches = matches.split(',').map(str::trim).filter(|one| !one.is_empty());
    lines.extend(matches.map(|one| match one.parse::<std::net::IpAddr>() {
        Ok(address) => format!("{:>below$}: {address}/{}", "Match", if address.is_ipv4() { 32 } else { 128 }),
        Err(_) => format!("{:>below$}: {one}", "Match"),
    }));
    lines
}

/// Whether a contact answers, and how fast, in pjsip's words.
pub fn reach(contact: &ContactStatus) -> (&'static str, String) {
    match contact.reach {
        Some(Reach::Reachable(after)) => ("Avail", format!("{:.3}", after.as_secs_f64() * 1000.0)),
        Some(Reach::Unreachable) => ("Unavail", "nan".to_owned()),
        None => ("NonQual", "nan".to_owned()),
    }
}

/// Ten letters by which scripts tell contacts apart.
pub fn hash(name: &str) -> String {
    use md5::Digest as _;
    let digest = md5::Md5::digest(name.as_bytes());
    digest.iter().take(5).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `  Transport:  transport-udp             udp      0      0  0.0.0.0:5060`
pub fn transport(listen: &Listen) -> String {
    let kind = listen.transport.to_string().to_ascii_lowercase();
    format!("  Transport:  {:<21.21}  {kind:>6.6}  {:>5}  {:>5}  {}", listen.name, 0, 0, listen.address)
}

/// `    Channel: PJSIP/2001-00000000/Dial                            Up            00:00:12   `, and what it called.
pub fn channel(channel: &Channel, seconds: u64, depth: usize) -> [String; 2] {
    let state = channel.state();
    let name = format!("{}/{}", channel.name(), state.application);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let (label, below, width) = (9 + 2 * depth, 11 + 2 * depth, 53 - 2 * depth);
    let (number, party) = (28 - 2 * depth, &state.connected);
    [
        format!("{:>label$}: {name:<width$.width$} {:<13.13} {time:<11}", "Channel", channel.phase().word()),
        format!(
            "{:>below$}: {:<number$.number$} CLCID: \"{}\" <{}>",
            "Exten",
            state.position.extension,
            party.name(),
            party.number(),
        ),
    ]
}

/// ` mytrunk/sip:sip.example.com                             mytrunk-auth                Registered        (exp. 57s)`
pub fn registration(registration: &Registration, auth: &str, status: Option<&RegistrationStatus>) -> String {
    let name = format!("{}/{}", registration.name, registration.server_uri);
    let word = status.map_or("Unregistered", |status| status.word);
    let due = status.and_then(|status| status.due);
    let left = due.map(|due| format!("(exp. {}s)", due.saturating_duration_since(Instant::now()).as_secs()));
    format!(" {name:<55.55} {auth:<27.27} {word:<17.17} {}", left.unwrap_or_default()).trim_end().to_owned()
}
