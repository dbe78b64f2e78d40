//! Values of settings: what they mean, and what to tell the admin when they mean nothing.

use std::str::FromStr;
use std::time::Duration;

use super::{AccessList, DtmfMode, Transport};
use crate::conf::{Entry, is_false, is_true};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::sip::sdp::CodecList;

/// Reads values into their places and collects what is wrong.
pub(super) struct Reader<'a> {
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub fn new(diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        Self { diagnostics }
    }

    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The setting is none.
    pub fn unknown(&mut self, entry: &Entry) {
        let message = format!("unknown setting \"{}\"", entry.key);
        let diagnostic = Diagnostic::warning(codes::UNKNOWN_SETTING, message).at(entry.key_span, "not known here");
        self.tell(diagnostic.help("correct its spelling, or remove the line: it has no effect"));
    }

    /// The value is not of the setting's kind.
    pub fn wrong(&mut self, entry: &Entry, expected: &str) {
        let message = format!("{} wants {expected}", entry.key);
        let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message).at(entry.value_span, "not understood");
        self.tell(diagnostic.help(format!("write {expected}; until then the default holds")));
    }

    /// The setting is understood, and nothing comes of it.
    pub fn without_effect(&mut self, entry: &Entry, why: &str) {
        let message = format!("{} has no effect: {why}", entry.key);
        self.tell(Diagnostic::new(codes::WITHOUT_EFFECT, Severity::Advice, message).at(entry.span, "here"));
    }

    pub fn boolean(&mut self, entry: &Entry, into: &mut bool) {
        match (is_true(&entry.value), is_false(&entry.value)) {
            (true, _) => *into = true,
            (_, true) => *into = false,
            _ => self.wrong(entry, "yes or no"),
        }
    }

    pub fn number<T: FromStr>(&mut self, entry: &Entry, into: &mut T, expected: &str) {
        match entry.value.trim().parse() {
            Ok(number) => *into = number,
            Err(_) => self.wrong(entry, expected),
        }
    }

    pub fn seconds(&mut self, entry: &Entry, into: &mut Duration) {
        let mut seconds = into.as_secs().min(u32::MAX.into()) as u32;
        self.number(entry, &mut seconds, "a number of seconds");
        *into = Duration::from_secs(seconds.into());
    }

    pub fn milliseconds(&mut self, entry: &Entry, into: &mut Duration) {
        let mut milliseconds = 0u32;
        self.number(entry, &mut milliseconds, "a number of milliseconds");
        if milliseconds > 0 {
            *into = Duration::from_millis(milliseconds.into());
        }
    }

    /// A time-out where 0 means never.
    pub fn timeout(&mut self, entry: &Entry, into: &mut Option<Duration>) {
        let mut seconds = into.unwrap_or_default();
        self.seconds(entry, &mut seconds);
        *into = (!seconds.is_zero()).then_some(seconds);
    }

    pub fn codecs(&mut self, entry: &Entry, allow: bool, into: &mut CodecList) {
        let unknown = if allow { into.allow(&entry.value) } else { into.disallow(&entry.value) };
        for name in unknown {
            let message = format!("unknown codec \"{name}\"");
            let diagnostic = Diagnostic::warning(codes::UNKNOWN_CODEC, message).at(entry.value_span, "not known here");
            self.tell(diagnostic.help("ulaw and alaw are offered to phones"));
        }
    }

    pub fn access(&mut self, entry: &Entry, permit: bool, into: &mut AccessList) {
        if !into.add(permit, &entry.value).is_empty() {
            self.wrong(entry, "a network such as 10.0.0.0/8 or 10.0.0.0/255.0.0.0");
        }
    }

    pub fn dtmf_mode(&mut self, entry: &Entry, into: &mut DtmfMode) {
        match entry.value.trim().to_ascii_lowercase().as_str() {
            "rfc2833" | "rfc4733" => *into = DtmfMode::Rfc4733,
            "inband" => *into = DtmfMode::Inband,
            "info" | "shortinfo" => *into = DtmfMode::Info,
            "auto" => *into = DtmfMode::Auto,
            "auto_info" => *into = DtmfMode::AutoInfo,
            "none" => *into = DtmfMode::None,
            _ => self.wrong(entry, "rfc4733, inband, info or auto"),
        }
    }

    /// Group numbers as `1,3-5` lists them, each from 0 to 63.
    pub fn groups(&mut self, entry: &Entry, into: &mut Vec<u8>) {
        into.clear();
        for part in list(&entry.value) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (first.trim().parse::<u8>(), last.trim().parse::<u8>()) {
                (Ok(first), Ok(last)) if first <= last && last < 64 => into.extend(first..=last),
                _ => self.wrong(entry, "groups from 0 to 63 such as 1,3-5"),
            }
        }
    }

    /// `NAME=value` of a `setvar` line.
    pub fn variable(&mut self, entry: &Entry, into: &mut Vec<(String, String)>) {
        match entry.value.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                into.push((name.trim().to_owned(), value.trim().to_owned()))
            }
            _ => self.wrong(entry, "NAME=value"),
        }
    }
}

/// The parts of a list between commas.
pub(super) fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// A value, or nothing if it is empty.
pub(super) fn optional(entry: &Entry) -> Option<String> {
    let value = entry.value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The transport that configurations call `udp`, `tcp`, `tls`, `ws` or `wss`.
pub(super) fn transport(name: &str) -> Option<Transport> {
    let known = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];
    known.into_iter().find(|transport| transport.to_string().eq_ignore_ascii_case(name.trim()))
}
