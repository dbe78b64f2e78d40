//! The rules, one a file; a few that share one look share their file.

use std::ops::Range;

use super::call::Call;
use super::rule::rule;
use super::subject::Line;
use super::{Check, Findings, Rule, Subject, fields, names};
use crate::diagnostic::{Diagnostic, Span, codes};

mod absent_application;
mod arguments;
mod assignment;
mod blocks;
mod brackets;
mod branches;
mod credentials;
mod destinations;
mod empty_context;
mod expressions;
mod flow;
mod function_arguments;
mod injection;
mod leaving_application;
mod lost_target;
mod named_beside;
mod named_elsewhere;
mod other_files;
mod parentheses;
mod patterns;
mod removed_application;
mod routines;
mod switches;
mod unknown_application;
mod unknown_function;
mod unknown_macro;
mod wrong_variable;

pub(super) use injection::Arrivals;

/// Every rule, by its code.
pub static RULES: &[&Rule] = &[
    &unknown_application::UNKNOWN_APPLICATION,
    &absent_application::ABSENT_APPLICATION,
    &unknown_function::UNKNOWN_FUNCTION,
    &unknown_function::ABSENT_FUNCTION,
    &lost_target::UNKNOWN_CONTEXT,
    &lost_target::UNKNOWN_EXTENSION,
    &lost_target::UNKNOWN_LABEL,
    &lost_target::UNKNOWN_PRIORITY,
    &unknown_macro::UNKNOWN_MACRO,
    &lost_target::INCOMPLETE_TARGET,
    &lost_target::OVERLONG_TARGET,
    &flow::NO_FIRST_PRIORITY,
    &patterns::NEEDLESS_PATTERN,
    &patterns::MISSING_UNDERSCORE,
    &empty_context::EMPTY_CONTEXT,
    &other_files::UNKNOWN_FEATURE,
    &destinations::UNKNOWN_ENDPOINT,
    &named_elsewhere::UNKNOWN_MAILBOX,
    &named_elsewhere::UNKNOWN_ROOM,
    &named_elsewhere::UNKNOWN_PROFILE,
    &named_elsewhere::UNKNOWN_QUEUE,
    &named_elsewhere::UNKNOWN_MUSIC_CLASS,
    &switches::UNKNOWN_FAMILY,
    &arguments::MISSING_ARGUMENT,
    &arguments::EXCESS_ARGUMENT,
    &arguments::NOT_A_NUMBER,
    &arguments::UNKNOWN_OPTION,
    &branches::NO_QUESTION_MARK,
    &assignment::QUOTED_VALUE,
    &assignment::BLANK_IN_NAME,
    &assignment::SEVERAL_ASSIGNMENTS,
    &assignment::NO_ASSIGNMENT,
    &branches::SHORT_TIMES,
    &destinations::NO_TECHNOLOGY,
    &destinations::TYPOGRAPHIC_QUOTE,
    &destinations::BLANK_IN_DESTINATION,
    &function_arguments::FUNCTION_ARGUMENTS,
    &function_arguments::ONE_WAY_FUNCTION,
    &function_arguments::UNKNOWN_ITEM,
    &brackets::UNCLOSED_BRACE,
    &brackets::UNCLOSED_EXPRESSION,
    &brackets::STRAY_BRACKET,
    &brackets::UNCLOSED_FUNCTION,
    &expressions::UNQUOTED_OPERAND,
    &brackets::LOOKALIKE,
    &branches::BARE_CONDITION,
    &expressions::ODD_QUOTES,
    &expressions::BROKEN_EXPRESSION,
    &wrong_variable::WRONG_VARIABLE,
    &parentheses::STRAY_PARENTHESIS,
    &brackets::TEXT_BEHIND_FUNCTION,
    &flow::UNREACHABLE_STEP,
    &flow::PRIORITY_GAP,
    &routines::MACRO_WITHOUT_RETURN,
    &routines::ROUTINE_WITHOUT_RETURN,
    &blocks::UNMATCHED_BLOCK,
    &injection::DIAL_INJECTION,
    &injection::SHELL_INJECTION,
    &injection::INJECTION,
    &credentials::CREDENTIALS,
    &removed_application::REMOVED_APPLICATION,
    &leaving_application::LEAVING_APPLICATION,
    &unknown_function::LEAVING_FUNCTION,
    &wrong_variable::REMOVED_VARIABLE,
    &flow::PRIORITY_JUMP,
    &other_files::UNKNOWN_GENERAL,
    &other_files::ENDPOINT_CONTEXT,
    &named_beside::LOST_CONTEXT,
];

/// The place and the text of a call's application.
fn name<'t>(line: &'t Line<'_>, call: &Call<'_>) -> (Span, &'t str) {
    match &call.name_at {
        Some(at) => (line.span(at.clone()), line.part(at)),
        None => (line.application_span(), &line.subject.plan.application(line.step).name),
    }
}

/// A letter of an options argument, as written.
pub(super) struct Letter {
    pub letter: char,
    pub at: Range<usize>,
    /// What stands in its parentheses.
    pub argument: Option<Range<usize>>,
}

/// The letters of an options argument, as far as they are known: nothing where a substitution could be a letter.
pub(super) fn letters(line: &Line<'_>, options: &Range<usize>) -> Vec<Letter> {
    let mut found: Vec<Letter> = Vec::new();
    let text = line.part(options);
    let mut rest = text.char_indices().peekable();
    while let Some((at, letter)) = rest.next() {
        let start = options.start + at;
        if let Some(substitution) = line.substitutions.iter().find(|found| found.at.contains(&start)) {
            while rest.next_if(|(at, _)| options.start + at < substitution.at.end).is_some() {}
            continue;
        }
        let mut argument = None;
        let mut end = start + letter.len_utf8();
        if rest.peek().is_some_and(|(_, next)| *next == '(') {
            let mut depth = 0_usize;
            let open = end;
            for (at, next) in rest.by_ref() {
                match next {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                end = options.start + at + next.len_utf8();
                if depth == 0 {
                    break;
                }
            }
            argument = Some(open + 1..(end - usize::from(depth == 0)).max(open + 1));
        }
        if !letter.is_whitespace() {
            found.push(Letter { letter, at: start..end, argument });
        }
    }
    found
}
