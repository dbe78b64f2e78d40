//! Functions that wait for programs, servers and databases outside. The call waits with them, other calls do not.

use std::future::Future;
use std::sync::{OnceLock, mpsc};

use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};

/// Waits for work that takes time, and lets other calls go on meanwhile where there are other threads for them. A
/// simulated clock stands.
pub fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// A runtime of its own for databases: functions are read in the middle of a step, which cannot await.
fn databases() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let make = || Builder::new_multi_thread().worker_threads(1).thread_name("databases").enable_all().build().ok();
    RUNTIME.get_or_init(make).as_ref()
}

/// Waits for a database. Its connections belong to the runtime of databases; `None` where the system gives none.
pub fn wait_for<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let (done, answer) = mpsc::sync_channel(1);
    databases()?.spawn(async move {
        // Who asked waits below.
        let _ = done.send(work.await);
    });
    blocking(|| answer.recv().ok())
}
