//! `AGENT`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind, device_of};

/// Gives what is known of an agent of `agents.conf`, as `agent:item`.
///
/// `status` (or nothing): `LOGGEDIN` or `LOGGEDOUT`; `name`; `mohclass`; `channel`: where it is logged in, without the
/// number behind it; `fullchannel`: with it.
pub static AGENT: Function =
    Function::new("AGENT", "What is known of an agent", &[Argument::required("agent:item", Kind::Text)]).reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (id, item) = arguments.split_once(':').unwrap_or((arguments, "status"));
    let agent = context.exchange.agents.find(id.trim());
    let agent = agent.ok_or_else(|| FunctionError::not_found(format!("there is no agent {id} in agents.conf")))?;
    let channel = agent.session.as_ref().map_or("", |session| session.channel.name());
    match item.trim().to_ascii_lowercase().as_str() {
        "status" | "" => out.push_str(if agent.session.is_some() { "LOGGEDIN" } else { "LOGGEDOUT" }),
        "name" => out.push_str(&agent.settings.name),
        "mohclass" => out.push_str(&agent.settings.music_class),
        "channel" => out.push_str(device_of(channel)),
        "fullchannel" => out.push_str(channel),
        // Agents have no passwords any more; Asterisk's item of that name is empty, too.
        "password" => {}
        other => return Err(FunctionError::arguments(format!("an agent has no item `{other}`"))),
    }
    Ok(())
}
