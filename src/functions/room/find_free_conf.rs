//! `FindFreeConf`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the number of a conference room that nobody is in: what old plans for calls of three and more ask for.
///
/// The rooms are those listed, as `801&802&810`, or from `first` on to `last`; without arguments 800 to 899. A number is
/// not given twice while the call that got it lives, unless it has it already: two calls that ask at the same moment get
/// different rooms. Where every room is taken the value is empty.
pub static FIND_FREE_CONF: Function = Function::new(
    "FindFreeConf",
    "A conference room that nobody is in",
    &[Argument::optional("rooms or first", Kind::Text), Argument::optional("last", Kind::Number)],
)
.reads(read);

const FIRST: i64 = 800;
const LAST: i64 = 899;
/// No more rooms are looked at.
const MOST: i64 = 10_000;

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [rooms, last] = fields::standard(arguments);
    let rooms = rooms.unwrap_or_default();
    let candidates: Vec<String> = match fields::integer(&rooms) {
        _ if rooms.contains('&') => rooms.split('&').map(|room| room.trim().to_owned()).collect(),
        Some((first, _)) => {
            let last =
                last.as_deref().and_then(fields::integer).map_or(first.saturating_add(LAST - FIRST), |(last, _)| last);
            numbers(first, last)
        }
        None if rooms.is_empty() => numbers(FIRST, LAST),
        None => return Err(FunctionError::arguments(format!("`{rooms}` is neither a list of rooms nor a number"))),
    };
    let exchange = context.exchange;
    let holder = context.channel.map(|channel| channel.unique_id().to_string()).unwrap_or_default();
    let is_alive = |holder: &str| exchange.channels.find(holder).is_some();
    let is_free = |room: &String| {
        exchange.rooms.count(room) == 0 && exchange.locks.take(&format!("FindFreeConf/{room}"), &holder, is_alive)
    };
    match candidates.iter().find(|room| is_free(room)) {
        Some(room) => out.push_str(room),
        None => context.warn("FindFreeConf: every room is taken"),
    }
    Ok(())
}

fn numbers(first: i64, last: i64) -> Vec<String> {
    (first..=last.min(first.saturating_add(MOST))).map(|number| number.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn two_calls_get_two_rooms() {
        let bench = Bench::new("");
        let other = bench.call("2002");
        assert_eq!(bench.value("${FindFreeConf()} ${FindFreeConf(5&6)} ${FindFreeConf(900,901)}"), "800 5 900");
        assert_eq!(bench.value_on(&other, "${FindFreeConf()} ${FindFreeConf(5&6)} ${FindFreeConf(900,900)}"), "801 6 ");
    }
}
