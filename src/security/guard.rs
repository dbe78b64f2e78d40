//! An end to guessing passwords: an address with too many wrong ones is shut out for a while.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

/// Wrong passwords count together within this time, and so long is an address shut out.
const WINDOW: Duration = Duration::from_secs(60);

/// So many addresses are remembered at most; the oldest failure is forgotten first.
const MOST_ADDRESSES: usize = 4096;

/// The wrong passwords of each address.
#[derive(Debug)]
pub struct Guard {
    most: u32,
    failures: HashMap<IpAddr, (Instant, u32)>,
}

impl Guard {
    /// So many wrong passwords within a minute are too many.
    pub fn new(most: u32) -> Self {
        Self { most, failures: HashMap::new() }
    }

    /// Whether somebody at this address may try.
    pub fn admits(&mut self, address: IpAddr, now: Instant) -> bool {
        match self.failures.get(&address.to_canonical()) {
            Some((since, _)) if now.saturating_duration_since(*since) >= WINDOW => {
                self.failures.remove(&address.to_canonical());
                true
            }
            Some((_, count)) => *count < self.most,
            None => true,
        }
    }

    /// A password was wrong. True where that shuts the address out.
    pub fn failed(&mut self, address: IpAddr, now: Instant) -> bool {
        let address = address.to_canonical();
        if !self.failures.contains_key(&address) && self.failures.len() >= MOST_ADDRESSES {
            self.failures.retain(|_, (since, _)| now.saturating_duration_since(*since) < WINDOW);
            let oldest = self.failures.iter().min_by_key(|(_, (since, _))| *since).map(|(address, _)| *address);
            if let Some(oldest) = oldest.filter(|_| self.failures.len() >= MOST_ADDRESSES) {
                self.failures.remove(&oldest);
            }
        }
        let (since, count) = self.failures.entry(address).or_insert((now, 0));
        if now.saturating_duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        // Each further one begins the time anew.
        if *count >= self.most {
            *since = now;
        }
        *count == self.most
    }

    /// A password was right.
    pub fn succeeded(&mut self, address: IpAddr) {
        self.failures.remove(&address.to_canonical());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_guesses_is_shut_out_for_a_while() {
        let mut guard = Guard::new(10);
        let [thief, friend]: [IpAddr; 2] = ["10.0.0.1", "10.0.0.2"].map(|address| address.parse().unwrap());
        let shut: Vec<bool> = (0..10).map(|_| guard.failed(thief, Instant::now())).collect();
        assert_eq!(shut.iter().position(|shut| *shut), Some(9));
        assert!(!guard.admits(thief, Instant::now()) && guard.admits(friend, Instant::now()));
        assert!(!guard.admits("::ffff:10.0.0.1".parse().unwrap(), Instant::now()));
        tokio::time::advance(WINDOW).await;
        assert!(guard.admits(thief, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_mistypes_now_and_then_is_not() {
        let mut guard = Guard::new(10);
        let friend: IpAddr = "10.0.0.2".parse().unwrap();
        for _ in 0..3 {
            (1..10).for_each(|_| assert!(!guard.failed(friend, Instant::now())));
            guard.succeeded(friend);
        }
        assert!(guard.admits(friend, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_do_not_fill_the_memory() {
        let mut guard = Guard::new(10);
        for number in 0..20_000_u32 {
            guard.failed(IpAddr::from(number.to_be_bytes()), Instant::now());
        }
        assert!(guard.failures.len() <= MOST_ADDRESSES);
    }
}
