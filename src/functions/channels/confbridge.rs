//! `CONFBRIDGE`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(CONFBRIDGE(user,quiet)=yes)` sets an option of the next ConfBridge of this channel.
///
/// The first argument is `user`, `bridge` or `menu`. The option `template` begins with a profile of `confbridge.conf`,
/// `clear` forgets what was set; `Set(CONFBRIDGE(clear)=)` forgets all.
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
    match (&*kind, &*option) {
        ("clear", _) => settings.remove_all("CONFBRIDGE/"),
        ("user" | "bridge" | "menu", "clear") => settings.remove_all(&format!("CONFBRIDGE/{kind}/")),
        ("user" | "bridge" | "menu", "") => return Err(FunctionError::arguments("an option is needed")),
        ("user" | "bridge" | "menu", option) => settings.set(&format!("CONFBRIDGE/{kind}/{option}"), value),
        _ => return Err(FunctionError::arguments(format!("`{kind}` is none of user, bridge and menu"))),
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
        let settings =
            || bench.with(|context| context.state.settings.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(settings(), ["CONFBRIDGE/user/quiet", "CONFBRIDGE/bridge/max_members"]);
        bench.set("CONFBRIDGE(user,clear)", "");
        assert_eq!(settings(), ["CONFBRIDGE/bridge/max_members"]);
    }
}
