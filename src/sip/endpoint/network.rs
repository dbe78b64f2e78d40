//! Addresses as configurations write them: hosts, networks, access lists.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// A host by address or by a name that is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An address.
    Address(IpAddr),
    /// A name to look up.
    Name(String),
}

impl Host {
    /// Reads either, with or without the brackets of IPv6.
    pub fn parse(text: &str) -> Self {
        let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
        bare.parse().map_or_else(|_| Self::Name(bare.to_owned()), Self::Address)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(address)) => write!(formatter, "[{address}]"),
            Self::Address(address) => write!(formatter, "{address}"),
            Self::Name(name) => formatter.write_str(name),
        }
    }
}

/// A host and perhaps a port: `10.0.0.1`, `sip.example.com:5080`, `[2001:db8::1]:5060`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    /// The host.
    pub host: Host,
    /// The port, if one is given.
    pub port: Option<u16>,
}

impl HostPort {
    /// `None` for an empty host or a port that is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            return Some(Self { host: Host::Address(address), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.trim().parse().ok()?)),
            None => (text, None),
        };
        (!host.is_empty()).then(|| Self { host: Host::parse(host), port })
    }

    /// The socket address to listen on, with `port` where none was given; `None` for a name.
    pub fn socket(&self, port: u16) -> Option<SocketAddr> {
        match &self.host {
            Host::Address(address) => Some(SocketAddr::new(*address, self.port.unwrap_or(port))),
            Host::Name(_) => None,
        }
    }
}

/// A network: `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, a single address, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: u128,
    mask: u128,
    is_v4: bool,
}

impl Network {
    /// Reads a network; `None` for a host name or a wrong mask.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, mask) = match text.trim().split_once('/') {
            Some((address, mask)) => (address.trim(), Some(mask.trim())),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        let is_v4 = address.is_ipv4();
        let bits = if is_v4 { 32 } else { 128 };
        let mask = match mask {
            None => prefix(bits, bits),
            Some(mask) => match mask.parse::<u32>() {
                Ok(length) if length <= bits => prefix(length, bits),
                Ok(_) => return None,
                Err(_) => number(mask.parse().ok().filter(|mask: &IpAddr| mask.is_ipv4() == is_v4)?),
            },
        };
        Some(Self { address: number(address) & mask, mask, is_v4 })
    }

    /// Whether an address is in it. An IPv4 address may come mapped into IPv6.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.is_v4 && number(address) & self.mask == self.address
    }
}

fn prefix(length: u32, bits: u32) -> u128 {
    let ones = u128::MAX >> (128 - bits);
    if length == 0 { 0 } else { ones & (ones << (bits - length)) }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// `permit` and `deny` lines: the last that matches decides, and what none matches is permitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList(Vec<(bool, Network)>);

impl AccessList {
    /// Adds the networks of one line. Returns those that are none. `!` before a network turns its meaning.
    pub fn add<'a>(&mut self, permit: bool, networks: &'a str) -> Vec<&'a str> {
        let mut wrong = Vec::new();
        for text in networks.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let (plain, permit) = text.strip_prefix('!').map_or((text, permit), |plain| (plain, !permit));
            match Network::parse(plain) {
                Some(network) => self.0.push((permit, network)),
                None => wrong.push(text),
            }
        }
        wrong
    }

    /// Whether it says nothing: everybody may come in.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether somebody at this address may come in.
    pub fn permits(&self, address: IpAddr) -> bool {
        self.0.iter().rev().find(|(_, network)| network.contains(address)).is_none_or(|(permit, _)| *permit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_come_apart() {
        let parse = |text| HostPort::parse(text).map(|read| (read.host.to_string(), read.port));
        assert_eq!(parse("10.0.0.1"), Some(("10.0.0.1".into(), None)));
        assert_eq!(parse("sip.example.com:5080"), Some(("sip.example.com".into(), Some(5080))));
        assert_eq!(parse("[2001:db8::1]:5070"), Some(("[2001:db8::1]".into(), Some(5070))));
        assert_eq!(parse("::"), Some(("[::]".into(), None)));
        assert_eq!(parse("host:port"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn networks_contain() {
        let contains = |network, address: &str| Network::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(contains("10.0.0.0/8", "10.200.1.1") && !contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("192.168.1.0/255.255.255.0", "192.168.1.7"));
        assert!(contains("0.0.0.0/0", "1.2.3.4") && !contains("0.0.0.0/0.0.0.0", "::1"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1") && contains("::1", "::1"));
        assert!(contains("10.0.0.1", "::ffff:10.0.0.1"));
        for wrong in ["10.0.0.0/33", "host", "", "10.0.0.0/::1", "10.0.0/8"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_last_match_decides() {
        let mut list = AccessList::default();
        assert!(list.permits("10.0.0.1".parse().unwrap()));
        assert_eq!(list.add(false, "0.0.0.0/0.0.0.0"), Vec::<&str>::new());
        assert_eq!(list.add(true, "10.0.0.0/8,nonsense,!10.1.0.0/16"), ["nonsense"]);
        assert!(list.permits("10.0.0.1".parse().unwrap()));
        assert!(!list.permits("10.1.0.1".parse().unwrap()) && !list.permits("8.8.8.8".parse().unwrap()));
    }
}
