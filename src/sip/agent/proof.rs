//! Proving ourselves to a peer that asks.

use std::hash::{BuildHasher as _, RandomState};

use crate::sip::authentication::{Challenge, Login};
use crate::sip::endpoint;
use crate::sip::wire::{Request, Response};

/// The answers to one peer's challenges.
#[derive(Debug, Default)]
pub(super) struct Proof {
    taken: Option<Login>,
}

impl Proof {
    /// The request again with credentials and the next number, where the response is a challenge that one of the
    /// `logins` can answer; `None` where it is none, or says that the password was wrong.
    pub fn answer<'a>(
        &mut self,
        request: &Request,
        response: &Response,
        mut logins: impl Iterator<Item = &'a endpoint::Login> + Clone,
    ) -> Option<Request> {
        let (asks, answers) = match response.code() {
            401 => ("WWW-Authenticate", "Authorization"),
            407 => ("Proxy-Authenticate", "Proxy-Authorization"),
            _ => return None,
        };
        let challenge = Challenge::choose(response.headers.all(asks))?;
        let mut of_realm = logins.clone().filter(|login| login.realm.as_ref() == Some(&challenge.realm));
        let login = of_realm.next().or_else(|| logins.find(|login| login.realm.is_none()))?;
        if self.taken.as_ref().is_some_and(|taken| taken.is_refused_by(&challenge)) {
            return None;
        }
        let mut taken = Login::new(&login.username, login.password.clone(), challenge)?;
        let mut again = request.clone();
        again.cseq = again.cseq.saturating_add(1);
        let nonce = format!("{:016x}", RandomState::new().hash_one(&request.call_id));
        let credentials = taken.authorize(request.method.as_str(), &request.uri.to_string(), &nonce);
        again.headers.set(answers, credentials);
        self.taken = Some(taken);
        Some(again)
    }
}
