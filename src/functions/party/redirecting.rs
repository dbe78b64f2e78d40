//! `REDIRECTING`

use super::fields;
use crate::channel::State;
use crate::channel::caller_id::Party;
use crate::functions::fields::{integer, standard};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets who sent the call on, to whom, how often and why.
///
/// Fields: those of `CALLERID` behind `from-`, `to-` and `orig-`, and these behind `priv-` as only the house itself is to
/// see them; `count`; `reason` and `orig-reason`, such as `cfu`
/// (always), `cfb` (busy), `cfnr` (no answer), `deflection` or `unknown`; another text is kept as it is.
pub static REDIRECTING: Function = Function::new(
    "REDIRECTING",
    "Who sent the call on",
    &[Argument::required("field", Kind::Text), Argument::optional("i", Kind::Options)],
)
.reads(read)
.writes(write);

/// Asterisk's words for why a call was sent on.
const REASONS: &[&str] = &[
    "unknown",
    "cfb",
    "cfnr",
    "unavailable",
    "time_of_day",
    "dnd",
    "deflection",
    "follow_me",
    "out_of_order",
    "away",
    "cf_dte",
    "cfu",
    "send_to_vm",
];

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [field, _] = standard(arguments);
    let field = field.unwrap_or_default().to_ascii_lowercase();
    let state = &mut *context.state;
    let reason = |reason: &str| Some(if reason.is_empty() { "unknown" } else { reason }.to_owned());
    let value = match &*field {
        "reason" => reason(&state.redirecting_reason),
        "orig-reason" => reason(&state.redirecting_original_reason),
        "count" => Some(state.redirecting_count.to_string()),
        "pres" => fields::read(&state.redirecting_from, "pres"),
        field => {
            let (party, field) = party_of(state, field).ok_or_else(|| fields::unknown(arguments))?;
            fields::read(party, field)
        }
    };
    out.push_str(&value.ok_or_else(|| fields::unknown(&field))?);
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [field, _] = standard(arguments);
    let field = field.unwrap_or_default().to_ascii_lowercase();
    match &*field {
        "reason" | "orig-reason" => {
            let value = value.trim();
            let known = REASONS.iter().find(|known| known.eq_ignore_ascii_case(value)).copied();
            if known.is_none() {
                context.warn(&format!("REDIRECTING: `{value}` is no usual reason: it is kept, and counts as unknown"));
            }
            let reason = known.unwrap_or(value).to_owned();
            if field == "reason" {
                context.state.redirecting_reason = reason;
            } else {
                context.state.redirecting_original_reason = reason;
            }
            Ok(())
        }
        "count" => {
            let count = integer(value).and_then(|(count, _)| u32::try_from(count).ok());
            let count = count.ok_or_else(|| FunctionError::value(format!("`{value}` is no number")))?;
            context.state.redirecting_count = count;
            Ok(())
        }
        "pres" => {
            fields::write(&mut context.state.redirecting_from, "pres", value)?;
            fields::write(&mut context.state.redirecting_to, "pres", value)?;
            Ok(())
        }
        field => {
            let (party, field) = party_of(&mut context.state, field).ok_or_else(|| fields::unknown(arguments))?;
            if fields::write(party, field, value)? { Ok(()) } else { Err(fields::unknown(arguments)) }
        }
    }
}

/// The party and its field that a name means: `from-num`, `priv-from-num`.
fn party_of<'a, 'b>(state: &'a mut State, name: &'b str) -> Option<(&'a mut Party, &'b str)> {
    let private = name.strip_prefix("priv-");
    let (party, field) = private.unwrap_or(name).split_once('-')?;
    let party = match (party, private) {
        ("from", None) => &mut state.redirecting_from,
        ("to", None) => &mut state.redirecting_to,
        ("orig", None) => &mut state.redirecting_original,
        ("from", Some(_)) => &mut state.private.get_or_insert_default().redirecting_from,
        ("to", Some(_)) => &mut state.private.get_or_insert_default().redirecting_to,
        ("orig", Some(_)) => &mut state.private.get_or_insert_default().redirecting_original,
        _ => return None,
    };
    Some((party, field))
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_sent_the_call_on() {
        let bench = Bench::new("");
        assert_eq!(bench.value("${REDIRECTING(reason)} ${REDIRECTING(count)}"), "unknown 0");
        for (field, value) in
            [("from-num", "100"), ("from-name", "Hundred"), ("to-num", "200"), ("count", "2"), ("reason", "CFB")]
        {
            bench.set(&format!("REDIRECTING({field})"), value);
        }
        assert_eq!(
            bench.value("${REDIRECTING(from-all)} ${REDIRECTING(to-num)} ${REDIRECTING(count)} ${REDIRECTING(reason)} [${REDIRECTING(x-num)}]"),
            "\"Hundred\" <100> 200 2 cfb []"
        );
        bench.set("REDIRECTING(priv-from-num)", "9");
        assert_eq!(bench.value("${REDIRECTING(priv-from-num)} ${REDIRECTING(from-num)}"), "9 100");
        bench.set("REDIRECTING(reason)", "\"mood\"");
        assert_eq!(bench.value("${REDIRECTING(reason)}"), "\"mood\"");
    }
}
