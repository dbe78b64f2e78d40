//! `Monitor`, `StopMonitor`, `ChangeMonitor`, `PauseMonitor` and `UnpauseMonitor`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::recorder::{CallRecorder, Plan, Track, run_afterwards};
use super::{file, tell};
use crate::applications::system::quoted;
use crate::channel::Channel;
use crate::channel::tap::Tap;
use crate::interpreter::{Application, Argument, Arguments, Call, Context, Exchange, Kind, Letter, Outcome, Run};
use crate::media::sound::{extension_of, in_format};

/// Records each side of the call into a file of its own, `NAME-in` what the party says and `NAME-out` what it hears.
///
/// With option `m` the two become one file, `NAME`, when the recording ends; or, where the variable MONITOR_EXEC names a
/// program, that gets the names of the two files and of the one to make. Without a name it is made of the channel's name.
pub static MONITOR: Application = Application {
    name: "Monitor",
    synopsis: "Records each side of the call into a file of its own",
    arguments: &[
        Argument::optional("format", Kind::Text),
        Argument::optional("name", Kind::File),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('b', "records only while the channel is in a bridge"),
        Letter::with('B', "seconds", "plays a beep to the party again and again; MixMonitor does that here"),
        Letter::plain('i', "records nothing of what the party says"),
        Letter::plain('m', "joins the two files when the recording ends"),
        Letter::plain('o', "records nothing of what the party hears"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(monitor(call, arguments))),
};

/// Ends the recording of `Monitor`.
pub static STOP_MONITOR: Application =
    command("StopMonitor", "Ends the recording of Monitor", &[], |context, _| stop(context));

/// Leaves out what is said and heard, until `UnpauseMonitor`.
pub static PAUSE_MONITOR: Application =
    command("PauseMonitor", "Pauses the recording of Monitor", &[], |context, _| pause(context, true));

/// Lets the recording of `Monitor` go on.
pub static UNPAUSE_MONITOR: Application =
    command("UnpauseMonitor", "Lets the recording of Monitor go on", &[], |context, _| pause(context, false));

/// Gives the files of a recording of `Monitor` another name; it has it once the recording ends.
pub static CHANGE_MONITOR: Application = command(
    "ChangeMonitor",
    "Gives the recording of Monitor another name",
    &[Argument::required("name", Kind::File)],
    change,
);

const fn command(
    name: &'static str,
    synopsis: &'static str,
    arguments: &'static [Argument],
    run: fn(&mut Context<'_>, &str) -> Outcome,
) -> Application {
    Application { name, synopsis, arguments, options: &[], sets: &[], run: Run::Compute(run) }
}

/// Of all recordings of a channel the one of `Monitor` has this id.
pub(super) const ID: &str = "Monitor";
/// Where the channel keeps the name that its files get in the end.
const NAME: &str = "MONITOR/name";

async fn monitor(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(2);
    let format = arguments.given(0).unwrap_or("wav").split(':').next().unwrap_or("wav").to_owned();
    let name = match arguments.given(1) {
        Some(name) => name.to_owned(),
        None => call.channel.name().replace('/', "-"),
    };
    let wish = Wish {
        said: !options.has('i'),
        heard: !options.has('o'),
        joins: options.has('m'),
        bridged_only: options.has('b'),
    };
    if let Err(error) = begin(&call.exchange, &call.channel, &name, &format, wish) {
        call.context().warn(&format!("Monitor: {error}"));
    }
    Outcome::Continue
}

/// What is recorded, and how.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// What the party says.
    pub said: bool,
    /// What it hears.
    pub heard: bool,
    /// The two become one file.
    pub joins: bool,
    /// Only while the channel is in a bridge.
    pub bridged_only: bool,
}

/// Begins to record a channel.
///
/// # Errors
/// Why it cannot be.
pub fn begin(
    exchange: &Exchange,
    channel: &Arc<Channel>,
    name: &str,
    format: &str,
    Wish { said, heard, joins, bridged_only }: Wish,
) -> Result<(), String> {
    if channel.taps::<CallRecorder>().iter().any(|recorder| recorder.id() == ID) {
        return Err("the channel is recorded already".to_owned());
    }
    let format = extension_of(format);
    let stem = stem(exchange, name);
    let mut files = Vec::new();
    for (wanted, track, side) in [(said, Track::Said, "in"), (heard, Track::Heard, "out")] {
        if wanted {
            files.push((track, with_side(&stem, side, format)));
        }
    }
    if files.is_empty() {
        return Err("with options i and o there is nothing to record".to_owned());
    }
    channel.state().settings.set(NAME, &stem.to_string_lossy());
    let mixed = joins.then(|| in_format(&stem, format));
    if let Some(mixed) = &mixed {
        files.push((Track::Both, mixed.clone()));
    }
    let (of, format) = (Arc::downgrade(channel), format.to_owned());
    let then = move |_: &[(Track, PathBuf)]| {
        let Some(channel) = of.upgrade() else { return };
        let variable = |name: &str| channel.state().variables.get(name).unwrap_or("").to_owned();
        let to = PathBuf::from(channel.state().settings.get(NAME).unwrap_or_default());
        for side in ["in", "out"] {
            move_file(&with_side(&stem, side, &format), &with_side(&to, side, &format));
        }
        let (program, extra) = (variable("MONITOR_EXEC"), variable("MONITOR_EXEC_ARGS"));
        let whole = in_format(&to, &format);
        let sides = [with_side(&to, "in", &format), with_side(&to, "out", &format)];
        if let Some(mixed) = &mixed {
            if program.is_empty() {
                move_file(mixed, &whole);
                sides.iter().for_each(|side| _ = std::fs::remove_file(side));
            } else {
                let _ = std::fs::remove_file(mixed);
                let words = [&sides[0], &sides[1], &whole].map(|path| quoted(&path.to_string_lossy()));
                run_afterwards(format!("{program} {} {extra}", words.join(" ")));
            }
        }
    };
    let plan = Plan {
        id: ID.to_owned(),
        end: "MonitorStop",
        files,
        appends: false,
        bridged_only,
        synchronous: true,
        gain: (1.0, 1.0),
        then: Some(Box::new(then)),
    };
    CallRecorder::begin(channel, plan).map_err(|error| error.to_string())?;
    tell(channel, "MonitorStart", &[]);
    Ok(())
}

fn with_side(stem: &Path, side: &str, format: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(format!("-{side}.{format}"));
    PathBuf::from(name)
}

fn move_file(from: &Path, to: &Path) {
    if from == to || !from.exists() {
        return;
    }
    if let Some(folder) = to.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    if let Err(error) = std::fs::rename(from, to) {
        tracing::warn!(target: "exten::plan", "{}: {error}", to.display());
    }
}

fn recorder(channel: &Channel) -> Option<Arc<CallRecorder>> {
    channel.taps::<CallRecorder>().into_iter().find(|recorder| recorder.id() == ID)
}

fn stop(context: &mut Context<'_>) -> Outcome {
    if let Some(channel) = context.channel {
        // What ends looks at the channel's variables.
        context.unlocked(|| end(channel));
    }
    Outcome::Continue
}

/// Ends a channel's recording; false where there is none.
pub fn end(channel: &Arc<Channel>) -> bool {
    let Some(recorder) = recorder(channel) else { return false };
    let tap: Arc<dyn Tap> = recorder;
    channel.remove_tap(&tap);
    true
}

fn pause(context: &mut Context<'_>, paused: bool) -> Outcome {
    context.channel.map(|channel| set_paused(channel, paused));
    Outcome::Continue
}

/// Pauses a channel's recording, or lets it go on; false where there is none.
pub fn set_paused(channel: &Arc<Channel>, paused: bool) -> bool {
    let Some(recorder) = recorder(channel) else { return false };
    recorder.set_paused(paused);
    true
}

fn change(context: &mut Context<'_>, name: &str) -> Outcome {
    if name.is_empty() {
        context.warn("ChangeMonitor needs a name");
        return Outcome::Continue;
    }
    let stem = stem(context.exchange, name);
    context.state.settings.set(NAME, &stem.to_string_lossy());
    Outcome::Continue
}

/// Gives the files of a channel's recording another name; false where there is none.
pub fn rename(exchange: &Exchange, channel: &Arc<Channel>, name: &str) -> bool {
    let is_recorded = recorder(channel).is_some();
    if is_recorded {
        channel.state().settings.set(NAME, &stem(exchange, name).to_string_lossy());
    }
    is_recorded
}

/// The names of the files, without what tells them apart.
fn stem(exchange: &Exchange, name: &str) -> PathBuf {
    file(exchange, name, "x").with_extension("")
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn gsm_is_written_as_asterisk_names_it() {
        let told = Trial::of("Monitor(wav49,talk,m)\nPlayback(beep)\nStopMonitor\nMonitor(gsm,one)\nPlayback(beep)")
            .file("n", "")
            .run();
        assert_eq!(told.names("var/spool/monitor"), ["one-in.gsm", "one-out.gsm", "talk.WAV"], "{:?}", told.lines);
    }

    #[test]
    fn each_side_has_a_file_and_they_may_be_joined() {
        let told = Trial::of(
            "Monitor(wav,talk)\nPlayback(beep)\nStopMonitor\nMonitor(wav,one,m)\nPlayback(beep)\nStopMonitor",
        )
        .file("n", "")
        .run();
        assert_eq!(told.names("var/spool/monitor"), ["one.wav", "talk-in.wav", "talk-out.wav"], "{:?}", told.lines);
        assert!(told.has("event MonitorStart") && told.has("event MonitorStop"));
    }

    #[test]
    fn a_recording_is_paused_and_named_anew_and_a_program_joins_it() {
        let steps = "Set(MONITOR_EXEC=touch)\nMonitor(wav,old,m)\nPauseMonitor\nWait(1)\nUnpauseMonitor\nPlayback(beep)\n\
                     ChangeMonitor(new)\nWait(1)";
        let told = Trial::of(steps).file("n", "").run();
        assert_eq!(told.names("var/spool/monitor"), ["new-in.wav", "new-out.wav", "new.wav"], "{:?}", told.lines);
    }
}
