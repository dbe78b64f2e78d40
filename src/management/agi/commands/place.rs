//! `SET CONTEXT`, `SET EXTENSION`, `SET PRIORITY`: where in the plan the call goes on.

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::interpreter::{Context, leading_integer};

pub static SET_CONTEXT: Command = Command::new(
    "SET CONTEXT",
    "<context>",
    "Sets the context in which the call goes on after the script. The result is 0.",
    Run::Compute(set_context),
);

fn set_context(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 1 {
        return Reply::Usage;
    }
    words.get(0).clone_into(&mut context.state.position.context);
    Reply::result(0)
}

pub static SET_EXTENSION: Command = Command::new(
    "SET EXTENSION",
    "<extension>",
    "Sets the extension at which the call goes on after the script. The result is 0.",
    Run::Compute(set_extension),
);

fn set_extension(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 1 {
        return Reply::Usage;
    }
    words.get(0).clone_into(&mut context.state.position.extension);
    Reply::result(0)
}

pub static SET_PRIORITY: Command = Command::new(
    "SET PRIORITY",
    "<priority>",
    "Sets the priority, a number or a label, at which the call goes on after the script. The result is 0.",
    Run::Compute(set_priority),
);

fn set_priority(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 1 {
        return Reply::Usage;
    }
    let state = &context.state;
    let label = || {
        let position = &state.position;
        context.lookup().find_label(&position.context, &position.extension, words.get(0), state.caller.number())
    };
    match leading_integer(words.get(0)).or_else(label) {
        Some(priority) => {
            context.state.jump_within(priority);
            Reply::result(0)
        }
        None => Reply::Usage,
    }
}
