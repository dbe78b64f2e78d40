//! `PJSIP_SEND_SESSION_REFRESH`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Sends the party of a SIP channel that is up its session anew: `Set(PJSIP_SEND_SESSION_REFRESH()=invite)` by a
/// re-INVITE, `update` by an UPDATE where the party takes one.
pub static PJSIP_SEND_SESSION_REFRESH: Function = Function::new(
    "PJSIP_SEND_SESSION_REFRESH",
    "Refreshes the session of a SIP call",
    &[Argument::optional("update type", Kind::Text)],
)
.writes(write);

fn write(context: &mut Context<'_>, kind: &str, value: &str) -> Result<(), FunctionError> {
    let word = if value.trim().is_empty() { kind.trim() } else { value.trim() };
    let by_update = match word.to_ascii_lowercase().as_str() {
        "" | "invite" => false,
        "update" => true,
        _ => return Err(FunctionError::value(format!("a session is refreshed by `invite` or `update`, not `{word}`"))),
    };
    let is_sent = context.channel.is_some_and(|channel| channel.is_up() && channel.leg().refresh(by_update));
    if is_sent { Ok(()) } else { Err(FunctionError::not_found("the channel is no SIP call that is up".to_owned())) }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn who_speaks_no_sip_is_left_alone() {
        let told = Trial::of("Set(PJSIP_SEND_SESSION_REFRESH()=invite)\nNoOp(on)").run();
        assert!(told.has("100@default:3 NoOp on"), "{:?}", told.lines);
    }
}
