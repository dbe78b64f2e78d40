//! SUBSCRIBE: telephones that watch extensions and mailboxes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rsip::StatusCode;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Agent;
use super::calls::Entry;
use super::contact::with_user;
use super::extensions::supported;
use super::reliable;
use super::resources::{Reader, Resource, any_changed};
use super::session::REQUESTS;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{Endpoint, ResourceList, Technology};
use crate::sip::subscription::documents::resource_list::{self, List, Part};
use crate::sip::subscription::{End, Notifier, PACKAGES, Package, USUAL};
use crate::sip::transport::{ServerTransaction, Way};
use crate::sip::wire::{Method, NameAddr, Request, Uri};

/// The tag of subscriptions to lists (RFC 4662).
const EVENT_LIST: &str = "eventlist";

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

/// One subscription and its dialog.
struct Subscription {
    agent: Arc<Agent>,
    endpoint: Arc<Endpoint>,
    package: Package,
    /// The type of its documents.
    format: &'static str,
    /// The Event header as it came: its `id` comes back.
    event: String,
    resources: Vec<Resource>,
    /// The list that they are of.
    list: Option<ResourceList>,
    /// The URI that was subscribed to.
    entity: String,
    /// The subscriber's own.
    subscriber: String,
    dialog: Dialog,
    way: Way,
    contact: NameAddr,
    notifier: Notifier,
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
    let is_pjsip = endpoint.technology == Technology::Pjsip;
    if is_pjsip && request.headers.expires() == Some(0) {
        return Err(400);
    }
    let (resources, list) = resources(agent, &endpoint, package, request, &user).ok_or(404_u16)?;
    let mut dialog = Dialog::server(request, transaction.to_tag()).map_err(|status| status.code())?;
    dialog.confirm();
    let (sender, requests) = mpsc::channel(REQUESTS);
    let entry = agent.calls.add_dialog(dialog.id(), sender);
    let way = agent.way_back(transaction.flow);
    let contact = way.contact((!is_pjsip).then_some(user.as_str()));
    let longest = if is_pjsip { Duration::from_secs(u32::MAX.into()) } else { USUAL };
    let (notifier, granted) = Notifier::begin(request.headers.expires(), longest, Instant::now());
    let listed = agent.subscriptions.add(SubscriptionStatus {
        technology: endpoint.technology,
        endpoint: endpoint.name.clone(),
        call_id: request.call_id.to_string(),
        package,
        resource: user,
        context: endpoint.subscribe_context.as_ref().unwrap_or(&endpoint.context).clone(),
        subscriber: request.from.uri.to_string(),
        expires: notifier.expires(),
        granted,
    });
    let listed = listed.ok_or(503_u16)?;
    let subscription = Subscription {
        agent: this,
        endpoint,
        package,
        format,
        event,
        resources,
        list,
        entity: request.to.uri.to_string(),
        subscriber: without_port(request.from.uri.clone()).to_string(),
        dialog,
        way,
        contact,
        notifier,
        requests,
        listed,
        _entry: entry,
    };
    subscription.welcome(transaction, granted);
    Ok(subscription)
}

/// A URI that says who somebody is, not where.
fn without_port(mut uri: Uri) -> Uri {
    uri.as_sip_mut().into_iter().for_each(|sip| sip.port = None);
    uri
}

/// What a SUBSCRIBE is about.
fn resources(
    agent: &Agent,
    endpoint: &Endpoint,
    package: Package,
    request: &Request,
    user: &str,
) -> Option<(Vec<Resource>, Option<ResourceList>)> {
    let uri = &request.to.uri;
    let list = agent.settings.load().list(user, package.name()).cloned();
    let takes_lists = ["Supported", "Require"].iter().any(|field| request.headers.lists(field, EVENT_LIST));
    let Some(list) = list.filter(|_| takes_lists && endpoint.technology == Technology::Pjsip) else {
        let resource = Resource::find(agent, endpoint, package, user, uri.to_string())?;
        return Some((vec![resource], None));
    };
    let find = |name: &String| {
        let found = Resource::find(agent, endpoint, package, name, with_user(uri.clone(), Some(name)).to_string());
        if found.is_none() {
            tracing::warn!("resource list '{}': '{name}' cannot be watched and is left out", list.name);
        }
        found
    };
    let resources: Vec<_> = list.items.iter().filter_map(find).collect();
    (!resources.is_empty()).then_some((resources, Some(list)))
}

impl Subscription {
    /// Notifies until the subscription ends.
    async fn serve(mut self) {
        let mut generation = self.agent.generation.subscribe();
        let is_fetch = self.notifier.expires() <= Instant::now();
        if !self.notify(true, is_fetch.then_some(End::Timeout)).await || is_fetch {
            return;
        }
        let pause = self.list.as_ref().map_or(Duration::ZERO, |list| list.pause);
        let mut due = None;
        loop {
            let is_open = tokio::select! {
                is_there = any_changed(&mut self.resources), if due.is_none() => {
                    let is_gone = !is_there || self.list.is_none() && self.resources.iter().any(Resource::is_gone);
                    match is_gone.then_some(End::NoResource) {
                        None if !self.is_news() => true,
                        None if !pause.is_zero() => {
                            due = Some(Instant::now() + pause);
                            true
                        }
                        end => self.notify(false, end).await && end.is_none(),
                    }
                }
                () = reliable::at(due) => {
                    due = None;
                    self.notify(false, None).await
                }
                Some(request) = self.requests.recv() => self.take(&request).await,
                () = tokio::time::sleep_until(self.notifier.expires()) => {
                    self.notify(true, Some(End::Timeout)).await;
                    false
                }
                changed = generation.changed() => {
                    let is_last = changed.is_err() || generation.borrow().is_last;
                    if is_last {
                        // Who does not answer in time is left behind.
                        self.notify(true, Some(End::Deactivated)).await;
                    }
                    !is_last
                }
            };
            if !is_open {
                return;
            }
        }
    }

    fn is_news(&mut self) -> bool {
        let (reader, resources) = self.parts();
        resources.iter_mut().any(|resource| resource.is_news(reader))
    }

    /// The resources, and how they are told of.
    fn parts(&mut self) -> (Reader<'_>, &mut Vec<Resource>) {
        let reader = Reader {
            agent: &self.agent,
            endpoint: &self.endpoint,
            package: self.package,
            format: self.format,
            subscriber: &self.subscriber,
            contact: &self.contact.uri,
        };
        (reader, &mut self.resources)
    }

    /// Answers a SUBSCRIBE that is taken.
    fn welcome(&self, transaction: &ServerTransaction, granted: Duration) {
        let mut response = self.agent.response(transaction, StatusCode::OK);
        response.headers.set("Contact", self.contact.to_string());
        response.headers.set("Expires", granted.as_secs().to_string());
        response.headers.set("Supported", supported(&self.endpoint));
        if self.list.is_some() {
            response.headers.set("Require", EVENT_LIST);
        }
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&response);
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
                self.welcome(transaction, granted);
                let end = granted.is_zero().then_some(match self.endpoint.technology {
                    Technology::Sip => End::Timeout,
                    Technology::Pjsip => End::Unsubscribed,
                });
                return self.notify(true, end).await && end.is_none();
            }
        };
        let _ = transaction.respond(&self.agent.response(transaction, status));
        true
    }

    /// Says how things stand, or of a list how those stand that changed; false where the subscriber is not there any
    /// more.
    async fn notify(&mut self, is_whole: bool, end: Option<End>) -> bool {
        // The end is the end of the document that the subscriber has.
        let version = match (end, self.endpoint.technology) {
            (Some(_), Technology::Pjsip) if self.list.is_none() => self.notifier.last_version(),
            _ => self.notifier.next_version(),
        };
        let (kind, body) = self.content(is_whole, end.is_some(), version);
        let mut request = self.dialog.request(Method::NOTIFY);
        self.agent.sign_request(&mut request);
        request.headers.set("Contact", self.contact.to_string());
        request.headers.set("Event", self.event.clone());
        request.headers.set("Subscription-State", self.notifier.state(Instant::now(), end));
        if self.list.is_some() {
            request.headers.set("Require", EVENT_LIST);
        }
        request.set_body(&kind, body);
        let way = self.agent.way_inside(&self.endpoint, &self.way, &request).await;
        let Ok(mut transaction) = self.agent.handle.send_on(request, way) else { return false };
        let answer = transaction.final_response().await;
        answer.is_ok_and(|response| response.is_success())
    }

    /// The type of the body and the body.
    fn content(&mut self, is_whole: bool, is_over: bool, version: u32) -> (String, String) {
        let list = self.list.clone();
        let (entity, format) = (self.entity.clone(), self.format);
        let host = self.contact.uri.host().map(ToString::to_string).unwrap_or_default();
        let (reader, resources) = self.parts();
        let Some(list) = list else {
            let told = resources.first_mut().map(|resource| resource.tell(reader, version));
            return (format.to_owned(), told.unwrap_or_default());
        };
        let is_full = is_whole || list.is_full;
        let mut parts = Vec::new();
        for resource in resources {
            if is_full || resource.is_news(reader) {
                let document = resource.tell(reader, version);
                parts.push(Part { name: &resource.name, uri: &resource.uri, kind: format, document });
            }
        }
        let (name, uri, host) = (list.name.as_str(), entity.as_str(), host.as_str());
        resource_list::body(List { name, uri, version, is_full, is_over, host }, &parts, fastrand::u32(..))
    }
}
