//! A telephone: one baresip process with its own folder, ports and tone, driven over its control port.
//!
//! What it says is a sine of its own frequency; what it hears is recorded as it is decoded, without concealment.
//! Two limits of baresip 1.0: a phone that puts its own call on hold records nothing more of that call, and two
//! calls begun within one second on one phone share a recording.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::control::{Control, Event};
use crate::listening::Recording;
use crate::ports;
use crate::process::{PATIENCE, Process, eventually};

/// RTP and RTCP ports a phone has: enough for several calls and re-offers.
const MEDIA_PORTS: u16 = 40;

/// The window in which a change of what is heard is looked for.
const WINDOW: Duration = Duration::from_millis(600);

/// How a phone reaches its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// An instant on a phone: the clock's time, and how much the phone had heard by then.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    at: Instant,
    heard: usize,
}

/// A running telephone.
pub struct Phone {
    name: String,
    tone: u32,
    address: SocketAddr,
    // Before the folder: the process ends before its folder goes.
    process: Process,
    control: Control,
    folder: TempDir,
}

impl Phone {
    /// A phone that is registered as `name` with the server, over UDP, and speaks with a tone of `tone` hertz.
    #[track_caller]
    pub fn start(name: &str, password: &str, server: SocketAddr, tone: u32) -> Self {
        Self::start_over(Transport::Udp, name, password, server, tone)
    }

    /// The same over a transport of choice.
    #[track_caller]
    pub fn start_over(transport: Transport, name: &str, password: &str, server: SocketAddr, tone: u32) -> Self {
        let mut phone = Self::start_unregistered(transport, name, password, server, tone);
        phone.wait_registered();
        phone
    }

    /// A phone that registers and does not wait for the outcome.
    #[track_caller]
    pub fn start_unregistered(transport: Transport, name: &str, password: &str, server: SocketAddr, tone: u32) -> Self {
        let transport = match transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
        };
        let account = format!("<sip:{name}@{server}{transport}>;auth_user={name};auth_pass={password};regint=120");
        let mut phone = Self::launch(name, tone);
        phone.command("uanew", &account);
        phone
    }

    /// A phone that has only this codec, in baresip's words (`G722/16000/1`, `opus/48000/2`); it waits until it is
    /// registered.
    #[track_caller]
    pub fn start_with(codec: &str, name: &str, password: &str, server: SocketAddr, tone: u32) -> Self {
        let account =
            format!("<sip:{name}@{server}>;auth_user={name};auth_pass={password};regint=120;audio_codecs={codec}");
        let mut phone = Self::launch(name, tone);
        phone.command("uanew", &account);
        phone.wait_registered();
        phone
    }

    /// A phone that secures its media as `encryption` says in baresip's words: `srtp` (where the far end does, too),
    /// `srtp-mand`; it waits until it is registered.
    #[track_caller]
    pub fn start_secured(encryption: &str, name: &str, password: &str, server: SocketAddr, tone: u32) -> Self {
        let account =
            format!("<sip:{name}@{server}>;auth_user={name};auth_pass={password};regint=120;mediaenc={encryption}");
        let mut phone = Self::launch(name, tone);
        phone.command("uanew", &account);
        phone.wait_registered();
        phone
    }

    /// A phone without a server, to be called at [`uri`](Self::uri).
    #[track_caller]
    pub fn start_alone(name: &str, tone: u32) -> Self {
        let mut phone = Self::launch(name, tone);
        phone.command("uanew", &format!("<{}>;regint=0", phone.uri()));
        phone
    }

    /// Starts the program without an account. The account comes over the control connection, so no event is missed.
    #[track_caller]
    fn launch(name: &str, tone: u32) -> Self {
        let folder = tempfile::Builder::new().prefix(&format!("phone-{name}-")).tempdir().expect("a folder");
        // The TLS transport, which baresip always opens, takes the port after the SIP port.
        let sip = ports::reserve(2);
        let (control, media) = (ports::reserve(2), ports::reserve(MEDIA_PORTS));
        write_configuration(folder.path(), name, tone, sip, control, media);
        let log = folder.path().join("phone.log");
        let mut process =
            Process::start(name, Command::new("baresip").arg("-f").arg(folder.path()).args(["-v", "-s"]), &log);
        let connected = eventually(PATIENCE, || match process.ended() {
            Some(_) => Some(None),
            None => Control::connect(control).ok().map(Some),
        });
        let Some(Some(control)) = connected else {
            panic!("the control port of phone {name} does not answer\n{}", process.last_words())
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, sip));
        Self { name: name.to_owned(), tone, address, process, control, folder }
    }

    /// The name, which is also the user part of its address.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The frequency of its voice.
    pub fn tone(&self) -> u32 {
        self.tone
    }

    /// Where it can be called without a server.
    pub fn uri(&self) -> String {
        format!("sip:{}@{}", self.name, self.address)
    }

    /// Waits until the server has taken the registration.
    #[track_caller]
    pub fn wait_registered(&mut self) {
        let outcome = self.wait("the registration", |event| matches!(&*event.kind, "REGISTER_OK" | "REGISTER_FAIL"));
        if outcome.kind != "REGISTER_OK" {
            self.fail(&format!("the server refused the registration: {}", outcome.param));
        }
    }

    /// Waits until the server has refused the registration; returns its words.
    #[track_caller]
    pub fn wait_registration_refused(&mut self) -> String {
        self.wait("a refused registration", |event| event.kind == "REGISTER_FAIL").param
    }

    /// Calls a number at the server, or a whole `sip:` address.
    #[track_caller]
    pub fn dial(&mut self, target: &str) {
        self.command("dial", target);
    }

    /// Waits for a call to come in; returns the caller's address.
    #[track_caller]
    pub fn wait_ringing(&mut self) -> String {
        self.wait("an incoming call", |event| event.kind == "CALL_INCOMING").peer
    }

    /// Waits until the called party rings.
    #[track_caller]
    pub fn wait_ringback(&mut self) {
        self.wait("180 from the called party", |event| matches!(&*event.kind, "CALL_RINGING" | "CALL_PROGRESS"));
    }

    /// Takes the call that rings.
    #[track_caller]
    pub fn answer(&mut self) {
        self.command("accept", "");
    }

    /// Waits until a call stands, ours or theirs.
    #[track_caller]
    pub fn wait_established(&mut self) {
        self.wait("an established call", |event| event.kind == "CALL_ESTABLISHED");
    }

    /// Waits until a call stands (true) or is refused (false).
    #[track_caller]
    pub fn wait_established_or_closed(&mut self) -> bool {
        let either = |event: &Event| matches!(&*event.kind, "CALL_ESTABLISHED" | "CALL_CLOSED");
        self.wait("an answer or a refusal", either).kind == "CALL_ESTABLISHED"
    }

    /// Presses keys on the current call, one after the other, as RFC 4733 events.
    #[track_caller]
    pub fn press(&mut self, keys: &str) {
        self.press_slowly(keys, Duration::from_millis(120));
    }

    /// The same with a pause of choice after each key.
    #[track_caller]
    pub fn press_slowly(&mut self, keys: &str, pause: Duration) {
        for key in keys.chars() {
            self.command("sndcode", &key.to_string());
            thread::sleep(pause);
        }
    }

    /// Waits until these keys were pressed at the other end, in this order.
    #[track_caller]
    pub fn wait_digits(&mut self, keys: &str) {
        for key in keys.chars() {
            let heard = self.wait("a digit", |event| event.kind == "CALL_DTMF_START").param;
            if heard != key.to_string() {
                self.fail(&format!("expected the digits {keys:?}, found {heard:?} in place of {key:?}"));
            }
        }
    }

    /// Puts the current call on hold.
    #[track_caller]
    pub fn hold(&mut self) {
        self.command("hold", "");
    }

    /// Takes the current call back from hold.
    #[track_caller]
    pub fn resume(&mut self) {
        self.command("resume", "");
    }

    /// Sends the other party of the current call to another number (REFER).
    #[track_caller]
    pub fn transfer(&mut self, target: &str) {
        self.command("transfer", target);
    }

    /// Ends the current call, or refuses the one that rings.
    #[track_caller]
    pub fn hangup(&mut self) {
        self.command("hangup", "");
    }

    /// Waits until a call has ended; returns the reason, `486 Busy Here` for instance.
    #[track_caller]
    pub fn wait_closed(&mut self) -> String {
        self.wait("the end of the call", |event| event.kind == "CALL_CLOSED").param
    }

    /// Whether something of this kind has happened that no wait has asked for: for what must not happen.
    pub fn has_happened(&self, kind: &str) -> bool {
        self.control.untaken().iter().any(|event| event.kind == kind)
    }

    /// The files of what it heard, one a call, oldest first.
    pub fn recordings(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> = fs::read_dir(self.folder.path())
            .expect("the phone's folder")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .collect();
        found.sort();
        found
    }

    /// This instant, to cut a recording at.
    pub fn moment(&self) -> Moment {
        Moment { at: Instant::now(), heard: self.heard().samples.len() }
    }

    /// What it has heard since it was started, all calls one after the other.
    pub fn heard(&self) -> Recording {
        let mut all = Recording { rate: 8_000, ..Recording::default() };
        for path in self.recordings() {
            let recording = Recording::from_wav(&fs::read(path).unwrap_or_default());
            if recording.rate > 0 {
                all.rate = recording.rate;
            }
            all.samples.extend(recording.samples);
        }
        all
    }

    /// What it heard between two instants.
    pub fn heard_between(&self, from: Moment, to: Moment) -> Recording {
        let mut heard = self.heard();
        heard.samples.truncate(to.heard);
        heard.samples.drain(..from.heard.min(heard.samples.len()));
        heard.elapsed = to.at.saturating_duration_since(from.at);
        heard
    }

    /// Listens for a while from now on.
    pub fn listen(&self, length: Duration) -> Recording {
        let from = self.moment();
        thread::sleep(length);
        self.heard_between(from, self.moment())
    }

    /// Waits until it hears all of these tones and none of those; for a change that takes a moment to arrive.
    #[track_caller]
    pub fn wait_hears(&self, tones: &[u32], but_not: &[u32]) {
        let what = format!("{tones:?} Hz without {but_not:?} Hz");
        self.wait_for_sound(&what, |heard| heard.hears(tones) && heard.misses(but_not));
    }

    /// Waits until it hears nothing, be it silence or no packets at all.
    #[track_caller]
    pub fn wait_silence(&self) {
        let heard = eventually(PATIENCE, || Some(self.listen(WINDOW)).filter(Recording::is_silent));
        if heard.is_none() {
            self.fail(&format!("expected silence, heard {:?}", self.heard().last(WINDOW)));
        }
    }

    /// Waits until what it hears satisfies `wanted`; windows of 0.6 s are tried one after the other.
    #[track_caller]
    pub fn wait_for_sound(&self, what: &str, wanted: impl Fn(&Recording) -> bool) {
        let start = self.moment();
        let full = |heard: &Recording| heard.duration() >= WINDOW && wanted(heard);
        let found = eventually(PATIENCE, || {
            Some(self.heard_between(start, self.moment()).last(WINDOW)).filter(full).or_else(|| {
                thread::sleep(Duration::from_millis(40));
                None
            })
        });
        if found.is_none() {
            self.fail(&format!("expected to hear {what}, heard {:?}", self.heard().last(WINDOW)));
        }
    }

    /// What the phone has printed, SIP messages included.
    pub fn log(&self) -> String {
        self.process.log()
    }

    #[track_caller]
    fn command(&mut self, command: &str, params: &str) {
        match self.control.command(command, params, PATIENCE) {
            Some(response) if response.ok => {}
            Some(response) => self.fail(&format!("{command} {params}: {}", response.data)),
            None => self.fail(&format!("{command} {params}: no response")),
        }
    }

    #[track_caller]
    fn wait(&mut self, what: &str, wanted: impl Fn(&Event) -> bool) -> Event {
        match self.control.event(PATIENCE, wanted) {
            Some(event) => event,
            None => self.fail(&format!("waited {PATIENCE:?} for {what}")),
        }
    }

    #[track_caller]
    fn fail(&self, complaint: &str) -> ! {
        let pending: Vec<_> = self.control.untaken().into_iter().map(|event| event.kind).collect();
        panic!("phone {}: {complaint}\nnot asked for: {pending:?}\n{}", self.name, self.process.last_words())
    }
}

/// Writes the folder baresip starts from: loopback only, G.711 only, no devices, no network helpers.
fn write_configuration(folder: &Path, name: &str, tone: u32, sip: u16, control: u16, media: u16) {
    let last_media = media + MEDIA_PORTS - 1;
    let recordings = folder.display();
    let config = format!(
        "\
sip_listen              127.0.0.1:{sip}
net_interface           127.0.0.1
rtp_ports               {media}-{last_media}
call_local_timeout      300
call_max_calls          8
audio_source            ausine,{tone}
audio_player            aubridge,{name}
audio_alert             aubridge,alert-{name}
ausrc_srate             48000
ausrc_channels          2
audio_buffer            20-160
jitter_buffer_delay     1-4
module_path             {modules}
module                  g711.so
module                  g722.so
module                  opus.so
module                  gsm.so
module                  g726.so
module                  srtp.so
module                  ausine.so
module                  aubridge.so
module                  sndfile.so
module_tmp              uuid.so
module_tmp              account.so
module_app              menu.so
module_app              ctrl_tcp.so
ctrl_tcp_listen         127.0.0.1:{control}
snd_path                {recordings}
",
        modules = module_folder()
    );
    for (file, text) in [("config", &*config), ("accounts", "# filled over the control port\n"), ("contacts", "\n")] {
        fs::write(folder.join(file), text).expect("the phone's configuration");
    }
}

/// Where the distribution keeps baresip's modules.
fn module_folder() -> &'static str {
    ["/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"]
        .into_iter()
        .find(|folder| Path::new(folder).is_dir())
        .unwrap_or_else(|| panic!("baresip's modules are not installed (tests/run installs what is missing)"))
}
