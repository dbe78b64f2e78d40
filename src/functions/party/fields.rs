//! The fields of a party that `CALLERID`, `CONNECTEDLINE` and `REDIRECTING` have in common: `num`, `name`, `all`,
//! `pres`, `num-pres`, `name-charset`, `subaddr-type`, `tag` and so on.

use crate::channel::caller_id::{Party, Presentation, Subaddress, parse};
use crate::functions::fields::integer;
use crate::interpreter::FunctionError;

/// Character sets of a name, as QSIG counts them.
const CHARSETS: &[&str] = &[
    "unknown",
    "iso8859-1",
    "withdrawn",
    "iso8859-2",
    "iso8859-3",
    "iso8859-4",
    "iso8859-5",
    "iso8859-7",
    "bmp",
    "utf8",
];

/// The charset of a name that nobody chose.
const DEFAULT_CHARSET: &str = "iso8859-1";

/// The answer to a field that is not there.
pub(super) fn unknown(field: &str) -> FunctionError {
    FunctionError::not_found(format!("there is no field `{field}`"))
}

/// The field's value; `None` if there is no such field.
pub(super) fn read(party: &Party, field: &str) -> Option<String> {
    let flag = |truth: bool| if truth { "1" } else { "0" }.to_owned();
    let subaddress = party.subaddress.as_ref();
    Some(match field {
        "all" => party.all(),
        "name" => party.name().to_owned(),
        "name-valid" => flag(party.name.is_some()),
        "name-charset" => party.name_charset.unwrap_or(DEFAULT_CHARSET).to_owned(),
        "name-pres" => party.name_presentation.word().to_owned(),
        "num" | "number" => party.number().to_owned(),
        "num-valid" => flag(party.number.is_some()),
        "num-plan" | "ton" => party.number_plan.to_string(),
        "num-pres" => party.number_presentation.word().to_owned(),
        "pres" => party.presentation().word().to_owned(),
        "subaddr" => subaddress.map(|subaddress| subaddress.text.clone()).unwrap_or_default(),
        "subaddr-valid" => flag(subaddress.is_some_and(|subaddress| subaddress.is_valid)),
        "subaddr-type" => subaddress.map_or(0, |subaddress| subaddress.kind).to_string(),
        "subaddr-odd" => flag(subaddress.is_some_and(|subaddress| subaddress.is_odd)),
        "tag" => party.tag.clone(),
        _ => return None,
    })
}

/// Sets the field; false if there is no such field.
pub(super) fn write(party: &mut Party, field: &str, value: &str) -> Result<bool, FunctionError> {
    let value = value.trim_start();
    let number = || {
        let number = integer(value).and_then(|(number, _)| u8::try_from(number).ok());
        number.ok_or_else(|| FunctionError::value(format!("`{value}` is no number from 0 to 255")))
    };
    let is_set = || number().map(|number| number != 0);
    let presentation = || {
        let number = integer(value).and_then(|(number, _)| u8::try_from(number).ok());
        let known = number.map_or_else(|| Presentation::parse(value.trim_end()), Presentation::from_number);
        known
            .ok_or_else(|| FunctionError::value(format!("`{value}` is no presentation, such as `allowed` or `prohib`")))
    };
    match field {
        "all" => {
            let (name, number) = parse(value);
            party.name = Some(name);
            party.number = Some(number);
        }
        "name" => party.name = Some(value.trim_end().to_owned()),
        "name-valid" => party.name = is_set()?.then(|| party.name.take().unwrap_or_default()),
        "name-charset" => {
            let number = integer(value).and_then(|(number, _)| usize::try_from(number).ok());
            let named = || CHARSETS.iter().find(|known| known.eq_ignore_ascii_case(value.trim_end()));
            let known = number.map_or_else(named, |number| CHARSETS.get(number));
            let known =
                known.ok_or_else(|| FunctionError::value(format!("`{value}` is no character set of a name")))?;
            party.name_charset = Some(known);
        }
        "name-pres" => party.name_presentation = presentation()?,
        "num" | "number" => party.number = Some(value.trim_end().to_owned()),
        "num-valid" => party.number = is_set()?.then(|| party.number.take().unwrap_or_default()),
        "num-plan" | "ton" => party.number_plan = number()?,
        "num-pres" => party.number_presentation = presentation()?,
        "pres" => {
            party.number_presentation = presentation()?;
            party.name_presentation = party.number_presentation;
        }
        "subaddr" => {
            let subaddress = party.subaddress.get_or_insert_with(Subaddress::default);
            subaddress.text = value.trim_end().to_owned();
            subaddress.is_valid = true;
        }
        "subaddr-valid" => party.subaddress.get_or_insert_with(Subaddress::default).is_valid = is_set()?,
        "subaddr-type" => party.subaddress.get_or_insert_with(Subaddress::default).kind = number()?,
        "subaddr-odd" => party.subaddress.get_or_insert_with(Subaddress::default).is_odd = is_set()?,
        "tag" => party.tag = value.trim_end().to_owned(),
        _ => return Ok(false),
    }
    Ok(true)
}
