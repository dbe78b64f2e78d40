//! `ResetCDR`, `ForkCDR`, `NoCDR`, `SetCDRUserField`, `AppendCDRUserField`, `SetAMAFlags`, `SetAccount`: what the call record
//! notes

use tokio::time::Instant;

use crate::channel::Channel;
use crate::channel::record::Fork;
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

/// Begins a second call record beside the present one: both are written. The fields that the plan set stay with the
/// first unless option `v` says otherwise.
pub static FORK_CDR: Application = Application {
    name: "ForkCDR",
    synopsis: "Begins a second call record beside the present one",
    arguments: &[Argument::optional("options", Kind::Options)],
    options: &[
        Letter::plain('a', "counts the answer of the new record from now"),
        Letter::plain('e', "ends the present record"),
        Letter::plain('r', "counts the times of the new record from now"),
        Letter::plain('v', "keeps the fields that the plan set"),
    ],
    sets: &[],
    run: Run::Compute(fork_cdr),
};

/// Sets the field of the call record that is free for the plan: the older form of `Set(CDR(userfield)=…)`.
pub static SET_CDR_USER_FIELD: Application = Application {
    name: "SetCDRUserField",
    synopsis: "Sets the user field of the call record; now Set(CDR(userfield)=…)",
    arguments: &[Argument::required("value", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(set_user_field),
};

/// Adds to the field of the call record that is free for the plan: an older form of
/// `Set(CDR(userfield)=${CDR(userfield)}…)`.
pub static APPEND_CDR_USER_FIELD: Application = Application {
    name: "AppendCDRUserField",
    synopsis: "Adds to the user field of the call record; now Set(CDR(userfield)=…)",
    arguments: &[Argument::required("value", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(append_user_field),
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

fn is_up(context: &Context<'_>) -> bool {
    context.channel.is_some_and(|channel| Channel::is_up(channel))
}

fn reset_cdr(context: &mut Context<'_>, text: &str) -> Outcome {
    let options = Options::parse(text);
    let is_up = is_up(context);
    context.state.records.is_disabled &= !options.has('e');
    context.state.records.reset(Instant::now(), is_up, options.has('v'));
    Outcome::Continue
}

fn fork_cdr(context: &mut Context<'_>, text: &str) -> Outcome {
    let options = Options::parse(text);
    let fork = Fork {
        answers: options.has('a'),
        ends: options.has('e'),
        resets: options.has('r'),
        keeps_fields: options.has('v'),
    };
    let is_up = is_up(context);
    let settings = context.exchange.channels.ledger().settings();
    if !context.state.fork_record(fork, Instant::now(), is_up, &settings) {
        context.warn("ForkCDR: the record is closed already");
    }
    Outcome::Continue
}

fn no_cdr(context: &mut Context<'_>, _: &str) -> Outcome {
    context.state.records.is_disabled = true;
    Outcome::Continue
}

fn set_user_field(context: &mut Context<'_>, text: &str) -> Outcome {
    context.set("CDR(userfield)", text);
    Outcome::Continue
}

fn append_user_field(context: &mut Context<'_>, text: &str) -> Outcome {
    let before = context.state.records.field("userfield").unwrap_or_default();
    let whole = format!("{before}{text}");
    context.set("CDR(userfield)", &whole);
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
    context.set_account(account);
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
    fn the_old_names_of_the_user_field() {
        let trial = Trial::run(
            "exten => 1,1,SetCDRUserField(shop 7)\nsame => n,AppendCDRUserField(, aisle 3)\n\
             same => n,ForkCDR(v)\nsame => n,NoOp(${CDR(userfield)})\n",
        );
        assert_eq!(trial.last_step(), "1@default:4 NoOp shop 7, aisle 3");
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
