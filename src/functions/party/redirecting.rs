//! `REDIRECTING`

use super::fields;
use crate::channel::State;
use crate::channel::caller_id::Party;
use crate::functions::fields::{integer, standard};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets who sent the call on, to whom, how often and why.
///
/// Fields: those of `CALLERID` behind `from-`, `to-` and `orig-`; `count`; `reason` and `orig-reason`, such as `cfu`
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
    let state = &*context.state;
    let reason = |reason: &str| Some(if reason.is_empty() { "unknown" } else { reason }.to_owned());
    let value = match &*field {
        "reason" => reason(&state.redirecting_reason),
        "orig-reason" => reason(&state.redirecting_original_reason),
        "count" => Some(state.redirecting_count.to_string()),
        "pres" => fields::read(&state.redirecting_from, "pres"),
        field => {
            let (party, field) = split(field);
            let party = match party {
                "from" => &state.redirecting_from,
                "to" => &state.redirecting_to,
                "orig" => &state.redirecting_original,
                _ => return Err(fields::unknown(arguments)),
            };
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
            let (party, field) = split(field);
            let party = party_of(&mut context.state, party).ok_or_else(|| fields::unknown(arguments))?;
            if fields::write(party, field, value)? { Ok(()) } else { Err(fields::unknown(arguments)) }
        }
    }
}

/// The party and its field: `from-num`.
fn split(field: &str) -> (&str, &str) {
    field.split_once('-').unwrap_or((field, ""))
}

fn party_of<'a>(state: &'a mut State, name: &str) -> Option<&'a mut Party> {
    Some(match name {
        "from" => &mut state.redirecting_from,
        "to" => &mut state.redirecting_to,
        "orig" => &mut state.redirecting_original,
        _ => return None,
    })
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
        bench.set("REDIRECTING(reason)", "\"mood\"");
        assert_eq!(bench.value("${REDIRECTING(reason)}"), "\"mood\"");
    }
}
