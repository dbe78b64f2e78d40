//! `Record`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::playing::{self, ANY_KEY};
use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Options, Outcome, Run, Sets};
use crate::media::sound::{Recording, SoundError, extension_of};
use crate::media::{Frame, Sink};

/// Records what the caller says into a sound file.
///
/// The file name ends in its format (`.wav`, `.ulaw`, `.alaw`, `.sln`); a relative one is in the sound folder, and `%d` in
/// it becomes the first number that is not taken. A beep precedes the recording. It ends with `#`, after `silence`
/// seconds without a sound, after `maxduration` seconds, or with the call; then the file is removed unless option `k`
/// keeps it. An unanswered call is answered first.
pub static RECORD: Application = Application {
    name: "Record",
    synopsis: "Records the caller into a sound file",
    arguments: &[
        Argument::required("filename", Kind::File),
        Argument::optional("silence", Kind::Seconds),
        Argument::optional("maxduration", Kind::Seconds),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('a', "adds to a file that is there"),
        Letter::plain('k', "keeps the file when the caller hangs up"),
        Letter::plain('n', "does not answer the call"),
        Letter::plain('o', "ends with 0, and RECORD_STATUS is OPERATOR"),
        Letter::plain('q', "plays no beep"),
        Letter::plain('s', "records nothing where the call is not answered"),
        Letter::plain('t', "ends with * instead of #"),
        Letter::plain('u', "does not cut the silence at the end"),
        Letter::plain('x', "ends with no key"),
        Letter::plain('y', "ends with any key"),
    ],
    sets: &[
        Sets {
            variable: "RECORD_STATUS",
            values: &["DTMF", "SILENCE", "SKIP", "TIMEOUT", "HANGUP", "ERROR", "OPERATOR"],
        },
        Sets { variable: "RECORDED_FILE", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(record(call, arguments))),
};

/// Of the silence that ended a recording this much stays.
const KEPT_SILENCE: Duration = Duration::from_secs(1);

/// The sound of the key that ended a recording, which is cut off.
const KEY: Duration = Duration::from_millis(250);

/// Writes what is heard, and notes when something was.
struct Listener {
    recording: Mutex<Recording>,
    heard: Mutex<Heard>,
}

#[derive(Clone, Copy, Default)]
struct Heard {
    /// When the party was last loud; nothing if it never was.
    loud: Option<Instant>,
    any: bool,
    failed: bool,
}

impl Sink for Listener {
    fn accept(&self, frame: &Frame) {
        let failed = self.recording.lock().write(frame).is_err();
        let mut heard = self.heard.lock();
        heard.any = true;
        heard.failed |= failed;
        if !frame.is_silent() {
            heard.loud = Some(Instant::now());
        }
    }
}

/// Tells how the recording ended, also where the caller hung up; its file is removed then.
struct Report<'a> {
    call: &'a mut Call,
    status: &'static str,
    path: PathBuf,
    keeps: bool,
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if self.status == "HANGUP" && !self.keeps {
            // It may never have been made.
            let _ = std::fs::remove_file(&self.path);
        }
        self.call.context().set("RECORD_STATUS", self.status);
    }
}

async fn record(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some((name, format)) = file_name(arguments.get(0)) else {
        let mut context = call.context();
        context.set("RECORD_STATUS", "ERROR");
        context.warn("Record: the file name has no extension that tells the format: write NAME.wav");
        return Outcome::Hangup;
    };
    let options = arguments.options(3);
    let seconds =
        |index| arguments.seconds(index).map(f64::trunc).filter(|seconds| *seconds > 0.0).map(Exchange::pause);
    let (silence, longest) = (seconds(1), seconds(2));
    let (name, path) = place(call, &name, &format);
    call.context().set("RECORDED_FILE", &name);
    if call.is_ending() {
        call.context().set("RECORD_STATUS", "HANGUP");
        return Outcome::Continue;
    }
    if !call.channel.is_up() {
        if options.has('s') {
            call.context().set("RECORD_STATUS", "SKIP");
            return Outcome::Continue;
        }
        if !options.has('n') {
            call.answer(Duration::ZERO).await;
        }
    }
    // Until it ends otherwise, it ends with the call.
    let mut report = Report { call, status: "HANGUP", path, keeps: options.has('k') };
    if !options.has('q') {
        playing::play(report.call, "beep").await;
    }
    let recording = match open(&report.path, options.has('a')) {
        Ok(recording) => recording,
        Err(error) => {
            report.status = "ERROR";
            report.call.context().warn(&format!("Record: {error}"));
            return Outcome::Continue;
        }
    };
    let listener = Arc::new(Listener { recording: Mutex::new(recording), heard: Mutex::default() });
    report.status = listen(report.call, &listener, &options, silence, longest).await;
    let cut = match report.status {
        "SILENCE" if !options.has('u') => silence.unwrap_or_default().saturating_sub(KEPT_SILENCE),
        "DTMF" | "OPERATOR" => KEY,
        _ => Duration::ZERO,
    };
    if !cut.is_zero() {
        // A failure leaves the end in.
        let _ = listener.recording.lock().shorten(cut);
    }
    // Asterisk loses the difference between no audio and no caller, and where silence counts, goes on nevertheless.
    if report.status == "HANGUP" && silence.is_none() { Outcome::Hangup } else { Outcome::Continue }
}

/// Makes the file, and its folder where that is missing.
fn open(path: &Path, appends: bool) -> Result<Recording, SoundError> {
    if let Some(folder) = path.parent() {
        // If that fails, so does the file, which tells why.
        let _ = std::fs::create_dir_all(folder);
    }
    if appends { Recording::append(path) } else { Recording::create(path) }
}

/// Listens until a key, the silence or the time limit ends it, and says which.
async fn listen(
    call: &Call,
    listener: &Arc<Listener>,
    options: &Options,
    silence: Option<Duration>,
    longest: Option<Duration>,
) -> &'static str {
    let begun = Instant::now();
    let _listening = call.channel.listen(listener.clone());
    let is_there = || call.channel.leg().speaks() || listener.heard.lock().any;
    let time_is_up = async {
        match longest {
            Some(longest) => tokio::time::sleep_until(begun + longest).await,
            None => std::future::pending().await,
        }
    };
    let all_is_silent = async {
        let Some(silence) = silence else { return std::future::pending().await };
        loop {
            let due = listener.heard.lock().loud.unwrap_or(begun) + silence;
            if due > Instant::now() {
                tokio::time::sleep_until(due).await;
            } else if is_there() {
                return;
            } else {
                tokio::time::sleep(silence).await;
            }
        }
    };
    let ends = if options.has('x') {
        ""
    } else if options.has('y') {
        ANY_KEY
    } else if options.has('t') {
        "*"
    } else {
        "#"
    };
    let key = async {
        loop {
            if let Event::Digit(key) = call.channel.event().await {
                listener.heard.lock().any = true;
                if options.has('o') && key == '0' {
                    return "OPERATOR";
                }
                if ends.contains(key) {
                    return "DTMF";
                }
            }
        }
    };
    let status = tokio::select! {
        biased;
        status = key => status,
        () = all_is_silent => "SILENCE",
        () = time_is_up => if is_there() { "TIMEOUT" } else { "HANGUP" },
    };
    if listener.heard.lock().failed { "ERROR" } else { status }
}

/// The name without its format, and the format: `msg.wav`, or `msg:wav` as of old.
fn file_name(text: &str) -> Option<(String, String)> {
    let (name, format) =
        text.rsplit_once('.').filter(|(_, format)| !format.contains('/')).or_else(|| text.rsplit_once(':'))?;
    (!name.is_empty() && !format.is_empty()).then(|| (name.to_owned(), written(format)))
}

/// As formats are written: `WAV` is GSM, and not `wav`.
fn written(format: &str) -> String {
    if format == "WAV" { format.to_owned() } else { extension_of(&format.to_lowercase()).to_owned() }
}

/// The name that RECORDED_FILE gets, and the file.
fn place(call: &Call, name: &str, format: &str) -> (String, PathBuf) {
    let folder = call.exchange.audio().sounds.folders().first().cloned().unwrap_or_default();
    let file = |name: &str| folder.join(format!("{name}.{format}"));
    let name = match name.contains("%d") {
        true => (0..u32::MAX).map(|number| name.replace("%d", &number.to_string())).find(|name| !file(name).exists()),
        false => None,
    }
    .unwrap_or_else(|| name.to_owned());
    let path = file(&name);
    (name, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::testing::Trial;

    #[test]
    fn the_format_is_what_stands_after_the_last_dot_or_colon() {
        let named = |text: &str| file_name(text).map(|(name, format)| format!("{name} {format}"));
        assert_eq!(named("/tmp/a.b.wav").as_deref(), Some("/tmp/a.b wav"));
        assert_eq!(named("msg:ulaw").as_deref(), Some("msg ulaw"));
        assert_eq!(named("/a.d/rec6"), None);
        assert_eq!(named("rec6"), None);
    }

    #[test]
    fn a_key_the_silence_or_the_time_ends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let status = |arguments: &str, keys: &str| {
            let told = Trial::of(&format!("Record({path}/{arguments})")).press(keys).run();
            told.value("RECORD_STATUS").map(str::to_owned).unwrap_or_default()
        };
        assert_eq!(status("a.wav", "ww#"), "DTMF");
        assert_eq!(status("a.wav,,,t", "ww#*"), "DTMF");
        assert_eq!(status("a.wav,2", ""), "SILENCE");
        assert_eq!(status("a.wav,0,3", ""), "TIMEOUT");
        assert_eq!(status("a.wav,,,o", "ww0"), "OPERATOR");
        assert!(folder.path().join("a.wav").exists());
        for (name, file) in [("b.gsm", "b.gsm"), ("c.wav49", "c.WAV"), ("d.WAV", "d.WAV"), ("e.WAV16", "e.wav16")] {
            assert_eq!(status(&format!("{name},0,3"), ""), "TIMEOUT");
            assert!(folder.path().join(file).exists(), "{file}");
        }
        assert_eq!(status("a.g729,0,3", ""), "ERROR");
    }

    #[test]
    fn a_hang_up_removes_the_file_unless_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        for (options, is_kept) in [("q", false), ("qk", true)] {
            let told = Trial::of(&format!("Record({path}/b%d.wav,0,9,{options})")).hang_up(3.0).run();
            assert_eq!(told.value("RECORD_STATUS"), Some("HANGUP"));
            assert_eq!(told.value("RECORDED_FILE"), Some(format!("{path}/b0").as_str()));
            assert_eq!(folder.path().join("b0.wav").exists(), is_kept);
        }
    }
}
