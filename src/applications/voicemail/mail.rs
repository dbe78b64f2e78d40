//! The mails that tell of messages.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;

use crate::channel::caller_id;
use crate::functions::time;
use crate::interpreter::{Context, Exchange};
use crate::storage::voicemail::{Envelope, User};

/// What a mail tells, as the variables `VM_…`.
struct Facts {
    variables: Vec<(&'static str, String)>,
}

impl Facts {
    fn of(exchange: &Exchange, user: &User, envelope: &Envelope, number: u32, date_format: &str) -> Self {
        let (name, caller) = caller_id::parse(envelope.get("callerid"));
        let unknown = || "an unknown caller".to_owned();
        let is_known = |text: &str| !text.is_empty() && text != "Unknown";
        let or_unknown = |text: &str| if is_known(text) { text.to_owned() } else { unknown() };
        let both = match (is_known(&name), is_known(&caller)) {
            (true, true) => format!("\"{name}\" <{caller}>"),
            (true, false) => name.clone(),
            (false, true) => caller.clone(),
            (false, false) => unknown(),
        };
        let settings = exchange.voicemail.settings();
        let zone = settings.zone(&user.preferences.zone).map_or("", |zone| zone.zone.as_str());
        let seconds = envelope.time().unwrap_or_default();
        let date = time::text(&super::telling::moment(exchange, zone, seconds), date_format);
        let duration = envelope.duration();
        let category = envelope.get("category");
        let variables = vec![
            ("VM_NAME", user.name.clone()),
            ("VM_DUR", format!("{}:{:02}", duration / 60, duration % 60)),
            ("VM_MSGNUM", (number + 1).to_string()),
            ("VM_CONTEXT", user.context.clone()),
            ("VM_MAILBOX", user.mailbox.clone()),
            ("VM_CALLERID", both),
            ("VM_CIDNAME", or_unknown(&name)),
            ("VM_CIDNUM", or_unknown(&caller)),
            ("VM_DATE", date.clone()),
            ("VM_CATEGORY", if category.is_empty() { "no category".to_owned() } else { category.to_owned() }),
            ("VM_FLAG", envelope.get("flag").to_owned()),
            ("VM_MESSAGEFILE", format!("msg{number:04}")),
            ("ORIG_VM_CALLERID", envelope.get("callerid").to_owned()),
            ("ORIG_VM_CIDNAME", name),
            ("ORIG_VM_CIDNUM", caller),
            ("ORIG_VM_DATE", date),
        ];
        Self { variables }
    }

    fn get(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Substitutes `${VM_…}`, and whatever else the dialplan could.
    fn fill(&self, exchange: &Arc<Exchange>, text: &str) -> String {
        let plan = exchange.plan();
        let mut context = Context::without_channel(exchange, &plan);
        for (name, value) in &self.variables {
            context.state.variables.set(name, value);
        }
        context.expand(text)
    }
}

/// The mail of a message, with its sound file where there is one to attach.
pub(super) fn letter(
    exchange: &Arc<Exchange>,
    user: &User,
    address: &str,
    envelope: &Envelope,
    number: u32,
    attachment: Option<&Path>,
) -> Vec<u8> {
    let settings = exchange.voicemail.settings();
    let facts = Facts::of(exchange, user, envelope, number, &settings.email_date_format);
    let own = &user.preferences;
    let subject = match own.email_subject.as_str() {
        "" => {
            let urgent = if envelope.is_urgent() { "urgent " } else { "" };
            let begin = if settings.plain_subject { "New" } else { "[PBX]: New" };
            format!("{begin} {urgent}message {} in mailbox {}", number + 1, user.mailbox)
        }
        text => facts.fill(exchange, text),
    };
    let mut head = header(exchange, user, &own.from_string, &facts, address, &subject, number);
    for (name, fact) in [("X-Asterisk-CallerID", "ORIG_VM_CIDNUM"), ("X-Asterisk-CallerIDName", "ORIG_VM_CIDNAME")] {
        let value = facts.get(fact);
        if !value.is_empty() && value != "Unknown" {
            push(&mut head, name, value);
        }
    }
    head.push_str("MIME-Version: 1.0\n");
    let body = match own.email_body.as_str() {
        "" => usual_body(&facts, envelope),
        text => facts.fill(exchange, text),
    };
    let text =
        format!("Content-Type: text/plain; charset={}\nContent-Transfer-Encoding: 8bit\n\n{body}\n", settings.charset);
    let sound = attachment.and_then(|path| Some((path, std::fs::read(path).ok()?)));
    let Some((path, bytes)) = sound else { return in_charset(&format!("{head}{text}"), &settings.charset) };
    let bound = format!("----voicemail_{}{}{}", number + 1, user.mailbox, exchange.random(0, i64::from(u32::MAX)));
    let format = path.extension().map(|it| it.to_string_lossy()).unwrap_or_default();
    let name = format!("msg{number:04}.{format}");
    let whole = format!(
        "{head}Content-Type: multipart/mixed; boundary=\"{bound}\"\n\n\n\
         This is a multi-part message in MIME format.\n\n\
         --{bound}\n{text}\
         --{bound}\nContent-Type: audio/x-{format}; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\
         Content-Description: Voicemail sound attachment.\nContent-Disposition: attachment; filename=\"{name}\"\n\n\
         {}\n--{bound}--\n",
        lines_of_base64(&bytes)
    );
    in_charset(&whole, &settings.charset)
}

/// The short mail for a pager.
pub(super) fn page(exchange: &Arc<Exchange>, user: &User, envelope: &Envelope, number: u32) -> Vec<u8> {
    let settings = exchange.voicemail.settings();
    let facts = Facts::of(exchange, user, envelope, number, &settings.pager_date_format);
    let subject = match settings.pager_subject.as_str() {
        "" => "New VM".to_owned(),
        text => facts.fill(exchange, text),
    };
    let head = header(exchange, user, &settings.pager_from, &facts, &user.pager, &subject, number);
    let body = match settings.pager_body.as_str() {
        "" => format!(
            "New {} long {}msg in box {}\nfrom {}, on {}",
            facts.get("VM_DUR"),
            if envelope.is_urgent() { "urgent " } else { "" },
            user.mailbox,
            facts.get("VM_CALLERID"),
            facts.get("VM_DATE")
        ),
        text => facts.fill(exchange, text),
    };
    in_charset(&format!("{head}\n{body}\n"), &settings.charset)
}

fn usual_body(facts: &Facts, envelope: &Envelope) -> String {
    let urgent = if envelope.is_urgent() { "urgent " } else { "" };
    format!(
        "Dear {}:\n\n\tYou were just left a {} long {urgent}message (number {})\nin mailbox {} from {}, on {}.\n\
         You may want to check it when you get a chance.\n",
        facts.get("VM_NAME"),
        facts.get("VM_DUR"),
        facts.get("VM_MSGNUM"),
        facts.get("VM_MAILBOX"),
        facts.get("VM_CALLERID"),
        facts.get("VM_DATE")
    )
}

fn header(
    exchange: &Arc<Exchange>,
    user: &User,
    from: &str,
    facts: &Facts,
    address: &str,
    subject: &str,
    number: u32,
) -> String {
    let now = exchange.clock.now();
    let charset = exchange.voicemail.settings().charset.clone();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
    let server = &user.preferences.server_email;
    let who = if server.contains('@') { server.clone() } else { format!("{server}@{host}") };
    let from = match from {
        "" => "Asterisk PBX".to_owned(),
        text => phrase(&facts.fill(exchange, text), &charset),
    };
    let mut head = String::new();
    push(&mut head, "Date", &time::text(&now, "%a, %d %b %Y %T %z"));
    push(&mut head, "From", &format!("{from} <{who}>"));
    let name = phrase(&user.name, &charset);
    let each = address.split('|').map(|address| format!("{name} <{}>", address.replace(['\r', '\n'], " ")));
    // Writing to a String cannot fail.
    let _ = writeln!(head, "To: {}", each.collect::<Vec<_>>().join(",\n "));
    push(&mut head, "Subject", &word(subject, &charset));
    let id = exchange.random(0, i64::from(u32::MAX));
    push(&mut head, "Message-ID", &format!("<Asterisk-{}-{id}-{}@{host}>", number + 1, user.mailbox));
    head
}

/// A header line. What would end it early is taken out.
fn push(head: &mut String, name: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(head, "{name}: {}", value.replace(['\r', '\n'], " "));
}

/// A name before an address, in quotes where it is plain.
fn phrase(text: &str, charset: &str) -> String {
    if text.is_ascii() { format!("\"{}\"", text.replace(['"', '\\'], "")) } else { word(text, charset) }
}

/// A text in a header: encoded (RFC 2047) where it is not plain.
fn word(text: &str, charset: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut encoded = String::new();
    for octet in in_charset(text, charset) {
        match octet {
            b' ' => encoded.push('_'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => encoded.push(char::from(octet)),
            // Writing to a String cannot fail.
            octet => _ = write!(encoded, "={octet:02X}"),
        }
    }
    format!("=?{charset}?Q?{encoded}?=")
}

/// The text as octets of the charset: Latin where it is one, else UTF-8.
fn in_charset(text: &str, charset: &str) -> Vec<u8> {
    let is_latin = charset.eq_ignore_ascii_case("iso-8859-1") || charset.eq_ignore_ascii_case("latin1");
    match is_latin {
        true => text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect(),
        false => text.as_bytes().to_vec(),
    }
}

fn lines_of_base64(bytes: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / 72);
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at % 72 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_stay_one_line_and_plain() {
        let mut head = String::new();
        push(&mut head, "Subject", "a\r\nBcc: b");
        assert_eq!(head, "Subject: a  Bcc: b\n");
        assert_eq!(word("für x", "UTF-8"), "=?UTF-8?Q?f=C3=BCr_x?=");
        assert_eq!(word("für", "ISO-8859-1"), "=?ISO-8859-1?Q?f=FCr?=");
        assert_eq!(phrase("A \"B\"", "UTF-8"), "\"A B\"");
    }

    #[test]
    fn base64_is_broken_into_lines() {
        let lines = lines_of_base64(&[7; 100]);
        assert_eq!(lines.lines().map(str::len).collect::<Vec<_>>(), [72, 64]);
    }
}
