//! `CALLERID`

use super::fields;
use crate::channel::caller_id::{Party, parse};
use crate::channel::state::ANI2;
use crate::functions::fields::{integer, standard};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets what is known about the caller.
///
/// Fields: `num` (or `number`), `name`, `all` (`"Name" <number>`), `pres`, and of both parts `num-pres`, `name-pres`,
/// `num-valid`, `name-valid`, `num-plan`, `name-charset`; `subaddr…`, `tag`; the same behind `ani-`, of the line that
/// pays, and behind `priv-`, of the caller as only the house itself is to see it; `ani` and `ani2`; `dnid` (or `DNID`), the number that was dialled; `rdnis`, who sent the call on.
///
/// With a second argument in the form of a caller ID, `num`, `name` and `all` are taken from that instead.
pub static CALLERID: Function = Function::new(
    "CALLERID",
    "What is known about the caller",
    &[Argument::required("field", Kind::Text), Argument::optional("caller ID", Kind::Text)],
)
.reads(read)
.writes(write);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [field, given] = standard(arguments);
    let field = field.unwrap_or_default().to_ascii_lowercase();
    let state = &*context.state;
    if let Some(given) = given {
        let (name, number) = parse(&given);
        let value = fields::read(&Party::new(&name, &number), &field);
        out.push_str(&value.ok_or_else(|| fields::unknown(&field))?);
        return Ok(());
    }
    let value = match &*field {
        "ani" => Some(state.ani.number().to_owned()),
        "ani2" => Some(state.settings.get(ANI2).unwrap_or("0").to_owned()),
        "dnid" => Some(state.dialed.clone().unwrap_or_default()),
        "dnid-num-plan" => Some("0".to_owned()),
        "rdnis" => Some(state.redirecting_from.number().to_owned()),
        other => match other.split_once('-') {
            Some(("ani", field)) => fields::read(&state.ani, field),
            Some(("priv", field)) => fields::read(&state.private.clone().unwrap_or_default().caller, field),
            _ => fields::read(&state.caller, other),
        },
    };
    out.push_str(&value.ok_or_else(|| fields::unknown(&field))?);
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [field, _] = standard(arguments);
    let field = field.unwrap_or_default().to_ascii_lowercase();
    let state = &mut *context.state;
    let is_known = match &*field {
        "ani" => fields::write(&mut state.ani, "num", value)?,
        "ani2" => {
            if let Some((number, _)) = integer(value).filter(|(number, _)| *number >= 0) {
                state.settings.set(ANI2, &number.to_string());
            }
            true
        }
        "dnid" => {
            state.dialed = Some(value.trim().to_owned());
            true
        }
        "rdnis" => fields::write(&mut state.redirecting_from, "num", value)?,
        other => match other.split_once('-') {
            Some(("ani", field)) => fields::write(&mut state.ani, field, value)?,
            Some(("priv", field)) => fields::write(&mut state.private.get_or_insert_default().caller, field, value)?,
            _ => fields::write(&mut state.caller, other, value)?,
        },
    };
    if !is_known {
        return Err(fields::unknown(&field));
    }
    context.announce_caller();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn name_and_number() {
        let bench = Bench::new("\"Ann Lee\" <2001>");
        assert_eq!(
            bench.value("${CALLERID(num)} ${CALLERID(Name)} ${CALLERID(all)}"),
            "2001 Ann Lee \"Ann Lee\" <2001>"
        );
        bench.set("CALLERID(all)", "Bob <(555) 12-34>");
        assert_eq!(bench.value("${CALLERID(all)} ${CALLERID(num,<66>)}"), "\"Bob\" <5551234> 66");
        bench.set("CALLERID(num)", "+1 (555) 01");
        bench.set("CALLERID(name)", " Eve ");
        assert_eq!(bench.value("${CALLERID(all)}"), "\"Eve\" <+1 (555) 01>");
        bench.set("CALLERID(num-valid)", "0");
        assert_eq!(bench.value("[${CALLERID(num)}] ${CALLERID(num-valid)} [${CALLERID(colour)}]"), "[] 0 []");
    }

    #[tokio::test]
    async fn presentation() {
        let bench = Bench::new("Ann <2001>");
        bench.set("CALLERID(num-pres)", "prohib_passed_screen");
        assert_eq!(
            bench.value("${CALLERID(pres)} ${CALLERID(name-pres)}"),
            "prohib_passed_screen allowed_not_screened"
        );
        bench.set("CALLERID(pres)", "prohib");
        bench.set("CALLERID(pres)", "secret");
        bench.set("CALLERID(name-pres)", "35");
        bench.set("CALLERID(priv-num)", "66");
        assert_eq!(bench.value("${CALLERID(priv-num)} ${CALLERID(num)} ${CALLINGPRES}"), "66 2001 35");
        assert_eq!(bench.value("${CALLERID(pres)} ${CALLERID(name-pres)}"), "prohib prohib");
        assert_eq!(Bench::new("").value("${CALLERID(pres)}"), "unavailable");
    }

    #[tokio::test]
    async fn the_line_that_pays_and_the_number_dialled() {
        let bench = Bench::new("Ann <2001>");
        bench.set("CALLERID(ani)", "77");
        bench.set("CALLERID(ani-name)", "Firm");
        bench.set("CALLERID(dnid)", "100");
        bench.set("CALLERID(rdnis)", "5");
        assert_eq!(bench.value("${CALLERID(ani-all)} ${CALLERID(dnid)} ${CALLERID(rdnis)}"), "\"Firm\" <77> 100 5");
    }
}
