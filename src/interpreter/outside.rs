//! Waiting for what is outside: scripts, servers, other machines.
//!
//! A simulated clock leaps ahead as soon as all tasks wait, also while a program outside is at work for one of them. Such
//! a wait holds the clock: for a moment it stands, so that a quick program takes no time at all and a call runs twice
//! the same; a slow program then takes as long as it really does. Of several quick programs that work at the same moment the
//! calls go on in the order in which the programs began, whichever is done first.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

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
            Clock::Simulated { .. } => {
                let turn = Turn::take();
                let done = tokio::select! {
                    biased;
                    done = work => done,
                    () = follow_real_time(&turn) => std::future::pending().await,
                };
                turn.comes().await;
                done
            }
        }
    }
}

/// The waits of one simulation, which has a thread to itself, for programs that may still turn out to be quick.
#[derive(Default)]
struct Waits {
    /// The number of the next wait, and those under way.
    numbers: Mutex<(u64, BTreeSet<u64>)>,
    changed: Notify,
}

/// The place of a wait in the order in which they began.
struct Turn {
    waits: Arc<Waits>,
    number: u64,
}

impl Turn {
    fn take() -> Self {
        thread_local! { static WAITS: Arc<Waits> = Arc::default(); }
        let waits = WAITS.with(Arc::clone);
        let number = {
            let (next, under_way) = &mut *waits.numbers.lock();
            *next += 1;
            under_way.insert(*next);
            *next
        };
        Self { waits, number }
    }

    /// Returns when no earlier wait is under way. The clock stands meanwhile, since they hold it.
    async fn comes(&self) {
        loop {
            let changed = self.waits.changed.notified();
            if self.waits.numbers.lock().1.first().is_none_or(|first| *first >= self.number) {
                return;
            }
            changed.await;
        }
    }

    /// Later ones need not wait for this one.
    fn give_up(&self) {
        self.waits.numbers.lock().1.remove(&self.number);
        self.waits.changed.notify_waiters();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.give_up();
    }
}

async fn follow_real_time(turn: &Turn) {
    hold(UNCOUNTED).await;
    turn.give_up();
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
    async fn who_began_first_goes_on_first() {
        let clock = Clock::Simulated { start: jiff::Zoned::default(), since: Instant::now() };
        let order = Mutex::new(Vec::new());
        let (slow_done, slow) = tokio::sync::oneshot::channel();
        let (quick_done, quick) = tokio::sync::oneshot::channel();
        let first = async {
            clock.outside(slow).await.unwrap();
            order.lock().push("first");
        };
        let second = async {
            clock.outside(quick).await.unwrap();
            order.lock().push("second");
        };
        quick_done.send(()).unwrap();
        let release = async { slow_done.send(()).unwrap() };
        tokio::join!(first, second, release);
        assert_eq!(*order.lock(), ["first", "second"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_hangs_does_not_stop_the_clock() {
        let clock = Clock::Simulated { start: jiff::Zoned::default(), since: Instant::now() };
        let never = clock.outside(std::future::pending::<()>());
        assert!(tokio::time::timeout(Duration::from_millis(550), never).await.is_err());
    }
}
