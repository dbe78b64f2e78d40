//! `CURLOPT`

use super::options::Options;
use crate::channel::Variables;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Sets how this channel's web requests go out, and gives what is set; nothing for what is not.
pub static CURLOPT: Function =
    Function::new("CURLOPT", "An option of web requests", &[Argument::required("option", Kind::Text)])
        .reads(read)
        .writes(write);

/// The options, and what they are before they are set.
static OPTIONS: Options = Options {
    function: "CURLOPT",
    known: &[
        ("conntimeout", "0"),
        ("cookie", ""),
        ("dnstimeout", "0"),
        ("failurecodes", ""),
        ("followlocation", "0"),
        ("ftptext", "0"),
        ("ftptimeout", "0"),
        ("hashcompat", "no"),
        ("header", "0"),
        ("httpheader", ""),
        ("httptimeout", "0"),
        ("maxredirs", "0"),
        ("proxy", ""),
        ("proxyport", "0"),
        ("proxytype", ""),
        ("proxyuserpwd", ""),
        ("referer", ""),
        ("ssl_verifyhost", "2"),
        ("ssl_verifypeer", "1"),
        ("useragent", "exten"),
        ("userpwd", ""),
    ],
};

/// All options with their values on a channel.
pub fn all(settings: &Variables) -> Vec<(&'static str, String)> {
    OPTIONS.all(settings)
}

fn read(context: &mut Context<'_>, option: &str, out: &mut String) -> Result<(), FunctionError> {
    let (setting, _) = OPTIONS.find(option)?;
    out.push_str(context.state.settings.get(&setting).unwrap_or(""));
    Ok(())
}

fn write(context: &mut Context<'_>, option: &str, value: &str) -> Result<(), FunctionError> {
    let (setting, before) = OPTIONS.find(option)?;
    let is_number = before.bytes().all(|byte| byte.is_ascii_digit()) && !before.is_empty();
    if is_number && value.parse::<f64>().is_err() {
        return Err(FunctionError::value(format!("`{value}` is no number, as {option} wants")));
    }
    // Headers add up.
    let before = context.state.settings.get(&setting).filter(|_| setting.ends_with("/httpheader"));
    let value = before.map_or_else(|| value.to_owned(), |before| format!("{before}\n{value}"));
    context.state.settings.set(&setting, &value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn options_are_kept() {
        let bench = Bench::new("");
        bench.set("CURLOPT(httptimeout)", "3");
        bench.set("CURLOPT(nonsense)", "1");
        assert_eq!(bench.value("${CURLOPT(httptimeout)} [${CURLOPT(nonsense)}] [${CURLOPT(header)}]"), "3 [] []");
    }
}
