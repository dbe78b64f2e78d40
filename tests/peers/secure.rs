//! SIP over TLS, with real telephones.

use std::net::{Ipv4Addr, SocketAddr};

use crate::baresip::{Phone, Transport};
use crate::ports;
use crate::server::{Folder, password};

const PLAN: &str = "\
[internal]
exten => 100,1,Answer()
 same => n,Echo()
exten => _200X,1,Dial(SIP/${EXTEN},20)
exten => _300X,1,Dial(SIP/900${EXTEN:3}@trunk,20)
";

/// A certificate of its own, with its key, as one file.
pub fn certificate() -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])
        .expect("a certificate");
    made.cert.pem() + &made.signing_key.serialize_pem()
}

fn secured(plan: &str) -> (Folder, SocketAddr) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::reserve(1)));
    let lines = format!("tlsenable=yes\ntlsbindaddr={address}\ntlscertfile=keys/exten.pem\ntlscafile=keys/ca.pem");
    let folder = Folder::new(plan).general(&lines);
    folder.write("keys/exten.pem", &certificate());
    (folder, address)
}

#[test]
fn phones_register_and_talk_over_tls() {
    let (folder, tls) = secured(PLAN);
    folder.write("keys/ca.pem", &certificate());
    let server = folder.peer("2001", "internal", "transport=tls").peer("2002", "internal", "").run();
    let mut ann = Phone::start_over(Transport::Tls, "2001", &password("2001"), tls, 600);
    let mut bob = server.phone("2002", 700);
    ann.dial("100");
    ann.wait_established();
    ann.wait_hears(&[600], &[]);
    ann.hangup();
    ann.wait_closed();
    // The way back is the connection that the phone opened.
    bob.dial("2001");
    ann.wait_ringing();
    ann.answer();
    bob.wait_established();
    bob.wait_hears(&[600], &[700]);
    ann.wait_hears(&[700], &[600]);
    ann.hangup();
    bob.wait_closed();
    let peers = server.tell("sip show peers").0;
    assert!(peers.contains("2001/2001"), "{peers}");
}

#[test]
fn exchanges_call_each_other_over_tls_and_only_those_that_are_who_they_say() {
    let (far, far_tls) = secured(PLAN);
    let pem = std::fs::read_to_string(far.path().join("keys/exten.pem")).expect("the certificate");
    far.write("keys/ca.pem", &pem);
    let far = far.peer("2001", "internal", "").peer("near", "internal", "insecure=invite,port\nhost=127.0.0.1");
    let far = far.run();
    let trunk = format!("host=127.0.0.1\nport={}\ntransport=tls\ndefaultuser=near\nfromuser=near", far_tls.port());
    let plan = "[internal]\nexten => _200X,1,Dial(SIP/${EXTEN}@trunk,20)\n same => n,Hangup(${HANGUPCAUSE})\n";
    for is_trusted in [true, false] {
        let (near, _) = secured(plan);
        near.write("keys/ca.pem", &if is_trusted { pem.clone() } else { certificate() });
        let near = near.peer("2002", "internal", "").peer("trunk", "internal", &trunk).run();
        let mut bob = near.phone("2002", 700);
        let mut ann = far.phone("2001", 600);
        bob.dial("2001");
        if !is_trusted {
            bob.wait_closed();
            assert!(near.log().contains("TLS connection to"), "{}", near.log());
            continue;
        }
        ann.wait_ringing();
        ann.answer();
        bob.wait_hears(&[600], &[700]);
        ann.wait_hears(&[700], &[600]);
        bob.hangup();
        ann.wait_closed();
    }
}

#[test]
fn a_certificate_that_is_not_there_is_told_and_phones_over_udp_go_on() {
    let (folder, _) = secured(PLAN);
    std::fs::remove_file(folder.path().join("keys/exten.pem")).expect("the certificate");
    let server = folder.peer("2001", "internal", "").run();
    let mut ann = server.phone("2001", 600);
    ann.dial("100");
    ann.wait_hears(&[600], &[]);
    assert!(server.log().contains("SIP is not spoken over TLS"), "{}", server.log());
    assert!(!server.log().contains("SIP over TLS at"), "{}", server.log());
}
