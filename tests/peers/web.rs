//! The manager over HTTP, as programs of the web use it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use exten::sip::authentication::{Challenge, Login, Password, Secret};

use crate::ports;
use crate::process::PATIENCE;
use crate::server::{Folder, Server};

const PLAN: &str = "\
[internal]
exten => 200,1,Answer()
 same => n,Set(COLOR=a b&c)
 same => n,Wait(60)
";

const MANAGER: &str = "\
[general]
enabled = yes
webenabled = yes
httptimeout = 20
bindaddr = 127.0.0.1
port = 0

[program]
secret = program-secret
read = all
write = all
";

/// A server that offers the manager over HTTP.
struct Site {
    server: Server,
    address: SocketAddr,
}

/// What was answered.
struct Page {
    status: u16,
    headers: String,
    body: String,
}

impl Page {
    fn cookie(&self) -> Option<&str> {
        self.headers.lines().find_map(|line| line.strip_prefix("Set-Cookie: ")?.split(';').next())
    }
}

impl Site {
    fn start(http: &str) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::reserve(1)));
        let folder = Folder::new(PLAN);
        folder.write("manager.conf", MANAGER);
        let port = address.port();
        folder.write("http.conf", &format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={port}\n{http}\n"));
        folder.write("asterisk.conf", "[directories]\nastdatadir => data\n");
        folder.write("data/static-http/index.html", "<p>hello</p>");
        Self { server: folder.run(), address }
    }

    #[track_caller]
    fn ask(&self, request: &str, headers: &str, body: &str) -> Page {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).expect("the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer");
        let (headers, body) = answer.split_once("\r\n\r\n").expect("headers");
        let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Page { status, headers: headers.to_owned(), body: body.to_owned() }
    }

    #[track_caller]
    fn get(&self, path: &str, cookie: &str) -> Page {
        let headers = if cookie.is_empty() { String::new() } else { format!("Cookie: a=b; {cookie}\r\n") };
        self.ask(&format!("GET {path}"), &headers, "")
    }

    #[track_caller]
    fn log_in(&self) -> String {
        let page = self.get("/rawman?action=login&username=program&secret=program-secret", "");
        assert!(page.body.contains("Response: Success\r\nMessage: Authentication accepted"), "{}", page.body);
        page.cookie().expect("a cookie").to_owned()
    }
}

#[test]
fn a_program_logs_in_acts_and_waits_for_events() {
    let site = Site::start("");
    let cookie = site.log_in();
    let page = site.get("/rawman?action=ping&ActionID=7", &cookie);
    assert!(page.body.starts_with("Response: Success\r\nActionID: 7\r\nPing: Pong\r\n"), "{}", page.body);
    assert!(page.headers.contains("Content-Type: text/plain"), "{}", page.headers);
    let call = "action=originate&channel=Local/200@internal&application=Wait&data=60&async=yes&variable=A%3D1";
    let page = site.ask("POST /rawman", &format!("Cookie: {cookie}\r\n"), call);
    assert!(page.body.contains("Message: Originate successfully queued"), "{}", page.body);
    let mut heard = String::new();
    while !heard.contains("Variable: COLOR\r\nValue: a b&c\r\n") {
        let page = site.get("/rawman?action=waitevent&timeout=10", &cookie);
        assert!(page.body.starts_with("Response: Success\r\nMessage: Waiting for Event completed."), "{}", page.body);
        assert!(page.body.ends_with("Event: WaitEventComplete\r\n\r\n"), "{}", page.body);
        heard.push_str(&page.body);
    }
    assert!(heard.contains("Event: SuccessfulAuth\r\n") && heard.contains("Event: OriginateResponse\r\n"), "{heard}");
    let xml = site.get("/mxml?action=waitevent&timeout=0", &cookie).body;
    assert!(
        xml.starts_with("<ajax-response>\n<response type='object' id='unknown'><generic response='Success'"),
        "{xml}"
    );
    let shown = site.server.tell("manager show connected").0;
    assert!(shown.contains("program") && shown.contains("1 users connected."), "{shown}");
    assert!(site.get("/rawman?action=logoff", &cookie).body.starts_with("Response: Goodbye"));
    assert!(site.get("/rawman?action=corestatus", &cookie).body.contains("Permission denied"));
}

#[test]
fn who_does_not_log_in_may_do_nothing() {
    let site = Site::start("enablestatic=yes");
    let page = site.get("/rawman?action=login&username=program&secret=wrong", "");
    assert!(page.body.contains("Response: Error\r\nMessage: Authentication failed"), "{}", page.body);
    assert_eq!(page.cookie(), None);
    let page = site.get("/rawman?action=command&command=core+show+channels", "mansession_id=\"00000000\"");
    assert!(page.body.contains("Message: Permission denied"), "{}", page.body);
    let page = site.get("/manager", "");
    assert!(page.body.contains("<form") && page.status == 200, "{}", page.body);
    assert_eq!(site.get("/ari/channels", "").status, 404);
    assert_eq!(site.get("/static/index.html", "").body, "<p>hello</p>");
    assert_eq!(site.get("/static/../../manager.conf", "").status, 404);
    assert_eq!(site.get("/static/%2e%2e/%2e%2e/manager.conf", "").status, 404);
    assert!(site.get("/httpstatus", "").body.contains("/rawman"));
    let shown = site.server.tell("http show status").0;
    assert!(shown.contains(&format!("Server Enabled and Bound to {}", site.address)), "{shown}");
    assert!(shown.contains("/arawman => Raw HTTP Manager Event Interface w/Digest authentication"), "{shown}");
    // Headers without end, and bodies that are too long, end in an answer or a closed connection.
    for bytes in [format!("GET /rawman HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)), "\0\0\r\n\r\n".to_owned()] {
        let mut stream = TcpStream::connect(site.address).unwrap();
        let _ = stream.write_all(bytes.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
    }
    let page = site.ask("POST /rawman", "", &"a".repeat(1 << 20));
    assert_eq!(page.status, 413);
    let _ = site.log_in();
}

#[test]
fn a_digest_proves_a_program_as_well() {
    let site = Site::start("prefix=pbx");
    assert_eq!(site.get("/arawman?action=ping", "").status, 404, "the prefix comes first");
    let page = site.get("/pbx/arawman?action=ping", "");
    assert_eq!(page.status, 401);
    let challenge = page.headers.lines().find_map(|line| line.strip_prefix("Www-Authenticate: ")).unwrap().to_owned();
    let proof = |password: &str, count: &str| {
        let challenge = Challenge::choose([challenge.as_str()]).unwrap();
        let mut login = Login::new("program", Password::Plain(Secret::new(password)), challenge).unwrap();
        login.authorize("GET", "/pbx/arawman", count)
    };
    let authorized =
        |proof: String| site.ask("GET /pbx/arawman?action=corestatus", &format!("Authorization: {proof}\r\n"), "");
    assert_eq!(authorized(proof("wrong", "c")).status, 401);
    let page = authorized(proof("program-secret", "c"));
    assert!(page.status == 200 && page.body.contains("CoreStartupDate: "), "{} {}", page.headers, page.body);
    // What was sent once proves nothing any more.
    assert_eq!(authorized(proof("program-secret", "c")).status, 401);
}

#[test]
fn without_webenabled_the_manager_is_not_there() {
    let site = Site::start("");
    site.server.edit("manager.conf", &MANAGER.replace("webenabled = yes", "webenabled = no"));
    site.server.tell("core reload");
    assert_eq!(site.get("/rawman?action=ping", "").status, 404);
}

#[test]
fn monitoring_programs_are_told_what_goes_on() {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::reserve(1)));
    let folder = Folder::new(PLAN);
    let port = address.port();
    folder.write("http.conf", &format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={port}\n"));
    folder.write("prometheus.conf", "[general]\nenabled=yes\nauth_username=monitor\nauth_password=example-monitor\n");
    let site = Site { server: folder.run(), address };
    let stranger = site.ask("GET /metrics", "", "");
    assert_eq!(stranger.status, 401);
    assert!(stranger.headers.contains("Basic realm=\"Asterisk Prometheus Metrics\""), "{}", stranger.headers);

    site.server.tell("channel originate Local/200@internal application Wait 60");
    let known = site.ask("GET /metrics", "Authorization: Basic bW9uaXRvcjpleGFtcGxlLW1vbml0b3I=\r\n", "");
    assert_eq!(known.status, 200);
    for line in [
        "asterisk_channels_count 2",
        "asterisk_calls_count 1",
        "# TYPE asterisk_calls_sum counter",
        "asterisk_channels_state{name=\"Local/200@internal-00000000;1\"",
        "asterisk_core_uptime_seconds ",
        "exten_sip_received_total 0",
    ] {
        assert!(known.body.lines().any(|have| have.starts_with(line)), "{line}\n{}", known.body);
    }
    assert!(site.server.tell("http show status").0.contains("/metrics => Prometheus Metrics URI"));
}
