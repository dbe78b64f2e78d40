//! `ResetCDR`, `NoCDR`, `SetAMAFlags`, `SetAccount`: what the call record notes

use tokio::time::Instant;

use crate::channel::record::CallRecord;
use crate::interpreter::{Application, Argument, Context, Kind, Letter, Options, Outcome, Run};

/// Begins the call record anew: its times count from now.
pub static RESET_CDR: Application = Application {
    name: "ResetCDR",
    synopsis: "Begins the call record anew",
    arguments: &[Argument::optional("options", Kind::Options)],
    options: &[
        Letter::plain('v', "keeps the fields that the plan set"),
        Letter::plain('e', "writes a record again after NoCDR"),
    ],
    sets: &[],
    run: Run::Compute(reset_cdr),
};

/// Writes no record of this call.
pub static NO_CDR: Application = Application {
    name: "NoCDR",
    synopsis: "Writes no record of this call",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(no_cdr),
};

/// Sets the flag for automated message accounting: `default`, `omit`, `billing`, `documentation`, or its number.
pub static SET_AMA_FLAGS: Application = Application {
    name: "SetAMAFlags",
    synopsis: "Sets the accounting flag of the call record",
    arguments: &[Argument::optional("flag", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(set_ama_flags),
};

/// Sets the account code of the call: the older form of `Set(CHANNEL(accountcode)=…)`.
pub static SET_ACCOUNT: Application = Application {
    name: "SetAccount",
    synopsis: "Sets the account code of the call",
    arguments: &[Argument::required("account", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(set_account),
};

fn reset_cdr(context: &mut Context<'_>, text: &str) -> Outcome {
    let options = Options::parse(text);
    let now = Instant::now();
    let record = &mut context.state.record;
    let mut fresh = CallRecord::new(now);
    fresh.context.clone_from(&record.context);
    fresh.extension.clone_from(&record.extension);
    fresh.is_disabled = record.is_disabled && !options.has('e');
    if options.has('v') {
        fresh.fields = std::mem::take(&mut record.fields);
    }
    if record.answer.is_some() {
        fresh.answer(now);
    }
    *record = fresh;
    Outcome::Continue
}

fn no_cdr(context: &mut Context<'_>, _: &str) -> Outcome {
    context.state.record.is_disabled = true;
    Outcome::Continue
}

fn set_ama_flags(context: &mut Context<'_>, flag: &str) -> Outcome {
    let known = match flag.to_ascii_lowercase().as_str() {
        "default" => Some(0),
        "omit" => Some(1),
        "billing" => Some(2),
        "documentation" => Some(3),
        number => number.parse().ok().filter(|number| *number <= 3),
    };
    match known {
        Some(number) => context.state.ama_flags = number,
        None => context.warn(&format!("SetAMAFlags: `{flag}` is no flag")),
    }
    Outcome::Continue
}

fn set_account(context: &mut Context<'_>, account: &str) -> Outcome {
    account.clone_into(&mut context.state.account_code);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn what_they_note_is_read_back() {
        let trial = Trial::run(
            "exten => 1,1,SetAccount(sales)\nsame => n,SetAMAFlags(billing)\nsame => n,NoCDR()\n\
             same => n,NoOp(${CHANNEL(accountcode)} ${CHANNEL(amaflags)})\n",
        );
        assert_eq!(trial.last_step(), "1@default:4 NoOp sales 2");
    }

    #[test]
    fn a_record_begun_anew_forgets_fields_unless_told_not_to() {
        let trial = Trial::run(
            "exten => 1,1,Set(CDR(shop)=7)\nsame => n,ResetCDR(v)\nsame => n,NoOp(<${CDR(shop)}>)\n\
             same => n,ResetCDR()\nsame => n,NoOp(<${CDR(shop)}>)\n",
        );
        assert!(trial.steps().contains("NoOp <7>\n"), "{}", trial.steps());
        assert_eq!(trial.last_step(), "1@default:5 NoOp <>");
    }
}
