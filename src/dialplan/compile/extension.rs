//! Lines of extensions: which priority they have and which step they become.

use super::tables::{label as label_number, label_in_step, number};
use super::{Compiler, shrink_number};
use crate::diagnostic::{Diagnostic, codes};
use crate::dialplan::pattern::Extent;
use crate::dialplan::plan::{Application, ApplicationId, ContextId, ExtensionId, HINT, Step, StepId};
use crate::dialplan::syntax::{Base, Extension as Line, Label, Text};
use crate::dialplan::template::Template;
use std::ops::ControlFlow;
use std::sync::Arc;

/// How many bytes of an extension's name count.
const LONGEST_NAME: usize = 255;

/// Where counting priorities stands; begins anew with every section.
#[derive(Default)]
pub(super) struct Position {
    /// The extension of the line before, its caller part included.
    extension: String,
    priority: Option<i32>,
}

impl Compiler<'_> {
    pub(super) fn extension(&mut self, context: ContextId, in_context: &str, line: &Line, position: &mut Position) {
        if let Some(name) = &line.name {
            self.tell_blanks(name);
            position.extension = self.globals.substitute(&name.text);
            if position.extension.len() > LONGEST_NAME {
                let end = (0..=LONGEST_NAME).rev().find(|at| position.extension.is_char_boundary(*at)).unwrap_or(0);
                position.extension.truncate(end);
                let cut = Diagnostic::warning(codes::LONG_NAME, "the name of an extension is too long and is cut")
                    .at(name.span, format!("more than {LONGEST_NAME} bytes"));
                self.report(cut);
            }
        } else if position.extension.is_empty() {
            let lost = Diagnostic::warning(codes::SAME_WITHOUT_EXTEN, "`same` has no extension to go on with")
                .at(line.span, "this line is dropped")
                .help("begin the context with `exten =>`");
            return self.report(lost);
        }
        let (name, caller) = match position.extension.split_once('/') {
            Some((name, caller)) => (name.to_owned(), Some(shrink_number(caller))),
            None => (position.extension.clone(), None),
        };
        let Some(priority) = self.priority(context, line, &name, caller.as_deref(), position.priority) else { return };
        position.priority = Some(priority);
        if self.amendments.is_some_and(|all| all.removes_step(in_context, &position.extension, priority)) {
            return;
        }
        if name.is_empty() {
            let nameless = Diagnostic::warning(codes::EMPTY_EXTENSION, "a line names no extension")
                .at(line.span, "this line is dropped")
                .help("write `exten => name,priority,Application()`");
            return self.report(nameless);
        }
        if matches!(name.as_str(), "_." | "_!") && priority == 1 {
            let catch_all =
                Diagnostic::warning(codes::CATCH_ALL, format!("`{name}` also catches `h`, `i`, `t` and `s`"))
                    .at(line.name.as_ref().map_or(line.span, |name| name.span), "every extension there is")
                    .help("write `_X.` for numbers");
            self.report(catch_all);
        }
        let span = line.name.as_ref().map_or(line.span, |name| name.span);
        let id = self.name(context, &name, caller.as_deref(), span);
        self.step(id, &name, priority, line);
    }

    /// Blanks within a name are left out on loading, those in the classes of a pattern aside.
    fn tell_blanks(&mut self, name: &Text) {
        let written = name.text.trim_matches(' ');
        let without = super::without_blanks(written);
        if without == written || written.contains('$') {
            return;
        }
        let blanks = Diagnostic::warning(codes::BLANK_IN_EXTENSION, format!("`{written}` has a blank in it"))
            .at(name.span, format!("Asterisk reads `{without}`"))
            .help(format!("write `{without}`, or what is meant"));
        let is_verbatim = (name.span.end - name.span.start) as usize == name.text.len();
        self.report(if is_verbatim { blanks.fix(name.span, without) } else { blanks });
    }

    /// The priority a line has; none when it is dropped.
    fn priority(
        &mut self,
        context: ContextId,
        line: &Line,
        name: &str,
        caller: Option<&str>,
        last: Option<i32>,
    ) -> Option<i32> {
        if line.label.as_ref().is_some_and(|label| !label.is_closed) {
            let open = Diagnostic::warning(codes::UNCLOSED_LABEL, "a label is not closed")
                .at(line.priority_text.span, "this line is dropped; the next takes its number")
                .help("write `)` behind the label");
            self.report(open);
            return None;
        }
        let base = match (&line.priority.base, last) {
            (Base::Hint, _) => return Some(HINT),
            (Base::Next | Base::Same, None) => {
                let first = "the first line of a context cannot count on";
                let lost = Diagnostic::warning(codes::FIRST_PRIORITY, first)
                    .at(line.priority_text.span, "this line is dropped")
                    .help("give it a number: `1`");
                self.report(lost);
                return None;
            }
            (Base::Next, Some(HINT)) => {
                let lost = Diagnostic::warning(codes::AFTER_HINT, "`n` cannot count on from a hint")
                    .at(line.priority_text.span, "this line is dropped")
                    .help("give it a number, or write the hint elsewhere");
                self.report(lost);
                return None;
            }
            (Base::Next, Some(last)) => last.checked_add(1),
            (Base::Same, Some(last)) => Some(last),
            (Base::Number(number), _) => Some(*number).filter(|number| *number > 0),
            (Base::Label(label), _) => self.labelled(context, name, caller, label),
        };
        let addition = line.priority.addition.unwrap_or(0);
        let priority = base.and_then(|base| base.checked_add(addition)).filter(|priority| *priority > 0);
        if priority.is_none() {
            let text = &line.priority_text.text;
            let bad = Diagnostic::warning(codes::BAD_PRIORITY, format!("`{text}` is no priority"))
                .at(line.priority_text.span, "this line is dropped; the next takes its number")
                .help("write a number above 0, `n`, `hint`, or the label of a line above");
            self.report(bad);
        }
        priority
    }

    /// The priority of a label in the lines above.
    fn labelled(&self, context: ContextId, name: &str, caller: Option<&str>, label: &str) -> Option<i32> {
        let label = *self.plan.label_ids.get(label)?;
        let context = self.plan.contexts.get(context.index())?;
        let name_of = |id: u32| self.plan.extensions.get(id as usize).map_or("", |extension| &*extension.name);
        let found = context.matcher.visit(name, Extent::Whole, name_of, |head, _| {
            let mut next = Some(ExtensionId(head));
            while let Some((id, extension)) = next.and_then(|id| Some((id, self.plan.extension(id)?))) {
                next = extension.next;
                if let Some(step) =
                    self.plan.labelled.get(&(id, label)).filter(|_| extension.admits(caller.unwrap_or("")))
                {
                    return ControlFlow::Break(*step);
                }
            }
            ControlFlow::Continue(())
        });
        found.break_value().and_then(|step| self.plan.step(step)).map(|step| step.priority)
    }

    fn step(&mut self, extension: ExtensionId, name: &str, priority: i32, line: &Line) {
        let id = StepId(number(self.plan.steps.len()));
        if let Some(first) = self.tables.priorities.get(&(extension, priority)).copied() {
            return self.duplicate(extension, name, priority, first, line);
        }
        self.tables.priorities.insert((extension, priority), id);
        let mut application = line.call.application.text.as_str();
        let substituted;
        if priority == HINT && application.contains("${") && !name.starts_with('_') {
            substituted = self.globals.substitute_hint(application, name);
            application = &substituted;
        }
        let application = self.application(application, priority, line);
        self.check_call(line, priority);
        let label = line.label.as_ref().and_then(|label| self.label(extension, id, label));
        self.plan.steps.push(Step {
            priority,
            application,
            extension,
            label: label.and_then(label_in_step),
            arguments: Template::parse(&line.call.arguments.text),
            span: line.span,
            arguments_at: line.call.arguments.span.start,
            has_old_separators: false,
        });
    }

    fn duplicate(&mut self, extension: ExtensionId, name: &str, priority: i32, first: StepId, line: &Line) {
        let Some(first) = self.plan.step(first).map(|step| step.span) else { return };
        let known = self.plan.extension(extension).map_or("", |extension| extension.written());
        let (code, message) = if *known == *super::without_blanks(name) {
            let what = if priority == HINT { "the hint".to_owned() } else { format!("priority {priority}") };
            (codes::DUPLICATE_PRIORITY, format!("{what} of `{name}` is given twice"))
        } else {
            let message =
                format!("`{name}` and `{known}` match the same numbers, and priority {priority} is given twice");
            (codes::ALIASED_EXTENSION, message)
        };
        let twice = Diagnostic::warning(code, message)
            .at(line.span, "this line is dropped")
            .at(first, "the first one stands")
            .help("remove one of them, or count with `n`");
        self.report(twice);
    }

    fn label(&mut self, extension: ExtensionId, step: StepId, label: &Label) -> Option<u32> {
        if let Some(behind) = label.behind {
            let ignored = Diagnostic::warning(codes::IGNORED_ADDITION, "text behind a label has no effect")
                .at(behind, "ignored")
                .help("write an addition before the label: `n+10(label)`");
            self.report(ignored);
        }
        let id = label_number(&mut self.plan, &label.name.text);
        match self.plan.labelled.get(&(extension, id)).copied() {
            None => {
                self.plan.labelled.insert((extension, id), step);
                Some(id)
            }
            Some(first) => {
                let first = self.plan.step(first).map(|step| step.span);
                let message = format!("label `{}` is given twice in one extension", label.name.text);
                let mut twice = Diagnostic::warning(codes::DUPLICATE_LABEL, message)
                    .at(label.name.span, "this one cannot be jumped to")
                    .help("give it another name");
                if let Some(first) = first {
                    twice = twice.at(first, "the first one stands");
                }
                self.report(twice);
                None
            }
        }
    }

    fn application(&mut self, name: &str, priority: i32, line: &Line) -> ApplicationId {
        if let Some(id) = self.tables.application(name) {
            return id;
        }
        let id = ApplicationId(number(self.plan.applications.len()));
        let key = name.to_lowercase();
        let shared: Arc<str> = name.into();
        let resolved = if priority == HINT { None } else { self.globals.resolver().application(&key) };
        if resolved.is_none() && priority != HINT {
            self.unknown_application(name, line);
        }
        self.plan.applications.push(Application { name: shared.clone(), key: key.into(), resolved });
        // A hint's devices are no application, though they may be spelled like one.
        if priority != HINT {
            self.tables.remember_application(shared, id);
        }
        id
    }

    fn unknown_application(&mut self, name: &str, line: &Line) {
        let span = line.call.application.span;
        let diagnostic = if name.is_empty() {
            Diagnostic::warning(codes::EMPTY_APPLICATION, "a line names no application")
                .at(line.span, "a call that comes here ends")
                .help("write `NoOp()` for a step that does nothing")
        } else if let Some((application, arguments)) = name.split_once(',') {
            let message = format!("`{name}` is the old form of a call");
            Diagnostic::warning(codes::OLD_COMMA_CALL, message)
                .at(span, "a call that comes here ends")
                .help(format!("write `{application}({arguments})`"))
        } else {
            Diagnostic::warning(codes::UNKNOWN_APPLICATION, format!("there is no application `{name}`"))
                .at(span, "a call that comes here ends")
                .help("check the name; `exten doc` lists the applications there are")
        };
        self.report(diagnostic);
    }

    fn check_call(&mut self, line: &Line, priority: i32) {
        if !line.call.is_closed {
            let open = Diagnostic::warning(codes::UNCLOSED_CALL, "an application is not closed")
                .at(line.call.arguments.span, "no `)` behind this")
                .help("write `)` at the end; a `;` that belongs to the text is written `\\;`");
            self.report(open);
        }
        if let Some(behind) = line.call.behind.filter(|_| priority != HINT) {
            let dropped = Diagnostic::warning(codes::TEXT_AFTER_CALL, "text behind the last parenthesis is dropped")
                .at(behind, "has no effect")
                .help("write a comment behind `;`");
            self.report(dropped);
        }
    }
}
