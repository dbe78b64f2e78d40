//! `exten call`: one call on virtual phones, in virtual time.

use std::process::ExitCode;
use std::time::Duration;

use exten::channel::simulated::Behaviour;
use exten::channel::{Cause, caller_id};
use exten::conf::Disk;
use exten::server::{BEGINNING, Configuration, Part, Simulation, Story};

/// Calls a number of a plan on virtual phones and prints what happens.
///
/// The plan runs as it would for a real phone, but in virtual time: a call of ten minutes takes no time. Every phone of
/// sip.conf and pjsip.conf is there; one that is called rings and answers after two seconds unless told otherwise.
///
/// What the call writes (messages, recordings, the AstDB, new passwords) goes into a folder of its own and is deleted at the
/// end: it begins with empty mailboxes and changes nothing of the PBX. Programs and databases that the plan uses are real.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: super::number::Number,
    /// Which phone calls; its context and caller id are used where the target names no context.
    #[arg(long)]
    from: Option<String>,
    /// The caller id, as "Name" <number>.
    #[arg(long)]
    callerid: Option<String>,
    /// Keys that the caller presses after the answer, or, as 2002:KEYS, another phone does; w waits half a second, W a
    /// whole one.
    #[arg(long, value_name = "[PHONE:]KEYS")]
    press: Vec<String>,
    /// The caller, or, as 2002=SECONDS, another phone, hangs up so many seconds after the beginning.
    #[arg(long, value_name = "[PHONE=]SECONDS")]
    hangup_after: Vec<String>,
    /// A phone answers after so many seconds: 2002=5.
    #[arg(long, value_name = "PHONE=SECONDS")]
    answer: Vec<String>,
    /// A phone is busy.
    #[arg(long, value_name = "PHONE")]
    busy: Vec<String>,
    /// A phone rings and is never answered.
    #[arg(long, value_name = "PHONE")]
    ring: Vec<String>,
    /// A variable of the channel before the first step: NAME=value.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// The local time at which the call begins, such as 2026-12-24T18:00.
    #[arg(long)]
    at: Option<jiff::civil::DateTime>,
    /// No call lasts longer than so many seconds.
    #[arg(long, default_value_t = 3600.0)]
    limit: f64,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let (plan, start) = (arguments.target.plan(), arguments.at.unwrap_or(BEGINNING));
    let configuration = match Configuration::for_virtual_calls(&mut Disk::default(), plan, start) {
        Ok(configuration) => configuration,
        Err(error) => {
            eprintln!("there is no folder for what the call writes: {error}");
            return ExitCode::from(2);
        }
    };
    super::report::show(plan, &configuration.diagnostics, &configuration.sources);
    if configuration.is_refused() {
        eprintln!("{}: not run, because of the errors above", plan.display());
        return ExitCode::from(2);
    }
    let story = match story(arguments) {
        Ok(story) => story,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let told = Simulation::run(configuration, &story);
    print!("{}", told.narration);
    if told.is_known { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn story(arguments: &Arguments) -> Result<Story, String> {
    let mut behaviours = Vec::new();
    for text in &arguments.answer {
        let (phone, seconds) = text.split_once('=').ok_or_else(|| format!("--answer {text}: write PHONE=SECONDS"))?;
        let seconds: f64 =
            seconds.parse().map_err(|_| format!("--answer {text}: `{seconds}` is no number of seconds"))?;
        let wait = Duration::try_from_secs_f64(seconds).map_err(|error| format!("--answer {text}: {error}"))?;
        behaviours.push((phone.to_owned(), Behaviour::Answers(wait)));
    }
    behaviours.extend(arguments.busy.iter().map(|phone| (phone.clone(), Behaviour::Refuses(Cause::BUSY))));
    behaviours.extend(arguments.ring.iter().map(|phone| (phone.clone(), Behaviour::Rings)));
    let variables = arguments.variables.iter().map(|text| {
        let pair = text.split_once('=').ok_or_else(|| format!("--set {text}: write NAME=VALUE"))?;
        Ok((pair.0.to_owned(), pair.1.to_owned()))
    });
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    let target = arguments.target.number().rsplit_once('@');
    let (extension, context) = target.map_or((arguments.target.number(), None), |(one, two)| (one, Some(two)));
    let mut caller = Part::default();
    let mut parts = Vec::new();
    for text in &arguments.press {
        let (phone, keys) = text.split_once(':').unwrap_or(("", text));
        part_of(phone, &mut caller, &mut parts).press.push_str(keys);
    }
    for text in &arguments.hangup_after {
        let (phone, after) = text.split_once('=').unwrap_or(("", text));
        let after: f64 =
            after.parse().map_err(|_| format!("--hangup-after {text}: `{after}` is no number of seconds"))?;
        part_of(phone, &mut caller, &mut parts).hangup_after = Some(seconds(after)?);
    }
    Ok(Story {
        extension: extension.to_owned(),
        context: context.map(str::to_owned),
        from: arguments.from.clone(),
        caller: arguments.callerid.as_deref().map(caller_id::parse),
        press: caller.press,
        hangup_after: caller.hangup_after,
        parts,
        behaviours,
        variables: variables.collect::<Result<_, String>>()?,
        limit: seconds(arguments.limit)?,
    })
}

/// The part of a phone; the caller's where none is named.
fn part_of<'a>(phone: &str, caller: &'a mut Part, parts: &'a mut Vec<Part>) -> &'a mut Part {
    if phone.is_empty() {
        return caller;
    }
    let place = parts.iter().position(|part| part.phone == phone).unwrap_or_else(|| {
        parts.push(Part { phone: phone.to_owned(), ..Part::default() });
        parts.len() - 1
    });
    &mut parts[place]
}
