//! `CONNECTEDLINE`

use std::sync::Arc;

use super::fields;
use crate::channel::Happening;
use crate::functions::fields::standard;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets whom the channel's display shows as connected.
///
/// Fields as in `CALLERID`, and `source`: `unknown`, `answer`, `diversion`, `transfer_active` (or `transfer`) or
/// `transfer_alerting`. Option
/// `i` holds the change back from the telephone until another follows.
pub static CONNECTEDLINE: Function = Function::new(
    "CONNECTEDLINE",
    "Who is connected",
    &[Argument::required("field", Kind::Text), Argument::optional("i", Kind::Options)],
)
.reads(read)
.writes(write);

const SOURCES: &[&str] = &["unknown", "answer", "diversion", "transfer_active", "transfer_alerting"];

/// Where the state keeps the source.
const SOURCE: &str = "CONNECTEDLINE/source";

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [field, _] = standard(arguments);
    let field = field.unwrap_or_default().to_ascii_lowercase();
    let value = match &*field {
        "source" => Some(context.state.settings.get(SOURCE).unwrap_or("unknown").to_owned()),
        field => match field.strip_prefix("priv-") {
            Some(field) => fields::read(&context.state.private.clone().unwrap_or_default().connected, field),
            None => fields::read(&context.state.connected, field),
        },
    };
    out.push_str(&value.ok_or_else(|| fields::unknown(&field))?);
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [field, option] = standard(arguments);
    let field = field.unwrap_or_default().to_ascii_lowercase();
    if field == "source" {
        let value = value.trim();
        let asked = if value.eq_ignore_ascii_case("transfer") { "transfer_active" } else { value };
        let known = SOURCES.iter().find(|known| known.eq_ignore_ascii_case(asked));
        let known = known.ok_or_else(|| FunctionError::value(format!("`{value}` is no source of a connected line")))?;
        context.state.settings.set(SOURCE, known);
        return Ok(());
    }
    let (party, part) = match field.strip_prefix("priv-") {
        Some(part) => (&mut context.state.private.get_or_insert_default().connected, part),
        None => (&mut context.state.connected, &*field),
    };
    if !fields::write(party, part, value)? {
        return Err(fields::unknown(&field));
    }
    if let Some(channel) = context.channel {
        context.publish(&Happening::ConnectedChanged { channel });
        // Who called this end of a Local channel is connected with that party from now on.
        if channel.leg().technology() == "Local" && option.as_deref() != Some("i") {
            let (channel, party) = (Arc::clone(channel), context.state.connected.clone());
            tokio::spawn(async move { channel.leg().show_connected(&party) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn whom_the_display_shows() {
        let bench = Bench::new("");
        bench.set("CONNECTEDLINE(num,i)", "4000");
        bench.set("CONNECTEDLINE(name)", "Desk");
        bench.set("CONNECTEDLINE(source)", "answer");
        assert_eq!(
            bench.value("${CONNECTEDLINE(all)} ${CONNECTEDLINE(source)} [${CONNECTEDLINE(colour)}]"),
            "\"Desk\" <4000> answer []"
        );
    }
}
