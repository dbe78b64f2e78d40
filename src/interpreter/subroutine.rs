//! Gosub and Macro: entering, returning, and what they hide meanwhile.

use super::{Context, split_raw};
use crate::channel::State;
use crate::channel::state::{Frame, MacroFrame, Position};

impl Context<'_> {
    /// Enters the subroutine `[[context,]extension,]priority[(arguments)]`, whose Return leads to the priority `back` of
    /// this extension. False, with a warning, where there is no such subroutine.
    pub fn gosub(&mut self, text: &str, back: i32) -> bool {
        let arguments = text.split_once('(').map_or("", |(_, arguments)| arguments);
        let arguments = arguments.rsplit_once(')').map_or(arguments, |(inside, _)| inside);
        let Some(target) = self.find_subroutine(text) else { return false };
        let here = &self.state.position;
        let back = Position::new(&here.context, &here.extension, back);
        let arguments = if arguments.is_empty() { Vec::new() } else { split_raw(arguments, ',') };
        self.enter_gosub(&target, back, &arguments);
        true
    }

    /// Where the subroutine `[[context,]extension,]priority[(arguments)]` begins; nothing, with a warning, where there is
    /// no such subroutine.
    pub fn find_subroutine(&mut self, text: &str) -> Option<Position> {
        let target = self.resolve(text.split('(').next().unwrap_or(""))?;
        let caller = self.state.caller.number();
        if !self.lookup().exists(&target.context, &target.extension, target.priority, caller) {
            self.warn(&format!("there is no subroutine at {target}"));
            return None;
        }
        Some(target)
    }

    /// Leaves the innermost subroutine and goes back to where it was called from. False if there is none.
    pub fn leave_gosub(&mut self) -> bool {
        match self.pop_gosub() {
            Some(back) => {
                self.state.position = back;
                self.state.has_jumped = true;
                true
            }
            None => false,
        }
    }

    /// Forgets the innermost subroutine, shows again what its arguments hid, and gives the place that it would have
    /// returned to.
    pub fn pop_gosub(&mut self) -> Option<Position> {
        let frames = &mut self.state.frames;
        let at = frames.iter().rposition(|frame| matches!(frame, Frame::Gosub { .. }))?;
        let Frame::Gosub { back, locals, .. } = frames.remove(at) else { return None };
        for name in locals.iter().rev() {
            if self.state.variables.pop(name).is_some_and(|value| !value.is_empty()) {
                self.announce_variable(name, "");
            }
        }
        Some(back)
    }

    /// Arguments become ARG1, ARG2, … and hide older ones.
    fn enter_gosub(&mut self, target: &Position, back: Position, arguments: &[&str]) {
        let outer = self.state.frames.iter().rev().find_map(|frame| match frame {
            Frame::Gosub { arguments, .. } => Some(*arguments),
            Frame::Macro(_) => None,
        });
        let mut locals = Vec::new();
        // Inside a subroutine, arguments of the outer one that are not given again must not show through.
        for at in 0..arguments.len().max(outer.unwrap_or(0)) {
            let name = format!("ARG{}", at + 1);
            self.push_local(&name, arguments.get(at).copied().unwrap_or(""));
            locals.push(name);
        }
        self.push_local("ARGC", &arguments.len().to_string());
        locals.push("ARGC".to_owned());
        self.state.frames.push(Frame::Gosub { back, locals, arguments: arguments.len() });
        self.state.jump(&target.context, &target.extension, target.priority);
    }

    /// Adds a variable that hides an older one until the subroutine returns.
    pub fn push_local(&mut self, name: &str, value: &str) {
        self.state.variables.push(name, value);
        self.announce_local(name, value);
    }

    /// Tells observers that a variable of the subroutine was set.
    pub fn announce_local(&self, name: &str, value: &str) {
        if self.exchange.channels.is_observed() {
            self.announce_variable(&format!("LOCAL({name})"), value);
        }
    }

    /// Enters the macro in this context at `s,1`. It must exist. `lock` is held until the macro ends.
    pub fn enter_macro<'t>(
        &mut self,
        context: &str,
        arguments: impl Iterator<Item = &'t str>,
        lock: Option<crate::channel::state::MacroLock>,
    ) {
        let back = self.state.position.clone();
        let depth = macro_depth(&self.state);
        let mut saved = Vec::new();
        let mut hide = |name: String, value: Option<&str>| {
            let old = self.state.variables.get(&name).map(str::to_owned);
            self.put_back(&name, value);
            saved.push((name, old));
        };
        hide("MACRO_EXTEN".to_owned(), Some(&back.extension));
        hide("MACRO_CONTEXT".to_owned(), Some(&back.context));
        hide("MACRO_PRIORITY".to_owned(), Some(&back.priority.to_string()));
        hide("MACRO_OFFSET".to_owned(), None);
        for (argument, number) in arguments.zip(1..) {
            hide(format!("ARG{number}"), Some(argument));
        }
        self.set("MACRO_DEPTH", &(depth + 1).to_string());
        self.state.jump(context, "s", 1);
        self.state.frames.push(Frame::Macro(Box::new(MacroFrame { context: context.to_owned(), back, saved, lock })));
    }

    /// Ends the innermost macro: gives back what it hid and, if the call still is in the macro's context, moves to the
    /// step that called it (or further, by `MACRO_OFFSET`). False if there is none.
    pub(super) fn end_macro(&mut self) -> bool {
        let Some(at) = self.state.frames.iter().rposition(|frame| matches!(frame, Frame::Macro(_))) else {
            return false;
        };
        let Frame::Macro(frame) = self.state.frames.remove(at) else { return false };
        if self.state.position.context.eq_ignore_ascii_case(&frame.context) {
            self.state.position = frame.back;
            self.skip_by_offset();
        }
        for (name, old) in frame.saved.into_iter().rev() {
            self.put_back(&name, old.as_deref());
        }
        self.set("MACRO_DEPTH", &macro_depth(&self.state).to_string());
        true
    }

    fn put_back(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.set(name, value),
            None => self.unset(name),
        }
    }

    /// Ends the innermost macro and goes on behind the step that called it. False if there is none.
    pub fn exit_macro(&mut self) -> bool {
        let has_ended = self.end_macro();
        if has_ended {
            let next = self.state.position.priority.saturating_add(1);
            self.state.jump_within(next);
        }
        has_ended
    }

    /// `MACRO_OFFSET` leads further on behind the call of the macro, if there is a step.
    fn skip_by_offset(&mut self) {
        let offset = self.state.variables.get("MACRO_OFFSET").and_then(super::leading_integer);
        let Some(offset) = offset else { return };
        let Position { context, extension, priority } = &self.state.position;
        let priority = priority.saturating_add(offset);
        let caller = self.state.caller.number();
        if self.lookup().exists(context, extension, priority.saturating_add(1), caller) {
            self.state.position.priority = priority;
        }
    }

    /// Ends all macros, as the end of a call or a pressed key does.
    pub(super) fn end_macros(&mut self) {
        while self.end_macro() {}
    }

    /// A jump out of a macro's context ends the macro without going back.
    pub(super) fn leave_macros(&mut self) {
        while let Some(Frame::Macro(frame)) = self.state.frames.last() {
            if frame.context.eq_ignore_ascii_case(&self.state.position.context) {
                return;
            }
            self.end_macro();
        }
    }
}

/// How many macros the channel is inside of.
pub fn macro_depth(state: &State) -> usize {
    state.frames.iter().filter(|frame| matches!(frame, Frame::Macro(_))).count()
}
