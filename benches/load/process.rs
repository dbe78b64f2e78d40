//! The process that is measured.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

pub struct Process {
    child: Child,
    _folder: Option<tempfile::TempDir>,
    /// Where it takes SIP.
    pub sip: SocketAddr,
}

const EXTENSIONS: &str = "\
[load]
exten => _room.,1,Answer()
 same => n,ConfBridge(${EXTEN})
exten => _call.,1,Dial(SIP/load/${EXTEN})
";

const CONFERENCES: &str = "[default_user]\ntype=user\nquiet=yes\n";

impl Process {
    /// `exten run`, for which all calls come from and go to the phones at this port.
    pub fn exten(phones: u16) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let sip = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let manager = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let phone = "type=peer\nhost=127.0.0.1\ncontext=load\ndisallow=all\nallow=ulaw\nqualify=no\ndirectmedia=no";
        let files = [
            ("extensions.conf", EXTENSIONS.to_owned()),
            ("confbridge.conf", CONFERENCES.to_owned()),
            ("sip.conf", format!("[general]\nudpbindaddr={sip}\n[load]\n{phone}\nport={phones}\n")),
            ("rtp.conf", "[general]\nrtpstart=10000\nrtpend=32700\n".to_owned()),
            ("manager.conf", format!("[general]\nenabled=no\nport={manager}\n")),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text)?;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_exten"));
        command.args(["run", "--quiet"]).arg(folder.path());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        thread::sleep(Duration::from_secs(1));
        Ok(Self { child, _folder: Some(folder), sip })
    }

    /// This program again, as the bare sockets.
    pub fn bare(sockets: usize) -> io::Result<Self> {
        let child = Command::new(std::env::current_exe()?)
            .args(["bare", &sockets.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Self { child, _folder: None, sip: SocketAddr::from(([127, 0, 0, 1], 0)) })
    }

    /// The ports that a bare process opened.
    pub fn ports(&mut self, count: usize) -> io::Result<Vec<u16>> {
        let out = self.child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(out).lines().take(count).map(|line| line?.trim().parse().map_err(io::Error::other)).collect()
    }

    /// The processor time it has used.
    pub fn seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may hold blanks; utime and stime are the 14th and 15th field.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(ticks as f64 / 100.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
