//! `pjsip show endpoint`

use super::list::HEADINGS;
use super::objects::{Portrait, all, missing};
use crate::management::console::commands::sip::{names, peers::codecs};
use crate::management::console::{Answer, Command};
use crate::sip::endpoint::{Endpoint, Technology, Written};

pub static ENDPOINT: Command =
    Command::now("pjsip show endpoint", "<name>", "Shows everything about a phone or trunk of pjsip.conf", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        let object = all(request, |known| known.eq_ignore_ascii_case(name)).into_iter().next();
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let known = settings.as_ref().and_then(|settings| {
            let section = settings.written("endpoint").find(|section| section.name.eq_ignore_ascii_case(name))?;
            Some(parameters(section, settings.get(Technology::Pjsip, name)?))
        });
        match object.zip(known) {
            Some((object, parameters)) => Answer::of(Portrait::new(&HEADINGS, object, parameters)),
            None => missing(name),
        }
    })
    .completes(|pbx, words| if words.len() == 1 { names(pbx, Technology::Pjsip) } else { Vec::new() });

/// The settings; `allow` with the codecs that it came to.
fn parameters(section: &Written, endpoint: &Endpoint) -> Vec<(&'static str, String)> {
    const OF_LISTS: [&str; 5] = ["disallow", "deny", "permit", "contact_deny", "contact_permit"];
    let shown = section.all().filter(|(name, _)| !OF_LISTS.contains(name));
    let allowed = || format!("({})", codecs(endpoint).join("|"));
    shown.map(|(name, value)| (name, if name == "allow" { allowed() } else { value })).collect()
}
