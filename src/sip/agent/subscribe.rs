//! SUBSCRIBE: telephones that watch extensions and mailboxes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use parking_lot::Mutex;
use rsip::StatusCode;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::Agent;
use super::calls::Entry;
use super::contact::with_user;
use super::session::REQUESTS;
use crate::channel::watching::{Messages, Watched};
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::subscription::{End, Notifier, PACKAGES, Package, XPIDF, documents};
use crate::sip::transport::{ServerTransaction, Way};
use crate::sip::wire::{Method, NameAddr};

/// The most subscriptions at a time; further ones get a 503.
const MOST: usize = 20_000;

/// A subscription, as the console and the manager show it.
#[derive(Clone, Debug)]
pub struct SubscriptionStatus {
    pub technology: Technology,
    /// Whose it is.
    pub endpoint: String,
    pub call_id: String,
    pub package: Package,
    /// The extension or mailbox.
    pub resource: String,
    /// Where it is looked for.
    pub context: String,
    /// The subscriber's own URI.
    pub subscriber: String,
    /// When it ends unless it is refreshed.
    pub expires: Instant,
    /// How long it is good for since it was refreshed last.
    pub granted: Duration,
}

/// All subscriptions, in the order in which they were made.
#[derive(Default)]
pub(super) struct Subscriptions {
    number: AtomicU64,
    all: Arc<Mutex<BTreeMap<u64, SubscriptionStatus>>>,
}

impl Subscriptions {
    /// `None` where there are too many.
    fn add(&self, status: SubscriptionStatus) -> Option<Listed> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let mut all = self.all.lock();
        (all.len() < MOST).then(|| {
            all.insert(number, status);
            Listed { number, all: Arc::clone(&self.all) }
        })
    }
}

/// A place in the list; dropping it leaves.
struct Listed {
    number: u64,
    all: Arc<Mutex<BTreeMap<u64, SubscriptionStatus>>>,
}

impl Listed {
    fn refresh(&self, expires: Instant, granted: Duration) {
        if let Some(status) = self.all.lock().get_mut(&self.number) {
            (status.expires, status.granted) = (expires, granted);
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
    }
}

impl Agent {
    /// Every subscription of a telephone, those that were made first.
    pub fn subscriptions(&self) -> Vec<SubscriptionStatus> {
        self.subscriptions.all.lock().values().cloned().collect()
    }
}

/// What is watched.
enum Subject {
    Extension(watch::Receiver<Watched>),
    Mailboxes(Vec<watch::Receiver<Messages>>),
}

impl Subject {
    async fn changed(&mut self) -> bool {
        match self {
            Subject::Extension(watched) => watched.changed().await.is_ok(),
            Subject::Mailboxes(boxes) => any_changed(boxes).await,
        }
    }
}

/// Waits until one of the mailboxes has other messages; false where it is gone.
async fn any_changed(boxes: &mut [watch::Receiver<Messages>]) -> bool {
    let mut changes: Vec<_> = boxes.iter_mut().map(|messages| Box::pin(messages.changed())).collect();
    std::future::poll_fn(|context| {
        let mut polled = changes.iter_mut().map(|change| change.as_mut().poll(context));
        polled
            .find_map(|poll| match poll {
                Poll::Ready(changed) => Some(Poll::Ready(changed.is_ok())),
                Poll::Pending => None,
            })
            .unwrap_or(Poll::Pending)
    })
    .await
}

/// One subscription and its dialog.
struct Subscription {
    agent: Arc<Agent>,
    endpoint: Arc<Endpoint>,
    package: Package,
    /// The type of its documents.
    format: &'static str,
    /// The Event header as it came: its `id` comes back.
    event: String,
    subject: Subject,
    extension: String,
    /// The URI that was subscribed to.
    entity: String,
    dialog: Dialog,
    way: Way,
    contact: NameAddr,
    notifier: Notifier,
    /// What the subscriber was told last, without its number.
    told: String,
    requests: mpsc::Receiver<ServerTransaction>,
    listed: Listed,
    _entry: Entry,
}

/// Takes a SUBSCRIBE outside of dialogs.
pub(super) fn subscribed(agent: &Agent, transaction: &ServerTransaction) {
    let Some(endpoint) = agent.admit(transaction) else { return };
    let least = endpoint.signalling.least_subscription.as_secs().to_string();
    match accept(agent, endpoint, transaction) {
        Ok(subscription) => _ = tokio::spawn(subscription.serve()),
        Err(status) => {
            let mut response = agent.response(transaction, status);
            match status {
                423 => response.headers.set("Min-Expires", least),
                489 => response.headers.set("Allow-Events", PACKAGES),
                _ => {}
            }
            // Fails only where the request has been answered already.
            let _ = transaction.respond(&response);
        }
    }
}

/// Checks what is asked for, answers it, and begins.
fn accept(agent: &Agent, endpoint: Arc<Endpoint>, transaction: &ServerTransaction) -> Result<Subscription, u16> {
    let request = &transaction.request;
    let event = request.headers.get("Event").ok_or(489_u16)?.to_owned();
    let package = Package::parse(&event).ok_or(489_u16)?;
    let format = package.choose(request.headers.list("Accept")).ok_or(489_u16)?;
    if !endpoint.signalling.allows_subscriptions {
        return Err(603);
    }
    let least = endpoint.signalling.least_subscription;
    if request.headers.expires().is_some_and(|wanted| wanted > 0 && Duration::from_secs(wanted.into()) < least) {
        return Err(423);
    }
    let this = agent.this.upgrade().ok_or(503_u16)?;
    let user = request.uri.user().map(|user| user.into_owned()).unwrap_or_default();
    let subject = subject(agent, &endpoint, package, &user).ok_or(404_u16)?;
    let mut dialog = Dialog::server(request, transaction.to_tag()).map_err(|status| status.code())?;
    dialog.confirm();
    let (sender, requests) = mpsc::channel(REQUESTS);
    let entry = agent.calls.add_dialog(dialog.id(), sender);
    let way = agent.way_back(transaction.flow);
    let contact = way.contact(Some(&user));
    let (notifier, granted) = Notifier::begin(request.headers.expires(), Instant::now());
    let listed = agent.subscriptions.add(SubscriptionStatus {
        technology: endpoint.technology,
        endpoint: endpoint.name.clone(),
        call_id: request.call_id.to_string(),
        package,
        resource: user.clone(),
        context: endpoint.subscribe_context.as_ref().unwrap_or(&endpoint.context).clone(),
        subscriber: request.from.uri.to_string(),
        expires: notifier.expires(),
        granted,
    });
    let listed = listed.ok_or(503_u16)?;
    let mut response = agent.response(transaction, StatusCode::OK);
    response.headers.set("Contact", contact.to_string());
    response.headers.set("Expires", granted.as_secs().to_string());
    // Fails only where the request has been answered already.
    let _ = transaction.respond(&response);
    Ok(Subscription {
        agent: this,
        endpoint,
        package,
        format,
        event,
        subject,
        extension: user,
        entity: request.to.uri.to_string(),
        dialog,
        way,
        contact,
        notifier,
        told: String::new(),
        requests,
        listed,
        _entry: entry,
    })
}

/// What a user part means: an extension of the endpoint's context for subscriptions, or the endpoint's mailbox.
fn subject(agent: &Agent, endpoint: &Endpoint, package: Package, user: &str) -> Option<Subject> {
    let context = endpoint.subscribe_context.as_ref().unwrap_or(&endpoint.context);
    match package {
        Package::Presence | Package::Dialog => agent.arrivals.watch_extension(context, user).map(Subject::Extension),
        Package::MessageSummary => {
            let settings = agent.settings.load();
            let aor = settings.aor_of(endpoint, user);
            let of_aor = aor.map_or(&[][..], |aor| &aor.mailboxes);
            // An endpoint that names no mailbox is told of the one of its number.
            let names = if of_aor.is_empty() { &endpoint.mailboxes[..] } else { of_aor };
            let user = [user.to_owned()];
            let names = if names.is_empty() { &user[..] } else { names };
            let boxes: Vec<_> = names.iter().filter_map(|name| agent.arrivals.watch_mailbox(name)).collect();
            (!boxes.is_empty()).then_some(Subject::Mailboxes(boxes))
        }
    }
}

impl Subscription {
    /// Notifies until the subscription ends.
    async fn serve(mut self) {
        let mut generation = self.agent.generation.subscribe();
        let is_fetch = self.notifier.expires() <= Instant::now();
        if !self.notify(is_fetch.then_some(End::Timeout)).await || is_fetch {
            return;
        }
        loop {
            let is_open = tokio::select! {
                is_there = self.subject.changed() => {
                    let end = (!is_there || self.is_gone()).then_some(End::NoResource);
                    let is_news = end.is_some() || self.content(0) != self.told;
                    !is_news || self.notify(end).await && end.is_none()
                }
                Some(request) = self.requests.recv() => self.take(&request).await,
                () = tokio::time::sleep_until(self.notifier.expires()) => {
                    self.notify(Some(End::Timeout)).await;
                    false
                }
                changed = generation.changed() => {
                    let is_last = changed.is_err() || generation.borrow().is_last;
                    if is_last {
                        // Who does not answer in time is left behind.
                        self.notify(Some(End::Deactivated)).await;
                    }
                    !is_last
                }
            };
            if !is_open {
                return;
            }
        }
    }

    fn is_gone(&self) -> bool {
        match &self.subject {
            Subject::Extension(watched) => watched.borrow().is_gone,
            Subject::Mailboxes(_) => false,
        }
    }

    /// A request inside the dialog; false when the subscription is over.
    async fn take(&mut self, transaction: &ServerTransaction) -> bool {
        let request = &transaction.request;
        let status = match self.dialog.receive_request(request) {
            Err(status) => status,
            Ok(()) if request.method != Method::SUBSCRIBE => StatusCode::MethodNotAllowed,
            Ok(()) => {
                let granted = self.notifier.refresh(request.headers.expires(), Instant::now());
                self.listed.refresh(self.notifier.expires(), granted);
                let mut response = self.agent.response(transaction, StatusCode::OK);
                response.headers.set("Contact", self.contact.to_string());
                response.headers.set("Expires", granted.as_secs().to_string());
                let _ = transaction.respond(&response);
                let end = granted.is_zero().then_some(End::Timeout);
                return self.notify(end).await && end.is_none();
            }
        };
        let _ = transaction.respond(&self.agent.response(transaction, status));
        true
    }

    /// Says how things stand; false where the subscriber is not there any more.
    async fn notify(&mut self, end: Option<End>) -> bool {
        self.told = self.content(0);
        let body = match self.package {
            Package::Dialog => {
                let version = self.notifier.next_version();
                self.content(version)
            }
            _ => self.told.clone(),
        };
        let mut request = self.dialog.request(Method::NOTIFY);
        self.agent.sign_request(&mut request);
        request.headers.set("Contact", self.contact.to_string());
        request.headers.set("Event", self.event.clone());
        request.headers.set("Subscription-State", self.notifier.state(Instant::now(), end));
        request.set_body(self.format, body);
        let way = self.agent.way_inside(&self.endpoint, &self.way, &request).await;
        let Ok(mut transaction) = self.agent.handle.send_on(request, way) else { return false };
        let answer = transaction.final_response().await;
        answer.is_ok_and(|response| response.is_success())
    }

    /// How things stand; documents of calls are numbered.
    fn content(&mut self, version: u32) -> String {
        match &mut self.subject {
            Subject::Extension(watched) => {
                let watched = watched.borrow_and_update().clone();
                match self.package {
                    Package::Dialog => documents::dialog_info(&self.entity, &self.extension, &watched, version),
                    _ if self.format == XPIDF => documents::xpidf(&self.entity, &self.extension, &watched),
                    _ => documents::pidf(&self.entity, &self.extension, &watched),
                }
            }
            Subject::Mailboxes(boxes) => {
                let counts = boxes.iter_mut().map(|messages| *messages.borrow_and_update());
                let messages = counts.fold(Messages::default(), Messages::and);
                let settings = self.agent.settings.load();
                let aor = settings.aor_of(&self.endpoint, &self.extension);
                let own = aor.and_then(|aor| aor.voicemail_extension.as_deref());
                let own = own.or(self.endpoint.voicemail_extension.as_deref());
                let own = own.or(settings.general.global.voicemail_extension.as_deref());
                let account = with_user(self.contact.uri.clone(), own).to_string();
                documents::message_summary(&account, messages)
            }
        }
    }
}
