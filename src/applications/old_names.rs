//! Applications under the names they had before Asterisk 1.6, for plans of that time

use super::set::set;
use crate::channel::caller_id;
use crate::interpreter::{Application, Argument, Context, Exchange, Kind, Outcome, Run, leading_number};

const fn old(
    name: &'static str,
    synopsis: &'static str,
    arguments: &'static [Argument],
    run: fn(&mut Context<'_>, &str) -> Outcome,
) -> Application {
    Application { name, synopsis, arguments, options: &[], sets: &[], run: Run::Compute(run) }
}

const NAME_AND_VALUE: &[Argument] = &[Argument::required("name=value", Kind::Text)];
const TEXT: &[Argument] = &[Argument::required("text", Kind::Text)];
const SECONDS: &[Argument] = &[Argument::required("seconds", Kind::Seconds)];

/// Sets a variable; write `Set(NAME=value)`.
pub static SET_VAR: Application = old("SetVar", "Sets a variable; now Set", NAME_AND_VALUE, set);

/// Sets a global variable; write `Set(GLOBAL(NAME)=value)`.
pub static SET_GLOBAL_VAR: Application =
    old("SetGlobalVar", "Sets a global variable; now Set(GLOBAL(…)=…)", NAME_AND_VALUE, |context, text| {
        match text.split_once('=') {
            Some((name, value)) => context.set_global(name, value),
            None => context.warn(&format!("SetGlobalVar: there is no `=` in `{text}`")),
        }
        Outcome::Continue
    });

/// Sets name and number of the caller; write `Set(CALLERID(all)=…)`.
pub static SET_CALLER_ID: Application =
    old("SetCallerID", "Sets the caller's name and number; now Set(CALLERID(all)=…)", TEXT, |context, text| {
        let (name, number) = caller_id::parse(text.split('|').next().unwrap_or(text));
        context.state.caller.name = Some(name);
        context.state.caller.number = Some(number);
        context.announce_caller();
        Outcome::Continue
    });

/// Sets the caller's name; write `Set(CALLERID(name)=…)`.
pub static SET_CID_NAME: Application =
    old("SetCIDName", "Sets the caller's name; now Set(CALLERID(name)=…)", TEXT, |context, text| {
        context.state.caller.name = Some(text.to_owned());
        context.announce_caller();
        Outcome::Continue
    });

/// Sets the caller's number; write `Set(CALLERID(num)=…)`.
pub static SET_CID_NUM: Application =
    old("SetCIDNum", "Sets the caller's number; now Set(CALLERID(num)=…)", TEXT, |context, text| {
        context.state.caller.number = Some(text.to_owned());
        context.announce_caller();
        Outcome::Continue
    });

/// Sets the language of the call; write `Set(CHANNEL(language)=…)`.
pub static SET_LANGUAGE: Application =
    old("SetLanguage", "Sets the language of the call; now Set(CHANNEL(language)=…)", TEXT, |context, text| {
        text.clone_into(&mut context.state.language);
        Outcome::Continue
    });

/// Limits the time between two digits; write `Set(TIMEOUT(digit)=…)`.
pub static DIGIT_TIMEOUT: Application =
    old("DigitTimeout", "Limits the time between two digits; now Set(TIMEOUT(digit)=…)", SECONDS, |context, text| {
        context.state.timeouts.digit = Exchange::pause(leading_number(text));
        Outcome::Continue
    });

/// Limits the time until the first digit; write `Set(TIMEOUT(response)=…)`.
pub static RESPONSE_TIMEOUT: Application = old(
    "ResponseTimeout",
    "Limits the time until the first digit; now Set(TIMEOUT(response)=…)",
    SECONDS,
    |context, text| {
        context.state.timeouts.response = Exchange::pause(leading_number(text));
        Outcome::Continue
    },
);

/// Limits the time of the call; write `Set(TIMEOUT(absolute)=…)`.
pub static ABSOLUTE_TIMEOUT: Application =
    old("AbsoluteTimeout", "Limits the time of the call; now Set(TIMEOUT(absolute)=…)", SECONDS, |context, text| {
        let limit = Exchange::pause(leading_number(text));
        let now = tokio::time::Instant::now();
        context.state.timeouts.absolute = if limit.is_zero() { None } else { now.checked_add(limit) };
        Outcome::Continue
    });

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn plans_of_old_still_set_what_they_mean() {
        let trial = Trial::run("exten => 1,1,SetVar(A=1)\nsame => n,SetGlobalVar(B=2)\nsame => n,NoOp(${A}${B})\n");
        assert_eq!(trial.last_step(), "1@default:3 NoOp 12");
    }

    #[test]
    fn caller_language_and_timeouts_are_those_of_the_functions() {
        let trial = Trial::run(
            "exten => 1,1,SetCallerID(\"Ann\" <2001>)\nsame => n,NoOp(${CALLERID(name)} ${CALLERID(num)})\n\
             same => n,SetCIDName(Bob)\nsame => n,SetCIDNum(2002)\nsame => n,SetLanguage(de)\n\
             same => n,NoOp(${CALLERID(name)} ${CALLERID(num)} ${CHANNEL(language)})\n\
             same => n,DigitTimeout(3)\nsame => n,ResponseTimeout(7)\n\
             same => n,NoOp(${TIMEOUT(digit):0:1} ${TIMEOUT(response):0:1})\n",
        );
        let told: Vec<_> = trial.steps().lines().filter_map(|line| Some(line.split_once(" NoOp ")?.1)).collect();
        assert_eq!(told, ["Ann 2001", "Bob 2002 de", "3 7"]);
    }
}
