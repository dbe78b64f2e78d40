//! FastAGI: the program is a server that exten connects to.

use std::io;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::rdata::SRV;
use tokio::net::TcpStream;

use super::link::Link;

/// The port of FastAGI servers.
const PORT: u16 = 4573;

/// How long a server gets to take the connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// `agi://host[:port][/path]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    pub host: &'a str,
    pub port: u16,
    /// Its SRV records name the servers (`hagi://`), where it has any.
    pub has_records: bool,
    pub path: &'a str,
}

impl<'a> Address<'a> {
    /// Reads an address; `None` where it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if !["agi", "hagi"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(PORT), |port| port.parse().ok())?;
        let has_records = scheme.eq_ignore_ascii_case("hagi");
        (!host.is_empty()).then_some(Self { host, port, has_records, path })
    }

    /// The servers in the order in which they are to be tried.
    async fn servers(&self) -> Vec<(String, u16)> {
        let records = match self.has_records {
            true => tokio::time::timeout(PATIENCE, records(self.host)).await.unwrap_or_default(),
            false => Vec::new(),
        };
        let mut servers = in_order(records, |most| fastrand::u32(..most));
        if servers.is_empty() {
            servers.push((self.host.to_owned(), self.port));
        }
        servers
    }

    /// Connects to the server, or to the first that answers.
    ///
    /// # Errors
    /// Where nobody answers in time.
    pub async fn connect(&self) -> io::Result<Link> {
        let mut stream = Err(io::ErrorKind::NotFound.into());
        for (host, port) in self.servers().await {
            let connecting = tokio::time::timeout(PATIENCE, TcpStream::connect((host.as_str(), port)));
            stream = connecting.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            if stream.is_ok() {
                break;
            }
        }
        let stream = stream?;
        // Commands and answers are short and wait for each other.
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        Ok(Link::new(reader, writer))
    }
}

/// What the DNS says of one server (RFC 2782).
#[derive(Clone, Debug)]
struct Record {
    priority: u16,
    weight: u16,
    host: String,
    port: u16,
}

/// The servers that a host names.
async fn records(host: &str) -> Vec<Record> {
    let Ok(builder) = TokioResolver::builder_tokio() else { return Vec::new() };
    let Ok(found) = builder.build().srv_lookup(format!("_agi._tcp.{host}")).await else { return Vec::new() };
    let record = |record: &SRV| Record {
        priority: record.priority(),
        weight: record.weight(),
        host: record.target().to_utf8().trim_end_matches('.').to_owned(),
        port: record.port(),
    };
    found.iter().map(record).collect()
}

/// The smaller priority first; among equals chance decides, in proportion to the weights.
fn in_order(mut records: Vec<Record>, mut chance: impl FnMut(u32) -> u32) -> Vec<(String, u16)> {
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut servers = Vec::with_capacity(records.len());
    while let Some(priority) = records.first().map(|record| record.priority) {
        let equals = records.iter().take_while(|record| record.priority == priority);
        let sum: u32 = equals.clone().map(|record| u32::from(record.weight)).sum();
        let drawn = chance(sum + 1);
        let mut passed = 0;
        let at = equals.clone().position(|record| {
            passed += u32::from(record.weight);
            passed >= drawn
        });
        let chosen = records.remove(at.unwrap_or(0));
        servers.push((chosen.host, chosen.port));
    }
    servers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_come_by_priority_and_then_by_weight() {
        let record = |priority, weight, host: &str| Record { priority, weight, host: host.to_owned(), port: 4573 };
        let records = vec![record(20, 0, "last"), record(10, 1, "small"), record(10, 9, "large")];
        let hosts = |drawn: u32| {
            let servers = in_order(records.clone(), |most| drawn.min(most - 1));
            servers.into_iter().map(|(host, _)| host).collect::<Vec<_>>()
        };
        assert_eq!(hosts(1), ["small", "large", "last"]);
        assert_eq!(hosts(5), ["large", "small", "last"]);
    }

    #[test]
    fn only_hagi_asks_for_records() {
        assert!(Address::parse("hagi://agi.example").unwrap().has_records);
        assert!(!Address::parse("agi://agi.example").unwrap().has_records);
    }

    #[test]
    fn port_and_path_may_be_left_out() {
        let parsed = |text| Address::parse(text).map(|address| (address.host, address.port, address.path));
        assert_eq!(parsed("agi://127.0.0.1"), Some(("127.0.0.1", 4573, "")));
        assert_eq!(parsed("AGI://host:99/dir/app?x=1"), Some(("host", 99, "dir/app?x=1")));
        assert_eq!(parsed("agi://[::1]:7/"), Some(("::1", 7, "")));
        assert_eq!(parsed("agi://"), None);
        assert_eq!(parsed("agi://host:none"), None);
        assert_eq!(parsed("script.sh"), None);
    }
}
