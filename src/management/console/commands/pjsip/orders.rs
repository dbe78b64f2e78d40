//! `pjsip send register`, `pjsip send unregister`

use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;
use crate::sip::agent::Wish;

pub static SEND_REGISTER: Command =
    Command::now("pjsip send register", "<registration>|*all", "Registers with a server anew", |request| {
        order(request, Wish::Register, "Re-registration")
    })
    .completes(registrations);

pub static SEND_UNREGISTER: Command =
    Command::now("pjsip send unregister", "<registration>|*all", "Withdraws a registration with a server", |request| {
        order(request, Wish::Unregister, "Unregistration")
    })
    .completes(registrations);

fn order(request: &Request<'_>, wish: Wish, word: &str) -> Answer {
    let [name] = request.words.as_slice() else { return request.usage() };
    let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
    if name == "*all" {
        agent.registrations().iter().for_each(|one| _ = agent.order_registration(&one.name, wish));
        return Answer::line(format!("{word} all queued"));
    }
    match agent.order_registration(name, wish) {
        true => Answer::line(format!("{word} for {name} queued")),
        false => Answer::failure(format!("Unable to retrieve registration {name}")),
    }
}

fn registrations(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    match (words.len(), &pbx.agent) {
        (1, Some(agent)) => agent.registrations().into_iter().map(|one| one.name).chain(["*all".to_owned()]).collect(),
        _ => Vec::new(),
    }
}
