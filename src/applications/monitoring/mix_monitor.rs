//! `MixMonitor`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::recorder::{Afterwards, CallRecorder, Plan, Track, run_afterwards};
use super::{file, tell};
use crate::applications::playing;
use crate::applications::voicemail;
use crate::channel::Channel;
use crate::interpreter::{
    Application, Argument, Arguments, Call, Exchange, Kind, Letter, Options, Outcome, Run, Sets, leading_integer,
};

/// Records both sides of the call into a file while the plan goes on.
///
/// The file name ends in its format (`.wav`, `.ulaw`, `.alaw`, `.sln`); a relative one lies in the folder `monitor` of the
/// spool. The recording ends with the call or with `StopMixMonitor`; the command then runs, in which `^{NAME}` was
/// replaced when the recording began.
pub static MIX_MONITOR: Application = Application {
    name: "MixMonitor",
    synopsis: "Records both sides of the call while the plan goes on",
    arguments: &[
        Argument::required("file", Kind::File),
        Argument::optional("options", Kind::Options),
        Argument::optional("command", Kind::Program),
    ],
    options: &[
        Letter::plain('a', "adds to a file that is there"),
        Letter::plain('b', "records only while the channel is in a bridge"),
        Letter::with(
            'B',
            "seconds",
            "plays a beep to the party again and again, every 15 seconds unless told otherwise",
        ),
        Letter::plain('c', "messages of option m name the real caller"),
        Letter::plain('d', "removes the file once the messages of option m are made"),
        Letter::plain(
            'D',
            "writes what is said and what is heard as two files, NAME-in and NAME-out, instead of one mix",
        ),
        Letter::with('i', "variable", "stores the recording's id in this variable"),
        Letter::with('m', "mailbox,…", "leaves the recording as a message in these mailboxes"),
        Letter::plain('n', "lets the files of options r and t run without silence between"),
        Letter::plain('p', "plays a beep to the party when the recording begins"),
        Letter::plain('P', "plays a beep to the party when StopMixMonitor ends it"),
        Letter::with('r', "file", "writes what the party says to this file"),
        Letter::plain('S', "keeps the files of options r and t together by silence, as they are anyway"),
        Letter::with('t', "file", "writes what the party hears to this file"),
        Letter::with('v', "x", "changes the volume of what is heard, from -4 to 4"),
        Letter::with('V', "x", "changes the volume of what is said, from -4 to 4"),
        Letter::with('W', "x", "changes the volume of both, from -4 to 4"),
    ],
    sets: &[Sets { variable: "MIXMONITOR_FILENAME", values: &[] }],
    run: Run::Wait(|call, arguments| Box::pin(mix_monitor(call, arguments))),
};

/// The key under which a channel remembers that StopMixMonitor is to beep.
pub(super) const BEEPS_AT_END: &str = "MIXMONITOR/beep/";

async fn mix_monitor(call: &mut Call, arguments: Arguments) -> Outcome {
    match begin(&call.exchange, &call.channel, arguments.get(0), &arguments.options(1), &arguments.rest(2)) {
        Ok(recorder) => {
            if let Some(variable) = arguments.options(1).argument('i').filter(|name| !name.is_empty()) {
                call.context().set(variable, recorder.id());
            }
            // The name as it is given, also where the file gets an ending.
            let name = arguments.get(0);
            let path = recorder.path(Track::Both).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
            let named = if name.contains('.') { &*path } else { path.strip_suffix(".raw").unwrap_or(&path) };
            call.context().set("MIXMONITOR_FILENAME", named);
            if arguments.options(1).has('p') {
                playing::play(call, "beep").await;
            }
            Outcome::Continue
        }
        Err(error) => {
            call.context().warn(&format!("MixMonitor: {error}"));
            // A file that cannot be written is no reason to end the call; a step that names none is a mistake.
            let names_file =
                !arguments.get(0).is_empty() || arguments.options(1).has('r') || arguments.options(1).has('t');
            if names_file { Outcome::Continue } else { Outcome::Hangup }
        }
    }
}

/// Begins a recording, of the plan or of a manager program; the same options either way.
///
/// # Errors
/// Why it could not begin.
pub fn begin(
    exchange: &Arc<Exchange>,
    channel: &Arc<Channel>,
    name: &str,
    options: &Options,
    command: &str,
) -> Result<Arc<CallRecorder>, String> {
    let path = (!name.is_empty()).then(|| file(exchange, name, "raw"));
    let files = files(exchange, path, options);
    if files.is_empty() {
        return Err("a file is needed, as the first argument or in option r or t".to_owned());
    }
    let id = format!("0x{:012x}", exchange.random(0x1000, 0xffff_ffff_ffff));
    let command = expand(exchange, channel, command);
    let caller = channel.state().caller.all();
    let then = afterwards(exchange, Some(channel), &caller, options, command);
    let plan = Plan {
        id: id.clone(),
        end: "MixMonitorStop",
        files,
        appends: options.has('a'),
        bridged_only: options.has('b'),
        synchronous: !options.has('n'),
        gain: (volume(options, 'V'), volume(options, 'v')),
        then: Some(then),
    };
    let recorder = CallRecorder::begin(channel, plan).map_err(|error| error.to_string())?;
    if options.has('P') {
        channel.state().settings.set(&format!("{BEEPS_AT_END}{id}"), "yes");
    }
    if options.has('B') {
        let seconds = options.argument('B').and_then(leading_integer).filter(|seconds| *seconds > 0).unwrap_or(15);
        beep_every(exchange, channel, &recorder, Duration::from_secs(seconds.unsigned_abs().into()));
    }
    tell(channel, "MixMonitorStart", &[]);
    Ok(recorder)
}

/// The files that the options ask for beside a named one.
pub(in crate::applications) fn files(
    exchange: &Exchange,
    named: Option<PathBuf>,
    options: &Options,
) -> Vec<(Track, PathBuf)> {
    let mut files = Vec::new();
    match named {
        Some(path) if options.has('D') => {
            files.push((Track::Said, beside(&path, "in")));
            files.push((Track::Heard, beside(&path, "out")));
        }
        Some(path) => files.push((Track::Both, path)),
        None => {}
    }
    for (letter, track) in [('r', Track::Said), ('t', Track::Heard)] {
        if let Some(name) = options.argument(letter).filter(|name| !name.is_empty()) {
            files.push((track, file(exchange, name, "raw")));
        }
    }
    files
}

/// What follows a recording: messages in mailboxes, and the command.
pub(in crate::applications) fn afterwards(
    exchange: &Arc<Exchange>,
    channel: Option<&Arc<Channel>>,
    caller: &str,
    options: &Options,
    command: String,
) -> Afterwards {
    let mailboxes = options.argument('m').unwrap_or("").to_owned();
    let removes = options.has('d');
    let caller = if options.has('c') { caller.to_owned() } else { "Unknown".to_owned() };
    let (exchange, channel) = (Arc::clone(exchange), channel.map(Arc::downgrade));
    Box::new(move |files| {
        if let Some((_, path)) = files.first().filter(|_| !mailboxes.is_empty()) {
            let channel = channel.and_then(|channel| channel.upgrade());
            voicemail::deliver_file(&exchange, channel.as_deref(), &mailboxes, path, &caller);
            if removes {
                files.iter().for_each(|(_, path)| _ = std::fs::remove_file(path));
            }
        }
        if !command.is_empty() {
            run_afterwards(command);
        }
    })
}

/// How much louder a side becomes: its own option, or that for both.
pub(in crate::applications) fn volume(options: &Options, side: char) -> f32 {
    options.argument(side).or(options.argument('W')).map_or(1.0, gain)
}

/// `call.wav` becomes `call-in.wav`.
fn beside(path: &std::path::Path, side: &str) -> PathBuf {
    let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = path.extension().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{stem}-{side}.{extension}"))
}

/// `^{NAME}` stands for `${NAME}`, so that the plan does not replace it too early.
fn expand(exchange: &Arc<Exchange>, channel: &Arc<Channel>, command: &str) -> String {
    let text = command.replace("^{", "${");
    Call::new(Arc::clone(exchange), Arc::clone(channel)).context().expand(&text)
}

/// The factor of a volume step: each doubles, or halves.
pub fn gain(step: &str) -> f32 {
    let step = leading_integer(step).unwrap_or(0).clamp(-4, 4);
    2.0_f32.powi(step)
}

fn beep_every(exchange: &Arc<Exchange>, channel: &Arc<Channel>, recorder: &Arc<CallRecorder>, pause: Duration) {
    let (exchange, channel, recorder) = (Arc::downgrade(exchange), Arc::downgrade(channel), Arc::downgrade(recorder));
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(pause).await;
            let (Some(exchange), Some(channel)) = (exchange.upgrade(), channel.upgrade()) else { return };
            if recorder.strong_count() == 0 || channel.hangup_cause().is_some() {
                return;
            }
            // A beep that cannot be played is no reason to record less.
            let _ = playing::announce(&exchange, &channel, "beep").await;
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::{Told, Trial};
    use crate::media::sound::Sound;

    fn seconds(told: &Told, name: &str) -> f64 {
        Sound::open(&told.path(name)).unwrap().length().as_secs_f64()
    }

    #[test]
    fn what_the_party_hears_is_recorded_until_it_is_stopped() {
        let steps = "MixMonitor(a/call.wav,pi(ID)t(out.wav))\nNoOp(${MIXMONITOR(${ID},filename)})\nPlayback(tt-monkeys)\n\
                     StopMixMonitor(${ID})\nPlayback(beep)\nNoOp(${MIXMONITOR_FILENAME})";
        let told = Trial::of(steps).file("note", "").run();
        let path = told.path("var/spool/monitor/a/call.wav").display().to_string();
        assert!(told.has(&format!("100@default:3 NoOp {path}")), "{:?}", told.lines);
        assert!(told.has(&format!("100@default:7 NoOp {path}")));
        assert!(told.has("event MixMonitorStart") && told.has("event MixMonitorStop"));
        let length = seconds(&told, "var/spool/monitor/a/call.wav");
        assert!(length > 1.5, "{length}");
        assert!((seconds(&told, "var/spool/monitor/out.wav") - length).abs() < 0.1);
    }

    #[test]
    fn the_hang_up_ends_it_and_the_command_runs() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("note");
        let steps = format!(
            "Set(WHO=ann)\nMixMonitor({}/x.wav,,echo ^{{WHO}} > {})\nWait(30)",
            folder.path().display(),
            note.display()
        );
        let told = Trial::of(&steps).hang_up(3.0).run();
        assert!(told.has("event MixMonitorStop"), "{:?}", told.lines);
        assert_eq!(std::fs::read_to_string(note).unwrap(), "ann\n");
        let length = Sound::open(&folder.path().join("x.wav")).unwrap().length().as_secs_f64();
        assert!((2.0..4.0).contains(&length), "{length}");
    }

    #[test]
    fn a_recording_becomes_a_message_and_files_of_each_side() {
        let told = Trial::of("MixMonitor(x.wav,m(300)d)\nMixMonitor(y.wav,D)\nPlayback(beep)\nStopMixMonitor")
            .file("voicemail.conf", "[default]\n300 => 1\n")
            .run();
        assert_eq!(told.names("var/spool/voicemail/default/300/INBOX"), ["msg0000.txt", "msg0000.wav"]);
        assert_eq!(told.names("var/spool/monitor"), ["y-in.wav", "y-out.wav"]);
    }

    #[test]
    fn without_a_file_the_call_ends() {
        let told = Trial::of("MixMonitor()\nNoOp(on)").run();
        assert!(told.has("warning MixMonitor") && !told.has("100@default:3"));
        assert!(Trial::of("MixMonitor(x.mp3)\nNoOp(on)").file("n", "").run().has("warning MixMonitor"));
    }
}
