//! `DumpChan`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Writes all that is known about the channel to the console.
pub static DUMP_CHAN: Application = Application {
    name: "DumpChan",
    synopsis: "Writes all that is known about the channel to the console",
    arguments: &[Argument::optional("level", Kind::Number)],
    options: &[],
    sets: &[],
    run: Run::Compute(dump_chan),
};

fn dump_chan(context: &mut Context<'_>, _: &str) -> Outcome {
    let state = &*context.state;
    let variables: Vec<_> = state.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let (name, unique_id) = context.channel.map_or(("-", "-"), |channel| (channel.name(), channel.unique_id()));
    tracing::info!(
        target: "exten::plan",
        channel = name,
        unique_id,
        phase = context.channel.map_or("-", |channel| channel.phase().word()),
        caller = state.caller.all(),
        connected = state.connected.all(),
        position = %state.position,
        language = state.language,
        account = state.account_code,
        "variables: {}",
        variables.join(" ")
    );
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_call_goes_on() {
        let trial = Trial::run("exten => 1,1,Set(A=1)\nsame => n,DumpChan()\nsame => n,NoOp(${A})\n");
        assert_eq!(trial.last_step(), "1@default:3 NoOp 1");
    }
}
