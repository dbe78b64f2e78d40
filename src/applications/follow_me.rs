//! `FollowMe`

use std::sync::Arc;
use std::time::Duration;

use super::recording::Recorder;
use super::talk::{self, Called, Callee, News, Terms, adopt_in_language, first_news, outgoing, prepare};
use super::{music, playing};
use crate::channel::{Cause, Event, State};
use crate::conf::{Config, Disk, Section};
use crate::diagnostic::Sources;
use crate::interpreter::{Application, Argument, Arguments, Call, Keyed, Kind, Letter, Options, Outcome, Run};

/// Looks for somebody at several numbers, as `followme.conf` lists them.
///
/// Numbers of the same order are called together, and who answers is asked whether to take the call. The plan goes on where
/// nobody does. An unanswered call is answered first.
pub static FOLLOW_ME: Application = Application {
    name: "FollowMe",
    synopsis: "Looks for somebody at several numbers",
    arguments: &[Argument::required("id", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::plain('a', "records the caller's name, which the called ones hear"),
        Letter::with('B', "context^extension^priority", "runs a subroutine on the caller before calling"),
        Letter::with('b', "context^extension^priority", "runs a subroutine on each called channel before calling it"),
        Letter::plain('d', "does not ask the caller to hold"),
        Letter::plain('I', "changes no connected party"),
        Letter::plain('l', "lets nobody be bridged around; nothing is here"),
        Letter::plain('n', "says that nobody was found"),
        Letter::plain('N', "does not answer the caller before somebody takes the call"),
        Letter::plain('s', "tells the caller that somebody is looked for"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(follow_me(call, arguments))),
};

/// What is said, by the settings that may say otherwise.
struct Prompts {
    call_from: String,
    no_recording: String,
    options: String,
    hold: String,
    status: String,
    sorry: String,
}

/// Somebody of `followme.conf`.
struct Profile {
    context: String,
    music: String,
    take: String,
    decline: String,
    asks: bool,
    /// How long who answered may take to press the key.
    patience: Duration,
    prompts: Prompts,
    /// Numbers, seconds, and the order in which they are called.
    numbers: Vec<(Vec<String>, u64, u32)>,
}

impl Profile {
    fn read(call: &Call, id: &str) -> Option<Self> {
        let path = call.exchange.directories.etc.join("followme.conf");
        let config = path.is_file().then(|| Config::read(&mut Disk::default(), &path, &mut Sources::default()))?;
        let general = config.section("general");
        let section = config.section(id).filter(|section| !section.name.eq_ignore_ascii_case("general"))?;
        let get = |key: &str, usual: &str| {
            let general = || general.and_then(|general| general.get(key));
            section.get(key).or_else(general).unwrap_or(usual).to_owned()
        };
        // The same prompt has several names, of different ages.
        let prompt = |names: &[&str], usual: &str| {
            let named = |section: &Section| names.iter().find_map(|name| section.get(name)).map(str::to_owned);
            named(section).or_else(|| general.and_then(named)).unwrap_or_else(|| usual.to_owned())
        };
        let prompts = Prompts {
            call_from: prompt(&["call_from_prompt", "call-from-prompt"], "followme/call-from"),
            no_recording: prompt(
                &["norecording_prompt", "norecording-prompt", "followme_norecording_prompt"],
                "followme/no-recording",
            ),
            options: prompt(&["options_prompt", "options-prompt"], "followme/options"),
            hold: prompt(&["hold_prompt", "pls_hold_prompt", "pls-hold-prompt"], "followme/pls-hold-while-try"),
            status: prompt(&["status_prompt", "status-prompt"], "followme/status"),
            sorry: prompt(&["sorry_prompt", "sorry-prompt"], "followme/sorry"),
        };
        let mut numbers = Vec::new();
        for (at, entry) in section.all("number").enumerate() {
            let mut fields = entry.value.split(',').map(str::trim);
            let group = fields.next().unwrap_or("").split('&').map(str::to_owned).collect();
            let seconds = fields.next().and_then(|seconds| seconds.parse().ok()).unwrap_or(25);
            let usual = u32::try_from(at + 1).unwrap_or(u32::MAX);
            numbers.push((group, seconds, fields.next().and_then(|order| order.parse().ok()).unwrap_or(usual)));
        }
        numbers.sort_by_key(|(.., order)| *order);
        Some(Self {
            context: get("context", "default"),
            music: get("musicclass", &get("musiconhold", &get("music", ""))),
            take: get("takecall", "1"),
            decline: get("declinecall", "2"),
            asks: !crate::conf::is_false(&get("enable_callee_prompt", "yes")),
            patience: Duration::from_millis(get("featuredigittimeout", "").trim().parse().unwrap_or(5000)),
            prompts,
            numbers,
        })
    }
}

async fn follow_me(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.get(0).is_empty() {
        call.context().warn("FollowMe needs the name of a section in followme.conf");
        return Outcome::Hangup;
    }
    let Some(profile) = Profile::read(call, arguments.get(0)) else {
        call.context().warn(&format!("FollowMe: followme.conf has no `{}`", arguments.get(0)));
        return Outcome::Continue;
    };
    let options = arguments.options(1);
    if !options.has('N') {
        call.answer(Duration::ZERO).await;
    }
    if let Some(routine) = options.argument('B')
        && !call.run_routine(&super::dial::routine(routine)).await
    {
        return Outcome::Hangup;
    }
    if options.has('s') {
        playing::play(call, &profile.prompts.status).await;
    }
    let name = if options.has('a') { record_name(call).await } else { None };
    if !options.has('d') {
        playing::play(call, &profile.prompts.hold).await;
    }
    let holding = call.channel.is_up().then(|| music::hold(call, &call.channel, &profile.music));
    let found = look(call, &profile, &options, name.as_deref()).await;
    drop(holding);
    if let Some(name) = name {
        let sound = crate::storage::voicemail::with_extension(std::path::Path::new(&name), "wav");
        // A name that stays is overwritten next time.
        let _ = std::fs::remove_file(sound);
    }
    let Some(callee) = found else {
        if options.has('n') {
            playing::play(call, &profile.prompts.sorry).await;
        }
        return Outcome::Continue;
    };
    call.answer(Duration::ZERO).await;
    talk::talk(call, callee, &Terms { options: &Options::default(), limit: None }).await;
    Outcome::Hangup
}

/// Records the caller's name; gives its sound without extension.
async fn record_name(call: &mut Call) -> Option<String> {
    playing::play(call, "vm-rec-name").await;
    playing::play(call, "beep").await;
    let folder = call.exchange.directories.spool.join("followme");
    std::fs::create_dir_all(&folder).ok()?;
    let stem = folder.join(call.channel.unique_id().replace('.', "-"));
    let recorder = Recorder::open(call, &stem, &["wav".to_owned()], 256).ok()?;
    recorder.record(call, "#", Some(Duration::from_secs(2)), Some(Duration::from_secs(5))).await;
    recorder.finish().ok()?;
    Some(stem.to_string_lossy().into_owned())
}

/// Calls group after group until somebody takes the call.
async fn look(call: &mut Call, profile: &Profile, options: &Options, name: Option<&str>) -> Option<Callee> {
    let mut rest = profile.numbers.as_slice();
    while let Some((.., order)) = rest.first() {
        let together = rest.iter().take_while(|(.., other)| other == order).count();
        let (now, later) = rest.split_at(together);
        rest = later;
        let seconds = now.iter().map(|(_, seconds, _)| *seconds).max().unwrap_or(25);
        let mut called = Vec::new();
        for number in now.iter().flat_map(|(numbers, ..)| numbers) {
            called.extend(place(call, number, &profile.context, options).await);
        }
        let found = tokio::time::timeout(Duration::from_secs(seconds), ring(call, called, profile, name)).await;
        if let Ok(Some(callee)) = found {
            return Some(callee);
        }
    }
    None
}

async fn place(call: &mut Call, number: &str, context: &str, options: &Options) -> Option<Called<()>> {
    let shown = call.channel.state().caller.clone();
    let requested = {
        let caller = &call.channel;
        let resource = format!("{number}@{context}");
        call.exchange.channels.request("Local", &resource, &|state: &mut State| prepare(caller, state))
    };
    let channel = match requested {
        Ok(channels) => channels.into_iter().next()?,
        Err(error) => {
            call.context().warn(&format!("FollowMe cannot call {number}: {error}"));
            return None;
        }
    };
    adopt_in_language(&call.channel, &channel, &shown, "AppDial");
    let mut callee = Callee::new(&call.exchange, Arc::clone(&channel));
    if let Some(routine) = options.argument('b').map(|text| super::dial::routine_of(&call.channel, text)) {
        let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(&channel));
        theirs.run_routine(&routine).await;
    }
    callee.dial_begins(Some(&call.channel), &format!("Local/{number}@{context}"));
    let called = Called::new(callee, ());
    channel.call(&outgoing(&call.channel, &shown));
    Some(called)
}

/// Waits until one of them answers and takes the call.
async fn ring(call: &Call, mut called: Vec<Called<()>>, profile: &Profile, name: Option<&str>) -> Option<Callee> {
    while !called.is_empty() {
        let (at, news) = first_news(&mut called).await;
        match news {
            News::Event(Event::Answered) => {
                let mut one = called.swap_remove(at);
                one.callee.dial_ends("ANSWER");
                if takes(call, &one.callee, profile, name).await {
                    called.iter_mut().for_each(|other| other.callee.set_cause(Cause::ANSWERED_ELSEWHERE));
                    return Some(one.callee);
                }
                one.callee.set_cause(Cause::NORMAL);
            }
            News::Event(Event::Busy | Event::Congestion) | News::Gone(_) => drop(called.swap_remove(at)),
            News::Event(_) => {
                if let Some(one) = called.get_mut(at) {
                    one.listen_again();
                }
            }
        }
    }
    None
}

/// Asks who answered whether to take the call.
async fn takes(call: &Call, callee: &Callee, profile: &Profile, name: Option<&str>) -> bool {
    if !profile.asks {
        return true;
    }
    let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
    let mut words = match name {
        Some(name) => vec![profile.prompts.call_from.clone(), name.to_owned()],
        None => vec![profile.prompts.no_recording.clone()],
    };
    words.push(profile.prompts.options.clone());
    let channel = Arc::clone(callee.channel());
    let asking = async {
        for _ in 0..3 {
            let mut key = playing::play_each(&mut theirs, &words, playing::ANY_KEY).await.key();
            if key.is_none()
                && let Keyed::Key(pressed) = theirs.key(profile.patience).await
            {
                key = Some(pressed);
            }
            match key {
                Some(key) if profile.take.contains(key) => return true,
                Some(key) if profile.decline.contains(key) => return false,
                _ => {}
            }
        }
        false
    };
    tokio::select! {
        biased;
        taken = asking => taken,
        () = channel.interrupted() => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::{Told, Trial};

    fn told(options: &str, keys: &str) -> Told {
        let conf = "[general]\nstatus_prompt=hello-world\n[ann]\ncontext=numbers\nnumber=1&2,5\nnumber=3,20\n";
        let plan = format!(
            "FollowMe(ann,{options})\nNoOp(on)\n[numbers]\nexten => _[12],1,Busy(1)\nexten => 3,1,Answer\n\
             exten => 3,2,SendDTMF({keys})\nexten => 3,3,Wait(3)\nexten => 3,4,Hangup"
        );
        Trial::of(&plan).file("followme.conf", conf).hang_up(60.0).run()
    }

    #[test]
    fn somebody_takes_the_call_or_declines_it() {
        let taken = told("s", "w1");
        assert_eq!(taken.sounds()[..2], ["hello-world", "followme/pls-hold-while-try"]);
        assert!(!taken.has("100@default:3 NoOp on") && taken.has("3@numbers:4 Hangup"), "{:?}", taken.lines);
        let declined = told("dn", "w2");
        assert!(declined.sounds().contains(&"followme/sorry"), "{:?}", declined.lines);
        assert!(declined.has("100@default:3 NoOp on"));
        assert!(Trial::of("FollowMe(x)\nNoOp(on)").run().has("100@default:3 NoOp on"));
    }
}
