//! What pjsip's lists show, gathered.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;
use tokio::time::Instant;

use super::lines;
use crate::management::console::{Answer, Request};
use crate::sip::agent::EndpointStatus;
use crate::sip::endpoint::{Endpoint, Endpoints, Technology};

/// A list of objects: the headings, then each object with what belongs to it.
#[derive(Serialize)]
pub struct Objects {
    #[serde(skip)]
    headings: Vec<&'static str>,
    objects: Vec<Object>,
}

/// How much of each object a list shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `pjsip list …`: the object's own line.
    Brief,
    /// `pjsip show …`: what belongs to it, too.
    Whole,
}

/// Objects of more than one heading have further lines, and an empty one after the last.
fn has_parts(headings: &[&str]) -> bool {
    headings.len() > 1
}

/// One object and its lines.
#[derive(Serialize)]
pub struct Object {
    pub name: String,
    #[serde(skip)]
    pub lines: Vec<String>,
    /// Its facts for programs, by name.
    #[serde(flatten)]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

impl Object {
    fn show(&self, headings: &[&str], formatter: &mut Formatter<'_>) -> Result {
        self.lines.iter().try_for_each(|line| writeln!(formatter, "{line}"))?;
        if has_parts(headings) { writeln!(formatter) } else { Ok(()) }
    }
}

impl Objects {
    /// The answer with a list, sorted by name, or that there is nothing.
    pub fn answer(form: Form, headings: &[&'static str], mut objects: Vec<Object>) -> Answer {
        if objects.is_empty() {
            return nothing();
        }
        objects.sort_by(|one, other| one.name.cmp(&other.name));
        let mut headings = headings.to_vec();
        if form == Form::Brief {
            headings.truncate(1);
            objects.iter_mut().for_each(|object| object.lines.truncate(1));
        }
        Answer::of(Self { headings, objects })
    }
}

impl Display for Objects {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter)?;
        self.headings.iter().try_for_each(|heading| writeln!(formatter, "{heading}"))?;
        writeln!(formatter, "{}\n", lines::rule())?;
        for object in &self.objects {
            object.show(&self.headings, formatter)?;
        }
        writeln!(formatter, "\nObjects found: {}\n", self.objects.len())
    }
}

/// One object with its settings.
#[derive(Serialize)]
pub struct Portrait {
    #[serde(skip)]
    headings: Vec<&'static str>,
    #[serde(flatten)]
    object: Object,
    parameters: Vec<(&'static str, String)>,
}

impl Portrait {
    /// The settings are shown sorted by their names.
    pub fn new(headings: &[&'static str], object: Object, mut parameters: Vec<(&'static str, String)>) -> Self {
        parameters.sort();
        Self { headings: headings.to_vec(), object, parameters }
    }
}

impl Display for Portrait {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter)?;
        self.headings.iter().try_for_each(|heading| writeln!(formatter, "{heading}"))?;
        writeln!(formatter, "{}\n", lines::rule())?;
        self.object.show(&self.headings, formatter)?;
        if self.parameters.is_empty() {
            return writeln!(formatter, "\n");
        }
        parameters(&self.parameters, formatter)?;
        writeln!(formatter)
    }
}

/// There is no object of the kind.
pub fn nothing() -> Answer {
    Answer::lines("No objects found.\n\n")
}

/// There is no object of this name.
pub fn missing(name: &str) -> Answer {
    Answer::lines(format!("Unable to find object {name}.\n\n")).refused()
}

/// Settings under their heading.
pub fn parameters(parameters: &[(&'static str, String)], formatter: &mut Formatter<'_>) -> Result {
    let width = parameters.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max(13);
    let longest = parameters.iter().map(|(_, value)| value.len()).max().unwrap_or(0).max(14);
    writeln!(formatter, "\n {:<width$} : ParameterValue", "ParameterName")?;
    writeln!(formatter, " {}", "=".repeat(width + 3 + longest))?;
    parameters.iter().try_for_each(|(name, value)| writeln!(formatter, " {name:<width$} : {value}"))
}

/// Facts by name.
pub fn facts<const COUNT: usize>(
    pairs: [(&str, serde_json::Value); COUNT],
) -> serde_json::Map<String, serde_json::Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An endpoint of pjsip.conf with what belongs to it.
pub fn endpoint(request: &Request<'_>, settings: &Endpoints, endpoint: &Endpoint, status: &EndpointStatus) -> Object {
    let device = format!("PJSIP/{}", endpoint.name);
    let state = match status.contacts.is_empty() && status.calls == 0 {
        true => "Unavailable",
        false => request.exchange().device_state(&device).text(),
    };
    let mut shown = vec![lines::endpoint(endpoint, state, status.calls)];
    let section = settings.written("endpoint").find(|section| section.name == endpoint.name);
    for (setting, is_outbound) in [("auth", false), ("outbound_auth", true)] {
        let named = section.and_then(|section| section.get(setting)).unwrap_or_default();
        for name in named.split(',').map(str::trim) {
            let login = settings.written("auth").find(|section| section.name.eq_ignore_ascii_case(name));
            let user = login.and_then(|login| login.get("username"));
            shown.extend(user.map(|user| lines::auth(name, &user, is_outbound)));
        }
    }
    for aor in endpoint.aors.iter().filter_map(|name| settings.aor(name)) {
        shown.push(lines::aor(aor, 1));
        let contacts = status.contacts.iter().filter(|contact| contact.aor == aor.name);
        shown.extend(contacts.map(|contact| lines::contact(contact, 2)));
    }
    let transport = endpoint.transport.as_deref();
    let listen = settings.listen.iter().find(|listen| Some(listen.name.as_str()) == transport);
    shown.extend(listen.map(lines::transport));
    let is_meant = |name: String| name.eq_ignore_ascii_case(&endpoint.name);
    let identifies = settings.written("identify").filter(|section| section.get("endpoint").is_some_and(is_meant));
    identifies.for_each(|section| shown.extend(lines::identify(section, 1)));
    for channel in request.exchange().channels.all() {
        let owner = channel.name().rsplit_once('-').map(|(name, _)| name.to_owned());
        if owner.is_some_and(|owner| owner.eq_ignore_ascii_case(&device)) {
            let age = Instant::now().saturating_duration_since(channel.created()).as_secs();
            shown.extend(lines::channel(&channel, age, 1));
        }
    }
    let contacts: Vec<&str> = status.contacts.iter().map(|contact| contact.uri.as_str()).collect();
    let facts = facts([
        ("state", state.into()),
        ("calls", status.calls.into()),
        ("aors", endpoint.aors.clone().into()),
        ("contacts", contacts.into()),
    ]);
    Object { name: endpoint.name.clone(), lines: shown, facts }
}

/// The endpoints of pjsip.conf, each with the configuration behind it.
pub fn all(request: &Request<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Object> {
    let Some(agent) = &request.pbx.agent else { return Vec::new() };
    let settings = agent.settings();
    let statuses = agent.endpoints();
    let statuses = statuses.iter().filter(|status| status.technology == Technology::Pjsip && wanted(&status.name));
    let objects = statuses.filter_map(|status| {
        let configured = settings.get(Technology::Pjsip, &status.name)?;
        Some(endpoint(request, &settings, configured, status))
    });
    objects.collect()
}
