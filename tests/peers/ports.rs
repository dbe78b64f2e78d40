//! Ports for phones and servers, so that tests can run beside each other.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range the kernel hands out by itself (32768 and up on Linux).
const FIRST: u16 = 12_000;
/// So many ports belong to one run of the tests, and so many runs fit on one machine.
const BLOCK: u16 = 10_000;
const BLOCKS: u16 = 2;

/// The ports of this run: it listens on the first of them for as long as it lives, and so keeps other runs away.
static OURS: LazyLock<(TcpListener, u16)> = LazyLock::new(|| {
    let mut blocks = (0..BLOCKS).map(|block| FIRST + block * BLOCK);
    let taken = blocks.find_map(|first| Some((TcpListener::bind((Ipv4Addr::LOCALHOST, first)).ok()?, first + 2)));
    taken.expect("a block of ports that no other run of the tests has")
});

/// How many of them were given away; at the end it starts anew.
static GIVEN: AtomicU16 = AtomicU16::new(0);

/// The first of `count` ports in a row, even, that nobody listens on at 127.0.0.1, UDP and TCP alike.
pub fn reserve(count: u16) -> u16 {
    let count = count.next_multiple_of(2);
    for _ in 0..2_000 {
        let begin = |given: u16| if given + count > BLOCK - 2 { 0 } else { given };
        let further = |given| Some(begin(given) + count);
        let given = GIVEN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, further).expect("there is a next one");
        let first = OURS.1 + begin(given);
        if (first..first + count).all(is_free) {
            return first;
        }
    }
    panic!("no {count} free ports in a row from {}", OURS.1);
}

fn is_free(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port);
    UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
}
