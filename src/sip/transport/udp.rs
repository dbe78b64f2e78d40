//! UDP sockets: each has a task that reads; whoever sends does so at once.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rsip::Transport;
use tokio::net::UdpSocket;

use super::core::Shared;
use crate::sip::transaction::Flow;
use crate::sip::wire::{MAX_MESSAGE, is_keep_alive, parse_datagram};

/// One bound socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) local: SocketAddr,
    /// The sending end: not blocking, and free of tokio so that it can be used from anywhere.
    sender: std::net::UdpSocket,
    receiver: Arc<UdpSocket>,
}

impl Socket {
    pub(super) fn bind(address: SocketAddr) -> io::Result<Socket> {
        let sender = std::net::UdpSocket::bind(address)?;
        sender.set_nonblocking(true)?;
        let receiver = Arc::new(UdpSocket::from_std(sender.try_clone()?)?);
        Ok(Socket { local: sender.local_addr()?, sender, receiver })
    }

    /// Sends a datagram. A full or refused one is lost, as the network may lose it too.
    pub(super) fn send(&self, bytes: &[u8], remote: SocketAddr) -> bool {
        let remote = match (self.local, remote) {
            // A socket for both families knows IPv4 peers by their mapped addresses.
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => SocketAddr::from((v4.ip().to_ipv6_mapped(), v4.port())),
            (_, remote) => remote,
        };
        self.sender.send_to(bytes, remote).is_ok()
    }

    /// Starts the reading task.
    pub(super) fn serve(&self, shared: Arc<Shared>) {
        let (socket, local) = (Arc::clone(&self.receiver), self.local);
        tokio::spawn(async move {
            let mut stopped = shared.stopped();
            tokio::select! {
                () = read(&socket, local, &shared) => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        });
    }
}

async fn read(socket: &UdpSocket, local: SocketAddr, shared: &Arc<Shared>) {
    let mut buffer = vec![0; MAX_MESSAGE];
    loop {
        // An error is that of an earlier datagram (ICMP) or passes: the socket itself lives on.
        let Ok((length, remote)) = socket.recv_from(&mut buffer).await else {
            tokio::task::yield_now().await;
            continue;
        };
        let Some(bytes) = buffer.get(..length).filter(|bytes| !is_keep_alive(bytes)) else { continue };
        let flow = Flow { transport: Transport::Udp, local, remote };
        match parse_datagram(bytes) {
            Ok(message) => shared.receive(message, flow),
            Err(malformed) => {
                let reply = malformed.reply.map(|mut reply| {
                    let named = reply.stamp(remote);
                    let remote = if shared.force_rport() { remote } else { named };
                    (Flow { remote, ..flow }, reply.to_bytes())
                });
                shared.refused(&malformed.fault, flow, reply);
            }
        }
    }
}

/// The address of this machine that a packet to `remote` leaves from: what the kernel would route it by.
pub(super) fn local_address_towards(remote: IpAddr) -> Option<IpAddr> {
    let any = match remote {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let probe = std::net::UdpSocket::bind((any, 0)).ok()?;
    probe.connect((remote, 9)).ok()?;
    Some(probe.local_addr().ok()?.ip())
}
