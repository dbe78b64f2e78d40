//! The main menu.

use super::session::{Fate, Session, URGENT, folder};
use super::{advanced, forward, greetings, newcomer, playing};
use crate::applications::saying::{Language, number};
use crate::applications::voicemail::{key, prompt, prompts, telling};
use crate::interpreter::Call;

/// How the owner left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Done,
    /// For a call of its own.
    Dialled,
}

/// What comes next: a key, or the end.
pub(super) enum Turn {
    Key(Option<char>),
    Leave(Left),
}

/// Walks the menu until the owner leaves.
pub(super) async fn walk(call: &mut Call, session: &mut Session, first: Option<usize>) -> Left {
    if let Some(left) = newcomer::welcome(call, session).await {
        return left;
    }
    let mut pressed = match first.and_then(folder) {
        Some(folder) => {
            session.change_to(folder);
            (session.len() > 0).then_some('1')
        }
        None => {
            let pressed = introduce(call, session).await;
            if session.count(URGENT) > 0 {
                session.change_to(URGENT);
            } else if session.count("INBOX") == 0 && session.count("Old") > 0 {
                session.change_to("Old");
            }
            pressed
        }
    };
    loop {
        let turn = match pressed {
            Some('#') => return Left::Done,
            Some(key) => obey(call, session, key).await,
            None => instruct(call, session, false).await,
        };
        match turn {
            Turn::Key(key) => pressed = key,
            Turn::Leave(left) => return left,
        }
    }
}

/// "You have one new and two old messages."
async fn introduce(call: &mut Call, session: &Session) -> Option<char> {
    let mut words = Vec::new();
    if session.user.preferences.warns_of_temporary && telling::greeting(call, &session.user, "temp").is_some() {
        words.push("vm-tempgreetactive".to_owned());
    }
    let (urgent, new, old) = (session.count(URGENT), session.count("INBOX"), session.count("Old"));
    words.push("vm-youhave".to_owned());
    let groups = [(urgent, "vm-Urgent"), (new, "vm-INBOX"), (old, "vm-Old")];
    let present: Vec<_> = groups.into_iter().filter(|(count, _)| *count > 0).collect();
    for (at, (count, name)) in present.iter().enumerate() {
        if at > 0 {
            words.push("vm-and".to_owned());
        }
        words.extend(number(i64::try_from(*count).unwrap_or(i64::MAX), Language::spoken_to(&call.channel)));
        words.push((*name).to_owned());
    }
    match present.last() {
        None => words.extend(["vm-no", "vm-messages"].map(str::to_owned)),
        Some((1, _)) => words.push("vm-message".to_owned()),
        Some(_) => words.push("vm-messages".to_owned()),
    }
    prompts(call, &words).await
}

async fn obey(call: &mut Call, session: &mut Session, pressed: char) -> Turn {
    let next = match pressed {
        '1' => {
            session.current = 0;
            play(call, session).await
        }
        '5' => play(call, session).await,
        '2' => change_folder(call, session).await,
        '3' => return advanced::menu(call, session).await,
        '4' => previous(call, session).await,
        '6' => next(call, session).await,
        '7' => delete(call, session).await,
        '8' if session.len() > 0 => forward::forward(call, session).await,
        '8' => prompt(call, "vm-nomore").await,
        '9' => save(call, session).await,
        '0' => greetings::menu(call, session).await,
        '*' => return help(call, session).await,
        _ => None,
    };
    Turn::Key(next)
}

/// Plays the current message, if there is one.
async fn play(call: &mut Call, session: &mut Session) -> Option<char> {
    match session.number() {
        Some(_) => playing::play(call, session).await,
        None => prompt(call, "vm-nomore").await,
    }
}

async fn previous(call: &mut Call, session: &mut Session) -> Option<char> {
    if session.current > 0 {
        session.current -= 1;
    } else if session.folder == "INBOX" && session.count(URGENT) > 0 {
        session.change_to(URGENT);
        session.current = session.len().saturating_sub(1);
    } else if session.user.preferences.wraps && session.len() > 0 {
        session.current = session.len() - 1;
    } else {
        return prompt(call, "vm-nomore").await;
    }
    play(call, session).await
}

async fn next(call: &mut Call, session: &mut Session) -> Option<char> {
    if session.is_starting && session.len() > 0 {
        // The first is still to be heard.
        session.current = usize::from(session.len() > 1);
    } else if !session.is_last() {
        session.current += 1;
    } else if session.folder == URGENT && session.count("INBOX") > 0 {
        session.change_to("INBOX");
    } else if session.user.preferences.wraps && session.len() > 0 {
        session.current = 0;
    } else {
        return prompt(call, "vm-nomore").await;
    }
    play(call, session).await
}

async fn delete(call: &mut Call, session: &mut Session) -> Option<char> {
    if session.is_read_only || session.number().is_none() {
        return None;
    }
    let is_gone = matches!(session.fate(), Fate::Deleted | Fate::Saved);
    session.set_fate(if is_gone { Fate::Heard } else { Fate::Deleted });
    let pressed = prompt(call, if is_gone { "vm-undeleted" } else { "vm-deleted" }).await;
    go_on(call, session, pressed).await
}

/// After a deletion or a save the next message follows, where the mailbox wants it.
async fn go_on(call: &mut Call, session: &mut Session, pressed: Option<char>) -> Option<char> {
    if pressed.is_some() || !session.user.preferences.next_after_command {
        return pressed;
    }
    next(call, session).await
}

async fn save(call: &mut Call, session: &mut Session) -> Option<char> {
    session.number()?;
    let digit = match choose_folder(call, "vm-savefolder", 0).await {
        Some(digit) => digit,
        None => return None,
    };
    let name = folder(digit)?;
    let pressed = match session.save_to(name) {
        Ok(()) => {
            session.set_fate(Fate::Saved);
            let mut words = vec!["vm-message".to_owned()];
            words.extend(number(
                i64::try_from(session.current + 1).unwrap_or(i64::MAX),
                Language::spoken_to(&call.channel),
            ));
            words.extend(["vm-savedto".to_owned(), format!("vm-{name}"), "vm-messages".to_owned()]);
            prompts(call, &words).await
        }
        Err(error) => {
            call.context().warn(&format!("VoiceMailMain: {name}: {error}"));
            prompt(call, "vm-mailboxfull").await
        }
    };
    go_on(call, session, pressed).await
}

async fn change_folder(call: &mut Call, session: &mut Session) -> Option<char> {
    if let Some(digit) = choose_folder(call, "vm-changeto", 0).await {
        session.change_to(folder(digit)?);
    }
    let name = format!("vm-{}", session.folder);
    prompts(call, &[name, "vm-messages".to_owned()]).await
}

/// Asks for a folder by its digit; nothing where the owner gives up.
async fn choose_folder(call: &mut Call, question: &str, first: usize) -> Option<usize> {
    let mut pressed = prompt(call, question).await;
    for _ in 0..4 {
        match pressed {
            Some('#') => return None,
            Some(key) if key.is_ascii_digit() => return key.to_digit(10).map(|digit| digit as usize),
            _ => {}
        }
        pressed = list_folders(call, first).await;
    }
    None
}

/// "Press zero for new messages, press one …"
async fn list_folders(call: &mut Call, first: usize) -> Option<char> {
    if let Some(key) = prompt(call, "vm-press").await {
        return Some(key);
    }
    for digit in first..5 {
        let name = folder(digit)?;
        let words = [format!("digits/{digit}"), "vm-for".to_owned(), format!("vm-{name}"), "vm-messages".to_owned()];
        if let Some(key) = prompts(call, &words).await {
            return Some(key);
        }
        if let Some(key) = key(call, 500).await {
            return Some(key);
        }
    }
    match prompt(call, "vm-tocancel").await {
        Some(key) => Some(key),
        None => key(call, 4000).await,
    }
}

/// Says what the keys do in the menu of the folder, then what they do otherwise.
async fn help(call: &mut Call, session: &mut Session) -> Turn {
    if session.is_starting {
        return Turn::Key(None);
    }
    let folder = format!("vm-{}", session.folder);
    match prompts(call, &["vm-onefor", &folder, "vm-messages", "vm-opts"].map(str::to_owned)).await {
        Some(key) => Turn::Key(Some(key)),
        None => instruct(call, session, true).await,
    }
}

/// Says what the keys do, and waits for one. Who never presses one has left.
async fn instruct(call: &mut Call, session: &mut Session, is_full: bool) -> Turn {
    let mut words: Vec<String> = Vec::new();
    let mut say = |word: &str| words.push(word.to_owned());
    if is_full {
        say("vm-onefor-full");
        say(&format!("vm-{}", session.folder));
        say("vm-messages");
        say("vm-opts-full");
    }
    if session.is_starting {
        if session.len() > 0 {
            say("vm-onefor");
            say(&format!("vm-{}", session.folder));
            say("vm-messages");
        }
        say("vm-opts");
    } else {
        let preferences = &session.user.preferences;
        let in_urgent = session.folder == URGENT;
        let has_before = session.current > 0 || preferences.wraps;
        if has_before || (session.folder == "INBOX" && session.count(URGENT) > 0) {
            say("vm-prev");
        }
        if !is_full {
            say("vm-advopts");
        }
        say("vm-repeat");
        if !session.is_last() || preferences.wraps || (in_urgent && session.count("INBOX") > 0) {
            say("vm-next");
        }
        if !session.is_read_only {
            say(if matches!(session.fate(), Fate::Deleted | Fate::Saved) { "vm-undelete" } else { "vm-delete" });
        }
        say("vm-toforward");
        say("vm-savemessage");
    }
    say("vm-helpexit");
    let mut pressed = prompts(call, &words).await;
    if pressed.is_none() {
        pressed = key(call, 6000).await;
    }
    if pressed.is_some() {
        session.repeats = 0;
        return Turn::Key(pressed);
    }
    session.repeats += 1;
    if session.repeats > 2 { Turn::Leave(Left::Done) } else { Turn::Key(None) }
}
