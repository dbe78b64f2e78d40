//! `SRVQUERY`, `SRVRESULT`

use super::enumlookup::given;
use super::resolver::{self, Service};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Asks for the SRV records of a service, such as `_sip._udp.example.com`, and gives an id, by which `SRVRESULT` reads what
/// was found; nothing where there are none.
pub static SRVQUERY: Function =
    Function::new("SRVQUERY", "Asks for the SRV records of a service", &[Argument::required("service", Kind::Text)])
        .reads(query);

/// Gives a record that `SRVQUERY` found, by its number from 1 on, or how many there are (`getnum`).
///
/// The id may be the service's name: then it is asked for here. The field is `host`, `port`, `priority` or `weight`;
/// without one, the host.
pub static SRVRESULT: Function = Function::new(
    "SRVRESULT",
    "A record that SRVQUERY found",
    &[
        Argument::required("id", Kind::Text),
        Argument::required("resultnum", Kind::Text),
        Argument::optional("field", Kind::Text),
    ],
)
.reads(result);

fn setting(service: &str, what: &str) -> String {
    format!("SRVQUERY/{service}/{what}")
}

/// Asks, and keeps what was found.
fn ask(context: &mut Context<'_>, service: &str) -> Result<(), FunctionError> {
    let found = resolver::services(service.to_owned())?;
    if found.is_empty() {
        return Err(FunctionError::not_found(format!("the DNS knows no service `{service}`")));
    }
    keep(context, service, &found);
    Ok(())
}

fn keep(context: &mut Context<'_>, service: &str, found: &[Service]) {
    let settings = &mut context.state.settings;
    settings.set(&setting(service, "getnum"), &found.len().to_string());
    for (at, record) in found.iter().enumerate() {
        let mut set = |field: &str, value: &str| settings.set(&setting(service, &format!("{}/{field}", at + 1)), value);
        set("host", &record.host);
        set("port", &record.port.to_string());
        set("priority", &record.priority.to_string());
        set("weight", &record.weight.to_string());
    }
}

fn query(context: &mut Context<'_>, service: &str, out: &mut String) -> Result<(), FunctionError> {
    if service.is_empty() {
        return Err(FunctionError::arguments("a service is needed"));
    }
    ask(context, service)?;
    out.push_str(service);
    Ok(())
}

fn result(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [id, wanted, field] = fields::standard(arguments);
    let (id, wanted, field) = (given(id, ""), given(wanted, ""), given(field, "host"));
    if id.is_empty() || wanted.is_empty() {
        return Err(FunctionError::arguments("an id and the number of a result are needed"));
    }
    if context.state.settings.get(&setting(&id, "getnum")).is_none() {
        ask(context, &id)?;
    }
    let wanted = if wanted.eq_ignore_ascii_case("getnum") { "getnum".to_owned() } else { format!("{wanted}/{field}") };
    let value = context.state.settings.get(&setting(&id, &wanted)).map(str::to_owned);
    out.push_str(&value.ok_or_else(|| FunctionError::not_found(format!("there is no result `{arguments}`")))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn results_are_read_by_number_and_field() {
        let bench = Bench::new("");
        let record = |host: &str, weight| Service { host: host.to_owned(), port: 5060, priority: 10, weight };
        bench.with(|context| keep(context, "_sip._udp.x", &[record("a.x", 60), record("b.x", 40)]));
        let result = |rest: &str| bench.value(&format!("${{SRVRESULT(_sip._udp.x,{rest})}}"));
        assert_eq!([result("getnum"), result("1"), result("2,weight")], ["2", "a.x", "40"]);
        assert_eq!([result("2,port"), result("3"), result("")], ["5060", "", ""]);
        assert_eq!(bench.value("[${SRVQUERY()}]"), "[]");
    }
}
