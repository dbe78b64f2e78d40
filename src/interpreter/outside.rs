//! Waiting for what is outside: scripts, servers, other machines.
//!
//! A simulated clock leaps ahead as soon as all tasks wait, also while a program outside is at work for one of them. Such
//! a wait holds the clock: for a moment it stands, so that a quick program takes no time at all and a call runs twice
//! the same; a slow program then takes as long as it really does.

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use super::Clock;

/// A program outside that is done within this took no time.
const UNCOUNTED: Duration = Duration::from_millis(500);

/// Afterwards a simulated clock follows the real one in steps of this.
const STEP: Duration = Duration::from_millis(10);

impl Clock {
    /// Waits for work that is done outside. Under a live clock that is the work and nothing else.
    pub async fn outside<T>(&self, work: impl Future<Output = T>) -> T {
        match self {
            Clock::System(_) => work.await,
            Clock::Simulated { .. } => tokio::select! {
                biased;
                done = work => done,
                () = follow_real_time() => std::future::pending().await,
            },
        }
    }
}

async fn follow_real_time() {
    hold(UNCOUNTED).await;
    tokio::time::sleep(UNCOUNTED).await;
    loop {
        hold(STEP).await;
        tokio::time::sleep(STEP).await;
    }
}

/// Keeps tokio's paused time where it is, for so long of real time or until this is dropped: it does not leap while a
/// blocking task runs.
async fn hold(time: Duration) {
    let (held, released) = mpsc::channel::<()>();
    // Whether the time is over or the wait was given up makes no difference.
    let _ = tokio::task::spawn_blocking(move || released.recv_timeout(time)).await;
    drop(held);
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_clock_stands_while_a_program_works() {
        let clock = Clock::Simulated { start: jiff::Zoned::default(), since: Instant::now() };
        let begun = Instant::now();
        tokio::spawn(tokio::time::sleep(Duration::from_secs(3600)));
        let (done, work) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || done.send(7));
        assert_eq!(clock.outside(work).await, Ok(7));
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_hangs_does_not_stop_the_clock() {
        let clock = Clock::Simulated { start: jiff::Zoned::default(), since: Instant::now() };
        let never = clock.outside(std::future::pending::<()>());
        assert!(tokio::time::timeout(Duration::from_millis(550), never).await.is_err());
    }
}
