//! `ENUMLOOKUP`

use super::naptr::{Naptr, domain, subscriber_domain};
use super::resolver;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the address that a number has by ENUM, from its NAPTR records in the DNS.
///
/// `ENUMLOOKUP(+4930123456)` asks in `e164.arpa` for a `sip` address and gives it without its scheme, ready for
/// `Dial(SIP/${…})`. The method is a service such as `tel`, or `ALL`. Options: `c` gives how many records there are, `u` the
/// whole URI, `s` reads the number as an ITAD subscriber number (`1234*256`), `d` asks for the number as it stands, without
/// turning its digits round. The record number counts from 1. The call waits for the answer; where there is none, the
/// value is empty.
pub static ENUMLOOKUP: Function = Function::new(
    "ENUMLOOKUP",
    "The address of a telephone number by ENUM",
    &[
        Argument::required("number", Kind::Text),
        Argument::optional("method-type", Kind::Text),
        Argument::optional("options", Kind::Text),
        Argument::optional("record#", Kind::Text),
        Argument::optional("zone-suffix", Kind::Text),
    ],
)
.reads(read);

/// Where numbers stand unless a plan names another zone.
pub const ZONE: &str = "e164.arpa";

/// A field, or what stands in its place where it is left out or empty.
pub(super) fn given(field: Option<String>, otherwise: &str) -> String {
    field.filter(|text| !text.is_empty()).unwrap_or_else(|| otherwise.to_owned())
}

/// The records of a service and the whole number that their expressions are applied to.
pub(super) fn records(name: String, service: &str) -> Result<Vec<Naptr>, FunctionError> {
    Ok(resolver::naptr(name)?.into_iter().filter(|record| record.serves(service)).collect())
}

/// The number as expressions of records expect it: with its `+`.
pub(super) fn whole(number: &str) -> String {
    format!("+{}", number.chars().filter(char::is_ascii_digit).collect::<String>())
}

/// A URI as a plan dials it: without its scheme, unless any service was asked for.
pub(super) fn dialled(uri: &str, service: &str) -> String {
    let scheme = uri.split_once(':').filter(|_| !service.eq_ignore_ascii_case("ALL"));
    scheme.map_or(uri, |(_, rest)| rest).to_owned()
}

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [number, method, options, record, zone] = fields::standard(arguments);
    let number = given(number, "");
    if number.is_empty() {
        return Err(FunctionError::arguments("a number is needed"));
    }
    let (service, options, zone) = (given(method, "sip"), given(options, ""), given(zone, ZONE));
    if options.contains('i') {
        return Err(FunctionError::arguments("option i (infrastructure ENUM) is not there"));
    }
    let name = match (options.contains('s'), options.contains('d')) {
        (true, _) => subscriber_domain(&number, &zone)
            .ok_or_else(|| FunctionError::arguments(format!("`{number}` has no `*`, as option s asks for")))?,
        (_, true) => format!("{number}.{zone}"),
        _ => domain(&number, &zone),
    };
    let found = records(name, &service)?;
    if options.contains('c') {
        out.push_str(&found.len().to_string());
        return Ok(());
    }
    let wanted: usize = given(record, "1").parse().unwrap_or(1);
    let number = if options.contains('s') { number } else { whole(&number) };
    let uri = found.get(wanted.saturating_sub(1)).and_then(|record| record.uri(&number)).unwrap_or_default();
    out.push_str(&if options.contains('u') { uri } else { dialled(&uri, &service) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn what_cannot_be_asked_for_is_empty() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${ENUMLOOKUP()}] [${ENUMLOOKUP(1234,sip,s)}] [${ENUMLOOKUP(1,sip,i)}]"), "[] [] []");
    }

    #[test]
    fn the_scheme_is_left_out_unless_any_service_will_do() {
        assert_eq!(dialled("sip:info@example.com", "sip"), "info@example.com");
        assert_eq!(dialled("tel:+49", "ALL"), "tel:+49");
        assert_eq!(whole("49 30-1"), "+49301");
    }
}
