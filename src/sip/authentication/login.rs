//! Answering the challenge of a registrar or trunk.

use super::digest::{Password, Quality, Request};
use super::{Algorithm, Challenge, Credentials};

/// A challenge taken up: it authorizes one request after the other until the server sends a new nonce.
#[derive(Clone, Debug)]
pub struct Login {
    username: String,
    password: Password,
    challenge: Challenge,
    algorithm: Algorithm,
    used: u32,
}

impl Login {
    /// Takes up a challenge (see [`Challenge::choose`]). `None` if its algorithm or quality is not spoken here.
    pub fn new(username: &str, password: Password, challenge: Challenge) -> Option<Self> {
        let algorithm = Algorithm::from_name(challenge.algorithm.as_deref())?;
        let answerable = challenge.qop.is_empty() || challenge.offers_auth();
        let fits = match password {
            Password::Plain(_) => true,
            Password::Md5(_) => algorithm == Algorithm::Md5,
            Password::Unprovable => false,
        };
        (answerable && fits).then(|| Self { username: username.to_owned(), password, challenge, algorithm, used: 0 })
    }

    /// Whether a further challenge says that the answer was wrong, rather than that the nonce is used up: another
    /// attempt with the same password is then in vain (RFC 3261 §22.2).
    pub fn is_refused_by(&self, next: &Challenge) -> bool {
        !next.stale && next.realm == self.challenge.realm
    }

    /// The value of the `Authorization` header for a request. `client_nonce` is random, or a count in a test.
    pub fn authorize(&mut self, method: &str, uri: &str, client_nonce: &str) -> String {
        self.used = self.used.saturating_add(1);
        let count = format!("{:08x}", self.used);
        let quality = self.challenge.offers_auth().then_some(Quality { count: &count, client_nonce });
        let request = Request {
            algorithm: self.algorithm,
            username: &self.username,
            realm: &self.challenge.realm,
            nonce: &self.challenge.nonce,
            method,
            uri,
            quality,
        };
        let response = request.response(&self.password).unwrap_or_default();
        let with_quality = quality.is_some();
        Credentials {
            username: self.username.clone(),
            realm: self.challenge.realm.clone(),
            nonce: self.challenge.nonce.clone(),
            uri: uri.to_owned(),
            response,
            algorithm: Some(self.algorithm.name().to_owned()),
            client_nonce: with_quality.then(|| client_nonce.to_owned()),
            opaque: self.challenge.opaque.clone(),
            qop: with_quality.then(|| "auth".to_owned()),
            count: with_quality.then_some(count),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Secret;
    use super::*;

    fn login(challenge: &str) -> Option<Login> {
        Login::new("bob", Password::Plain(Secret::new("zanzibar")), Challenge::parse(challenge)?)
    }

    #[test]
    fn counts_rise_with_every_request() {
        let mut login = login("Digest realm=\"r\", nonce=\"n\", opaque=\"o\", qop=\"auth\"").unwrap();
        let first = Credentials::parse(&login.authorize("INVITE", "sip:a", "c")).unwrap();
        let second = Credentials::parse(&login.authorize("INVITE", "sip:a", "c")).unwrap();
        assert_eq!((first.count.as_deref(), second.count.as_deref()), (Some("00000001"), Some("00000002")));
        assert_eq!((first.opaque.as_deref(), first.qop.as_deref()), (Some("o"), Some("auth")));
        assert_ne!(first.response, second.response);
    }

    #[test]
    fn an_old_challenge_gets_the_old_answer() {
        let mut login = login("Digest realm=\"biloxi.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"").unwrap();
        let header = login.authorize("INVITE", "sip:bob@biloxi.com", "unused");
        assert!(!header.contains("cnonce") && !header.contains("qop") && !header.contains("nc="), "{header}");
        // Computed with openssl md5 over the three parts.
        assert!(header.contains("response=\"bf57e4e0d0bffc0fbaedce64d59add5e\""), "{header}");
    }

    #[test]
    fn a_repeated_challenge_is_a_refusal_unless_stale() {
        let login = login("Digest realm=\"r\", nonce=\"1\"").unwrap();
        let next = |text| Challenge::parse(text).unwrap();
        assert!(login.is_refused_by(&next("Digest realm=\"r\", nonce=\"2\"")));
        assert!(!login.is_refused_by(&next("Digest realm=\"r\", nonce=\"2\", stale=TRUE")));
        assert!(!login.is_refused_by(&next("Digest realm=\"other\", nonce=\"2\"")));
    }

    #[test]
    fn what_is_not_spoken_is_not_answered() {
        assert!(login("Digest realm=\"r\", nonce=\"1\", algorithm=MD5-sess").is_none());
        assert!(login("Digest realm=\"r\", nonce=\"1\", qop=\"auth-int\"").is_none());
        let hash = Password::Md5(Secret::new("00"));
        let strong = Challenge::parse("Digest realm=\"r\", nonce=\"1\", algorithm=SHA-256").unwrap();
        assert!(Login::new("bob", hash, strong).is_none());
    }
}
