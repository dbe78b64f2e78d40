//! Waiting for something to be heard from a party: for applications that tell in a variable what came of it.

use std::time::Duration;

use crate::interpreter::Call;

/// Says that the caller hung up, unless something else came of it.
struct Status<'a> {
    call: &'a Call,
    variable: &'static str,
    value: &'static str,
}

impl Drop for Status<'_> {
    fn drop(&mut self) {
        self.call.context().set(self.variable, self.value);
    }
}

/// Waits for `heard`, whose word becomes the variable's value; for `limit` at most, which gives `TIMEOUT`. Where the call
/// ends meanwhile, the value is `HANGUP`.
pub async fn wait_for(
    call: &Call,
    variable: &'static str,
    limit: Option<Duration>,
    heard: impl Future<Output = &'static str>,
) {
    let mut status = Status { call, variable, value: "HANGUP" };
    let time = async {
        match limit {
            Some(limit) => tokio::time::sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    status.value = tokio::select! {
        biased;
        word = heard => word,
        () = time => "TIMEOUT",
    };
}
