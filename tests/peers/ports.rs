//! Ports for phones and servers, so that tests can run beside each other.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range the kernel hands out by itself (32768 and up on Linux).
const FIRST: u16 = 12_000;
const LAST: u16 = 32_000;

/// The next port to try; runs upwards and starts anew at the end.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// The first of `count` ports in a row, even, that nobody listens on at 127.0.0.1, UDP and TCP alike.
pub fn reserve(count: u16) -> u16 {
    // Two test runs on one machine start at different places.
    let offset = (std::process::id() % 200) as u16 * 100;
    for _ in 0..2_000 {
        let step = NEXT.fetch_add(count.next_multiple_of(2), Ordering::Relaxed);
        let first = FIRST + (offset.wrapping_add(step)) % (LAST - FIRST - count);
        let first = first & !1;
        if (first..first + count).all(is_free) {
            return first;
        }
    }
    panic!("no {count} free ports in a row between {FIRST} and {LAST}");
}

fn is_free(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port);
    UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
}
