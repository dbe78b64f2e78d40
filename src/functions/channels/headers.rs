//! `PJSIP_HEADER`, `PJSIP_HEADERS`, `PJSIP_RESPONSE_HEADER`, `PJSIP_RESPONSE_HEADERS`, `SIP_HEADER`, `SIP_HEADERS`,
//! `PJSIP_DIAL_CONTACTS`

use crate::channel::DeviceState;
use crate::channel::leg::Entry;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a header of the INVITE that made this channel, and sets headers that its next Dial sends along.
///
/// `${PJSIP_HEADER(read,X-Ticket)}` reads, `,2` at the end the second of that name. `Set(PJSIP_HEADER(add,X-Ticket)=7)`
/// adds, `update` replaces and `remove` takes away what was added; a `*` at the end of the name removes all that begin so.
pub static PJSIP_HEADER: Function = Function::new(
    "PJSIP_HEADER",
    "A SIP header",
    &[
        Argument::required("read|add|update|remove", Kind::Text),
        Argument::required("name", Kind::Text),
        Argument::optional("number", Kind::Number),
    ],
)
.reads(read)
.writes(write);

/// Gives a header of the INVITE that made this channel.
pub static SIP_HEADER: Function = Function::new(
    "SIP_HEADER",
    "A header of the INVITE",
    &[Argument::required("name", Kind::Text), Argument::optional("number", Kind::Number)],
)
.reads(read_sip);

/// Gives a header of the answer that a called channel got, such as in a subroutine of Dial's option `U`.
///
/// `${PJSIP_RESPONSE_HEADER(read,X-Ticket)}` reads, `,2` at the end the second of that name.
pub static PJSIP_RESPONSE_HEADER: Function = Function::new(
    "PJSIP_RESPONSE_HEADER",
    "A header of the answer to our INVITE",
    &[
        Argument::required("read", Kind::Text),
        Argument::required("name", Kind::Text),
        Argument::optional("number", Kind::Number),
    ],
)
.reads(read);

/// Gives the names of the headers of the answer that a called channel got, those that begin so, with commas between.
pub static PJSIP_RESPONSE_HEADERS: Function = Function::new(
    "PJSIP_RESPONSE_HEADERS",
    "The names of the headers of the answer to our INVITE",
    &[Argument::optional("prefix", Kind::Text)],
)
.reads(read_names);

/// Gives the names of the headers of the INVITE that made this channel, those that begin so, with commas between.
pub static PJSIP_HEADERS: Function = Function::new(
    "PJSIP_HEADERS",
    "The names of the headers of the INVITE",
    &[Argument::optional("prefix", Kind::Text)],
)
.reads(read_names);

/// Gives the names of the headers of the INVITE that made this channel, those that begin so, with commas between.
pub static SIP_HEADERS: Function =
    Function::new("SIP_HEADERS", "The names of the headers of the INVITE", &[Argument::optional("prefix", Kind::Text)])
        .reads(read_names);

/// Gives what Dial needs to ring all contacts of an endpoint, or of one of its addresses of record: `PJSIP/name` alone
/// rings the first one. With a number, each contact is called by it. Empty where nobody is registered.
pub static PJSIP_DIAL_CONTACTS: Function = Function::new(
    "PJSIP_DIAL_CONTACTS",
    "All contacts of an endpoint, for Dial",
    &[
        Argument::required("endpoint", Kind::Text),
        Argument::optional("aor", Kind::Text),
        Argument::optional("number", Kind::Text),
    ],
)
.reads(dial_contacts);

fn header(context: &Context<'_>, name: &str, number: Option<&str>) -> Option<String> {
    let leg = context.channel?.leg();
    let number = number.and_then(fields::integer).map_or(1, |(number, _)| number);
    if number > 1 { leg.fact(&format!("header:{name}:{number}")) } else { leg.fact(&format!("header:{name}")) }
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [action, Some(name), number] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("an action and the name of a header are needed"));
    };
    if action.as_deref() != Some("read") {
        return Err(FunctionError::arguments("only `read` can be read"));
    }
    out.push_str(&header(context, &name, number.as_deref()).unwrap_or_default());
    Ok(())
}

fn read_sip(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, number] = fields::standard(arguments);
    let name = name.ok_or_else(|| FunctionError::arguments("the name of a header is needed"))?;
    out.push_str(&header(context, &name, number.as_deref()).unwrap_or_default());
    Ok(())
}

fn read_names(context: &mut Context<'_>, prefix: &str, out: &mut String) -> Result<(), FunctionError> {
    let names = context.channel.and_then(|channel| channel.leg().fact("headers")).unwrap_or_default();
    let prefix = prefix.trim().trim_end_matches('*');
    let mut seen: Vec<&str> = Vec::new();
    for name in names.split(',').filter(|name| !name.is_empty()) {
        let begins = name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if begins && !seen.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            seen.push(name);
        }
    }
    out.push_str(&seen.join(","));
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [Some(action), Some(name)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("an action and the name of a header are needed"));
    };
    let name = name.split(',').next().unwrap_or("").to_owned();
    // A line break would begin another header.
    if value.contains(['\r', '\n']) || !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Err(FunctionError::value(format!("`{name}: {value}` is no header")));
    }
    let headers = &mut context.state.headers;
    match &*action {
        "add" => headers.push((name, value.to_owned())),
        "update" => match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            Some((_, known)) => value.clone_into(known),
            None => headers.push((name, value.to_owned())),
        },
        "remove" => headers.retain(|(known, _)| match name.strip_suffix('*') {
            Some(start) => !known.get(..start.len()).is_some_and(|known| known.eq_ignore_ascii_case(start)),
            None => !known.eq_ignore_ascii_case(&name),
        }),
        other => return Err(FunctionError::arguments(format!("`{other}` is none of add, update and remove"))),
    }
    Ok(())
}

fn dial_contacts(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [endpoint, aor, number] = fields::standard(arguments).map(|text| text.filter(|text| !text.is_empty()));
    let endpoint = endpoint.ok_or_else(|| FunctionError::arguments("an endpoint is needed"))?;
    let fact = |kind, name: &str, item: &str| context.exchange.channels.fact(kind, name, item);
    let Some(own) = fact(Entry::Endpoint, &endpoint, "aors") else {
        // A virtual telephone, if there is one.
        if context.exchange.device_state(&format!("PJSIP/{endpoint}")) == DeviceState::Invalid {
            return Ok(());
        }
        let number = number.map(|number| format!("{number}@")).unwrap_or_default();
        out.push_str(&format!("PJSIP/{number}{endpoint}"));
        return Ok(());
    };
    let aors = aor.as_deref().unwrap_or(&own);
    let contacts = aors.split(',').filter_map(|aor| fact(Entry::Aor, aor.trim(), "contact")).collect::<Vec<_>>();
    let contacts = contacts.iter().flat_map(|contacts| contacts.split(',')).filter(|contact| !contact.is_empty());
    let reachable =
        contacts.filter(|contact| fact(Entry::Contact, contact, "status").as_deref() != Some("Unreachable"));
    let uris = reachable.filter_map(|contact| fact(Entry::Contact, contact, "uri"));
    let places = uris.map(|uri| match (&number, uri.split_once(':'), uri.split_once('@')) {
        (Some(number), Some((scheme, _)), Some((_, host))) => format!("PJSIP/{endpoint}/{scheme}:{number}@{host}"),
        _ => format!("PJSIP/{endpoint}/{uri}"),
    });
    out.push_str(&places.collect::<Vec<_>>().join("&"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn headers_for_the_next_dial() {
        let bench = Bench::new("");
        bench.set("PJSIP_HEADER(add,X-One)", "1");
        bench.set("PJSIP_HEADER(add,X-Two)", "2");
        bench.set("PJSIP_HEADER(update,x-one)", "3");
        bench.set("PJSIP_HEADER(add,X-Bad)", "a\r\nInjected: 1");
        bench.set("PJSIP_HEADER(remove,X-T*)", "");
        assert_eq!(bench.with(|context| context.state.headers.clone()), [("X-One".to_owned(), "3".to_owned())]);
        assert_eq!(
            bench.value("[${PJSIP_HEADER(read,X-None)}${SIP_HEADER(To)}] [${PJSIP_DIAL_CONTACTS(nobody)}]"),
            "[] []"
        );
        let none = "[${PJSIP_RESPONSE_HEADER(read,X)}${PJSIP_RESPONSE_HEADERS(X)}${PJSIP_HEADERS()}${SIP_HEADERS(X-)}]";
        assert_eq!(bench.value(none), "[]");
    }
}
