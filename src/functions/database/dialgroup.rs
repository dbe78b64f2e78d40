//! `DIALGROUP`

use super::failed;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets a named group of destinations, ready for `Dial`.
///
/// `Set(DIALGROUP(team)=SIP/1&SIP/2)` replaces it; `Set(DIALGROUP(team,add)=SIP/3)` and `del` change it. Groups are kept
/// in the family `dialgroup` of the AstDB.
pub static DIALGROUP: Function = Function::new(
    "DIALGROUP",
    "A group of destinations",
    &[Argument::required("group", Kind::Text), Argument::optional("add|del", Kind::Text)],
)
.reads(read)
.writes(write);

const FAMILY: &str = "dialgroup";

fn members(context: &Context<'_>, group: &str) -> Result<Vec<String>, FunctionError> {
    let stored = context.exchange.database.get(FAMILY, group).map_err(failed)?.unwrap_or_default();
    Ok(split(&stored))
}

/// The members, each once.
fn split(text: &str) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    for member in text.split(['&', ',']).map(str::trim).filter(|member| !member.is_empty()) {
        if !members.iter().any(|known| known == member) {
            members.push(member.to_owned());
        }
    }
    members
}

fn read(context: &mut Context<'_>, group: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&members(context, group)?.join("&"));
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [group, change] = fields::standard(arguments);
    let group = group.filter(|group| !group.is_empty());
    let group = group.ok_or_else(|| FunctionError::arguments("the name of a group is needed"))?;
    let given = split(value);
    let members = match change.as_deref().unwrap_or("") {
        "" => given,
        "add" => split(&[members(context, &group)?, given].concat().join("&")),
        "del" => members(context, &group)?.into_iter().filter(|member| !given.contains(member)).collect(),
        other => return Err(FunctionError::arguments(format!("`{other}` is neither add nor del"))),
    };
    if members.is_empty() {
        context.exchange.database.delete(FAMILY, &group).map_err(failed)?;
        return Ok(());
    }
    context.exchange.database.put(FAMILY, &group, &members.join("&")).map_err(failed)
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn members_join_and_leave() {
        let bench = Bench::new("");
        bench.set("DIALGROUP(team)", "SIP/1&SIP/2");
        bench.set("DIALGROUP(team,del)", "SIP/1");
        bench.set("DIALGROUP(team,add)", "SIP/3");
        bench.set("DIALGROUP(team,add)", "SIP/3");
        assert_eq!(bench.value("${DIALGROUP(team)} [${DIALGROUP(none)}]"), "SIP/2&SIP/3 []");
    }
}
