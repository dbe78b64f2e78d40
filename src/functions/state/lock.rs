//! `LOCK`, `TRYLOCK`, `UNLOCK`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("name", Kind::Text)];

/// Takes a named lock, so that of all calls only this one goes on past it: 1 if it did, 0 if another call has it.
///
/// It does not wait: a plan that wants to, asks again after a `Wait`. A call may take a lock several times and gives it
/// back as often; the end of the call gives all back.
pub static LOCK: Function = Function::new("LOCK", "Takes a lock", ARGUMENTS).reads(take);

/// Takes a lock if it is free. The same as `LOCK`.
pub static TRYLOCK: Function = Function::new("TRYLOCK", "Takes a lock if it is free", ARGUMENTS).reads(take);

/// Gives a lock back: 1 if this call had it, otherwise 0.
pub static UNLOCK: Function = Function::new("UNLOCK", "Gives a lock back", ARGUMENTS).reads(give_back);

fn holder(context: &Context<'_>) -> String {
    context.channel.map(|channel| channel.unique_id().to_string()).unwrap_or_default()
}

fn take(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let channels = &context.exchange.channels;
    let taken = context.exchange.locks.take(name, &holder(context), |holder| channels.find(holder).is_some());
    out.push(if taken { '1' } else { '0' });
    Ok(())
}

fn give_back(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let given = context.exchange.locks.give_back(name, &holder(context));
    out.push(if given { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn one_call_at_a_time() {
        let bench = Bench::new("");
        let other = bench.call("2002");
        assert_eq!(bench.value("${LOCK(l)}${TRYLOCK(l)}"), "11");
        assert_eq!(bench.value_on(&other, "${TRYLOCK(l)}${UNLOCK(l)}"), "00");
        assert_eq!(bench.value("${UNLOCK(l)}${UNLOCK(l)}"), "11");
        assert_eq!(bench.value_on(&other, "${LOCK(l)}"), "1");
    }
}
