//! Who may try to log in: against guessing of passwords, and against connections that say nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

/// So many failed logins of one address within [`WINDOW`] shut it out for that long.
const MOST_FAILURES: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// So many addresses are remembered at most; the oldest failure is forgotten first.
const MOST_ADDRESSES: usize = 4096;

/// The failed logins of each address.
#[derive(Default)]
pub struct Guard {
    failures: HashMap<IpAddr, (Instant, u32)>,
}

impl Guard {
    /// Whether somebody at this address may try.
    pub fn admits(&mut self, address: IpAddr, now: Instant) -> bool {
        match self.failures.get(&address) {
            Some((since, _)) if now.saturating_duration_since(*since) >= WINDOW => {
                self.failures.remove(&address);
                true
            }
            Some((_, count)) => *count < MOST_FAILURES,
            None => true,
        }
    }

    /// A login failed. True where that shuts the address out.
    pub fn failed(&mut self, address: IpAddr, now: Instant) -> bool {
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
        if *count >= MOST_FAILURES {
            *since = now;
        }
        *count == MOST_FAILURES
    }

    /// A login succeeded.
    pub fn succeeded(&mut self, address: IpAddr) {
        self.failures.remove(&address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_guesses_is_shut_out_for_a_while() {
        let mut guard = Guard::default();
        let [thief, friend]: [IpAddr; 2] = ["10.0.0.1", "10.0.0.2"].map(|address| address.parse().unwrap());
        let shut: Vec<bool> = (0..MOST_FAILURES).map(|_| guard.failed(thief, Instant::now())).collect();
        assert_eq!(shut.iter().position(|shut| *shut), Some(MOST_FAILURES as usize - 1));
        assert!(!guard.admits(thief, Instant::now()) && guard.admits(friend, Instant::now()));
        tokio::time::advance(WINDOW).await;
        assert!(guard.admits(thief, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_mistypes_now_and_then_is_not() {
        let mut guard = Guard::default();
        let friend: IpAddr = "10.0.0.2".parse().unwrap();
        for _ in 0..3 {
            (1..MOST_FAILURES).for_each(|_| assert!(!guard.failed(friend, Instant::now())));
            guard.succeeded(friend);
        }
        assert!(guard.admits(friend, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_do_not_fill_the_memory() {
        let mut guard = Guard::default();
        for number in 0..20_000_u32 {
            guard.failed(IpAddr::from(number.to_be_bytes()), Instant::now());
        }
        assert!(guard.failures.len() <= MOST_ADDRESSES);
    }
}
