//! `PJSIP_PARSE_URI`, `PJSIP_PARSE_URI_FROM`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a part of a SIP URI or address.
///
/// The parts are `display`, `scheme`, `user`, `passwd`, `host`, `port`, `user_param`, `method_param`, `transport_param`,
/// `ttl_param`, `lr_param` and `maddr_param`.
pub static PJSIP_PARSE_URI: Function = Function::new(
    "PJSIP_PARSE_URI",
    "A part of a SIP URI",
    &[Argument::required("uri", Kind::Text), Argument::required("part", Kind::Text)],
)
.reads(read);

/// Gives a part of the SIP URI or address that a variable holds, which may have commas in it.
///
/// The parts are those of `PJSIP_PARSE_URI`.
pub static PJSIP_PARSE_URI_FROM: Function = Function::new(
    "PJSIP_PARSE_URI_FROM",
    "A part of the SIP URI in a variable",
    &[Argument::required("variable", Kind::Variable), Argument::required("part", Kind::Text)],
)
.reads(read_from);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(uri), Some(wanted)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a URI and the name of a part are needed"));
    };
    give(&uri, &wanted, out)
}

fn read_from(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(variable), Some(wanted)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a variable and the name of a part are needed"));
    };
    let uri = context.get(&variable).ok_or_else(|| FunctionError::not_found(format!("`{variable}` is not set")))?;
    give(&uri, &wanted, out)
}

fn give(uri: &str, wanted: &str, out: &mut String) -> Result<(), FunctionError> {
    let found = part(uri, wanted).ok_or_else(|| FunctionError::value(format!("`{uri}` is no SIP URI")))?;
    out.push_str(found);
    Ok(())
}

/// A part of a URI or address, empty where it has none; `None` where it is neither.
fn part<'a>(address: &'a str, wanted: &str) -> Option<&'a str> {
    let (display, uri) = match address.split_once('<') {
        Some((display, rest)) => (display.trim().trim_matches('"'), rest.split('>').next()?),
        None => ("", address.trim()),
    };
    let (scheme, rest) = uri.split_once(':').filter(|(scheme, _)| ["sip", "sips", "tel"].contains(scheme))?;
    let rest = rest.split('?').next()?;
    let (user_info, rest) = rest.rsplit_once('@').map_or(("", rest), |(user, rest)| (user, rest));
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let (place, parameters) = rest.split_once(';').unwrap_or((rest, ""));
    let after_host = if place.starts_with('[') { place.find(']')? } else { 0 };
    let colon = place.get(after_host..)?.find(':').map(|at| at + after_host);
    let (host, port) =
        colon.map_or((place, ""), |at| (place.get(..at).unwrap_or_default(), place.get(at + 1..).unwrap_or_default()));
    let parameter = |name: &str| {
        let mut all = parameters.split(';').map(|text| text.split_once('=').unwrap_or((text, "")));
        all.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    Some(match wanted {
        "display" => display,
        "scheme" => scheme,
        "user" => user,
        "passwd" => password,
        "host" => host,
        "port" => port,
        // It has no value of its own.
        "lr_param" => parameter("lr").map_or("", |_| "1"),
        wanted => wanted.strip_suffix("_param").and_then(parameter).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn parts_of_addresses() {
        let bench = Bench::new("");
        bench.set("A", "\"Ann, A.\" <sip:ann:key@[2001:db8::1]:5080;transport=tcp;lr>;tag=1");
        let part = |name: &str| bench.value(&format!("${{PJSIP_PARSE_URI_FROM(A,{name})}}"));
        let told = ["display", "scheme", "user", "passwd", "host", "port", "transport_param", "lr_param", "ttl_param"];
        assert_eq!(told.map(part), ["Ann, A.", "sip", "ann", "key", "[2001:db8::1]", "5080", "tcp", "1", ""]);
        assert_eq!(bench.value("${PJSIP_PARSE_URI(sip:200@pbx,host)} ${PJSIP_PARSE_URI(sip:pbx,user)}"), "pbx ");
        assert_eq!(bench.value("[${PJSIP_PARSE_URI(nonsense,host)}]"), "[]");
    }
}
