//! What a subscription is about: an extension, mailboxes, or a list of either.

use std::pin::Pin;
use std::task::Poll;

use tokio::sync::watch;

use super::Agent;
use super::contact::with_user;
use crate::channel::watching::{Messages, Watched};
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::subscription::documents::chan_pjsip::{self, Entity};
use crate::sip::subscription::documents::{chan_sip, message_summary};
use crate::sip::subscription::{CPIM, Package, XPIDF};
use crate::sip::wire::Uri;

/// What is watched.
enum Subject {
    Extension(watch::Receiver<Watched>),
    Mailboxes(Vec<watch::Receiver<Messages>>),
}

/// One resource of a subscription.
pub(super) struct Resource {
    /// The extension or mailbox.
    pub name: String,
    pub uri: String,
    subject: Subject,
    /// What the subscriber was told last, without its number.
    told: Option<(i32, String)>,
}

/// To whom, and how, resources are told of.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub agent: &'a Agent,
    pub endpoint: &'a Endpoint,
    pub package: Package,
    /// The type of the documents.
    pub format: &'static str,
    /// The subscriber's URI, and ours.
    pub subscriber: &'a str,
    pub contact: &'a Uri,
}

impl Resource {
    /// A user part means an extension of the endpoint's context for subscriptions, or the endpoint's mailbox.
    pub fn find(agent: &Agent, endpoint: &Endpoint, package: Package, name: &str, uri: String) -> Option<Self> {
        let subject = match package {
            Package::Presence | Package::Dialog => {
                let context = endpoint.subscribe_context.as_ref().unwrap_or(&endpoint.context);
                Subject::Extension(agent.arrivals.watch_extension(context, name)?)
            }
            Package::MessageSummary => {
                let boxes = mailboxes(agent, endpoint, name)?;
                let boxes: Vec<_> = boxes.iter().filter_map(|name| agent.arrivals.watch_mailbox(name)).collect();
                Subject::Mailboxes(Some(boxes).filter(|boxes| !boxes.is_empty())?)
            }
        };
        Some(Self { name: name.to_owned(), uri, subject, told: None })
    }

    /// The plan has it no more.
    pub fn is_gone(&self) -> bool {
        match &self.subject {
            Subject::Extension(watched) => watched.borrow().is_gone,
            Subject::Mailboxes(_) => false,
        }
    }

    /// Whether the subscriber knows less than there is to tell.
    pub fn is_news(&mut self, reader: Reader<'_>) -> bool {
        let now = self.standing(reader);
        self.told.as_ref() != Some(&now)
    }

    /// How it stands; documents of calls have a number.
    pub fn tell(&mut self, reader: Reader<'_>, version: u32) -> String {
        self.told = Some(self.standing(reader));
        self.document(reader, version)
    }

    /// What makes a difference to the subscriber. `chan_pjsip` tells of every change of an extension's state, also where
    /// the document stays the same.
    fn standing(&mut self, reader: Reader<'_>) -> (i32, String) {
        let number = match (&self.subject, reader.endpoint.technology) {
            (Subject::Extension(watched), Technology::Pjsip) => watched.borrow().number(),
            _ => 0,
        };
        (number, self.document(reader, 0))
    }

    fn document(&mut self, reader: Reader<'_>, version: u32) -> String {
        let Reader { endpoint, package, format, .. } = reader;
        match &mut self.subject {
            Subject::Extension(watched) => {
                let watched = watched.borrow_and_update().clone();
                let of = Entity { uri: &self.uri, extension: &self.name, subscriber: reader.subscriber };
                match (endpoint.technology, package) {
                    (Technology::Pjsip, Package::Dialog) => {
                        chan_pjsip::dialog_info(of, &watched, endpoint.signalling.rings_in_use, version)
                    }
                    (Technology::Pjsip, _) if matches!(format, XPIDF | CPIM) => chan_pjsip::xpidf(of, &watched),
                    (Technology::Pjsip, _) => chan_pjsip::pidf(of, &watched),
                    (Technology::Sip, Package::Dialog) => {
                        chan_sip::dialog_info(&self.uri, &self.name, &watched, version)
                    }
                    (Technology::Sip, _) if matches!(format, XPIDF | CPIM) => {
                        chan_sip::xpidf(&self.uri, &self.name, &watched)
                    }
                    (Technology::Sip, _) => chan_sip::pidf(&self.uri, &self.name, &watched),
                }
            }
            Subject::Mailboxes(boxes) => {
                let counts = boxes.iter_mut().map(|messages| *messages.borrow_and_update());
                let messages = counts.fold(Messages::default(), Messages::and);
                message_summary(account(reader, &self.name).as_deref(), messages)
            }
        }
    }

    /// What to wait for to hear of a change.
    fn changes(&mut self) -> Vec<Change<'_>> {
        match &mut self.subject {
            Subject::Extension(watched) => vec![change(watched)],
            Subject::Mailboxes(boxes) => boxes.iter_mut().map(change).collect(),
        }
    }
}

/// Comes back with whether there may be another.
type Change<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

fn change<T: Send + Sync>(watched: &mut watch::Receiver<T>) -> Change<'_> {
    Box::pin(async { watched.changed().await.is_ok() })
}

/// Waits until one of them changes; false where what one is about is gone for good.
pub(super) async fn any_changed(resources: &mut [Resource]) -> bool {
    let mut changes: Vec<_> = resources.iter_mut().flat_map(Resource::changes).collect();
    std::future::poll_fn(|context| {
        let mut polled = changes.iter_mut().map(|change| change.as_mut().poll(context));
        polled.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

/// The mailboxes that a user part means; `None` for one that means nothing.
fn mailboxes(agent: &Agent, endpoint: &Endpoint, name: &str) -> Option<Vec<String>> {
    let settings = agent.settings.load();
    match endpoint.technology {
        // Any address of record may be asked for its mailboxes, no other name.
        Technology::Pjsip => {
            let aor = settings.aor(name)?;
            let own = settings.aor_of(endpoint, name).is_some();
            let of_endpoint = || if own { endpoint.mailboxes.clone() } else { Vec::new() };
            Some(if aor.mailboxes.is_empty() { of_endpoint() } else { aor.mailboxes.clone() })
        }
        // A peer that names no mailbox is told of the one of its number.
        Technology::Sip if endpoint.mailboxes.is_empty() => Some(vec![name.to_owned()]),
        Technology::Sip => Some(endpoint.mailboxes.clone()),
    }
}

/// The URI to call for messages.
fn account(reader: Reader<'_>, name: &str) -> Option<String> {
    let Reader { agent, endpoint, contact, .. } = reader;
    let settings = agent.settings.load();
    let aor = settings.aor_of(endpoint, name);
    let own = aor.and_then(|aor| aor.voicemail_extension.as_deref());
    let own = own.or(endpoint.voicemail_extension.as_deref());
    let own = own.or(settings.general.global.voicemail_extension.as_deref());
    let is_told = own.is_some() || endpoint.technology == Technology::Sip;
    is_told.then(|| with_user(contact.clone(), own).to_string())
}
