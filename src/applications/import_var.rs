//! `ImportVar`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Copies a variable of another channel.
///
/// `ImportVar(NAME=channel,VARIABLE)`; the beginning of the channel's name will do. Where there is no such channel or variable, NAME becomes empty.
pub static IMPORT_VAR: Application = Application {
    name: "ImportVar",
    synopsis: "Copies a variable of another channel",
    arguments: &[Argument::required("name=channel", Kind::Text), Argument::required("variable", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(import_var),
};

fn import_var(context: &mut Context<'_>, text: &str) -> Outcome {
    let Some((name, (channel, variable))) =
        text.split_once('=').and_then(|(name, source)| Some((name, source.split_once(',')?)))
    else {
        context.warn("ImportVar: it wants NAME=channel,VARIABLE");
        return if text.is_empty() { Outcome::Hangup } else { Outcome::Continue };
    };
    let channels = &context.exchange.channels;
    let begins = || channels.all().into_iter().find(|other| !channel.is_empty() && other.name().starts_with(channel));
    let value = match channels.find(channel).or_else(begins) {
        Some(other) if context.channel.is_some_and(|own| own.name() == other.name()) => context.get(variable),
        Some(other) => {
            let (exchange, plan) = (context.exchange, context.plan);
            context.unlocked(|| Context::new(exchange, plan, &other).get(variable))
        }
        None => None,
    };
    context.set(name, &value.unwrap_or_default());
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn a_channel_that_is_not_there_has_nothing() {
        let trial = Trial::run(
            "exten => 1,1,Set(A=1)\nsame => n,ImportVar(A=SIP/none,B)\nsame => n,ImportVar(C=${CHANNEL},EXTEN)\nsame => n,NoOp(<${A}><${C}>)\n",
        );
        assert_eq!(trial.last_step(), "1@default:4 NoOp <><1>");
    }
}
