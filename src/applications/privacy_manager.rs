//! `PrivacyManager`

use std::time::Duration;

use super::keying::{self, Wanted};
use super::playing;
use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets, leading_number};

/// Asks a caller without a number for one.
///
/// A caller with a number passes, and nothing is set. The number has to have so many digits (10), and to be an extension of
/// the context if one is given; the caller has three attempts unless told otherwise, here or by `maxretries` and `minlength`
/// in `[general]` of `privacy.conf`. An unanswered call is answered first. With `j` a caller who fails goes on 101 steps
/// further, if there is such a step.
pub static PRIVACY_MANAGER: Application = Application {
    name: "PrivacyManager",
    synopsis: "Asks a caller without a number for one",
    arguments: &[
        Argument::optional("maxretries", Kind::Number),
        Argument::optional("minlength", Kind::Number),
        Argument::optional("options", Kind::Options),
        Argument::optional("context", Kind::Text),
    ],
    options: &[Letter::plain('j', "jumps where the caller fails, as Asterisk 1.4 did")],
    sets: &[Sets { variable: "PRIVACYMGRSTATUS", values: &["SUCCESS", "FAILED"] }],
    run: Run::Wait(|call, arguments| Box::pin(privacy_manager(call, arguments))),
};

async fn privacy_manager(call: &mut Call, arguments: Arguments) -> Outcome {
    if !call.channel.state().caller.number().is_empty() {
        return Outcome::Continue;
    }
    let path = call.exchange.directories.etc.join("privacy.conf");
    let config = path.is_file().then(|| Config::read(&mut Disk::default(), &path, &mut Sources::default()));
    let general = config.as_ref().and_then(|config| config.section("general"));
    let number = |at: usize, key: &str, usual: usize| {
        let configured = || general.and_then(|section| section.get(key)).map(leading_number);
        let number = arguments.seconds(at).or_else(configured).filter(|number| *number >= 1.0);
        number.map_or(usual, |number| number as usize)
    };
    let (attempts, shortest) = (number(0, "maxretries", 3), number(1, "minlength", 10));
    call.answer(Duration::ZERO).await;
    playing::play(call, "privacy-unident").await;
    let mut status = "FAILED";
    for _ in 0..attempts {
        let mut digits = String::new();
        let wanted = Wanted::of(call).at_most(29).within(Duration::from_millis(3200));
        keying::ask(call, "privacy-prompt", &wanted, &mut digits).await;
        let is_extension =
            arguments.given(3).is_none_or(|context| call.lookup(|lookup| lookup.exists(context, &digits, 1, "")));
        if digits.len() >= shortest && is_extension {
            {
                let mut state = call.channel.state();
                state.caller.number = Some(digits);
                state.caller.name.get_or_insert_with(|| "Privacy Manager".to_owned());
                state.caller.number_presentation = crate::channel::caller_id::Presentation::default();
            }
            playing::play(call, "privacy-thankyou").await;
            status = "SUCCESS";
            break;
        }
        playing::play(call, "privacy-incorrect").await;
    }
    call.context().set("PRIVACYMGRSTATUS", status);
    if status == "FAILED" {
        call.context().jump_after_failure(arguments.options(2).has('j'));
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_number_is_asked_for_where_there_is_none() {
        let told = |steps: &str, keys: &str| Trial::of(&format!("Set(CALLERID(num)=)\n{steps}")).press(keys).run();
        let good = told("PrivacyManager(2,4)\nNoOp(${CALLERID(num)})", &format!("{}5551#", "w".repeat(20)));
        assert_eq!(good.value("PRIVACYMGRSTATUS"), Some("SUCCESS"), "{:?}", good.lines);
        assert!(good.has("100@default:4 NoOp 5551"));
        let bad = told("PrivacyManager(1,4)", &format!("{}55#", "w".repeat(20)));
        assert_eq!(bad.value("PRIVACYMGRSTATUS"), Some("FAILED"));
        let strict = Trial::of("Set(CALLERID(num)=)\nPrivacyManager()")
            .file("privacy.conf", "[general]\nmaxretries=1\nminlength=2\n")
            .press(&format!("{}5#", "w".repeat(20)))
            .run();
        let asked = strict.sounds().into_iter().filter(|sound| *sound == "privacy-prompt").count();
        assert_eq!((strict.value("PRIVACYMGRSTATUS"), asked), (Some("FAILED"), 1));
        let known = Trial::of("Set(CALLERID(num)=7)\nPrivacyManager").run();
        assert_eq!((known.value("PRIVACYMGRSTATUS"), known.sounds().len()), (None, 0));
    }
}
