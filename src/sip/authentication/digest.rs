//! The arithmetic of a digest: what is hashed, with which algorithm, and compared how.

use std::fmt;

use md5::{Digest as _, Md5};
use sha2::Sha256;

/// A text that never shows in logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for hashing, never for showing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// How an account proves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// The password in the clear (`secret`, `password`).
    Plain(Secret),
    /// The MD5 of `user:realm:password` in hexadecimal (`md5secret`, `md5_cred`): good for MD5 and its realm only.
    Md5(Secret),
    /// No password proves it: the configuration asks for one and gives none.
    Unprovable,
}

/// A digest algorithm that both sides here speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RFC 2617: what every phone speaks.
    Md5,
    /// RFC 7616.
    Sha256,
}

impl Algorithm {
    /// The algorithm a header names; no name means MD5. `None` for what is not spoken here, `-sess` among it.
    pub fn from_name(name: Option<&str>) -> Option<Self> {
        match name {
            None => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    /// The name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The hash of `parts` joined by colons, in small hexadecimal letters.
    pub(super) fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self {
            Self::Md5 => hexadecimal(&Md5::digest(text.as_bytes())),
            Self::Sha256 => hexadecimal(&Sha256::digest(text.as_bytes())),
        }
    }
}

/// The part of a digest that a `qop` adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quality<'a> {
    /// The count as it was written, eight hexadecimal digits.
    pub count: &'a str,
    pub client_nonce: &'a str,
}

/// What a digest is computed over, besides the password.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub algorithm: Algorithm,
    pub username: &'a str,
    pub realm: &'a str,
    pub nonce: &'a str,
    pub method: &'a str,
    pub uri: &'a str,
    /// `None` for the form without `qop` of RFC 2069.
    pub quality: Option<Quality<'a>>,
}

impl Request<'_> {
    /// The `response` of RFC 7616 §3.4.1.
    ///
    /// A pre-hashed password serves MD5 only. `None` where no response is right.
    pub fn response(&self, password: &Password) -> Option<String> {
        let owner = match password {
            Password::Plain(password) => self.algorithm.hash(&[self.username, self.realm, password.expose()]),
            Password::Md5(hash) if self.algorithm == Algorithm::Md5 => hash.expose().to_ascii_lowercase(),
            Password::Md5(_) | Password::Unprovable => return None,
        };
        let target = self.algorithm.hash(&[self.method, self.uri]);
        Some(match self.quality {
            Some(Quality { count, client_nonce }) => {
                self.algorithm.hash(&[&owner, self.nonce, count, client_nonce, "auth", &target])
            }
            None => self.algorithm.hash(&[&owner, self.nonce, &target]),
        })
    }
}

/// Whether two texts are the same, in a time that depends on their lengths only.
pub(super) fn same(left: &str, right: &str) -> bool {
    let differences = left.bytes().zip(right.bytes()).fold(0, |sum, (left, right)| sum | (left ^ right));
    std::hint::black_box(differences) == 0 && left.len() == right.len()
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of RFC 2617 §3.5 and RFC 7616 §3.9.1.
    fn example<'a>(algorithm: Algorithm, nonce: &'a str, client_nonce: &'a str, realm: &'a str) -> Request<'a> {
        let quality = Some(Quality { count: "00000001", client_nonce });
        Request { algorithm, username: "Mufasa", realm, nonce, method: "GET", uri: "/dir/index.html", quality }
    }

    #[test]
    fn the_examples_of_the_standards_come_out() {
        let old = example(Algorithm::Md5, "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b", "testrealm@host.com");
        let password = Password::Plain(Secret::new("Circle Of Life"));
        assert_eq!(old.response(&password).unwrap(), "6629fae49393a05397450978507c4ef1");

        let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        let client = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let password = Password::Plain(Secret::new("Circle of Life"));
        let new = example(Algorithm::Md5, nonce, client, "http-auth@example.org");
        assert_eq!(new.response(&password).unwrap(), "8ca523f5e9506fed4657c9700eebdbec");
        let strong = example(Algorithm::Sha256, nonce, client, "http-auth@example.org");
        assert_eq!(
            strong.response(&password).unwrap(),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    #[test]
    fn a_hashed_password_serves_as_well() {
        let request = Request { quality: None, ..example(Algorithm::Md5, "n", "c", "asterisk") };
        let hash = Algorithm::Md5.hash(&["Mufasa", "asterisk", "x"]).to_uppercase();
        let plain = request.response(&Password::Plain(Secret::new("x")));
        assert_eq!(request.response(&Password::Md5(Secret::new(hash))), plain);
        let strong = Request { algorithm: Algorithm::Sha256, ..request };
        assert_eq!(strong.response(&Password::Md5(Secret::new(""))), None);
        assert_eq!(request.response(&Password::Unprovable), None);
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", Password::Plain(Secret::new("hunter2")));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn comparison_sees_length_and_letters() {
        assert!(same("abc", "abc") && same("", ""));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
