//! Gosub and Macro: entering, returning, and what they save.

use crate::channel::State;
use crate::channel::state::{Frame, MacroFrame, Position};

/// Enters a subroutine at `target`; `Return` leads to `back`. Arguments become ARG1, ARG2, … and hide older ones.
pub fn enter_gosub(state: &mut State, target: &Position, back: Position, arguments: &[String]) {
    let outer = state.frames.iter().rev().find_map(|frame| match frame {
        Frame::Gosub { arguments, .. } => Some(*arguments),
        Frame::Macro(_) => None,
    });
    let mut locals = Vec::new();
    // Inside a subroutine, arguments of the outer one that are not given again must not show through.
    for number in 1..=arguments.len().max(outer.unwrap_or(0)) {
        let name = format!("ARG{number}");
        let value = number.checked_sub(1).and_then(|at| arguments.get(at)).map_or("", String::as_str);
        state.variables.push(&name, value);
        locals.push(name);
    }
    state.variables.push("ARGC", &arguments.len().to_string());
    locals.push("ARGC".to_owned());
    state.frames.push(Frame::Gosub { back, locals, arguments: arguments.len() });
    state.jump(&target.context, &target.extension, target.priority);
}

/// Leaves the innermost subroutine and goes back to where it was called from. False if there is none.
pub fn leave_gosub(state: &mut State) -> bool {
    let Some(at) = state.frames.iter().rposition(|frame| matches!(frame, Frame::Gosub { .. })) else {
        return false;
    };
    while state.frames.len() > at + 1 {
        drop_macro(state);
    }
    if let Some(back) = drop_gosub(state) {
        state.jump(&back.context, &back.extension, back.priority);
    }
    true
}

/// Forgets the innermost frame if it is a subroutine's; gives the place it would have returned to.
pub fn drop_gosub(state: &mut State) -> Option<Position> {
    let Some(Frame::Gosub { .. }) = state.frames.last() else { return None };
    let Some(Frame::Gosub { back, locals, .. }) = state.frames.pop() else { return None };
    for name in locals.iter().rev() {
        state.variables.pop(name);
    }
    Some(back)
}

/// Enters `macro-NAME` at s,1; its end leads to `back`.
pub fn enter_macro(state: &mut State, context: String, back: Position, arguments: &[String]) {
    let depth = state.frames.iter().filter(|frame| matches!(frame, Frame::Macro(_))).count();
    let mut saved = Vec::new();
    let mut set = |state: &mut State, name: String, value: &str| {
        let old = state.variables.get(&name).map(str::to_owned);
        state.variables.set(&name, value);
        saved.push((name, old));
    };
    if depth == 0 {
        let caller = state.position.clone();
        set(state, "MACRO_CONTEXT".to_owned(), &caller.context);
        set(state, "MACRO_EXTEN".to_owned(), &caller.extension);
        set(state, "MACRO_PRIORITY".to_owned(), &caller.priority.to_string());
    }
    for (at, argument) in arguments.iter().enumerate() {
        set(state, format!("ARG{}", at + 1), argument);
    }
    state.frames.push(Frame::Macro(Box::new(MacroFrame { context: context.clone(), back, saved, depth })));
    state.jump(&context, "s", 1);
}

/// Ends the innermost macro and goes back to where it was called from. False if the innermost frame is none.
pub fn leave_macro(state: &mut State) -> bool {
    match drop_macro(state) {
        Some(back) => {
            state.jump(&back.context, &back.extension, back.priority);
            true
        }
        None => false,
    }
}

/// Forgets the innermost macro and gives back what its arguments hid.
pub fn drop_macro(state: &mut State) -> Option<Position> {
    let Some(Frame::Macro(_)) = state.frames.last() else { return None };
    let Some(Frame::Macro(frame)) = state.frames.pop() else { return None };
    for (name, old) in frame.saved.into_iter().rev() {
        match old {
            Some(value) => state.variables.set(&name, &value),
            None => state.variables.remove(&name),
        }
    }
    Some(frame.back)
}
