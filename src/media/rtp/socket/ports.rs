//! Opening a pair of ports.

use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::media::rtp::session::Settings;

/// Where RTP ports are opened (`rtp.conf`), and the settings of the session behind.
#[derive(Clone, Debug)]
pub struct PortSettings {
    /// The address to bind.
    pub address: IpAddr,
    /// `rtpstart` to `rtpend`.
    pub ports: RangeInclusive<u16>,
    /// The type-of-service octet of packets sent; 0xb8 is expedited forwarding.
    pub type_of_service: u8,
    /// The session's.
    pub session: Settings,
}

impl Default for PortSettings {
    fn default() -> PortSettings {
        PortSettings {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ports: 10000..=20000,
            type_of_service: 0xb8,
            session: Settings::default(),
        }
    }
}

/// Binds an even port and the one above it. Ports are taken in turn, so that a late packet of a former call does not
/// reach the next one.
pub(super) fn bind(settings: &PortSettings) -> io::Result<(UdpSocket, UdpSocket)> {
    static TURN: AtomicU32 = AtomicU32::new(0);
    let first = u32::from(*settings.ports.start()).next_multiple_of(2);
    let last = u32::from(*settings.ports.end());
    let pairs = (last + 1).saturating_sub(first) / 2;
    let mut failure = None;
    for _ in 0..pairs {
        let port = first + TURN.fetch_add(1, Ordering::Relaxed) % pairs * 2;
        let bind = |port: u32| UdpSocket::bind((settings.address, port as u16));
        match bind(port).and_then(|rtp| Ok((rtp, bind(port + 1)?))) {
            Ok((rtp, rtcp)) => {
                rtp.set_nonblocking(true)?;
                rtcp.set_nonblocking(true)?;
                set_type_of_service(&rtp, settings);
                return Ok((rtp, rtcp));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => failure = Some(error),
            Err(error) => return Err(io::Error::new(error.kind(), format!("RTP port {port}: {error}"))),
        }
    }
    let kind = failure.map_or(io::ErrorKind::InvalidInput, |error| error.kind());
    let message = format!("no free pair of RTP ports from {first} to {last}: widen rtpstart and rtpend in rtp.conf");
    Err(io::Error::new(kind, message))
}

fn set_type_of_service(socket: &UdpSocket, settings: &PortSettings) {
    // Without the mark packets still arrive, only less favoured.
    if settings.address.is_ipv4() {
        let _ = rustix::net::sockopt::set_ip_tos(socket, settings.type_of_service);
    }
}
