//! `PJSIP_HEADER_PARAM`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a parameter of From, To or Contact of the INVITE that made this channel: of the address itself (`uri`), or of
/// the header (`header`). `${PJSIP_HEADER_PARAM(From,header,tag)}`
pub static PJSIP_HEADER_PARAM: Function = Function::new(
    "PJSIP_HEADER_PARAM",
    "A parameter of a SIP header",
    &[
        Argument::required("header", Kind::Text),
        Argument::required("uri|header", Kind::Text),
        Argument::required("name", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(header), Some(kind), Some(name)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a header, `uri` or `header`, and the name of a parameter are needed"));
    };
    let value = context.channel.and_then(|channel| channel.leg().fact(&format!("header:{header}"))).unwrap_or_default();
    let (address, own) = value.split_once('>').unwrap_or((&value, ""));
    let parameters = match kind.as_str() {
        "uri" => address.split_once(';').map_or("", |(_, parameters)| parameters),
        "header" => own,
        _ => return Err(FunctionError::arguments("the parameter is one of the `uri` or the `header`")),
    };
    let mut all = parameters.split(';').map(|text| text.split_once('=').unwrap_or((text, "")));
    let found = all.find(|(known, _)| known.trim().eq_ignore_ascii_case(&name));
    out.push_str(found.map_or("", |(_, value)| value.trim()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn who_has_no_headers_has_no_parameters() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${PJSIP_HEADER_PARAM(From,header,tag)}${PJSIP_HEADER_PARAM(From,x,tag)}]"), "[]");
    }
}
