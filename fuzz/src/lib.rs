//! What a stranger can send: any bytes, into each reader. Each function here is one fuzz target, and `tests/any_bytes.rs`
//! of the main crate feeds the same functions on every test run.
//!
//! None may panic, whatever the bytes are.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use exten::conf::{Config, Memory};
use exten::diagnostic::{Sources, render};
use exten::dialplan::compile::AnyApplication;
use exten::dialplan::expression;
use exten::dialplan::features::Features;
use exten::dialplan::pattern::{self, Extent, Pattern};
use exten::dialplan::plan::{Plan, Query, Surroundings};
use exten::dialplan::template::{Scope, Template, Warning};
use exten::formatter;
use exten::lint::{self, Subject};
use exten::media::Codec;
use exten::media::opus::Wishes;
use exten::media::rtp::{Media, Session, Settings};
use exten::scenario::in_document;
use exten::server::LIBRARY;
use exten::sip::endpoint::Endpoints;
use exten::sip::sdp::Description;
use exten::sip::wire::{Framer, Message, parse_datagram};
use jiff::civil::DateTime;

const FILE: &str = "extensions.conf";

/// A configuration file; it may include itself.
pub fn conf(bytes: &[u8]) {
    let mut sources = Sources::default();
    let config = Config::read(&mut Memory::default().with(FILE, bytes), Path::new(FILE), &mut sources);
    for diagnostic in &config.diagnostics {
        render::short(diagnostic, &sources);
        render::json(diagnostic, &sources);
    }
}

/// A dialplan, and looking up what it may hold.
pub fn dialplan(bytes: &[u8]) {
    let loaded = Plan::load(&mut Memory::default().with(FILE, bytes), Path::new(FILE), &mut AnyApplication);
    for diagnostic in &loaded.diagnostics {
        render::short(diagnostic, &loaded.sources);
    }
    let Some(plan) = loaded.plan else { return };
    for context in plan.contexts() {
        for extension in ["s", "100", "+49 30-1", "*8#", ""] {
            let query = Query { context: &context.name, extension, priority: 1, caller: "2001" };
            let _ = plan.find(&query, &mut Noon);
            plan.matches_more(&query, &mut Noon);
            let _ = plan.find_label(&query, "again", &mut Noon);
        }
    }
}

/// A file whose blanks are put in place: that changes nothing else, and nothing the second time.
pub fn layout(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let once = formatter::format(&text);
    assert_eq!(formatter::meaning(&once), formatter::meaning(&text), "{once}");
    assert_eq!(formatter::format(&once), once);
}

/// A plan that every rule looks at.
pub fn lint(bytes: &[u8]) {
    let loaded = Plan::load(&mut Memory::default().with(FILE, bytes), Path::new(FILE), &mut &LIBRARY);
    let Some(plan) = loaded.plan.or(loaded.draft) else { return };
    let (features, endpoints) = (Features::default(), Endpoints::default());
    let subject = Subject::new(&plan, &features, &endpoints, &loaded.sources, &LIBRARY);
    for found in lint::check(&subject, loaded.diagnostics, &lint::Settings::default()) {
        render::short(&found, &loaded.sources);
    }
}

/// A document with stories.
pub fn story(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    in_document(Path::new("story.md"), text, None);
}

/// The arguments of a step.
pub fn template(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    let template = Template::parse(&text);
    template.expand(&mut Echo, &mut out);
    template.faults();
}

/// The inside of a `$[]`.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    expression::evaluate(&text, &mut Echo, &mut String::new());
}

/// A pattern, and a number behind the first line break.
pub fn pattern(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (extension, number) = text.split_once('\n').unwrap_or((&text, "0301234567"));
    pattern::takes(extension, number);
    if let Some(pattern) = Pattern::parse(extension) {
        for extent in [Extent::Whole, Extent::Beginning, Extent::More] {
            pattern.compare(number.as_bytes(), extent);
        }
    }
}

/// A SIP datagram. What is understood can be written, and is understood again.
pub fn sip_datagram(bytes: &[u8]) {
    let Ok(message) = parse_datagram(bytes) else { return };
    if let Message::Request(request) = &message {
        request.response(200, Some("tag")).to_bytes();
    }
    let written = message.to_bytes();
    assert!(parse_datagram(&written).is_ok(), "{}", String::from_utf8_lossy(&written));
}

/// A SIP connection, in pieces of every size.
pub fn sip_stream(bytes: &[u8]) {
    let mut framer = Framer::default();
    let size = usize::from(bytes.first().copied().unwrap_or(0)).max(1);
    for piece in bytes.chunks(size) {
        framer.push(piece);
        while framer.poll().is_some() {}
    }
}

/// The body of an INVITE.
pub fn sdp(bytes: &[u8]) {
    let _ = Description::parse(bytes);
}

/// RTP and RTCP packets in every codec, each behind a byte with its length.
pub fn rtp(bytes: &[u8]) {
    Codec::ALL.into_iter().for_each(|codec| rtp_in(codec, bytes));
}

fn rtp_in(codec: Codec, bytes: &[u8]) {
    let from = SocketAddr::from(([127, 0, 0, 1], 4000));
    let mut session = Session::new(Settings::default());
    session.set_media(Media { codec, payload_type: 0, digit_payload_type: Some(101), opus: Wishes::NONE });
    session.set_jitter_buffer(codec != Codec::Opus);
    let mut rest = bytes;
    let mut now = Duration::ZERO;
    while let Some((&length, behind)) = rest.split_first() {
        let (packet, behind) = behind.split_at(usize::from(length).min(behind.len()));
        rest = behind;
        now += Duration::from_millis(20);
        session.receive(now, from, packet);
        while session.poll(now).is_some() {}
        session.poll_report(now, &mut [0; 1500]);
    }
}

/// Variables and functions whose values are their names.
struct Echo;

impl Scope for Echo {
    fn variable(&mut self, name: &str, out: &mut String) -> bool {
        out.push_str(name);
        true
    }

    fn function(&mut self, _: &str, arguments: &str, out: &mut String) -> bool {
        out.push_str(arguments);
        true
    }

    fn warn(&mut self, warning: Warning) {
        let _ = warning.kind.to_string();
    }
}

/// A moment that never changes.
struct Noon;

impl Surroundings for Noon {
    fn now(&mut self, _: Option<&str>) -> DateTime {
        DateTime::constant(2026, 3, 2, 12, 0, 0, 0)
    }
}
