//! `FAXOPT`

use crate::conf::is_true;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives and sets how a fax on this channel would go. Nothing can be read before something was set. exten has no modem:
/// `ReceiveFAX` and `SendFAX` fail whatever is set here.
///
/// To set and read: `ecm`, `t38timeout`, `headerinfo`, `localstationid`, `maxrate`, `minrate`, `modem`, `gateway`,
/// `faxdetect`, `negotiate_both`. To read: `error`, `filename`, `filenames`, `pages`, `rate`, `remotestationid`,
/// `resolution`, `sessionid`, `status`, `statusstr`.
pub static FAXOPT: Function =
    Function::new("FAXOPT", "An option of a fax", &[Argument::required("item", Kind::Text)]).reads(read).writes(write);

/// What can be set, and what it is before.
const OPTIONS: &[(&str, &str)] = &[
    ("ecm", "yes"),
    ("faxdetect", "no"),
    ("gateway", "no"),
    ("headerinfo", ""),
    ("localstationid", ""),
    ("maxrate", "14400"),
    ("minrate", "4800"),
    ("modem", "V17,V27,V29"),
    ("negotiate_both", "no"),
    ("t38timeout", "5000"),
];

/// What only a fax would set; the variable that `ReceiveFAX` sets with it.
const RESULTS: &[(&str, &str)] = &[
    ("error", "FAXERROR"),
    ("filename", ""),
    ("filenames", ""),
    ("pages", "FAXPAGES"),
    ("rate", "FAXBITRATE"),
    ("remotestationid", "REMOTESTATIONID"),
    ("resolution", "FAXRESOLUTION"),
    ("sessionid", ""),
    ("status", "FAXSTATUS"),
    ("statusstr", "FAXSTATUSSTRING"),
];

const RATES: &[&str] = &["2400", "4800", "7200", "9600", "12000", "14400", "28800", "33600"];

const PREFIX: &str = "FAXOPT/";

fn read(context: &mut Context<'_>, item: &str, out: &mut String) -> Result<(), FunctionError> {
    let settings = &context.state.settings;
    if !settings.iter().any(|(name, _)| name.starts_with(PREFIX)) {
        return Err(FunctionError::not_found("nothing was set before"));
    }
    if let Some((name, before)) = OPTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(item)) {
        out.push_str(settings.get(&format!("{PREFIX}{name}")).unwrap_or(before));
        return Ok(());
    }
    let result = RESULTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(item));
    let (_, variable) = result.ok_or_else(|| FunctionError::not_found(format!("there is no item `{item}`")))?;
    out.push_str(context.state.variables.get(variable).unwrap_or(""));
    Ok(())
}

fn write(context: &mut Context<'_>, item: &str, value: &str) -> Result<(), FunctionError> {
    let known = OPTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(item));
    let (name, _) = known.ok_or_else(|| FunctionError::not_found(format!("the item `{item}` cannot be set")))?;
    let value = value.trim();
    let fits = match *name {
        "maxrate" | "minrate" => RATES.contains(&value),
        "t38timeout" => value.parse::<u32>().is_ok(),
        _ => true,
    };
    if !fits {
        return Err(FunctionError::value(format!("`{value}` does not fit {name}")));
    }
    let kept = match *name {
        "ecm" | "negotiate_both" if is_true(value) => "yes",
        "ecm" | "negotiate_both" => "no",
        _ => value,
    };
    context.state.settings.set(&format!("{PREFIX}{name}"), kept);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn options_are_kept_and_checked() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${FAXOPT(ecm)}]"), "[]");
        bench.set("FAXOPT(ecm)", "off");
        bench.set("FAXOPT(maxrate)", "9600");
        bench.set("FAXOPT(minrate)", "17");
        bench.set("FAXOPT(pages)", "5");
        assert_eq!(
            bench.value("${FAXOPT(ecm)} ${FAXOPT(maxrate)} ${FAXOPT(minrate)} ${FAXOPT(modem)} [${FAXOPT(pages)}]"),
            "no 9600 4800 V17,V27,V29 []"
        );
    }
}
