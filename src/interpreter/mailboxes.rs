//! Who hears of messages that wait: telephones that watch a mailbox, and manager programs.

use super::Exchange;
use crate::channel::{Channel, Happening};
use crate::storage::voicemail::{Counts, split};

impl Exchange {
    /// Counts a mailbox (`300@default`) again and tells everybody how it stands.
    pub fn mailbox_changed(&self, channel: Option<&Channel>, mailbox: &str) -> Counts {
        let counts = self.voicemail.refresh(mailbox);
        let (number, context) = split(mailbox);
        let waiting = if counts.new > 0 { "1" } else { "0" };
        self.channels.publish(&Happening::Manager {
            channel,
            event: "MessageWaiting",
            privilege: "call",
            fields: &[
                ("Mailbox", &format!("{number}@{context}")),
                ("Waiting", waiting),
                ("New", &counts.new.to_string()),
                ("Old", &counts.old.to_string()),
            ],
        });
        counts
    }
}
