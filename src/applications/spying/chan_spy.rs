//! `ChanSpy` and `ExtenSpy`

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI32;
use std::time::Duration;

use super::watch::{Left, Mode, watch};
use crate::applications::monitoring::{self, CallRecorder};
use crate::applications::{playing, saying};
use crate::channel::Channel;
use crate::interpreter::{
    Application, Argument, Arguments, Call, Keyed, Kind, Letter, Options, Outcome, Run, Sets, leading_integer,
};

const OPTIONS: &[Letter] = &[
    Letter::plain('b', "listens only to channels in a bridge"),
    Letter::plain('B', "is heard by both parties of the call"),
    Letter::with('c', "key", "this key looks for the next channel, * unless told otherwise"),
    Letter::plain('d', "4 listens, 5 whispers, 6 is heard by both"),
    Letter::plain('D', "hears the two sides as two channels, where its telephone has two: here it hears them mixed"),
    Letter::with('e', "extensions", "listens only to calls of these extensions, : between them"),
    Letter::plain('E', "ends when the channel that is listened to hangs up"),
    Letter::with('g', "group", "listens only to channels whose SPYGROUP has this group"),
    Letter::plain('l', "keeps more audio; as much as needed is kept here"),
    Letter::with('n', "mailbox[@context]", "says the recorded name of who is listened to"),
    Letter::plain('N', "does not answer the call"),
    Letter::plain('o', "hears only what the channel's party says"),
    Letter::plain('O', "hears a channel also while others listen to it, as all do here"),
    Letter::plain('q', "plays no beep and says no name"),
    Letter::with('r', "name", "records what is heard into the folder monitor"),
    Letter::plain('s', "does not say the technology of the channel"),
    Letter::plain('S', "ends when there is no more channel to listen to"),
    Letter::plain('u', "the argument is a channel's unique id or whole name"),
    Letter::with('v', "volume", "begins with this volume, from -4 to 4"),
    Letter::plain('w', "whispers: the channel's party hears the listener"),
    Letter::plain('W', "whispers and hears nothing"),
    Letter::with('x', "key", "this key ends it while a channel is listened to"),
    Letter::plain('X', "a key that is an extension in SPY_EXIT_CONTEXT, or here, leaves to it"),
];

const SETS: &[Sets] = &[Sets { variable: "SPY_CHANNEL", values: &[] }];

/// Listens to the calls of channels whose name begins so, one after the other.
///
/// `*` looks for another channel, `#` changes the volume, digits and `#` look for the channel of that number. Where a key
/// of option `X` leaves, `SPY_CHANNEL` has the name of the last channel. An unanswered call is answered first.
pub static CHAN_SPY: Application = Application {
    name: "ChanSpy",
    synopsis: "Listens to calls of other channels",
    arguments: &[Argument::optional("prefix", Kind::Channel), Argument::optional("options", Kind::Options)],
    options: OPTIONS,
    sets: SETS,
    run: Run::Wait(|call, arguments| Box::pin(chan_spy(call, arguments))),
};

/// Listens to the calls of an extension: of channels that were called by it, or that it runs.
///
/// Keys and options are those of `ChanSpy`.
pub static EXTEN_SPY: Application = Application {
    name: "ExtenSpy",
    synopsis: "Listens to calls of an extension",
    arguments: &[Argument::required("extension[@context]", Kind::Text), Argument::optional("options", Kind::Options)],
    options: OPTIONS,
    sets: SETS,
    run: Run::Wait(|call, arguments| Box::pin(exten_spy(call, arguments))),
};

/// Whom to listen to.
enum Wanted {
    /// The beginning of a name.
    Prefix(String),
    /// A whole name or unique id.
    Whole(String),
    Extension(String, String),
}

async fn chan_spy(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(1);
    let name = arguments.get(0).to_owned();
    let wanted = if options.has('u') { Wanted::Whole(name) } else { Wanted::Prefix(name) };
    spy(call, wanted, &options).await
}

async fn exten_spy(call: &mut Call, arguments: Arguments) -> Outcome {
    let here = call.channel.state().position.context.clone();
    let (extension, context) = arguments.get(0).split_once('@').unwrap_or((arguments.get(0), &here));
    let wanted = Wanted::Extension(extension.to_owned(), context.to_owned());
    spy(call, wanted, &arguments.options(1)).await
}

/// How long to wait for a channel to listen to.
const LOOKING: Duration = Duration::from_secs(1);

async fn spy(call: &mut Call, mut wanted: Wanted, options: &Options) -> Outcome {
    if !options.has('N') {
        call.answer(Duration::ZERO).await;
    }
    call.background = None;
    let volume = options.argument('v').and_then(leading_integer).unwrap_or(0).clamp(-4, 4);
    let volume = Arc::new(AtomicI32::new(volume));
    let mut mode = if options.has('B') {
        Mode::Barges
    } else if options.has('W') {
        Mode::OnlyWhispers
    } else if options.has('w') {
        Mode::Whispers
    } else {
        Mode::Listens
    };
    let mut last: Option<Arc<str>> = None;
    let mut has_beeped = false;
    loop {
        if !options.has('q') && !std::mem::replace(&mut has_beeped, true) {
            playing::play(call, "beep").await;
        }
        let Some(spied) = next(call, &wanted, options, last.as_deref()) else {
            if last.take().is_some() {
                continue;
            }
            if options.has('S') {
                return Outcome::Continue;
            }
            has_beeped = false;
            match call.key(LOOKING).await {
                Keyed::Key(key) if is_exit(call, options, key) => return leave(call, key),
                _ => {}
            }
            continue;
        };
        last = Some(Arc::clone(spied.name()));
        if !options.has('q') {
            name(call, &spied, options).await;
        }
        let recorder = options.argument('r').and_then(|base| record(call, &spied, base));
        let left = {
            let call = &*call;
            watch(call, &spied, options, &mut mode, &volume, |key| is_exit(call, options, key)).await
        };
        if let Some(recorder) = recorder {
            monitoring::stop_mix_monitor::stop(&spied, Some(recorder.id()));
        }
        match left {
            Left::Gone if options.has('E') => return Outcome::Continue,
            Left::Gone => last = None,
            Left::Next => {}
            Left::Named(digits) => {
                let technology = match &wanted {
                    Wanted::Prefix(prefix) => prefix.split('/').next().unwrap_or("").to_owned(),
                    _ => spied.leg().technology().to_owned(),
                };
                wanted = Wanted::Prefix(format!("{technology}/{digits}"));
                last = None;
            }
            Left::Quit => return Outcome::Continue,
            Left::Exit(key) => {
                call.context().set("SPY_CHANNEL", spied.name());
                return leave(call, key);
            }
        }
    }
}

/// The next channel to listen to, after the last one.
fn next(call: &Call, wanted: &Wanted, options: &Options, last: Option<&str>) -> Option<Arc<Channel>> {
    let all = call.exchange.channels.all();
    let start = last.and_then(|last| all.iter().position(|channel| **channel.name() == *last)).map_or(0, |at| at + 1);
    all.into_iter().skip(start).find(|channel| is_wanted(call, channel, wanted, options))
}

fn is_wanted(call: &Call, channel: &Arc<Channel>, wanted: &Wanted, options: &Options) -> bool {
    if Arc::ptr_eq(channel, &call.channel) || channel.hangup_cause().is_some() {
        return false;
    }
    if options.has('b') && channel.bridged_with().is_none() {
        return false;
    }
    let state = channel.state();
    let is_meant = match wanted {
        Wanted::Prefix(prefix) => {
            channel.name().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        }
        Wanted::Whole(name) => channel.name().eq_ignore_ascii_case(name) || **channel.unique_id() == **name,
        Wanted::Extension(extension, context) => {
            let is_here = state.position.extension == *extension || state.dialed.as_deref() == Some(extension);
            is_here && state.position.context == *context
        }
    };
    let groups = options.argument('g').filter(|groups| !groups.is_empty());
    let own = state.variables.get("SPYGROUP").unwrap_or("");
    let in_group =
        groups.is_none_or(|groups| groups.split([':', ',']).any(|group| own.split(':').any(|it| it == group)));
    let extensions = options.argument('e').filter(|extensions| !extensions.is_empty());
    let in_extensions = extensions.is_none_or(|extensions| {
        let device = channel.name().split(['/', '-']).nth(1).unwrap_or("").to_owned();
        let whole = channel.name().rsplit_once('-').map_or(&**channel.name(), |(device, _)| device);
        let is_it = |one: &str| one == device || one.eq_ignore_ascii_case(whole) || one == state.position.extension;
        extensions.split(':').any(is_it)
    });
    is_meant && in_group && in_extensions
}

/// Says whom it listens to: a recorded name, or technology and number.
async fn name(call: &mut Call, spied: &Channel, options: &Options) {
    let device = spied.name().rsplit_once('-').map_or(&**spied.name(), |(device, _)| device).to_owned();
    let number = device.split_once('/').map_or("", |(_, number)| number).to_owned();
    if let Some(mailbox) = options.has('n').then(|| options.argument('n').unwrap_or("")) {
        let (own, context) = mailbox.split_once('@').unwrap_or((mailbox, "default"));
        let own = if own.is_empty() { number.as_str() } else { own };
        let greeting = call.exchange.voicemail.path(own, context).join("greet").to_string_lossy().into_owned();
        if call.exchange.audio().sounds.has(&greeting, "") {
            playing::play(call, &greeting).await;
            return;
        }
    }
    let mut words = Vec::new();
    if !options.has('s') {
        words.push(format!("spy-{}", spied.leg().technology().to_ascii_lowercase().replace("pjsip", "sip")));
    }
    words.extend(saying::digits(&number));
    playing::play_each(call, &words, "").await;
}

fn record(call: &Call, spied: &Arc<Channel>, base: &str) -> Option<Arc<CallRecorder>> {
    let base = if base.is_empty() { "chanspy" } else { base };
    let file = PathBuf::from(format!("{base}.{}.raw", call.exchange.epoch()));
    let begun = monitoring::mix_monitor::begin(&call.exchange, spied, &file.to_string_lossy(), &Options::default(), "");
    begun.map_err(|error| call.context().warn(&format!("ChanSpy: {error}"))).ok()
}

/// Whether a key leads to an extension in `SPY_EXIT_CONTEXT`, or here.
fn is_exit(call: &Call, options: &Options, key: char) -> bool {
    if !options.has('X') {
        return false;
    }
    let (context, caller) = exit_context(call);
    call.lookup(|lookup| lookup.exists(&context, &key.to_string(), 1, &caller))
}

fn exit_context(call: &Call) -> (String, String) {
    let state = call.channel.state();
    let named = state.variables.get("SPY_EXIT_CONTEXT").filter(|context| !context.is_empty());
    (named.unwrap_or(&state.position.context).to_owned(), state.caller.number().to_owned())
}

fn leave(call: &Call, key: char) -> Outcome {
    let (context, _) = exit_context(call);
    call.channel.state().jump(&context, &key.to_string(), 1);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::{Told, Trial};

    /// Somebody at 200 hears a tone while ann spies.
    fn told(steps: &str, keys: &str) -> Told {
        let plan = format!(
            "Originate(Local/200@callee/n,app,Wait,20,,,a)\nWait(1)\n{steps}\nNoOp(done)\nexten => 7,1,NoOp(left)\n\
             [callee]\nexten => 200,1,Answer\nexten => 200,2,Set(SPYGROUP=a:b)\nexten => 200,3,Playback(tt-monkeys)\n\
             exten => 200,4,Playback(tt-monkeys)\nexten => 200,5,Wait(2)"
        );
        Trial::of(&plan).press(keys).hang_up(30.0).listen().run()
    }

    fn is_loud(told: &Told) -> bool {
        told.heard.iter().any(|sample| sample.unsigned_abs() > 1000)
    }

    #[test]
    fn the_spy_hears_what_the_party_hears_until_it_hangs_up() {
        let told = told("ChanSpy(Local/200@callee-00000000\\;2,quE)", "");
        assert!(told.has("event ChanSpyStart SpyerChannel=SIP/ann-00000000"), "{:?}", told.lines);
        assert!(told.has("event ChanSpyStop") && told.has("100@default:5 NoOp done"), "{:?}", told.lines);
        assert!(is_loud(&told));
    }

    #[test]
    fn keys_and_options_end_it() {
        assert!(told("ChanSpy(Local,qx(1)g(b))", "wwwwww1").has("100@default:5 NoOp done"));
        let next = told("ChanSpy(Local/200@callee,qc(1))", "wwwwww1");
        assert_eq!(
            next.lines.iter().filter(|line| line.starts_with("event ChanSpyStart")).count(),
            2,
            "{:?}",
            next.lines
        );
        let left = told("ChanSpy(Local,qX)", "wwwwww7");
        assert!(left.has("7@default:1 NoOp left") && left.has("set SPY_CHANNEL=Local/200@callee"), "{:?}", left.lines);
        assert!(told("ChanSpy(SIP/none,qS)", "").has("100@default:5 NoOp done"));
        assert!(told("ChanSpy(Local,qSg(c))", "").has("100@default:5 NoOp done"));
        assert!(told("ExtenSpy(200@callee,qEo)", "").has("event ChanSpyStart"));
        let silent = told("ChanSpy(Local/200@callee-00000000\\;2,qW)", "");
        assert!(silent.has("event ChanSpyStart") && !is_loud(&silent));
    }

    #[test]
    fn it_says_whom_it_listens_to() {
        let told = told("ChanSpy(Local/200@callee-00000000\\;2,uE)", "");
        assert_eq!(told.sounds().iter().filter(|sound| **sound == "spy-local").count(), 1, "{:?}", told.sounds());
    }
}
