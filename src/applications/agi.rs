//! `AGI`, `EAGI`, `DeadAGI`

use std::io::{self, PipeWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::conf::Directories;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};
use crate::management::agi::asynchronous;
use crate::management::agi::environment::{self, Request};
use crate::management::agi::network::Address;
use crate::management::agi::script::{Script, Start};
use crate::management::agi::{Session, Status};
use crate::media::{Frame, Sink};

const ARGUMENTS: &[Argument] =
    &[Argument::required("command", Kind::Program), Argument::optional("arguments", Kind::Text)];

const SETS: &[Sets] = &[Sets { variable: "AGISTATUS", values: &["SUCCESS", "FAILURE", "NOTFOUND", "HANGUP"] }];

/// Lets a program outside steer the call.
///
/// The program is a script in the folder `agi-bin` (`astagidir` of `asterisk.conf`, or beside the configuration), a path,
/// or a server: `agi://host[:port][/path]`, or `agi:async` for commands of manager programs (`Action: AGI`). It reads facts about the call and then writes commands and reads answers,
/// line by line. When the caller hangs up the script gets the signal SIGHUP, a server the line `HANGUP`; it may go on
/// with commands that need no caller. The variable AGISIGHUP set to `no` spares it that; with AGIEXITONHANGUP set to
/// `yes` the plan does not wait for it any longer.
pub static AGI: Application = Application {
    name: "AGI",
    synopsis: "Lets a program outside steer the call",
    arguments: ARGUMENTS,
    options: &[],
    sets: SETS,
    run: Run::Outlast(|call, arguments| Box::pin(agi(call, arguments, false))),
};

/// Lets a program outside steer the call and hear the caller: as `AGI`, with the caller's audio at the script's file
/// descriptor 3 (linear samples of 16 bits, 8000 a second; 16000 where the variable EAGI_AUDIO_FORMAT is `slin16`).
pub static EAGI: Application = Application {
    name: "EAGI",
    synopsis: "Lets a program outside steer the call and hear the caller",
    arguments: ARGUMENTS,
    options: &[],
    sets: SETS,
    run: Run::Outlast(|call, arguments| Box::pin(eagi(call, arguments))),
};

/// Lets a program outside work on a call that has ended; `AGI` does the same by now.
pub static DEAD_AGI: Application = Application {
    name: "DeadAGI",
    synopsis: "Lets a program outside steer the call; now AGI",
    arguments: ARGUMENTS,
    options: &[],
    sets: SETS,
    run: Run::Outlast(|call, arguments| Box::pin(dead_agi(call, arguments))),
};

async fn eagi(call: &mut Call, arguments: Arguments) -> Outcome {
    if call.is_ending() {
        call.context().warn("EAGI: there is no caller to be heard any more: use AGI");
        return Outcome::Continue;
    }
    agi(call, arguments, true).await
}

async fn dead_agi(call: &mut Call, arguments: Arguments) -> Outcome {
    call.context().warn("DeadAGI is an old name: write AGI");
    agi(call, arguments, false).await
}

/// Tells how the program ended, also where the application is cut short.
struct Report<'a> {
    call: &'a mut Call,
    status: Status,
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        self.call.context().set("AGISTATUS", self.status.word());
    }
}

async fn agi(call: &mut Call, arguments: Arguments, is_enhanced: bool) -> Outcome {
    if arguments.get(0).is_empty() {
        call.context().warn("AGI needs the name of a script or the address of a server");
        return Outcome::Hangup;
    }
    let name = arguments.get(0);
    let further: Vec<String> = (1..arguments.len()).map(|index| arguments.get(index).to_owned()).collect();
    let mut request = Request { request: name, network_path: None, is_enhanced, arguments: &further };
    let mut report = Report { call, status: Status::Hangup };
    report.status = if name.to_ascii_lowercase().starts_with("agi:async") {
        serve_manager(report.call, &request).await
    } else if name.contains("://") {
        serve_network(report.call, &mut request).await
    } else {
        serve_script(report.call, &request).await
    };
    if report.status == Status::Hangup { Outcome::Hangup } else { Outcome::Continue }
}

/// Commands come from manager programs.
async fn serve_manager(call: &mut Call, request: &Request<'_>) -> Status {
    let channel = Arc::clone(&call.channel);
    let commands = call.exchange.remote.open(channel.unique_id());
    let (link, far_end) = asynchronous::connect(&channel, commands);
    let environment = environment::environment(request, &channel);
    let session = Session::new(request.request, link, None).ending_with_failure().run(call, &environment);
    tokio::join!(session, far_end.run()).0
}

async fn serve_network<'a>(call: &mut Call, request: &mut Request<'a>) -> Status {
    let Some(address) = Address::parse(request.request) else {
        call.context().warn(&format!("AGI: `{}` is no address: write agi://host[:port][/path]", request.request));
        return Status::Failure;
    };
    request.network_path = Some(address.path);
    match call.exchange.clock.outside(address.connect()).await {
        Ok(link) => {
            let environment = environment::environment(request, &call.channel);
            Session::new(request.request, link, None).run(call, &environment).await
        }
        Err(error) => {
            call.context().warn(&format!("AGI: {}:{} does not answer: {error}", address.host, address.port));
            Status::Failure
        }
    }
}

async fn serve_script(call: &mut Call, request: &Request<'_>) -> Status {
    let folders = folders(&call.exchange.directories);
    let Some(path) = find(&folders, request.request) else {
        let folders: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        let text = format!("AGI: there is no script {} in {}", request.request, folders.join(" or "));
        call.context().warn(&text);
        return Status::NotFound;
    };
    let started = start(call, request, &path);
    let (script, link, listening) = match started {
        Ok(started) => started,
        Err(error) => {
            call.context().warn(&format!("AGI: {} cannot be executed: {error}", path.display()));
            return Status::Failure;
        }
    };
    let environment = environment::environment(request, &call.channel);
    let status = Session::new(request.request, link, Some(script)).run(call, &environment).await;
    drop(listening);
    status
}

type Started = (Script, crate::management::agi::link::Link, Option<crate::channel::Listening>);

fn start(call: &Call, request: &Request<'_>, path: &Path) -> io::Result<Started> {
    let mut variables = call.exchange.directories.environment();
    let own = call.exchange.environment.lock();
    variables.extend(own.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    drop(own);
    let (audio, ears) =
        if request.is_enhanced { io::pipe().map(|(audio, ears)| (Some(audio), Some(ears)))? } else { (None, None) };
    let (script, link) = Script::start(Start { path, arguments: request.arguments, variables, audio })?;
    let listening = match ears {
        Some(pipe) => {
            // A script that does not listen must not hold the audio up.
            rustix::io::ioctl_fionbio(&pipe, true)?;
            let is_wide = call.channel.state().variables.get("EAGI_AUDIO_FORMAT") == Some("slin16");
            Some(call.channel.listen(Arc::new(Ears { pipe, is_wide })))
        }
        None => None,
    };
    Ok((script, link, listening))
}

/// What the caller says, as an EAGI script reads it.
struct Ears {
    pipe: PipeWriter,
    /// 16,000 samples a second instead of 8,000.
    is_wide: bool,
}

impl Sink for Ears {
    fn accept(&self, frame: &Frame) {
        let octets = |samples: &[i16]| samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>();
        let octets = if self.is_wide { octets(&frame.widened()) } else { octets(&frame.narrow()) };
        // What the script is too slow for is lost, as with Asterisk.
        let _ = (&self.pipe).write(&octets);
    }
}

/// Where scripts are looked for.
fn folders(directories: &Directories) -> Vec<PathBuf> {
    let mut folders = vec![directories.agi.clone(), directories.etc.join("agi-bin")];
    folders.dedup();
    folders
}

/// The script's file. An absolute name stays as it is.
fn find(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::media::Codec;

    #[test]
    fn a_script_hears_as_many_samples_as_it_asks_for() {
        for (is_wide, octets) in [(false, 320), (true, 640)] {
            let (mut audio, pipe) = io::pipe().unwrap();
            Ears { pipe, is_wide }.accept(&Frame::silence(Codec::Ulaw));
            let mut heard = Vec::new();
            audio.read_to_end(&mut heard).unwrap();
            assert_eq!(heard.len(), octets);
        }
    }
}
