//! `VMSayName`

use super::{leave, telling};
use crate::applications::playing;
use crate::applications::saying;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

/// Plays the name that the owner of a mailbox recorded, or says the number of the mailbox.
///
/// A key ends it and begins an extension.
pub static VM_SAY_NAME: Application = Application {
    name: "VMSayName",
    synopsis: "Says the name of a mailbox's owner",
    arguments: &[Argument::required("mailbox[@context]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(say_name(call, arguments))),
};

async fn say_name(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(text) = arguments.given(0) else {
        call.context().warn("VMSayName needs a mailbox");
        return Outcome::Hangup;
    };
    let user = leave::named(call, text);
    let name = user.and_then(|user| telling::greeting(call, &user, "greet"));
    let words = match name {
        Some(name) => vec![name],
        None => {
            let mailbox = text.split('@').next().unwrap_or(text);
            let mut words = vec!["vm-extension".to_owned()];
            words.extend(saying::characters(mailbox));
            words
        }
    };
    playing::play_each(call, &words, "").await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_name_if_there_is_one() {
        let trial = |mailbox: &str| {
            Trial::of(&format!("VMSayName({mailbox})"))
                .file("voicemail.conf", "[default]\n300 => 1\n301 => 1\n")
                .file("var/spool/voicemail/default/300/greet.ulaw", "\u{7f}\u{7f}")
                .run()
        };
        assert!(trial("300@default").sounds()[0].ends_with("default/300/greet"));
        assert_eq!(trial("301").sounds(), ["vm-extension", "digits/3", "digits/0", "digits/1"]);
    }
}
