//! Challenging requests and judging the answers.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::digest::{Quality, Request, hexadecimal, same};
use super::{Algorithm, Challenge, Credentials, Password, Secret};

/// How long a nonce serves.
const LIFETIME: Duration = Duration::from_secs(60);
/// Most nonces whose counts are remembered; beyond it the oldest go.
const MAX_COUNTS: usize = 8192;
/// Hexadecimal digits of the time, the serial number and the seal in a nonce.
const TIME: usize = 8;
const SERIAL: usize = 8;
const SEAL: usize = 32;

/// Whom a request claims to come from.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The user name it must give.
    pub username: &'a str,
    /// What it must prove to know.
    pub password: &'a Password,
    /// Its own realm, if it has one.
    pub realm: Option<&'a str>,
}

/// What the credentials of a request are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password was proved.
    Granted,
    /// Ask (again): there were no credentials, or they were for another realm, or their nonce is used up (`stale`).
    Challenge {
        /// Only the nonce was at fault.
        stale: bool,
    },
    /// The user or password is wrong. `chan_sip` answers 403, `chan_pjsip` challenges again with 401.
    Refused,
}

/// Hands out nonces and checks what comes back.
///
/// A nonce carries its own time and a seal, so a flood of requests leaves nothing behind here; only nonces that a
/// password was proved with are remembered, for their counts. A request of an unknown user takes the same way through
/// the same arithmetic as a wrong password and gets the same answer (`alwaysauthreject`).
#[derive(Debug)]
pub struct Authenticator {
    realm: String,
    key: Secret,
    decoy: Password,
    began: Instant,
    serial: u32,
    algorithms: Vec<Algorithm>,
    counts: BTreeMap<String, u32>,
}

impl Authenticator {
    /// `key` is random and secret; nonces sealed with another one are stale.
    pub fn new(realm: &str, key: [u8; 32], now: Instant) -> Self {
        let key = Secret::new(hexadecimal(&key));
        let decoy = Password::Plain(Secret::new(seal(&key, "decoy")));
        let algorithms = vec![Algorithm::Md5];
        Self { realm: realm.to_owned(), key, decoy, began: now, serial: 0, algorithms, counts: BTreeMap::new() }
    }

    /// The algorithms to offer, best first; MD5 alone unless told otherwise, as phones expect.
    #[must_use]
    pub fn with_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// The realm of accounts that have none of their own.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Changes the realm, as a reload may.
    pub fn set_realm(&mut self, realm: &str) {
        realm.clone_into(&mut self.realm);
    }

    /// The values of the `WWW-Authenticate` (or `Proxy-Authenticate`) headers of a challenge, one for each algorithm.
    /// `realm` is the account's own, if it has one.
    pub fn challenge(&mut self, realm: Option<&str>, stale: bool, now: Instant) -> Vec<String> {
        let realm = realm.unwrap_or(&self.realm).to_owned();
        let nonce = self.nonce(now);
        let opaque = seal(&self.key, &realm).get(..TIME + SERIAL).map(str::to_owned);
        let challenge = |algorithm: &Algorithm| Challenge {
            realm: realm.clone(),
            nonce: nonce.clone(),
            opaque: opaque.clone(),
            stale,
            algorithm: Some(algorithm.name().to_owned()),
            qop: vec!["auth".to_owned()],
        };
        self.algorithms.iter().map(|algorithm| challenge(algorithm).to_string()).collect()
    }

    /// Judges a request by its `Authorization` header, if it has one. Without an account (nobody of that name) the
    /// answer is as for a wrong password.
    pub fn check(
        &mut self,
        method: &str,
        authorization: Option<&str>,
        account: Option<Account<'_>>,
        now: Instant,
    ) -> Verdict {
        let Some(given) = authorization.and_then(Credentials::parse) else {
            return Verdict::Challenge { stale: false };
        };
        let algorithm = Algorithm::from_name(given.algorithm.as_deref()).filter(|name| self.algorithms.contains(name));
        let (Some(algorithm), Ok(quality)) = (algorithm, quality(&given)) else {
            return Verdict::Challenge { stale: false };
        };
        let realm = account.and_then(|account| account.realm).unwrap_or(&self.realm);
        if given.realm != realm {
            return Verdict::Challenge { stale: false };
        }
        let request = Request {
            algorithm,
            username: &given.username,
            realm,
            nonce: &given.nonce,
            method,
            uri: &given.uri,
            quality,
        };
        let expected = request.response(account.map_or(&self.decoy, |account| account.password));
        let proved = expected.is_some_and(|expected| same(&expected, &given.response.to_ascii_lowercase()));
        let known = account.is_some_and(|account| account.username == given.username);
        if !(proved && known) {
            return Verdict::Refused;
        }
        // Whom only an old nonce keeps out need not ask its user for another password.
        if !self.is_current(&given.nonce, now) {
            return Verdict::Challenge { stale: true };
        }
        match quality {
            Some(quality) if !self.is_next(&given.nonce, quality.count) => Verdict::Challenge { stale: true },
            _ => Verdict::Granted,
        }
    }

    fn nonce(&mut self, now: Instant) -> String {
        self.serial = self.serial.wrapping_add(1);
        let text = format!("{:08x}{:08x}", self.seconds(now), self.serial);
        let seal = seal(&self.key, &text);
        text + &seal
    }

    fn seconds(&self, now: Instant) -> u32 {
        u32::try_from(now.saturating_duration_since(self.began).as_secs()).unwrap_or(u32::MAX)
    }

    fn is_current(&self, nonce: &str, now: Instant) -> bool {
        let (Some(text), Some(given)) = (nonce.get(..TIME + SERIAL), nonce.get(TIME + SERIAL..)) else { return false };
        let Some(Ok(issued)) = text.get(..TIME).map(|time| u32::from_str_radix(time, 16)) else { return false };
        let age = self.seconds(now).checked_sub(issued).map(|age| Duration::from_secs(age.into()));
        same(&seal(&self.key, text), given) && age.is_some_and(|age| age <= LIFETIME)
    }

    /// Whether a count was not seen with this nonce before; remembers it (RFC 7616 §3.3 `nc`).
    fn is_next(&mut self, nonce: &str, count: &str) -> bool {
        let Ok(count) = u32::from_str_radix(count, 16) else { return false };
        if let Some(last) = self.counts.get_mut(nonce) {
            return std::mem::replace(last, count.max(*last)) < count;
        }
        // Nonces begin with their time, so the first is the oldest.
        if self.counts.len() >= MAX_COUNTS {
            self.counts.pop_first();
        }
        self.counts.insert(nonce.to_owned(), count);
        count > 0
    }
}

/// The quality that credentials claim; an error if it is one that was not offered or lacks its parts.
fn quality(given: &Credentials) -> Result<Option<Quality<'_>>, ()> {
    match (&given.qop, &given.count, &given.client_nonce) {
        (None, _, _) => Ok(None),
        (Some(qop), Some(count), Some(client_nonce)) if qop.eq_ignore_ascii_case("auth") => {
            Ok(Some(Quality { count, client_nonce }))
        }
        _ => Err(()),
    }
}

/// A keyed hash: the key goes in twice, so that nothing can be appended to what is sealed.
fn seal(key: &Secret, text: &str) -> String {
    let inner = Sha256::new().chain_update(key.expose()).chain_update(text).finalize();
    let outer = Sha256::new().chain_update(key.expose()).chain_update(inner).finalize();
    let mut seal = hexadecimal(&outer);
    seal.truncate(SEAL);
    seal
}

#[cfg(test)]
mod tests {
    use super::super::Login;
    use super::*;

    struct Desk {
        authenticator: Authenticator,
        now: Instant,
        password: Password,
    }

    impl Desk {
        fn new() -> Self {
            let now = Instant::now();
            let authenticator = Authenticator::new("asterisk", [7; 32], now);
            Self { authenticator, now, password: Password::Plain(Secret::new("sesame")) }
        }

        fn login(&mut self, user: &str, password: &str) -> Login {
            let challenges = self.authenticator.challenge(None, false, self.now);
            let challenge = Challenge::choose(challenges.iter().map(String::as_str)).unwrap();
            Login::new(user, Password::Plain(Secret::new(password)), challenge).unwrap()
        }

        fn check(&mut self, header: &str) -> Verdict {
            let account = Account { username: "2001", password: &self.password, realm: None };
            self.authenticator.check("REGISTER", Some(header), Some(account), self.now)
        }
    }

    #[test]
    fn the_right_password_is_granted_and_the_wrong_one_refused() {
        let mut desk = Desk::new();
        let good = desk.login("2001", "sesame").authorize("REGISTER", "sip:pbx", "c");
        assert_eq!(desk.check(&good), Verdict::Granted);
        let bad = desk.login("2001", "sesam").authorize("REGISTER", "sip:pbx", "c");
        assert_eq!(desk.check(&bad), Verdict::Refused);
        let other = desk.login("2002", "sesame").authorize("REGISTER", "sip:pbx", "c");
        assert_eq!(desk.check(&other), Verdict::Refused);
    }

    #[test]
    fn nobody_is_told_apart_from_a_wrong_password() {
        let mut desk = Desk::new();
        let header = desk.login("nobody", "x").authorize("REGISTER", "sip:pbx", "c");
        assert_eq!(desk.authenticator.check("REGISTER", None, None, desk.now), Verdict::Challenge { stale: false });
        assert_eq!(desk.authenticator.check("REGISTER", Some(&header), None, desk.now), Verdict::Refused);
    }

    #[test]
    fn a_replay_is_challenged_and_the_next_count_granted() {
        let mut desk = Desk::new();
        let mut login = desk.login("2001", "sesame");
        let first = login.authorize("REGISTER", "sip:pbx", "c");
        let second = login.authorize("REGISTER", "sip:pbx", "c");
        let third = login.authorize("REGISTER", "sip:pbx", "c");
        assert_eq!(desk.check(&second), Verdict::Granted);
        assert_eq!(desk.check(&second), Verdict::Challenge { stale: true });
        assert_eq!(desk.check(&first), Verdict::Challenge { stale: true });
        assert_eq!(desk.check(&third), Verdict::Granted);
    }

    #[test]
    fn nonces_age_and_cannot_be_made_up() {
        let mut desk = Desk::new();
        let header = desk.login("2001", "sesame").authorize("REGISTER", "sip:pbx", "c");
        desk.now += LIFETIME + Duration::from_secs(2);
        assert_eq!(desk.check(&header), Verdict::Challenge { stale: true });
        for nonce in ["", "1", "0000000000000001", "é0000000000000000", &"0".repeat(48)] {
            let challenge = Challenge { realm: "asterisk".into(), nonce: nonce.into(), ..Challenge::default() };
            let made_up = Login::new("2001", desk.password.clone(), challenge).unwrap().authorize("REGISTER", "u", "c");
            assert_eq!(desk.check(&made_up), Verdict::Challenge { stale: true }, "{nonce}");
        }
    }

    #[test]
    fn phones_without_qop_are_served() {
        let mut desk = Desk::new();
        let challenges = desk.authenticator.challenge(None, false, desk.now);
        let challenge = Challenge { qop: Vec::new(), ..Challenge::parse(&challenges[0]).unwrap() };
        let header = Login::new("2001", desk.password.clone(), challenge).unwrap().authorize("REGISTER", "sip:pbx", "");
        assert_eq!(desk.check(&header), Verdict::Granted);
    }

    #[test]
    fn the_method_another_realm_and_a_foreign_algorithm_matter() {
        let mut desk = Desk::new();
        let header = desk.login("2001", "sesame").authorize("INVITE", "sip:pbx", "c");
        assert_eq!(desk.check(&header), Verdict::Refused);
        let foreign = header.replace("realm=\"asterisk\"", "realm=\"other\"");
        assert_eq!(desk.check(&foreign), Verdict::Challenge { stale: false });
        assert_eq!(desk.check(&header.replace("MD5", "SHA-256")), Verdict::Challenge { stale: false });
    }

    #[test]
    fn an_account_may_have_a_realm_of_its_own() {
        let mut desk = Desk::new();
        let challenges = desk.authenticator.challenge(Some("branch"), false, desk.now);
        let challenge = Challenge::parse(&challenges[0]).unwrap();
        let header = Login::new("2001", desk.password.clone(), challenge).unwrap().authorize("REGISTER", "u", "c");
        assert_eq!(desk.check(&header), Verdict::Challenge { stale: false });
        let account = Account { username: "2001", password: &desk.password, realm: Some("branch") };
        let verdict = desk.authenticator.check("REGISTER", Some(&header), Some(account), desk.now);
        assert_eq!(verdict, Verdict::Granted);
    }

    #[test]
    fn sha_256_is_offered_where_asked_for() {
        let mut desk = Desk::new();
        desk.authenticator =
            Authenticator::new("asterisk", [7; 32], desk.now).with_algorithms([Algorithm::Sha256, Algorithm::Md5]);
        assert_eq!(desk.authenticator.challenge(None, false, desk.now).len(), 2);
        let header = desk.login("2001", "sesame").authorize("REGISTER", "sip:pbx", "c");
        assert!(header.contains("algorithm=SHA-256"));
        assert_eq!(desk.check(&header), Verdict::Granted);
    }

    #[test]
    fn remembered_counts_are_bounded() {
        let mut desk = Desk::new();
        for at in 0..MAX_COUNTS + 10 {
            assert!(desk.authenticator.is_next(&format!("{at:08x}"), "00000001"));
        }
        assert_eq!(desk.authenticator.counts.len(), MAX_COUNTS);
    }
}
