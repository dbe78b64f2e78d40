//! Reading and writing the parameters of authentication headers.

use std::fmt::Write as _;

use super::Algorithm;

/// Longest header value read, in bytes.
const MAX_BYTES: usize = 4096;
/// Most parameters read.
const MAX_PARAMETERS: usize = 32;

/// The value of an `Authorization` or `Proxy-Authorization` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Whose password it is.
    pub username: String,
    /// Where it holds.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// The URI that was hashed; proxies may have changed the request's since.
    pub uri: String,
    /// The digest, in hexadecimal.
    pub response: String,
    /// The algorithm; none means MD5.
    pub algorithm: Option<String>,
    /// `cnonce`.
    pub client_nonce: Option<String>,
    /// What the server wants back untouched.
    pub opaque: Option<String>,
    /// The quality of protection chosen.
    pub qop: Option<String>,
    /// The nonce count as written.
    pub count: Option<String>,
}

impl Credentials {
    /// Reads `Digest username="…", realm="…", …`. `None` for another scheme or without the fields that every digest
    /// has.
    pub fn parse(value: &str) -> Option<Self> {
        let mut read = Self::default();
        let mut seen = [false; 5];
        for (name, value) in parameters(value)? {
            let mut require = |at: usize, field: &mut String, value: String| {
                seen[at] = true;
                *field = value;
            };
            match name.to_ascii_lowercase().as_str() {
                "username" => require(0, &mut read.username, value),
                "realm" => require(1, &mut read.realm, value),
                "nonce" => require(2, &mut read.nonce, value),
                "uri" => require(3, &mut read.uri, value),
                "response" => require(4, &mut read.response, value),
                "algorithm" => read.algorithm = Some(value),
                "cnonce" => read.client_nonce = Some(value),
                "opaque" => read.opaque = Some(value),
                "qop" => read.qop = Some(value),
                "nc" => read.count = Some(value),
                _ => {}
            }
        }
        seen.iter().all(|seen| *seen).then_some(read)
    }
}

impl std::fmt::Display for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Digest ")?;
        quoted(out, "username", &self.username)?;
        for (name, value) in [("realm", &self.realm), ("nonce", &self.nonce), ("uri", &self.uri)] {
            out.write_str(", ")?;
            quoted(out, name, value)?;
        }
        out.write_str(", ")?;
        quoted(out, "response", &self.response)?;
        if let Some(algorithm) = &self.algorithm {
            write!(out, ", algorithm={algorithm}")?;
        }
        for (name, value) in [("cnonce", &self.client_nonce), ("opaque", &self.opaque)] {
            if let Some(value) = value {
                out.write_str(", ")?;
                quoted(out, name, value)?;
            }
        }
        if let Some(qop) = &self.qop {
            write!(out, ", qop={qop}")?;
        }
        if let Some(count) = &self.count {
            write!(out, ", nc={count}")?;
        }
        Ok(())
    }
}

/// The value of a `WWW-Authenticate` or `Proxy-Authenticate` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// Where the password holds.
    pub realm: String,
    /// What to hash along.
    pub nonce: String,
    /// What to give back untouched.
    pub opaque: Option<String>,
    /// The nonce was too old; the password may well have been right.
    pub stale: bool,
    /// The algorithm; none means MD5.
    pub algorithm: Option<String>,
    /// The qualities of protection on offer: `auth`, `auth-int`.
    pub qop: Vec<String>,
}

impl Challenge {
    /// Reads `Digest realm="…", nonce="…", …`. `None` for another scheme or without a nonce.
    pub fn parse(value: &str) -> Option<Self> {
        let mut read = Self::default();
        let mut nonce = None;
        for (name, value) in parameters(value)? {
            match name.to_ascii_lowercase().as_str() {
                "realm" => read.realm = value,
                "nonce" => nonce = Some(value),
                "opaque" => read.opaque = Some(value),
                "stale" => read.stale = value.eq_ignore_ascii_case("true"),
                "algorithm" => read.algorithm = Some(value),
                "qop" => read.qop = value.split(',').map(|qop| qop.trim().to_owned()).collect(),
                _ => {}
            }
        }
        read.nonce = nonce?;
        Some(read)
    }

    /// The strongest of several challenges that [`Login`](super::Login) can answer.
    pub fn choose<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let readable = values.into_iter().filter_map(Self::parse).filter(Self::is_answerable);
        // The first of equals: the server listed its favourite first.
        readable.fold(None, |best: Option<Self>, next| match best {
            Some(best) if best.strength() >= next.strength() => Some(best),
            _ => Some(next),
        })
    }

    fn strength(&self) -> Option<Algorithm> {
        Algorithm::from_name(self.algorithm.as_deref())
    }

    fn is_answerable(&self) -> bool {
        self.strength().is_some() && (self.qop.is_empty() || self.offers_auth())
    }

    /// Whether `qop=auth` is on offer.
    pub fn offers_auth(&self) -> bool {
        self.qop.iter().any(|qop| qop.eq_ignore_ascii_case("auth"))
    }
}

impl std::fmt::Display for Challenge {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Digest ")?;
        quoted(out, "realm", &self.realm)?;
        out.write_str(", ")?;
        quoted(out, "nonce", &self.nonce)?;
        if let Some(opaque) = &self.opaque {
            out.write_str(", ")?;
            quoted(out, "opaque", opaque)?;
        }
        if let Some(algorithm) = &self.algorithm {
            write!(out, ", algorithm={algorithm}")?;
        }
        if self.stale {
            out.write_str(", stale=true")?;
        }
        if !self.qop.is_empty() {
            write!(out, ", qop=\"{}\"", self.qop.join(","))?;
        }
        Ok(())
    }
}

/// Writes `name="value"`, with what would end the string or the header taken care of.
fn quoted(out: &mut std::fmt::Formatter<'_>, name: &str, value: &str) -> std::fmt::Result {
    write!(out, "{name}=\"")?;
    for letter in value.chars().filter(|letter| !letter.is_control()) {
        if matches!(letter, '"' | '\\') {
            out.write_char('\\')?;
        }
        out.write_char(letter)?;
    }
    out.write_char('"')
}

/// The parameters after `Digest`. A comma inside quotes belongs to the value; a parameter without `=` is passed over.
fn parameters(value: &str) -> Option<Vec<(&str, String)>> {
    let value = value.trim_start();
    let scheme_ends = value.find(|letter: char| letter.is_ascii_whitespace())?;
    let (scheme, mut rest) = value.split_at(scheme_ends);
    if !scheme.eq_ignore_ascii_case("Digest") || value.len() > MAX_BYTES {
        return None;
    }
    let mut found = Vec::new();
    while found.len() < MAX_PARAMETERS {
        rest = rest.trim_start_matches(|letter: char| letter == ',' || letter.is_ascii_whitespace());
        let Some(name_ends) = rest.find(['=', ',']) else { break };
        let name = rest[..name_ends].trim();
        let is_parameter = rest[name_ends..].starts_with('=');
        rest = &rest[name_ends + 1..];
        if is_parameter {
            let (value, after) = parameter_value(rest.trim_start());
            found.push((name, value));
            rest = after;
        }
    }
    Some(found)
}

/// A token or quoted string at the start of `text`, and what follows it.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = inside.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &inside[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_is_understood_both_ways() {
        let text = "Digest username=\"a\\\"b, c\", realm=\"x\", nonce=\"n=1,\", uri=\"sip:a;b=c@d\", response=\"r\", \
                    algorithm=MD5, cnonce=\"c\", opaque=\"\", qop=auth, nc=00000001";
        let read = Credentials::parse(text).unwrap();
        assert_eq!(read.username, "a\"b, c");
        assert_eq!((read.nonce.as_str(), read.uri.as_str()), ("n=1,", "sip:a;b=c@d"));
        assert_eq!(read.to_string(), text);
    }

    #[test]
    fn careless_headers_are_read() {
        let text = "  dIgEsT  USERNAME = u ,, junk , realm=\"\",nonce=n,uri=\"u\" , response=\"open";
        let read = Credentials::parse(text).unwrap();
        assert_eq!((read.username.as_str(), read.response.as_str()), ("u", "open"));
    }

    #[test]
    fn what_is_no_digest_is_none() {
        for text in ["", "Digest", "Basic abc=", "Digest ", "Digest username=\"a\"", "Digest ====", "Digest \"\"\\"] {
            assert_eq!(Credentials::parse(text), None, "{text}");
        }
        assert_eq!(Credentials::parse(&format!("Digest a=\"{}\"", "x".repeat(MAX_BYTES))), None);
    }

    #[test]
    fn the_strongest_answerable_challenge_is_chosen() {
        let md5 = "Digest realm=\"a\", nonce=\"1\"";
        let sha = "Digest realm=\"a\", nonce=\"2\", algorithm=SHA-256, qop=\"auth,auth-int\"";
        let unknown = "Digest realm=\"a\", nonce=\"3\", algorithm=SHA-512-256";
        let integrity = "Digest realm=\"a\", nonce=\"4\", qop=\"auth-int\"";
        let chosen = |values: &[&str]| Challenge::choose(values.iter().copied()).map(|challenge| challenge.nonce);
        assert_eq!(chosen(&[md5, sha, unknown]).as_deref(), Some("2"));
        assert_eq!(chosen(&[unknown, integrity, md5]).as_deref(), Some("1"));
        assert_eq!(chosen(&[unknown, integrity]), None);
    }

    #[test]
    fn a_written_challenge_reads_back() {
        let challenge = Challenge {
            realm: "a \"b\"".to_owned(),
            nonce: "n".to_owned(),
            opaque: Some("o".to_owned()),
            stale: true,
            algorithm: Some("MD5".to_owned()),
            qop: vec!["auth".to_owned()],
        };
        assert_eq!(Challenge::parse(&challenge.to_string()), Some(challenge));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_an_answer(text in "(Digest )?[ -~\\r\\né]{0,80}") {
            let _ = (Credentials::parse(&text), Challenge::parse(&text));
        }
    }
}
