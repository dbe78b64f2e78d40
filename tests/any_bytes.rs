//! Any bytes are an answer: the functions that `cargo fuzz` runs for hours, for a moment on every test run.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

#[path = "../fuzz/src/lib.rs"]
mod readers;

/// Pieces of the language in any order, with stray bytes between them.
fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        9 => select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

const CONF: &[&str] = &[
    "\n",
    "[a]",
    "[a](!)",
    "[b](a)",
    "[c](+)",
    "[",
    "]",
    "(",
    ")",
    ";",
    ";--",
    "--;",
    "\\;",
    "=",
    "=>",
    "key",
    " ",
    "#include \"extensions.conf\"",
    "#include *.conf",
    "#tryinclude x",
    "#exec /bin/false",
    "\"",
    "\t",
    "\r",
];

const DIALPLAN: &[&str] = &[
    "\n[default]\n",
    "\nexten => ",
    "\nsame => ",
    "100",
    "_X.",
    "_[2-9]",
    "_!",
    "/2001",
    ",1",
    ",n",
    ",n+2",
    ",s",
    ",hint",
    "(label)",
    ",",
    "NoOp(",
    ")",
    "${EXTEN}",
    "$[",
    "]",
    "\ninclude => default",
    "|8:00-9:00|mon",
    "\nswitch => Loopback/",
    "\nlswitch => Loopback/${EXTEN}@default",
    "\nignorepat => 9",
    "Dial(SIP/1|20)",
    "\n[globals]\nA=1\n",
];

const TEMPLATE: &[&str] =
    &["${", "}", "$[", "]", "A", ":1", ":-2:3", "FUNCTION(", ")", "$", "\\", "\"", "{", "[", " ", "é", ",", "${X}"];

const EXPRESSION: &[&str] = &[
    "1",
    "0.5",
    "1e400",
    "007",
    "abc",
    "\"",
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "&",
    "|",
    "!",
    "?",
    "::",
    ":",
    "=~",
    "~~",
    "[[:alpha:]]",
    "^",
    "*",
    "{2,3}",
    " ",
    "LEN(",
    "SQRT(",
    ",",
    "99999999999999999999",
];

const STORY: &[&str] = &[
    "\n# A story\n",
    "\n```scenario\n",
    "\n```trace\n",
    "\n```extensions.conf\n",
    "\n```\n",
    "2001 dials 2002",
    "2001",
    " and ",
    ", ",
    " hears ",
    " is hung up",
    " with cause 16",
    " answers after 3s",
    " within 1m",
    "\"Ann\" <2001>",
    "\nwait 5s\n",
    "\nat 2026-12-24 18:00\n",
    "\n100@default:1 Answer ...\n",
    "\nthen ",
    " has A = \"",
    "; ",
    "\n",
];

const PATTERN: &[&str] = &["_", "X", "Z", "N", "[", "]", "-", "1", "9", ".", "!", "\n", "\\", "é", "x"];

const SIP: &[&str] = &[
    "INVITE sip:100@127.0.0.1 SIP/2.0\r\n",
    "SIP/2.0 200 OK\r\n",
    "Via: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK1\r\n",
    "From: \"Ann\" <sip:ann@127.0.0.1>;tag=1\r\n",
    "To: <sip:100@127.0.0.1>\r\n",
    "Call-ID: a@b\r\n",
    "CSeq: 1 INVITE\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 99999999999\r\n",
    "Contact: *\r\n",
    "\r\n",
    "\r\n\r\n",
    " folded\r\n",
    "l: 4\r\n",
    "Max-Forwards: 70\r\n",
    "sip:[::1]:5060;x",
    ";;",
    "<",
    ">",
    ",",
    "\"",
    "%",
    "@",
];

const SDP: &[&str] = &[
    "v=0\r\n",
    "o=- 1 1 IN IP4 127.0.0.1\r\n",
    "s=-\r\n",
    "c=IN IP4 127.0.0.1\r\n",
    "t=0 0\r\n",
    "m=audio 4000 RTP/AVP 0 8 101\r\n",
    "a=rtpmap:101 telephone-event/8000\r\n",
    "a=fmtp:101 0-16\r\n",
    "a=sendonly\r\n",
    "m=video 0 RTP/AVP 31\r\n",
    "a=",
    "m=",
    "\n",
];

proptest! {
    #[test]
    fn configuration_files(bytes in pieces(CONF)) {
        readers::conf(&bytes);
        readers::layout(&bytes);
    }

    #[test]
    fn dialplans(bytes in pieces(DIALPLAN)) {
        readers::dialplan(&bytes);
        readers::layout(&bytes);
        readers::lint(&bytes);
    }

    #[test]
    fn stories(bytes in pieces(STORY)) {
        readers::story(&bytes);
    }

    #[test]
    fn templates(bytes in pieces(TEMPLATE)) {
        readers::template(&bytes);
    }

    #[test]
    fn expressions(bytes in pieces(EXPRESSION)) {
        readers::expression(&bytes);
    }

    #[test]
    fn patterns(bytes in pieces(PATTERN)) {
        readers::pattern(&bytes);
    }

    #[test]
    fn sip_messages(bytes in pieces(SIP)) {
        readers::sip_datagram(&bytes);
        readers::sip_stream(&bytes);
    }

    #[test]
    fn session_descriptions(bytes in pieces(SDP)) {
        readers::sdp(&bytes);
    }

    #[test]
    fn packets(packets in vec(packet(), 0..20)) {
        readers::rtp(&packets.concat());
    }
}

/// What `cargo fuzz` once found.
#[test]
fn found_before() {
    readers::layout(b"\x08\n\x02\0\xef\xbb\xbf");
}

/// A packet behind its length: one of any bytes, or one with the head of RTP or RTCP.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    let head = prop_oneof![
        Just(vec![]),
        (any::<u16>(), any::<u16>()).prop_map(|(sequence, time)| {
            let [high, low] = sequence.to_be_bytes();
            let [upper, lower] = time.to_be_bytes();
            vec![0x80, 0, high, low, 0, 0, upper, lower, 0, 0, 0, 1]
        }),
        Just(vec![0x80, 101, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]),
        Just(vec![0x80, 200, 0, 6, 0, 0, 0, 1]),
        Just(vec![0x81, 201, 0, 7, 0, 0, 0, 1]),
    ];
    (head, vec(any::<u8>(), 0..200)).prop_map(|(mut packet, payload)| {
        packet.extend(payload);
        let length = u8::try_from(packet.len()).unwrap_or(u8::MAX);
        [vec![length], packet].concat()
    })
}
