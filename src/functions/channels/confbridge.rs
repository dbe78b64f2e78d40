//! `CONFBRIDGE`

use crate::applications::conference::confbridge::profile::Sort;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(CONFBRIDGE(user,quiet)=yes)` sets an option of the next ConfBridge of this channel.
///
/// The first argument is `user`, `bridge` or `menu`, the option a key of `confbridge.conf`. The option `template` begins
/// anew with a profile of that file, `clear` forgets what was set; `Set(CONFBRIDGE(clear)=)` forgets all. A profile that
/// ConfBridge itself names counts before these options.
pub static CONFBRIDGE: Function = Function::new(
    "CONFBRIDGE",
    "An option of the channel's next conference",
    &[Argument::required("user|bridge|menu", Kind::Text), Argument::required("option", Kind::Text)],
)
.writes(write);

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [kind, option] = fields::standard(arguments);
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let option = option.unwrap_or_default().to_ascii_lowercase();
    let settings = &mut context.state.settings;
    if kind == "clear" {
        settings.remove_all("CONFBRIDGE/");
        return Ok(());
    }
    let Some(sort) = Sort::named(&kind) else {
        return Err(FunctionError::arguments(format!("`{kind}` is none of user, bridge and menu")));
    };
    let prefix = format!("CONFBRIDGE/{kind}/");
    match &*option {
        "" => return Err(FunctionError::arguments("an option is needed")),
        "clear" => settings.remove_all(&prefix),
        "template" => {
            settings.remove_all(&prefix);
            settings.set(&format!("{prefix}template"), value);
        }
        option if sort.has(option) => {
            let option = if sort == Sort::Menu { option.to_ascii_uppercase() } else { option.to_owned() };
            settings.set(&format!("{prefix}{option}"), value);
        }
        option => return Err(FunctionError::arguments(format!("a {kind} profile has no setting `{option}`"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn options_wait_for_the_conference() {
        let bench = Bench::new("");
        bench.set("CONFBRIDGE(user,quiet)", "yes");
        bench.set("CONFBRIDGE(bridge,max_members)", "2");
        bench.set("CONFBRIDGE(other,x)", "2");
        bench.set("CONFBRIDGE(user,colour)", "red");
        let settings =
            || bench.with(|context| context.state.settings.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(settings(), ["CONFBRIDGE/user/quiet", "CONFBRIDGE/bridge/max_members"]);
        bench.set("CONFBRIDGE(user,template)", "boss");
        assert_eq!(settings(), ["CONFBRIDGE/bridge/max_members", "CONFBRIDGE/user/template"]);
        bench.set("CONFBRIDGE(user,clear)", "");
        assert_eq!(settings(), ["CONFBRIDGE/bridge/max_members"]);
    }
}
