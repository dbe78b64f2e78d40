//! NOTIFYs that nobody subscribed to: news of mailboxes, and what an admin tells telephones (`check-sync` and its like).

use std::sync::Arc;

use super::destination::Place;
use super::{Agent, identity};
use crate::channel::Outgoing;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::transport::Target;
use crate::sip::wire::{Method, NameAddr, Request, Uri};

/// What goes along with a NOTIFY: its headers in order, and lines of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    pub headers: Vec<(String, String)>,
    pub body: Vec<String>,
}

impl News {
    /// Takes names and values as an admin writes them: `Content` is a line of the body.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let (body, headers): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(name, _)| name.eq_ignore_ascii_case("Content"));
        // These are the dialog's own: to set them would break it.
        let is_free = |name: &str| {
            !["Call-ID", "Contact", "CSeq", "To", "From", "Record-Route", "Route", "Via", "Content-Length"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name))
        };
        Self {
            headers: headers.into_iter().filter(|(name, _)| is_free(name)).collect(),
            body: body.into_iter().map(|(_, line)| line).collect(),
        }
    }
}

impl Agent {
    /// Sends a NOTIFY to every contact of an endpoint; how many there are. `None` where there is no such endpoint.
    pub fn notify(&self, technology: Technology, name: &str, news: &News) -> Option<usize> {
        let settings = self.settings.load_full();
        let endpoint = settings.get(technology, name)?;
        let places = self.contacts(&settings, endpoint, None);
        places.iter().for_each(|place| self.spawn_notify(endpoint, place.clone(), news));
        Some(places.len())
    }

    /// Sends a NOTIFY to a URI; false where it is none.
    pub fn notify_uri(&self, uri: &str, news: &News) -> bool {
        let Some(uri) = Uri::parse(uri) else { return false };
        let endpoint = self.outbound_endpoint().unwrap_or_else(|| Endpoint::new(Technology::Pjsip, "asterisk"));
        self.spawn_notify(&endpoint, Place::of(uri), news);
        true
    }

    /// By whose settings something goes to an address (`default_outbound_endpoint`), if there is such an endpoint.
    pub(super) fn outbound_endpoint(&self) -> Option<Endpoint> {
        let settings = self.settings.load();
        settings.get(Technology::Pjsip, &settings.general.global.outbound_endpoint).cloned()
    }

    fn spawn_notify(&self, endpoint: &Endpoint, place: Place, news: &News) {
        let Some(agent) = self.this.upgrade() else { return };
        let (endpoint, news) = (endpoint.clone(), news.clone());
        tokio::spawn(async move {
            let fill = |request: &mut Request, _account: &str| {
                for (name, value) in &news.headers {
                    request.headers.set(name.as_str(), value.clone());
                }
                if request.headers.get("Subscription-State").is_none() {
                    request.headers.set("Subscription-State", "terminated");
                }
                if !news.body.is_empty() {
                    let kind = request.headers.get("Content-Type").unwrap_or("text/plain").to_owned();
                    request.set_body(&kind, news.body.join("\r\n"));
                }
            };
            send(&agent, &endpoint, place, fill).await;
        });
    }
}

/// Sends a NOTIFY outside of any subscription and waits for its answer; `fill` gets the URI of our account there.
pub(super) async fn send(
    agent: &Arc<Agent>,
    endpoint: &Endpoint,
    place: Place,
    fill: impl FnOnce(&mut Request, &str) + Send,
) {
    let target = match place.target {
        Some(target) => target,
        None => match Target::resolve(place.next_hop()).await {
            Ok(target) => target,
            Err(_) => return,
        },
    };
    let Ok(way) = agent.way_for(endpoint, target) else { return };
    let from = identity::from(agent, endpoint, &Outgoing::default(), &way);
    let account = way.contact(Some("asterisk"));
    let contact = match endpoint.technology {
        Technology::Sip => account.clone(),
        Technology::Pjsip => way.contact(place.uri.user().as_deref()),
    };
    let to = NameAddr::new(place.uri.clone());
    let mut request = Request::new(Method::NOTIFY, place.uri, from, to, &agent.handle.new_call_id(), 102);
    for route in &place.route {
        request.headers.push("Route", route.to_string());
    }
    agent.sign_request(&mut request);
    request.headers.set("Contact", contact.to_string());
    fill(&mut request, &account.uri.to_string());
    let Ok(mut transaction) = agent.handle.send_on(request, way) else { return };
    if let Err(status) = transaction.final_response().await {
        tracing::debug!("{}: no answer to a NOTIFY: {status}", endpoint.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_body_are_apart_and_the_dialogs_own_headers_stay() {
        let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let given = [("Event", "check-sync"), ("Content", "a=1"), ("call-id", "x"), ("Content", "b=2")].map(pair);
        let news = News::of(given.to_vec());
        assert_eq!(news.headers, [pair(("Event", "check-sync"))]);
        assert_eq!(news.body, ["a=1", "b=2"]);
    }
}
