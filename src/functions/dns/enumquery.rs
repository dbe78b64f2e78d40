//! `ENUMQUERY`, `ENUMRESULT`

use super::enumlookup::{ZONE, dialled, given, records, whole};
use super::naptr::domain;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Asks for all ENUM records of a number and gives an id, by which `ENUMRESULT` reads what was found.
///
/// `Set(id=${ENUMQUERY(+4930123456)})`, then `${ENUMRESULT(${id},getnum)}` and `${ENUMRESULT(${id},1)}`.
pub static ENUMQUERY: Function = Function::new(
    "ENUMQUERY",
    "Asks for the ENUM records of a number",
    &[
        Argument::required("number", Kind::Text),
        Argument::optional("method-type", Kind::Text),
        Argument::optional("zone-suffix", Kind::Text),
    ],
)
.reads(query);

/// Gives a record that `ENUMQUERY` found, by its number from 1 on, or how many there are (`getnum`).
pub static ENUMRESULT: Function = Function::new(
    "ENUMRESULT",
    "A record that ENUMQUERY found",
    &[Argument::required("id", Kind::Text), Argument::required("resultnum", Kind::Text)],
)
.reads(result);

const LAST: &str = "ENUMQUERY/last";

fn setting(id: &str, what: &str) -> String {
    format!("ENUMQUERY/{id}/{what}")
}

fn query(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [number, method, zone] = fields::standard(arguments);
    let number = given(number, "");
    if number.is_empty() {
        return Err(FunctionError::arguments("a number is needed"));
    }
    let (service, zone) = (given(method, "sip"), given(zone, ZONE));
    let found = records(domain(&number, &zone), &service)?;
    let uris: Vec<String> = found.iter().filter_map(|record| record.uri(&whole(&number))).collect();
    let settings = &mut context.state.settings;
    let id = settings.get(LAST).and_then(|last| last.parse::<u32>().ok()).map_or(0, |last| last.wrapping_add(1));
    settings.set(LAST, &id.to_string());
    settings.set(&setting(&id.to_string(), "getnum"), &uris.len().to_string());
    for (at, uri) in uris.iter().enumerate() {
        settings.set(&setting(&id.to_string(), &(at + 1).to_string()), &dialled(uri, &service));
    }
    out.push_str(&id.to_string());
    Ok(())
}

fn result(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [id, wanted] = fields::standard(arguments);
    let (id, wanted) = (given(id, ""), given(wanted, ""));
    let settings = &context.state.settings;
    if settings.get(&setting(&id, "getnum")).is_none() {
        return Err(FunctionError::not_found(format!("ENUMQUERY gave no id `{id}` on this channel")));
    }
    out.push_str(settings.get(&setting(&id, &wanted.to_ascii_lowercase())).unwrap_or(""));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn without_a_query_there_is_no_result() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${ENUMQUERY()}] [${ENUMRESULT(0,getnum)}]"), "[] []");
    }
}
