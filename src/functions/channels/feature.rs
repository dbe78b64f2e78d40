//! `FEATURE`, `FEATUREMAP`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets for this channel a setting that `features.conf` has in `[general]`: `featuredigittimeout`,
/// `transferdigittimeout`, `atxfernoanswertimeout`, `atxferabort`, `xfersound`, `xferfailsound`, `transferdialattempts`, …
///
/// With `inherit` set to `yes`, channels that this one calls have its settings, too.
pub static FEATURE: Function =
    Function::new("FEATURE", "A setting of the channel's features", &[Argument::required("setting", Kind::Text)])
        .reads(read_setting)
        .writes(write_setting);

/// Gives or sets for this channel the keys of a feature: `blindxfer`, `atxfer`, `disconnect`, `automon`, `automixmon`,
/// `parkcall`, or a name of the applicationmap.
pub static FEATUREMAP: Function =
    Function::new("FEATUREMAP", "The keys of a feature", &[Argument::required("feature", Kind::Text)])
        .reads(read_keys)
        .writes(write_keys);

fn read_setting(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let name = name.trim().to_ascii_lowercase();
    if let Some(own) = context.state.settings.get(&format!("FEATURE/{name}")) {
        out.push_str(own);
        return Ok(());
    }
    match name.as_str() {
        "" => Err(FunctionError::arguments("the name of a setting is needed")),
        "inherit" => {
            out.push_str("no");
            Ok(())
        }
        name => {
            out.push_str(context.plan.features.setting(name));
            Ok(())
        }
    }
}

fn write_setting(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    let name = name.trim().to_ascii_lowercase();
    if name.is_empty() {
        return Err(FunctionError::arguments("the name of a setting is needed"));
    }
    context.state.settings.set(&format!("FEATURE/{name}"), value);
    Ok(())
}

fn read_keys(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let name = name.trim().to_ascii_lowercase();
    if let Some(own) = context.state.settings.get(&format!("FEATUREMAP/{name}")) {
        out.push_str(own);
        return Ok(());
    }
    let features = &context.plan.features;
    let keys = features.map.keys(&name).or_else(|| features.application(&name).map(|feature| feature.keys.as_str()));
    match keys {
        Some(keys) => {
            out.push_str(keys);
            Ok(())
        }
        None => Err(FunctionError::arguments(format!("there is no feature `{name}`"))),
    }
}

fn write_keys(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    let name = name.trim().to_ascii_lowercase();
    let features = &context.plan.features;
    if features.map.keys(&name).is_none() && features.application(&name).is_none() {
        return Err(FunctionError::arguments(format!("there is no feature `{name}`")));
    }
    context.state.settings.set(&format!("FEATUREMAP/{name}"), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn what_is_set_hides_the_file() {
        let bench = Bench::new("");
        assert_eq!(bench.value("${FEATURE(xfersound)} ${FEATUREMAP(blindxfer)} [${FEATUREMAP(nosuch)}]"), "beep # []");
        bench.set("FEATURE(xfersound)", "ding");
        bench.set("FEATUREMAP(atxfer)", "*2");
        assert_eq!(bench.value("${FEATURE(xfersound)} ${FEATUREMAP(atxfer)} ${FEATURE(inherit)}"), "ding *2 no");
    }
}
