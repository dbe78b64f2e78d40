//! Answering, and the first sound from the far end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::Call;
use crate::media::{Frame, Sink};

/// How long the far end gets to send its first audio: what is said before that would be cut off. A little less than half
/// a second, so that who hangs up after half a second finds the plan gone on, as with Asterisk.
const FIRST_AUDIO: Duration = Duration::from_millis(480);

/// Notices the first frame that a party sends.
#[derive(Default)]
struct FirstFrame(Notify);

impl Sink for FirstFrame {
    fn accept(&self, _frame: &Frame) {
        self.0.notify_one();
    }
}

impl Call {
    /// Answers a call that is not up, and waits until the far end is heard, at most half a second; then until `delay`
    /// has passed since the answer. A call that is up is not waited for.
    pub async fn answer(&self, delay: Duration) {
        if self.channel.is_up() || self.channel.hangup_cause().is_some() {
            return;
        }
        let first = Arc::new(FirstFrame::default());
        let _listening = self.channel.listen(first.clone());
        self.channel.answer();
        let heard = async {
            let _ = tokio::time::timeout(FIRST_AUDIO, first.0.notified()).await;
        };
        tokio::join!(heard, tokio::time::sleep(delay));
    }
}
