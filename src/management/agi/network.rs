//! FastAGI: the program is a server that exten connects to.

use std::io;
use std::time::Duration;

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
    pub path: &'a str,
}

impl<'a> Address<'a> {
    /// Reads an address; `None` where it is none. `hagi://` is read alike: the host is looked up as it stands.
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
        (!host.is_empty()).then_some(Self { host, port, path })
    }

    /// Connects to the server.
    ///
    /// # Errors
    /// Where nobody answers in time.
    pub async fn connect(&self) -> io::Result<Link> {
        let stream = tokio::time::timeout(PATIENCE, TcpStream::connect((self.host, self.port))).await??;
        // Commands and answers are short and wait for each other.
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        Ok(Link::new(reader, writer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
