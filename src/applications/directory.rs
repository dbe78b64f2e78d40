//! `Directory`

use std::sync::Arc;
use std::time::Duration;

use super::playing::{self, ANY_KEY};
use super::saying::{self, Language};
use crate::interpreter::{
    Application, Argument, Arguments, Call, Keyed, Kind, Letter, Options, Outcome, Run, Sets, leading_integer,
};
use crate::storage::voicemail::{Settings, User};

/// Lets the caller find an extension by the name of its mailbox's owner, keyed on the telephone's letters.
///
/// The names are those of a context of `voicemail.conf` (`default`; all of them where `searchcontexts` says so) without
/// `hidefromdir`. `1` calls who was named, in `dial-context` or else here, `*` goes to the next. There `0` leads to `o` and `*`
/// at the beginning to `a`. An unanswered call is answered first.
pub static DIRECTORY: Application = Application {
    name: "Directory",
    synopsis: "Lets the caller find an extension by name",
    arguments: &[
        Argument::optional("vm-context", Kind::Text),
        Argument::optional("dial-context", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('a', "takes aliases, too: `alias=` behind a mailbox"),
        Letter::with('b', "digits", "takes first and last names"),
        Letter::with('c', "file", "reads the names from this file instead of voicemail.conf"),
        Letter::plain('d', "shows the names on telephones with ADSI: there are none"),
        Letter::plain('e', "says the extension, too"),
        Letter::with('f', "digits", "takes first names"),
        Letter::with('l', "digits", "takes last names, as without an option"),
        Letter::plain('m', "names up to eight at once, each with a key of its own"),
        Letter::plain('n', "does not answer the call"),
        Letter::with('p', "milliseconds", "waits before it begins"),
        Letter::plain('s', "calls nobody: DIRECTORY_EXTEN says who was chosen"),
    ],
    sets: &[
        Sets {
            variable: "DIRECTORY_RESULT",
            values: &["OPERATOR", "ASSISTANT", "TIMEOUT", "HANGUP", "SELECTED", "USEREXIT", "FAILED"],
        },
        Sets { variable: "DIRECTORY_EXTEN", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(directory(call, arguments))),
};

/// So many names a menu has, and so often it is told.
const MENU: usize = 8;
const MENU_TRIES: usize = 3;

/// Which names are keyed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    First,
    Last,
    Both,
}

async fn directory(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(2);
    let here = call.channel.state().position.context.clone();
    let dial = arguments.given(1).unwrap_or(&here).to_owned();
    let by = match (options.has('b') || (options.has('f') && options.has('l')), options.has('f')) {
        (true, _) => By::Both,
        (_, true) => By::First,
        _ => By::Last,
    };
    if !options.has('n') {
        call.answer(Duration::ZERO).await;
    }
    call.channel.set_variable("DIRECTORY_RESULT", "HANGUP");
    if let Some(pause) = options.argument('p').and_then(leading_integer) {
        tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0))).await;
    }
    let settings = match options.argument('c').filter(|file| !file.is_empty()) {
        Some(file) => Arc::new(Settings::read(&call.exchange.directories.etc.join(file), "")),
        None => call.exchange.voicemail.settings(),
    };
    let context = arguments.given(0).or_else(|| (!settings.searches).then_some("default"));
    let is_there = |user: &&Arc<User>| {
        let is_in = context.is_none_or(|context| user.context.eq_ignore_ascii_case(context));
        is_in && !user.preferences.is_hidden && !user.name.is_empty()
    };
    let users: Vec<Arc<User>> = settings.mailboxes.iter().filter(is_there).cloned().collect();
    let result = look_up(call, &users, by, &options, &dial, &settings.directory_intro).await;
    call.context().set("DIRECTORY_RESULT", result);
    Outcome::Continue
}

async fn look_up(
    call: &mut Call,
    users: &[Arc<User>],
    by: By,
    options: &Options,
    dial: &str,
    intro: &str,
) -> &'static str {
    let length = ['b', 'f', 'l'].into_iter().find_map(|letter| options.argument(letter).and_then(leading_integer));
    let length = length.and_then(|length| usize::try_from(length).ok()).filter(|length| *length > 0).unwrap_or(3);
    let mut is_first = true;
    for _ in 0..3 {
        let words = match intro {
            "" => introduction(by, length, std::mem::take(&mut is_first), Language::spoken_to(&call.channel)),
            intro => vec![intro.to_owned()],
        };
        let mut key = playing::play_each(call, &words, ANY_KEY).await.key();
        let mut keyed = String::new();
        while keyed.len() < length {
            let pressed = match key.take() {
                Some(key) => Some(key),
                None => match call.key(Duration::from_secs(5)).await {
                    Keyed::Key(key) => Some(key),
                    Keyed::TimedOut => None,
                },
            };
            match pressed {
                Some('0') if keyed.is_empty() => return leave(call, dial, "o", "OPERATOR"),
                Some('*') if keyed.is_empty() => return leave(call, dial, "a", "ASSISTANT"),
                Some('#') | None => break,
                Some(digit) => keyed.push(digit),
            }
        }
        if keyed.is_empty() {
            continue;
        }
        let matching: Vec<&Arc<User>> =
            users.iter().filter(|user| is_named(user, by, options.has('a'), &keyed)).collect();
        if matching.is_empty() {
            playing::play(call, "dir-nomatch").await;
            continue;
        }
        let result = match options.has('m') {
            true => offer_together(call, &matching, options, dial).await,
            false => offer(call, &matching, options, dial).await,
        };
        if let Some(result) = result {
            return result;
        }
        playing::play(call, "dir-nomore").await;
    }
    "TIMEOUT"
}

/// "Welcome to the directory. Please enter the first three letters of your party's last name …"
fn introduction(by: By, length: usize, is_first: bool, language: Language) -> Vec<String> {
    let mut words = Vec::new();
    if is_first {
        words.push("dir-welcome".to_owned());
    }
    words.push("dir-pls-enter".to_owned());
    words.extend(saying::number(i64::try_from(length).unwrap_or(3), language));
    words.push(match by {
        By::First => "dir-first".to_owned(),
        By::Last => "dir-last".to_owned(),
        By::Both => "dir-firstlast".to_owned(),
    });
    words.push("dir-usingkeypad".to_owned());
    words
}

/// Lets the caller choose a mailbox of a context by its owner's name; nothing where none was chosen.
pub async fn choose(call: &mut Call, context: &str) -> Option<String> {
    call.channel.set_variable("DIRECTORY_EXTEN", "");
    directory(call, Arguments::new(format!("{context},,sen"))).await;
    call.context().get("DIRECTORY_EXTEN").filter(|number| !number.is_empty())
}

/// Names one after the other until the caller takes one.
async fn offer(call: &mut Call, users: &[&Arc<User>], options: &Options, dial: &str) -> Option<&'static str> {
    for user in users {
        let mut words = named(call, user, options);
        words.push("dir-instr".to_owned());
        match pressed(call, &words, "1*0#").await {
            Some('1') => return Some(select(call, user, options, dial)),
            Some('0') => return Some(leave(call, dial, "o", "OPERATOR")),
            Some('#') => return Some("USEREXIT"),
            _ => {}
        }
    }
    None
}

/// Names up to eight at a time, each with its key; `9` goes to the next ones.
async fn offer_together(call: &mut Call, users: &[&Arc<User>], options: &Options, dial: &str) -> Option<&'static str> {
    let mut groups = users.chunks(MENU).peekable();
    while let Some(group) = groups.next() {
        let mut words = Vec::new();
        for (user, key) in group.iter().zip(1..) {
            words.push("dir-multi1".to_owned());
            words.push(format!("digits/{key}"));
            words.push("dir-multi2".to_owned());
            words.extend(named(call, user, options));
        }
        if groups.peek().is_some() {
            words.push("dir-multi9".to_owned());
        }
        for _ in 0..MENU_TRIES {
            match pressed(call, &words, ANY_KEY).await {
                Some('0') => return Some(leave(call, dial, "o", "OPERATOR")),
                Some('#') => return Some("USEREXIT"),
                Some('9') => break,
                Some(key) => {
                    let chosen = key.to_digit(10).and_then(|key| usize::try_from(key).ok()?.checked_sub(1));
                    if let Some(user) = chosen.and_then(|at| group.get(at)) {
                        return Some(select(call, user, options, dial));
                    }
                }
                None => {}
            }
        }
    }
    None
}

/// The name of a user, by its own voice where it recorded it, and with option `e` its extension.
fn named(call: &Call, user: &User, options: &Options) -> Vec<String> {
    let greeting = call.exchange.voicemail.greeting(user, "greet").to_string_lossy().into_owned();
    let mut words = match call.exchange.audio().sounds.has(&greeting, "") {
        true => vec![greeting],
        false => saying::characters(&user.name),
    };
    if options.has('e') {
        words.push("vm-extension".to_owned());
        words.extend(saying::digits(&user.mailbox));
    }
    words
}

/// The key that is pressed while words play, or shortly afterwards.
async fn pressed(call: &mut Call, words: &[String], keys: &str) -> Option<char> {
    match playing::play_each(call, words, keys).await.key() {
        Some(key) => Some(key),
        None => match call.key(Duration::from_secs(3)).await {
            Keyed::Key(key) => Some(key),
            Keyed::TimedOut => None,
        },
    }
}

fn select(call: &Call, user: &User, options: &Options, dial: &str) -> &'static str {
    let mut context = call.context();
    if options.has('s') {
        context.set("DIRECTORY_EXTEN", &user.mailbox);
        return "SELECTED";
    }
    let caller = context.state.caller.number().to_owned();
    if !context.lookup().exists(dial, &user.mailbox, 1, &caller) {
        context.warn(&format!("Directory: there is no extension {} in {dial}", user.mailbox));
        return "FAILED";
    }
    context.state.jump(dial, &user.mailbox, 1);
    "SELECTED"
}

/// Goes to the operator or the assistant, if there is one.
fn leave(call: &Call, dial: &str, extension: &str, result: &'static str) -> &'static str {
    let mut context = call.context();
    let caller = context.state.caller.number().to_owned();
    if !context.lookup().exists(dial, extension, 1, &caller) {
        return "FAILED";
    }
    context.state.jump(dial, extension, 1);
    result
}

/// Whether a name begins with what was keyed.
fn is_named(user: &User, by: By, by_alias: bool, keyed: &str) -> bool {
    let begins = |name: &str| name.chars().map(key_of).collect::<String>().starts_with(keyed);
    let last = user.name.rsplit(' ').next().unwrap_or("");
    (by != By::Last && begins(&user.name))
        || (by != By::First && begins(last))
        || (by_alias && user.preferences.aliases.iter().any(|alias| begins(alias)))
}

/// The key that carries a letter (ITU-T E.161).
fn key_of(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        digit if digit.is_ascii_digit() => digit,
        _ => '0',
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::{Told, Trial};

    const BOXES: &str = "[office]\n300 => 1,Ann Lee\n301 => 1,Bob Leech\n302 => 1,Cy Lee,,,hidefromdir=yes\n\
                         303 => 1,Robert Moss,,,alias=Bobby\n";

    fn told(step: &str, keys: &str) -> Told {
        let plan = format!("{step}\nNoOp(on)\nexten => o,1,NoOp(operator)\n[office]\nexten => _30X,1,NoOp(found)");
        Trial::of(&plan).file("voicemail.conf", BOXES).press(keys).run()
    }

    #[test]
    fn a_name_leads_to_its_extension() {
        let by_last = told("Directory(office,office)", &format!("533{}*{}1", "w".repeat(6), "w".repeat(6)));
        assert!(by_last.has("301@office:1 NoOp found"), "{:?}", by_last.lines);
        let by_first = told("Directory(office,office,fe)", &format!("266{}1", "w".repeat(5)));
        assert!(by_first.has("300@office:1 NoOp found"), "{:?}", by_first.lines);
        let by_alias = told("Directory(office,office,la)", &format!("262{}1", "w".repeat(6)));
        assert!(by_alias.has("303@office:1 NoOp found"), "{:?}", by_alias.lines);
        assert!(told("Directory(office)", "0").has("o@default:1 NoOp operator"));
    }

    #[test]
    fn several_are_named_at_once_and_nobody_is_called_where_the_plan_does_that() {
        let menu = told("Directory(office,office,bm)", &format!("533{}2", "w".repeat(30)));
        assert!(menu.sounds().contains(&"dir-multi2"), "{:?}", menu.lines);
        assert!(menu.has("301@office:1 NoOp found"), "{:?}", menu.lines);
        let chosen = told("Directory(office,office,s)", &format!("533{}1", "w".repeat(6)));
        assert!(chosen.has("100@default:3 NoOp on"), "{:?}", chosen.lines);
        let told = (chosen.value("DIRECTORY_EXTEN"), chosen.value("DIRECTORY_RESULT"));
        assert_eq!(told, (Some("300"), Some("SELECTED")));
    }

    #[test]
    fn names_of_another_file() {
        let plan = "Directory(office,here,c(staff.conf))\n[here]\nexten => 400,1,NoOp(found)";
        let told = Trial::of(plan)
            .file("staff.conf", "[office]\n400 => 1,Dee Moss\n")
            .press(&format!("667{}1", "w".repeat(6)))
            .run();
        assert!(told.has("400@here:1 NoOp found"), "{:?}", told.lines);
    }

    #[test]
    fn nobody_of_that_name() {
        let nobody = told("Directory(office)", "999");
        assert!(nobody.sounds().contains(&"dir-nomatch"));
        assert_eq!(nobody.value("DIRECTORY_RESULT"), Some("TIMEOUT"));
    }
}
