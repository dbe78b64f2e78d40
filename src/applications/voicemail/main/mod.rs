//! `VoiceMailMain`: the owner's menus.

mod advanced;
mod forward;
mod greetings;
mod menu;
mod newcomer;
mod playing;
mod session;

use std::time::Duration;

use super::login::{Known, Login, escape, log_in};
use super::prompt;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run};
use session::Session;

/// Lets the owner of a mailbox hear its messages, forward, answer and file them, and record greetings.
///
/// Without a mailbox the caller is asked for it, then for the password. `*` at the login leads to `a` if there is one.
/// Messages that were heard go to the folder Old when the owner leaves. An unanswered call is answered first.
pub static VOICE_MAIL_MAIN: Application = Application {
    name: "VoiceMailMain",
    synopsis: "Lets the owner of a mailbox hear its messages",
    arguments: &[Argument::optional("mailbox[@context]", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::with('a', "folder", "begins with the messages of this folder, by its number"),
        Letter::with('g', "decibels", "amplifies recordings; they are always as loud as they come"),
        Letter::plain('p', "the mailbox is what stands before the number that the caller enters"),
        Letter::plain('r', "lets nothing be deleted"),
        Letter::plain('s', "asks for no password"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(voice_mail_main(call, arguments))),
};

async fn voice_mail_main(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(1);
    let text = arguments.get(0);
    let (mailbox, context) = text.split_once('@').unwrap_or((text, ""));
    call.answer(Duration::ZERO).await;
    let user = if options.has('s') && !mailbox.is_empty() && !options.has('p') {
        call.exchange.voicemail.find(mailbox, context)
    } else {
        None
    };
    let user = match user {
        Some(user) => user,
        None => {
            let (mailbox, prefix) = if options.has('p') { ("", mailbox) } else { (mailbox, "") };
            match log_in(call, &Known { mailbox, context, prefix, is_silent: false }).await {
                Login::Entered(user) => user,
                Login::Escaped => {
                    escape(call);
                    return Outcome::Continue;
                }
                Login::Refused => return Outcome::Continue,
            }
        }
    };
    let before = call.channel.state().language.clone();
    if !user.preferences.language.is_empty() {
        user.preferences.language.clone_into(&mut call.channel.state().language);
    }
    let folder = options.argument('a').and_then(|number| number.trim().parse().ok());
    let mut session = Session::open(call, user, options.has('r'));
    let left = menu::walk(call, &mut session, folder).await;
    session.close();
    match left {
        menu::Left::Done => _ = prompt(call, "vm-goodbye").await,
        menu::Left::Dialled => _ = prompt(call, "vm-dialout").await,
    }
    call.channel.state().language = before;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::{Told, Trial};

    const BOX: &str = "var/spool/voicemail/default/300";

    /// A mailbox with messages: the folder and number of each, and the caller it is from.
    fn trial(boxes: &str, messages: &[(&str, u32)]) -> Trial {
        let mut trial = Trial::of("VoiceMailMain(300,s)\nNoOp(after)").file("voicemail.conf", boxes);
        for (folder, number) in messages {
            let stem = format!("{BOX}/{folder}/msg{number:04}");
            let text = format!(
                "[message]\ncallerid=\"Bob\" <301>\norigtime=1772400000\nmsg_id={folder}{number}\nduration=200\n"
            );
            trial = trial.file(&format!("{stem}.txt"), &text).file(&format!("{stem}.ulaw"), "\u{7f}\u{7f}\u{7f}");
        }
        trial
    }

    const BOXES: &str = "[default]\n300 => 1234,Ann\n301 => 1\n";

    fn said(told: &Told) -> String {
        let bare = |sound: &&str| sound.rsplit('/').next().unwrap_or("").to_owned();
        told.sounds().iter().map(bare).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_owner_hears_what_is_there_and_leaves_with_the_hash_key() {
        let told = trial(BOXES, &[("INBOX", 0), ("Old", 0), ("Old", 1)]).press(&format!("{}#", "w".repeat(40))).run();
        assert!(
            said(&told).starts_with("vm-youhave 1 vm-INBOX vm-and 2 vm-Old vm-messages vm-onefor vm-INBOX"),
            "{}",
            said(&told)
        );
        assert!(told.has("100@default:3 NoOp after") && said(&told).ends_with("vm-goodbye"));
        let none = trial(BOXES, &[]).press("wwwwwww#").run();
        assert!(said(&none).starts_with("vm-youhave vm-no vm-messages vm-opts"), "{}", said(&none));
    }

    #[test]
    fn a_message_that_was_heard_is_old_afterwards() {
        let told =
            trial(BOXES, &[("INBOX", 0), ("INBOX", 1)]).press("1wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww#").run();
        let heard = said(&told);
        assert!(heard.contains("vm-first vm-message vm-received"), "{heard}");
        assert!(heard.contains("vm-duration 3 vm-minutes msg0000"), "{heard}");
        assert_eq!(told.names(&format!("{BOX}/Old")), ["msg0000.txt", "msg0000.ulaw"]);
        assert_eq!(told.names(&format!("{BOX}/INBOX")), ["msg0000.txt", "msg0000.ulaw"]);
        assert!(told.file(&format!("{BOX}/INBOX/msg0000.txt")).contains("msg_id=INBOX1"));
        assert!(told.has("event MessageWaiting Mailbox=300@default Waiting=1 New=1 Old=1"));
    }

    #[test]
    fn messages_are_deleted_kept_again_and_saved() {
        let boxes = "[general]\nenvelope=no\nsayduration=no\n[default]\n300 => 1\n";
        let told = trial(boxes, &[("INBOX", 0), ("INBOX", 1), ("INBOX", 2)]);
        // 1 plays the first, 7 deletes it; 6 plays the next, 7 deletes and undeletes; 6, and 9 3 saves to Family.
        let told = told.press("1wwwwww7www6wwwwww7www7www6wwwwww9w3wwwwwwwwwwww#").run();
        let heard = said(&told);
        assert!(
            heard.contains("vm-deleted") && heard.contains("vm-undeleted") && heard.contains("vm-savedto vm-Family"),
            "{heard}"
        );
        let ids = |folder: &str| told.file(&format!("{BOX}/{folder}/msg0000.txt"));
        assert!(ids("Old").contains("INBOX1") && ids("Family").contains("INBOX2"));
        assert_eq!(told.names(&format!("{BOX}/INBOX")), [""; 0]);
    }

    #[test]
    fn nothing_is_lost_when_the_owner_hangs_up() {
        let told = trial(BOXES, &[("INBOX", 0), ("INBOX", 1)]).press("1wwwwwwwwwwwwwwwwwwwwwwww7").hang_up(14.0).run();
        assert_eq!(told.names(&format!("{BOX}/INBOX")), ["msg0000.txt", "msg0000.ulaw"]);
        assert!(told.file(&format!("{BOX}/INBOX/msg0000.txt")).contains("INBOX1"));
    }

    #[test]
    fn a_message_is_forwarded_with_words_before_it() {
        let told = trial(BOXES, &[("INBOX", 0)])
            .press("1wwwwwwwwwwwwwwwwwwww8www301#www1wwwwwwwwwwwwwwwwww#wwwwwwwwwwwwww#")
            .run();
        assert!(said(&told).contains("vm-msgforwarded"), "{}", said(&told));
        let theirs = "var/spool/voicemail/default/301/INBOX";
        assert_eq!(told.names(theirs), ["msg0000.txt", "msg0000.ulaw"]);
        assert!(told.has("event MessageWaiting Mailbox=301@default Waiting=1 New=1 Old=0"));
    }

    #[test]
    fn greetings_and_the_password_are_the_owners_own() {
        let told = trial(BOXES, &[]).press("0www1wwwwwwwwwwwwwwwwwwwwwwww#www1wwww5www77#www77#wwww*w#").run();
        assert!(said(&told).contains("vm-rec-unv beep auth-thankyou vm-review vm-msgsaved"), "{}", said(&told));
        assert!(told.names(BOX).contains(&"unavail.wav".to_owned()), "{:?}", told.names(BOX));
        assert!(said(&told).contains("vm-passchanged"), "{}", said(&told));
        assert!(told.file("voicemail.conf").contains("300 => 77,Ann"));
    }

    #[test]
    fn advanced_options_answer_and_tell() {
        let boxes = "[general]\nsendvoicemail=yes\n[default]\n300 => 1234,Ann,,,callback=out\n301 => 1\n";
        let told = trial(boxes, &[("INBOX", 0)]).press("1wwwwwwwwwwwwwwwwwwww3www3wwwwwwwwwwwwwwwwwwwwww#").run();
        assert!(
            said(&told).contains("vm-toreply") && said(&told).contains("vm-from-phonenumber 3 0 1"),
            "{}",
            said(&told)
        );
        let told = trial(boxes, &[("INBOX", 0)]).press("1wwwwwwwwwwwwwwwwwwww3www1#wwwwwwwwwwwwwwwwwww#wwww#").run();
        assert_eq!(
            told.names("var/spool/voicemail/default/301/INBOX"),
            ["msg0000.txt", "msg0000.wav"],
            "{:?}",
            told.lines
        );
    }

    #[test]
    fn folders_are_chosen_by_a_digit_and_urgent_comes_first() {
        let told = trial(BOXES, &[("Work", 0), ("Urgent", 0)]).press("www2www2wwwwwwwwwwww1wwwwwwwwwwwwwwwww#").run();
        let heard = said(&told);
        assert!(heard.starts_with("vm-youhave 1 vm-Urgent"), "{heard}");
        assert!(heard.contains("vm-changeto") && heard.contains("vm-Work vm-messages"), "{heard}");
        assert!(heard.contains("msg0000"), "{heard}");
    }

    #[test]
    fn the_directory_finds_who_gets_a_message_and_urgent_stays_urgent() {
        let boxes =
            "[general]\nusedirectory=yes\nforward_urgent_auto=yes\n[default]\n300 => 1234,Ann\n301 => 1,Bob Lee\n";
        let keys = "1wwwwwwwwwwwwwwwwwwwwwwww8www2wwwwwwww533wwww1wwwwwwww2wwwwwwwwwwwwwwwwwww#";
        let told =
            trial(boxes, &[("Urgent", 0)]).file(&format!("{BOX}/Urgent/msg0000.txt"), "[message]\nflag=Urgent\n");
        let told = told.press(keys).run();
        assert!(said(&told).contains("vm-forward dir-welcome"), "{}", said(&told));
        assert!(said(&told).contains("vm-forwardoptions vm-msgforwarded"), "{}", said(&told));
        assert_eq!(told.names("var/spool/voicemail/default/301/Urgent"), ["msg0000.txt", "msg0000.ulaw"]);
    }

    #[test]
    fn words_that_end_in_silence_are_asked_for_again() {
        let boxes = "[general]\nmaxsilence=2\nvm-prepend-timeout=beeperr\n[default]\n300 => 1234,Ann\n301 => 1\n";
        let keys = "1wwwwwwwwwwwwwwwwwwwww8www301#www1wwwwwwwwwwwwwwwwwwwwwwwwwwwwww2wwwwwwwwwwwwwww#";
        let told = trial(boxes, &[("INBOX", 0)]).press(keys).run();
        let heard = said(&told);
        assert!(heard.contains("vm-forwardoptions beep vm-pls-try-again beeperr vm-forwardoptions"), "{heard}");
    }

    #[test]
    fn a_new_password_goes_into_the_table_in_which_the_mailbox_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("boxes.db");
        let database = rusqlite::Connection::open(&path).unwrap();
        let table = "CREATE TABLE voicemail (uniqueid INTEGER PRIMARY KEY, context TEXT, mailbox TEXT, password TEXT, \
                     fullname TEXT); INSERT INTO voicemail VALUES (1, 'default', '300', '1234', 'Ann'), \
                     (2, 'sales', '300', '9', 'Sue')";
        database.execute_batch(table).unwrap();
        let told = Trial::of("VoiceMailMain(300,s)\nVMAuthenticate(300,s)\nNoOp(in)")
            .file("extconfig.conf", "[settings]\nvoicemail => sqlite3,main,voicemail\n")
            .file("res_config_sqlite3.conf", &format!("[main]\ndbfile={}\n", path.display()))
            .press("wwwwwwwww0www5www77#www77#wwww*w#wwwwwwww77#")
            .run();
        assert!(said(&told).contains("vm-passchanged"), "{}", said(&told));
        assert!(told.has("100@default:4 NoOp in"), "{:#?}", told.lines);
        let query = "SELECT group_concat(password) FROM voicemail";
        assert_eq!(database.query_row(query, [], |row| row.get::<_, String>(0)).unwrap(), "77,9");
    }

    #[test]
    fn a_password_has_to_be_long_and_good_enough() {
        let boxes = "[general]\nminpassword=3\nexternpasscheck=sh -c 'test $3 = 777 && echo INVALID || echo VALID' check\n\
                     externpassnotify=echo \"$0\" >/dev/null\n[default]\n300 => 1234,Ann\n";
        let told = |keys: &str| trial(boxes, &[]).press(&format!("wwwwwwwww0www5www{keys}")).run();
        assert!(said(&told("77#www*w#")).contains("vm-newpassword vm-invalid-password"));
        assert!(said(&told("888#www889#wwww*w#")).contains("vm-mismatch vm-pls-try-again"));
        let changed = told("888#www888#wwww*w#");
        assert!(changed.file("voicemail.conf").contains("300 => 888,Ann"), "{}", said(&changed));
    }

    #[test]
    fn a_newcomer_is_guided() {
        let boxes = "[general]\nforcename=yes\n[default]\n300 => 300,Ann\n";
        let told = trial(boxes, &[]).press("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww#wwwwwww1wwwwwwww9#wwww9#wwwwww#").run();
        assert!(
            said(&told).starts_with("vm-newuser vm-rec-name beep auth-thankyou vm-review vm-msgsaved vm-newpassword"),
            "{}",
            said(&told)
        );
        assert!(told.names(BOX).contains(&"greet.wav".to_owned()), "{}", said(&told));
    }
}
