//! Options `P` and `p` of Dial: whoever is called hears who calls, and decides.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Wish;
use crate::applications::playing;
use crate::applications::recording::Recorder;
use crate::applications::talk::Callee;
use crate::channel::Channel;
use crate::interpreter::Call;
use crate::media::sound::SoundError;

/// The AstDB family of what is known about callers.
const FAMILY: &str = "privacy";

/// Where introductions lie, in the sound folder.
const INTRODUCTIONS: &str = "priv-callerintros";

/// An introduction lasts no longer.
const LONGEST: Duration = Duration::from_secs(4);

/// So much silence ends it.
const SILENCE: Duration = Duration::from_secs(2);

/// What is quieter than this is silence.
const THRESHOLD: u32 = 128;

/// How often the callee is asked.
const TRIES: usize = 3;

/// What is known about a caller before anybody is called.
pub(super) enum Known {
    /// The caller passes unasked.
    Allowed,
    /// Nobody is called; the word for DIALSTATUS says why.
    Refused(&'static str),
    /// Whoever answers is asked.
    Unknown(Privacy),
}

/// A caller who is announced.
pub(super) struct Privacy {
    /// The key of option `P` in the AstDB.
    key: Option<String>,
    caller: String,
    introduction: String,
    file: PathBuf,
    is_kept: bool,
    removes_always: bool,
}

impl Drop for Privacy {
    fn drop(&mut self) {
        if self.removes_always {
            remove(&self.file);
        }
    }
}

/// Looks the caller up, and lets one who is unknown say its name.
pub(super) async fn announce(call: &mut Call, wish: &Wish) -> Known {
    let options = &wish.options;
    let (number, extension, channel) = {
        let state = call.channel.state();
        (state.caller.number().to_owned(), state.position.extension.clone(), call.channel.name().replace('/', "="))
    };
    let has_number = !number.is_empty();
    let caller = if has_number { shrunk(&number) } else { format!("NOCALLERID_{extension}{channel}") };
    let key = options.has('P').then(|| options.argument('P').filter(|key| !key.is_empty()).unwrap_or(&extension));
    let decision = key.filter(|_| has_number).and_then(|key| look_up(call, key, &caller));
    if has_number && options.has('N') {
        return Known::Allowed;
    }
    match decision.as_deref() {
        Some("allow") => return Known::Allowed,
        Some("deny") => return Known::Refused("NOANSWER"),
        Some("kill") => return Known::Refused("DONTCALL"),
        Some("torture") => return Known::Refused("TORTURE"),
        _ => {}
    }
    let folder = call.exchange.audio().sounds.folders().first().cloned().unwrap_or_default();
    let introduction = format!("{INTRODUCTIONS}/{caller}");
    let file = folder.join(format!("{introduction}.sln"));
    let privacy = Privacy {
        key: key.map(str::to_owned),
        is_kept: has_number && !options.has('n'),
        removes_always: options.argument('n').is_some_and(|text| text.trim() == "1"),
        introduction,
        file,
        caller,
    };
    if !(has_number && privacy.file.exists())
        && let Err(error) = record(call, &privacy).await
    {
        call.context().warn(&format!("Dial: the caller's introduction cannot be recorded: {error}"));
    }
    Known::Unknown(privacy)
}

/// What the callee decided about this caller, one of `allow`, `deny`, `kill` and `torture`.
fn look_up(call: &Call, key: &str, caller: &str) -> Option<String> {
    match call.exchange.database.get(FAMILY, &format!("{key}/{caller}")) {
        Ok(decision) => decision,
        Err(error) => {
            call.context().warn(&format!("Dial: {error}"));
            None
        }
    }
}

/// The caller says its name. Where it hangs up meanwhile, nothing of it stays.
async fn record(call: &mut Call, privacy: &Privacy) -> Result<(), SoundError> {
    if let Some(folder) = privacy.file.parent() {
        // If that fails, so does the file, which tells why.
        let _ = std::fs::create_dir_all(folder);
    }
    call.answer(Duration::ZERO).await;
    playing::play(call, "priv-recordintro").await;
    playing::play(call, "beep").await;
    let unfinished = Unfinished(Some(&privacy.file));
    let recorder = Recorder::open(call, &privacy.file.with_extension(""), &["sln".to_owned()], THRESHOLD)?;
    recorder.record(call, "#", Some(SILENCE), Some(LONGEST)).await;
    recorder.finish()?;
    unfinished.keep();
    playing::play(call, "vm-dialout").await;
    Ok(())
}

/// A recording that is removed if it is not finished.
struct Unfinished<'a>(Option<&'a PathBuf>);

impl Unfinished<'_> {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            remove(file);
        }
    }
}

fn remove(file: &PathBuf) {
    // It may never have been made.
    let _ = std::fs::remove_file(file);
}

impl Privacy {
    /// Asks who answered; `None` lets the two talk, a word becomes DIALSTATUS.
    pub(super) async fn ask(&self, call: &Call, callee: &Callee) -> Option<&'static str> {
        let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
        let channel: Arc<Channel> = Arc::clone(callee.channel());
        let answer = tokio::select! {
            biased;
            answer = self.question(&mut theirs) => answer,
            () = channel.interrupted() => None,
        };
        let decision = match answer {
            Some('1') => Some("allow"),
            Some('2') => Some("deny"),
            Some('3') => Some("torture"),
            Some('4') => Some("kill"),
            Some('5') => Some("allow"),
            _ => None,
        };
        if let (Some(key), Some(decision)) = (&self.key, decision)
            && let Err(error) = call.exchange.database.put(FAMILY, &format!("{key}/{}", self.caller), decision)
        {
            call.context().warn(&format!("Dial: {error}"));
        }
        match answer {
            Some('1') => {
                if !self.is_kept {
                    remove(&self.file);
                }
                None
            }
            Some('2' | '5') => Some("NOANSWER"),
            Some('3') => Some("TORTURE"),
            Some('4') => Some("DONTCALL"),
            _ => {
                tracing::info!("{}: the called party did not say whether it takes the call", channel.name());
                Some("ANSWER")
            }
        }
    }

    /// The key that the callee presses.
    async fn question(&self, theirs: &mut Call) -> Option<char> {
        let (keys, options) = match self.key {
            Some(_) => ("12345", "priv-callee-options"),
            None => ("1234", "screen-callee-options"),
        };
        for _ in 0..TRIES {
            for sound in ["priv-callpending", &self.introduction, options] {
                if let Some(key) = playing::play_until(theirs, sound, keys).await.key() {
                    return Some(key);
                }
            }
            if let Some(key) = playing::play_until(theirs, "vm-sorry", keys).await.key() {
                return Some(key);
            }
        }
        None
    }
}

/// A number without what is written for the eye.
fn shrunk(number: &str) -> String {
    number.chars().filter(|sign| sign.is_alphanumeric() || matches!(sign, '+' | '*' | '#' | '_' | '-')).collect()
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    /// A call to somebody who presses a key when asked.
    fn told(options: &str, key: &str, more: &str) -> crate::applications::testing::Told {
        let plan = format!(
            "Dial(Local/200@default,20,{options})
             NoOp(${{DIALSTATUS}} ${{DB(privacy/100/5551)}})
             exten => 200,1,Answer()
             exten => 200,2,Wait(1)
             exten => 200,3,SendDTMF({key})
             exten => 200,4,Wait(2)
             {more}"
        );
        Trial::of(&plan).file("musiconhold.conf", "").run()
    }

    fn with_number(options: &str, key: &str) -> crate::applications::testing::Told {
        let plan = format!(
            "Set(CALLERID(num)=5551)
             Dial(Local/200@default,20,{options})
             NoOp(${{DIALSTATUS}} ${{DB(privacy/100/5551)}})
             Dial(Local/200@default,20,{options})
             NoOp(${{DIALSTATUS}})
             exten => 200,1,Answer()
             exten => 200,2,Wait(1)
             exten => 200,3,SendDTMF({key})
             exten => 200,4,Wait(2)"
        );
        Trial::of(&plan).file("musiconhold.conf", "").hang_up(120.0).run()
    }

    #[test]
    fn the_callee_hears_the_caller_and_takes_the_call() {
        let told = told("pg", "1", "");
        let sounds = told.sounds();
        assert_eq!(sounds.first(), Some(&"priv-recordintro"), "{:#?}", told.lines);
        assert!(sounds.contains(&"priv-callpending") && sounds.contains(&"vm-dialout"), "{sounds:?}");
        assert!(told.has("100@default:3 NoOp ANSWER"), "{:#?}", told.lines);
        assert!(told.names("sounds/priv-callerintros").is_empty(), "a caller without a number is forgotten");
    }

    #[test]
    fn what_the_callee_decides_is_kept_for_the_next_call() {
        for (key, status, decision) in [
            ("2", "NOANSWER", "deny"),
            ("3", "TORTURE", "torture"),
            ("4", "DONTCALL", "kill"),
            ("5", "NOANSWER", "allow"),
        ] {
            let told = with_number("Pg", key);
            assert!(told.has(&format!("100@default:4 NoOp {status} {decision}")), "{key} {:#?}", told.lines);
            let second = if decision == "allow" { "ANSWER" } else { status };
            assert!(told.has(&format!("100@default:6 NoOp {second}")), "{key} {:#?}", told.lines);
            let introduced = told.sounds().iter().filter(|sound| **sound == "priv-recordintro").count();
            assert_eq!(introduced, 1, "{key}");
        }
    }

    #[test]
    fn whose_number_is_known_passes_with_option_n_and_introductions_go() {
        let told = with_number("pNg", "1");
        assert!(!told.sounds().contains(&"priv-recordintro"), "{:?}", told.sounds());
        let told = with_number("png", "1");
        assert!(told.names("sounds/priv-callerintros").is_empty());
        let told = with_number("pg", "1");
        assert_eq!(told.names("sounds/priv-callerintros"), ["5551.sln"]);
    }
}
