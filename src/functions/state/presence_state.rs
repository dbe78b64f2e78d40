//! `PRESENCE_STATE`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::channel::Happening;
use crate::dialplan::template::text_from_bytes;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives and sets whether a person is there, for providers of the kind `CustomPresence:name`.
///
/// Read `value`, `subtype` or `message`; set `state,subtype,message`. Option `e` says that subtype and message are in
/// base 64, or are to be. States: not_set, unavailable, available, away, xa, chat, dnd.
pub static PRESENCE_STATE: Function = Function::new(
    "PRESENCE_STATE",
    "Whether a person is there",
    &[
        Argument::required("provider", Kind::Text),
        Argument::required("value|subtype|message", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
)
.reads(read)
.writes(write);

const FAMILY: &str = "CustomPresence";
const STATES: &[&str] = &["not_set", "unavailable", "available", "away", "xa", "chat", "dnd"];

fn person(provider: &str) -> Result<&str, FunctionError> {
    let name = provider.split_once(':').filter(|(kind, _)| kind.eq_ignore_ascii_case("CustomPresence"));
    name.map(|(_, name)| name).ok_or_else(|| FunctionError::arguments("only `CustomPresence:` is known"))
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [provider, field, options] = fields::standard(arguments);
    let person = person(provider.as_deref().unwrap_or(""))?.to_owned();
    let stored = context.exchange.database.get(FAMILY, &person).ok().flatten().unwrap_or_default();
    let mut parts = stored.splitn(3, ',');
    let (state, subtype, message) = (parts.next(), parts.next(), parts.next());
    let text = match field.as_deref() {
        Some("value") => {
            out.push_str(state.filter(|state| !state.is_empty()).unwrap_or("not_set"));
            return Ok(());
        }
        Some("subtype") => subtype.unwrap_or(""),
        Some("message") => message.unwrap_or(""),
        _ => return Err(FunctionError::arguments("the second argument is value, subtype or message")),
    };
    if options.is_some_and(|options| options.contains('e')) {
        STANDARD.encode_string(text, out);
    } else {
        out.push_str(text);
    }
    Ok(())
}

fn write(context: &mut Context<'_>, provider: &str, value: &str) -> Result<(), FunctionError> {
    let person = person(provider)?;
    let mut parts = value.splitn(4, ',');
    let mut next = || parts.next().unwrap_or("");
    let (state, subtype, message, options) = (next().trim(), next(), next(), next());
    if !STATES.iter().any(|known| known.eq_ignore_ascii_case(state)) {
        return Err(FunctionError::value(format!("`{state}` is no state of presence, such as away")));
    }
    let decode = |text: &str| match options.contains('e') {
        true => text_from_bytes(&STANDARD.decode(text).unwrap_or_default()),
        false => text.to_owned(),
    };
    let (state, subtype, message) = (state.to_ascii_lowercase(), decode(subtype), decode(message));
    let stored = context.exchange.database.put(FAMILY, person, &format!("{state},{subtype},{message}"));
    stored.map_err(|error| FunctionError::value(error.to_string()))?;
    let presentity = format!("CustomPresence:{person}");
    let fields =
        [("Presentity", presentity.as_str()), ("Status", &state), ("Subtype", &subtype), ("Message", &message)];
    let event = Happening::Manager { channel: None, event: "PresenceStateChange", privilege: "call", fields: &fields };
    tell_extensions(context, &presentity, [("Status", &state), ("Subtype", &subtype), ("Message", &message)]);
    context.exchange.channels.publish(&event);
    Ok(())
}

/// Tells of every extension whose hint names this person behind its devices.
fn tell_extensions(context: &Context<'_>, presentity: &str, presence: [(&str, &str); 3]) {
    let plan = &context.plan.plan;
    for (place, extension, step) in plan.hints() {
        let hint = plan.hint_devices(step);
        let people = hint.split_once(',').map_or("", |(_, people)| people);
        if !people.split('&').any(|person| person.trim().eq_ignore_ascii_case(presentity)) {
            continue;
        }
        let [status, subtype, message] = presence;
        let fields =
            [("Exten", &*extension.name), ("Context", &*place.name), ("Hint", &hint), status, subtype, message];
        let event = Happening::Manager { channel: None, event: "PresenceStatus", privilege: "call", fields: &fields };
        context.exchange.channels.publish(&event);
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn people_come_and_go() {
        let bench = Bench::new("");
        bench.set("PRESENCE_STATE(CustomPresence:ann)", "away,lunch,gone");
        let ann = |field: &str| bench.value(&format!("${{PRESENCE_STATE(CustomPresence:ann,{field})}}"));
        assert_eq!(
            [ann("value"), ann("subtype"), ann("message"), ann("message,e")],
            ["away", "lunch", "gone", "Z29uZQ=="]
        );
        assert_eq!(bench.value("${PRESENCE_STATE(CustomPresence:bob,value)}"), "not_set");
    }
}
