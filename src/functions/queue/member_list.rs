//! `QUEUE_MEMBER_LIST`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the interfaces of a queue's members, separated by commas.
pub static QUEUE_MEMBER_LIST: Function =
    Function::new("QUEUE_MEMBER_LIST", "The members of a queue", &[Argument::required("queue", Kind::Text)])
        .reads(read);

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let queue = super::find(context, name)?;
    let mut members = queue.members_as_called();
    members.reverse();
    let interfaces: Vec<String> = members.into_iter().map(|member| member.interface).collect();
    out.push_str(&interfaces.join(","));
    Ok(())
}
