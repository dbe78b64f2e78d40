//! `Authenticate`

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use md5::{Digest as _, Md5};

use super::keying::{self, Entry, Wanted};
use super::playing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Options, Outcome, Run};

/// Lets only callers go on who know a password.
///
/// The caller has three attempts; after the third the call ends. A password that begins with `/` names a file with one
/// password a line, or with option `d` a family of the AstDB whose keys are the passwords. An unanswered call is
/// answered first.
pub static AUTHENTICATE: Application = Application {
    name: "Authenticate",
    synopsis: "Asks for a password",
    arguments: &[
        Argument::required("password", Kind::Text),
        Argument::optional("options", Kind::Options),
        Argument::optional("maxdigits", Kind::Number),
        Argument::optional("prompt", Kind::Sounds),
    ],
    options: &[
        Letter::plain('a', "makes the password, or the account of option m, the account code of the channel"),
        Letter::plain('d', "takes the path for a family of the AstDB"),
        Letter::plain('m', "reads lines of account code, colon and the password's MD5 hash from the file"),
        Letter::plain('r', "removes the key from the AstDB once it was used"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(authenticate(call, arguments))),
};

const ATTEMPTS: usize = 3;
const LONGEST: usize = 254;

async fn authenticate(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(password) = arguments.given(0) else {
        call.context().warn("Authenticate needs a password");
        return Outcome::Hangup;
    };
    let options = arguments.options(1);
    let most = arguments.seconds(2).filter(|most| *most >= 1.0).map_or(LONGEST, |most| most as usize).min(LONGEST);
    call.answer(Duration::ZERO).await;
    let mut prompt = arguments.given(3).unwrap_or("agent-pass");
    for _ in 0..ATTEMPTS {
        let mut entered = String::new();
        let wanted = Wanted::of(call).at_most(most);
        if keying::ask(call, prompt, &wanted, &mut entered).await == Entry::Failed {
            break;
        }
        if let Some(account) = check(call, password, &entered, &options) {
            if options.has('a') {
                call.context().set_account(&account);
            }
            playing::play(call, "auth-thankyou").await;
            return Outcome::Continue;
        }
        prompt = "auth-incorrect";
    }
    playing::play(call, "vm-goodbye").await;
    Outcome::Hangup
}

/// The account that the entry opens.
fn check(call: &Call, password: &str, entered: &str, options: &Options) -> Option<String> {
    if !password.starts_with('/') {
        return (entered == password).then(|| entered.to_owned());
    }
    if options.has('d') {
        return check_database(call, password.trim_start_matches('/'), entered, options.has('r'));
    }
    let lines = match std::fs::read(Path::new(password)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            call.context().warn(&format!("Authenticate: {password}: {error}"));
            return None;
        }
    };
    let mut lines = lines.lines().map(str::trim_end);
    if !options.has('m') {
        return lines.find(|line| *line == entered).map(str::to_owned);
    }
    let mut hash = String::new();
    for octet in Md5::digest(entered) {
        // Writing to a String cannot fail.
        let _ = write!(hash, "{octet:02x}");
    }
    let mut accounts = lines.filter_map(|line| line.split_once(':'));
    accounts.find(|(_, known)| known.eq_ignore_ascii_case(&hash)).map(|(account, _)| account.to_owned())
}

/// Through the functions of the dialplan, which know where the AstDB is.
fn check_database(call: &Call, family: &str, key: &str, remove: bool) -> Option<String> {
    let mut context = call.context();
    let place = format!("{family}/{key}");
    let mut exists = String::new();
    context.read_function("DB_EXISTS", &place, &mut exists);
    if key.is_empty() || exists != "1" {
        return None;
    }
    if remove {
        context.read_function("DB_DELETE", &place, &mut exists);
    }
    Some(key.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn three_attempts() {
        let told = Trial::of("Authenticate(1234)\nHangup").press("wwww99#wwwwww1234#").run();
        assert_eq!(told.sounds(), ["agent-pass", "auth-incorrect", "auth-thankyou"]);
        let told = Trial::of("Authenticate(1234)\nHangup").press("1#wwwwwwwwww2#wwwwwwwwww3#").run();
        assert_eq!(told.sounds(), ["agent-pass", "auth-incorrect", "auth-incorrect", "vm-goodbye"]);
        assert!(!told.has("100@default:3"), "{:?}", told.lines);
    }

    #[test]
    fn passwords_may_be_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        std::fs::write(path, "acc:81dc9bdb52d04dc20036dbd8313ed055\n").unwrap();
        let told = Trial::of(&format!("Authenticate({path},m,4)\nHangup")).press("1234").run();
        assert!(told.has("100@default:3 Hangup"), "{:?}", told.lines);
        std::fs::write(path, "77\n88\n").unwrap();
        let told = Trial::of(&format!("Authenticate({path},a,2)\nHangup")).press("88").run();
        assert!(told.has("100@default:3 Hangup"), "{:?}", told.lines);
    }
}
