//! Lights of telephones: NOTIFYs about the messages of an endpoint's mailboxes that nobody subscribed to.

use std::sync::Arc;

use super::Agent;
use super::contact::with_user;
use super::destination::Place;
use crate::channel::watching::Messages;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::subscription::{Package, documents};
use crate::sip::wire::{Request, Uri};

/// Follows the mailboxes of all endpoints, until the agent shuts down.
pub(super) async fn follow(agent: Arc<Agent>) {
    let mut generation = agent.generation.subscribe();
    loop {
        let number = generation.borrow_and_update().number;
        let mut following = tokio::task::JoinSet::new();
        for mailbox in agent.mailboxes() {
            following.spawn(follow_one(Arc::clone(&agent), mailbox));
        }
        while generation.borrow().number == number {
            if generation.changed().await.is_err() || generation.borrow().is_last {
                return;
            }
        }
    }
}

async fn follow_one(agent: Arc<Agent>, mailbox: String) {
    let Some(mut messages) = agent.arrivals.watch_mailbox(&mailbox) else { return };
    while messages.changed().await.is_ok() {
        let settings = agent.settings.load_full();
        for endpoint in settings.iter().filter(|endpoint| endpoint.mailboxes.contains(&mailbox)) {
            agent.light_up(endpoint);
        }
    }
}

impl Agent {
    /// Every mailbox that an endpoint names, once.
    fn mailboxes(&self) -> Vec<String> {
        let settings = self.settings.load();
        let mut mailboxes: Vec<String> =
            settings.iter().flat_map(|endpoint| endpoint.mailboxes.iter().cloned()).collect();
        mailboxes.sort();
        mailboxes.dedup();
        mailboxes
    }

    /// Tells an endpoint, wherever it is registered, how many messages its mailboxes have.
    pub(super) fn light_up(&self, endpoint: &Endpoint) {
        let counted = endpoint.mailboxes.iter().filter_map(|mailbox| self.arrivals.watch_mailbox(mailbox));
        let counts: Vec<Messages> = counted.map(|messages| *messages.borrow()).collect();
        if counts.is_empty() {
            return;
        }
        let news = match endpoint.signalling.aggregates_mailboxes {
            true => vec![counts.into_iter().fold(Messages::default(), Messages::and)],
            false => counts,
        };
        let settings = self.settings.load_full();
        for place in self.contacts(&settings, endpoint, None) {
            for messages in &news {
                if let Some(agent) = self.this.upgrade() {
                    tokio::spawn(notify(agent, endpoint.clone(), place.clone(), *messages));
                }
            }
        }
    }
}

async fn notify(agent: Arc<Agent>, endpoint: Endpoint, place: Place, messages: Messages) {
    let general = agent.settings.load().general.global.voicemail_extension.clone();
    let own = endpoint.voicemail_extension.clone().or(general);
    let fill = |request: &mut Request, account: &str| {
        let named = own.as_deref().and_then(|number| Some(with_user(Uri::parse(account)?, Some(number)).to_string()));
        // chan_pjsip names no number to call unless it is told one.
        let unnamed = (endpoint.technology == Technology::Sip).then_some(account);
        let account = named.as_deref().or(unnamed);
        request.headers.set("Event", Package::MessageSummary.name());
        request.headers.set("Subscription-State", "terminated");
        request.set_body(Package::MessageSummary.content_type(), documents::message_summary(account, messages));
    };
    super::notify::send(&agent, &endpoint, place, fill).await;
}
