//! Telephones of `pjsip.conf`: registration, calls both ways, over UDP, TCP and TLS, hold, transfer, several contacts.

use std::net::{Ipv4Addr, SocketAddr};

use crate::baresip::{Phone, Transport};
use crate::ports;
use crate::program::{Program, address};
use crate::secure::certificate;
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => 100,1,Answer()
 same => n,Echo()
exten => _200X,1,Dial(PJSIP/${EXTEN},20)
exten => 400,1,Ringing()
 same => n,Wait(60)
exten => 300,1,Dial(${PJSIP_DIAL_CONTACTS(2003)},20)
";

/// A server with the phones 2001 to 2003, and where it takes PJSIP over UDP, TCP and TLS.
fn server() -> (Server, SocketAddr, SocketAddr) {
    let port = ports::reserve(2);
    let (plain, tls) =
        (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv4Addr::LOCALHOST, port + 1)));
    let mut text = format!(
        "[udp]\ntype=transport\nprotocol=udp\nbind={plain}\n[tcp]\ntype=transport\nprotocol=tcp\nbind={plain}\n\
         [tls]\ntype=transport\nprotocol=tls\nbind={tls}\ncert_file=keys/exten.pem\n"
    );
    for name in ["2001", "2002", "2003"] {
        text.push_str(&format!(
            "[{name}]\ntype=endpoint\ncontext=internal\ndisallow=all\nallow=ulaw,alaw\nauth={name}\naors={name}\n\
             direct_media=no\ncallerid=\"{name}\" <{name}>\n[{name}]\ntype=auth\nauth_type=userpass\nusername={name}\n\
             password={}\n[{name}]\ntype=aor\nmax_contacts=2\n",
            password(name)
        ));
    }
    let folder = Folder::new(PLAN);
    folder.write("keys/exten.pem", &certificate());
    folder.write("pjsip.conf", &text);
    folder.write(
        "manager.conf",
        "[general]\nenabled=yes\nbindaddr=127.0.0.1\nport=0\n[program]\nsecret=program-secret\nread=all\nwrite=all\n",
    );
    (folder.run(), plain, tls)
}

/// RFC 3262, as a carrier that insists on it speaks it.
#[test]
fn ringing_that_is_required_to_be_reliable_is_acknowledged() {
    let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::reserve(1)));
    let folder = Folder::new(
        "[outside]\nexten => 100,1,Ringing()\n same => n,Wait(0.2)\n same => n,Answer()\n same => n,Wait(9)\n",
    );
    folder.write(
        "pjsip.conf",
        &format!(
            "[udp]\ntype=transport\nprotocol=udp\nbind={bind}\n[carrier]\ntype=endpoint\ncontext=outside\n\
             [carrier]\ntype=identify\nendpoint=carrier\nmatch=127.0.0.1\n"
        ),
    );
    let _server = folder.run();
    let outcome = Scenario::new("reliable", bind).run();
    assert_eq!((outcome.successful, outcome.failed), (1, 0), "{}", outcome.complaints);
}

#[test]
fn phones_over_each_transport_call_each_other() {
    let (server, plain, tls) = server();
    let mut ann = Phone::start_over(Transport::Udp, "2001", &password("2001"), plain, 600);
    let mut bob = Phone::start_over(Transport::Tcp, "2002", &password("2002"), plain, 700);
    let mut eve = Phone::start_over(Transport::Tls, "2003", &password("2003"), tls, 800);
    ann.dial("2002");
    assert!(bob.wait_ringing().contains("2001"), "{}", bob.log());
    bob.answer();
    ann.wait_hears(&[700], &[600]);
    bob.wait_hears(&[600], &[700]);
    // Ann goes on with Eve.
    bob.transfer("2003");
    eve.wait_ringing();
    eve.answer();
    bob.wait_closed();
    ann.wait_hears(&[800], &[700]);
    eve.wait_hears(&[600], &[800]);
    eve.hangup();
    ann.wait_closed();
    bob.dial("2003");
    eve.wait_ringing();
    eve.answer();
    eve.wait_hears(&[700], &[]);
    bob.hold();
    eve.wait_for_sound("music", |heard| heard.loudness() > -45.0 && heard.misses(&[700]));
    bob.resume();
    eve.wait_hears(&[700], &[]);
    let contacts = server.tell("pjsip show contacts").0;
    assert!(contacts.contains("2003/sip:2003") && contacts.contains("Objects found: 3"), "{contacts}");
    // The first call is over; what its telephones said, over UDP, TCP and TLS, is still known.
    let ladder = server.tell("channel show ladder PJSIP/2001-00000000").0;
    for rung in ["─ INVITE (SDP) ─", "─ REFER ─", "─ 202 Accepted of REFER ─", "─ 200 OK of BYE ─"] {
        assert!(ladder.contains(rung), "{rung}\n{ladder}");
    }
    assert!(ladder.lines().next().is_some_and(|heads| heads.matches("127.0.0.1:").count() == 3), "{ladder}");
}

#[test]
fn all_contacts_of_a_phone_ring_and_one_answers() {
    let (server, plain, _) = server();
    let mut ann = Phone::start("2001", &password("2001"), plain, 600);
    let mut first = Phone::start("2003", &password("2003"), plain, 700);
    let mut second = Phone::start("2003", &password("2003"), plain, 800);
    ann.dial("300");
    first.wait_ringing();
    second.wait_ringing();
    second.answer();
    first.wait_closed();
    ann.wait_hears(&[800], &[700]);
    ann.hangup();
    second.wait_closed();
    let channels = server.tell("core show channels count").0;
    assert!(channels.starts_with("0 active channels") || channels.contains("active channel"), "{channels}");
}

#[test]
fn a_caller_is_told_the_status_that_a_program_hangs_up_with() {
    let (server, plain, _) = server();
    let mut program = Program::log_in(address(&server), "program");
    let mut ann = Phone::start("2001", &password("2001"), plain, 600);
    ann.dial("400");
    program.wait("Application: Wait");
    program.ask("Action: PJSIPHangup\nChannel: PJSIP/2001-00000000\nCause: 486");
    let reason = ann.wait_closed();
    assert!(reason.starts_with("486"), "{reason}");
}

#[test]
fn an_endpoint_is_told_in_full() {
    let (server, plain, _) = server();
    let _ann = Phone::start("2001", &password("2001"), plain, 600);
    let mut program = Program::log_in(address(&server), "program");
    let answer = program.answer("Action: PJSIPShowEndpoint\nEndpoint: pjsip/2001", "e");
    let detail = answer.split("\n\n").find(|part| part.starts_with("Event: EndpointDetail\n")).expect("the endpoint");
    assert!(detail.lines().count() > 110, "{detail}");
    for line in
        ["Allow: (ulaw|alaw)", "DirectMedia: false", "Auth: 2001", "T38UdptlEc: none", "DeviceState: Not in use"]
    {
        assert!(detail.lines().any(|known| known == line), "{line}\n{detail}");
    }
    let contact =
        answer.split("\n\n").find(|part| part.starts_with("Event: ContactStatusDetail\n")).expect("a contact");
    for start in ["CallID: ", "ID: 2001;@", "ViaAddress: 127.0.0.1:", "Status: NonQualified", "EndpointName: 2001"] {
        assert!(contact.lines().any(|line| line.starts_with(start)), "{start}\n{contact}");
    }
    assert!(!answer.contains(&password("2001")), "{answer}");
}
