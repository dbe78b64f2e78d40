//! Every diagnostic code, in one table: number, name, one line.
//!
//! The first digit says what a code is about: X0… reading, X1… names and targets, X2… arguments,
//! X3… expressions and substitution, X4… flow, X5… safety, X6… old forms, X7… other files.

use super::Code;

/// What is known about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub code: Code,
    /// A short name in small letters and hyphens, as settings write it.
    pub name: &'static str,
    /// What the code reports, in one line.
    pub summary: &'static str,
}

macro_rules! codes {
    ($($constant:ident = $number:literal, $name:literal, $summary:literal;)+) => {
        $(#[doc = $summary] pub const $constant: Code = Code($number);)+

        /// Every code, ascending.
        pub const TABLE: &[Entry] = &[$(Entry { code: $constant, name: $name, summary: $summary }),+];
    };
}

codes! {
    UNREADABLE_FILE = 1, "unreadable-file", "A configuration file cannot be read.";
    UNCLOSED_SECTION = 2, "unclosed-section", "A section line has no closing bracket.";
    UNCLOSED_OPTIONS = 3, "unclosed-options", "The options of a section line have no closing parenthesis.";
    UNKNOWN_TEMPLATE = 4, "unknown-template", "A section builds on a template that was not written before it.";
    UNKNOWN_SECTION = 5, "unknown-section", "A section adds to one that was not written before it.";
    NO_SECTION = 6, "no-section", "A line stands before any section.";
    INCLUDE_MISSING = 7, "include-missing", "An included file does not exist.";
    INCLUDE_TOO_DEEP = 8, "include-too-deep", "Files include each other too deeply.";
    INCLUDE_WITHOUT_NAME = 9, "include-without-name", "An include names no file.";
    UNKNOWN_DIRECTIVE = 10, "unknown-directive", "A line begins with # and is no known directive.";
    EXEC_REFUSED = 11, "exec-refused", "#exec is not run.";
    NO_EQUALS = 12, "no-equals", "A line has no equals sign.";
    NO_KEY = 13, "no-key", "A line has nothing in front of its equals sign.";
    LINE_TOO_LONG = 14, "line-too-long", "A line is too long and is skipped.";
    UNCLOSED_COMMENT = 15, "unclosed-comment", "A block comment is never closed.";
    STRAY_COMMENT_END = 16, "stray-comment-end", "A block comment ends that never began.";
    UNKNOWN_KEYWORD = 20, "unknown-keyword", "A context holds a line that is none of its statements.";
    BAD_PRIORITY = 21, "bad-priority", "A priority is neither a number above zero nor a known word or label.";
    UNCLOSED_LABEL = 22, "unclosed-label", "A label has no closing parenthesis.";
    FIRST_PRIORITY = 23, "first-priority", "A context begins with a priority that counts on from the line before.";
    SAME_WITHOUT_EXTEN = 24, "same-without-exten", "A same line has no extension before it.";
    EMPTY_EXTENSION = 25, "empty-extension", "A line names no extension.";
    AFTER_HINT = 26, "after-hint", "A priority counts on from a hint and is lost.";
    UNCLOSED_CALL = 27, "unclosed-call", "An application has no closing parenthesis.";
    TEXT_AFTER_CALL = 28, "text-after-call", "Text behind the last closing parenthesis is dropped.";
    EMPTY_APPLICATION = 29, "empty-application", "A line names no application.";
    IGNORED_ADDITION = 30, "ignored-addition", "An addition behind a label is ignored.";
    BAD_PATTERN = 31, "bad-pattern", "A pattern is not well formed.";
    LONG_NAME = 32, "long-name", "An extension's name is too long and is cut.";
    BAD_TIMING = 33, "bad-timing", "A part of a time condition is not understood and is left out.";
    EMPTIED_PLAN = 34, "emptied-plan", "A reload finds no step at all where the plan in service has some.";
    BLANK_IN_EXTENSION = 35, "blank-in-extension", "A blank within an extension's name is left out.";
    UNREADABLE_TABLE = 36, "unreadable-table", "A reload finds a table of extconfig.conf that cannot be read.";
    DUPLICATE_PRIORITY = 1001, "duplicate-priority", "A priority is given twice; the first one stands.";
    ALIASED_EXTENSION = 1002, "aliased-extension", "Two spellings stand for one extension.";
    DUPLICATE_LABEL = 1003, "duplicate-label", "A label is given twice in one extension; the first one stands.";
    UNKNOWN_INCLUDE = 1004, "unknown-include", "A context includes one that is not there.";
    UNKNOWN_APPLICATION = 1005, "unknown-application", "There is no application of this name.";
    UNKNOWN_SWITCH = 1006, "unknown-switch", "There is no switch of this name.";
    CATCH_ALL = 1007, "catch-all", "A pattern catches every extension, the special ones too.";
    TRAILING_PATTERN = 1008, "trailing-pattern", "Characters behind . or ! of a pattern are not looked at.";
    ABSENT_APPLICATION = 1009, "absent-application", "Asterisk has this application, exten does not yet.";
    UNKNOWN_FUNCTION = 1010, "unknown-function", "There is no function of this name.";
    ABSENT_FUNCTION = 1011, "absent-function", "Asterisk has this function, exten does not yet.";
    UNKNOWN_CONTEXT = 1012, "unknown-context", "A jump leads into a context that is not there.";
    UNKNOWN_EXTENSION = 1013, "unknown-extension", "A jump leads to an extension that is not there.";
    UNKNOWN_LABEL = 1014, "unknown-label", "A jump leads to a label that is not there.";
    UNKNOWN_PRIORITY = 1015, "unknown-priority", "A jump leads to a priority that is not there.";
    UNKNOWN_MACRO = 1016, "unknown-macro", "A macro has no context.";
    INCOMPLETE_TARGET = 1017, "incomplete-target", "A jump names a context or extension and not what follows it.";
    OVERLONG_TARGET = 1018, "overlong-target", "A jump has more than context, extension and priority.";
    NO_FIRST_PRIORITY = 1019, "no-first-priority", "An extension has no priority 1.";
    NEEDLESS_PATTERN = 1020, "needless-pattern", "A pattern has no wild card.";
    MISSING_UNDERSCORE = 1021, "missing-underscore", "What looks like a pattern has no underscore.";
    EMPTY_CONTEXT = 1022, "empty-context", "A context is empty.";
    UNKNOWN_FEATURE = 1023, "unknown-feature", "DYNAMIC_FEATURES names what features.conf does not have.";
    UNKNOWN_ENDPOINT = 1024, "unknown-endpoint", "Dial names a phone that is not there.";
    UNKNOWN_MAILBOX = 1025, "unknown-mailbox", "The plan names a mailbox that voicemail.conf does not have.";
    UNKNOWN_ROOM = 1026, "unknown-room", "MeetMe names a room that meetme.conf does not have.";
    UNKNOWN_PROFILE = 1027, "unknown-profile", "ConfBridge names a profile that confbridge.conf does not have.";
    UNKNOWN_QUEUE = 1028, "unknown-queue", "The plan names a queue that queues.conf does not have.";
    UNKNOWN_MUSIC_CLASS = 1029, "unknown-music-class", "The plan names a class that musiconhold.conf does not have.";
    UNKNOWN_FAMILY = 1030, "unknown-family", "A Realtime switch names a family that extconfig.conf does not have.";
    MISSING_ARGUMENT = 2001, "missing-argument", "An application lacks an argument that it needs.";
    EXCESS_ARGUMENT = 2002, "excess-argument", "An application has more arguments than it takes.";
    NOT_A_NUMBER = 2003, "not-a-number", "An argument is to be a number and is none.";
    UNKNOWN_OPTION = 2004, "unknown-option", "An application has no such option.";
    NO_QUESTION_MARK = 2005, "no-question-mark", "A condition has no question mark behind it.";
    QUOTED_VALUE = 2006, "quoted-value", "Quotes become part of the value that is set.";
    BLANK_IN_NAME = 2007, "blank-in-name", "A blank becomes part of a variable's name.";
    SEVERAL_ASSIGNMENTS = 2008, "several-assignments", "Set has several assignments.";
    NO_ASSIGNMENT = 2009, "no-assignment", "Set has no equals sign.";
    SHORT_TIMES = 2010, "short-times", "A time condition has fewer than four fields.";
    NO_TECHNOLOGY = 2011, "no-technology", "A destination has no technology.";
    TYPOGRAPHIC_QUOTE = 2012, "typographic-quote", "A typographic quote is a letter.";
    BLANK_IN_DESTINATION = 2013, "blank-in-destination", "A blank becomes part of a destination.";
    FUNCTION_ARGUMENTS = 2014, "function-arguments", "A function lacks an argument, or has too many.";
    ONE_WAY_FUNCTION = 2015, "one-way-function", "A function is set that can only be read, or read that can only be set.";
    UNKNOWN_ITEM = 2016, "unknown-item", "A function has no item of this name.";
    UNCLOSED_BRACE = 3001, "unclosed-brace", "A ${ is not closed.";
    UNCLOSED_EXPRESSION = 3002, "unclosed-expression", "A $[ is not closed.";
    STRAY_BRACKET = 3003, "stray-bracket", "A closing bracket closes nothing.";
    UNCLOSED_FUNCTION = 3004, "unclosed-function", "The arguments of a function are not closed.";
    UNQUOTED_OPERAND = 3005, "unquoted-operand", "An operand may be empty, which breaks the comparison.";
    LOOKALIKE = 3006, "lookalike", "What looks like a substitution is none.";
    BARE_CONDITION = 3007, "bare-condition", "A comparison stands outside of an expression.";
    ODD_QUOTES = 3008, "odd-quotes", "An expression has an odd number of quotes.";
    BROKEN_EXPRESSION = 3009, "broken-expression", "An expression is wrong whatever its values.";
    WRONG_VARIABLE = 3010, "wrong-variable", "A variable of Asterisk is misspelt.";
    STRAY_PARENTHESIS = 3011, "stray-parenthesis", "A parenthesis closes a call before its end.";
    TEXT_BEHIND_FUNCTION = 3012, "text-behind-function", "Text behind the parenthesis of a function is passed over.";
    UNREACHABLE_STEP = 4001, "unreachable-step", "No call comes to a step.";
    PRIORITY_GAP = 4002, "priority-gap", "A priority is left out between two steps.";
    MACRO_WITHOUT_RETURN = 4003, "macro-without-return", "A macro never returns to the steps behind its call.";
    ROUTINE_WITHOUT_RETURN = 4004, "routine-without-return", "A routine ends without Return.";
    UNMATCHED_BLOCK = 4005, "unmatched-block", "A While or If has no end, or an end no beginning.";
    DIAL_INJECTION = 5001, "dial-injection", "Text from outside reaches the destinations of a call.";
    SHELL_INJECTION = 5002, "shell-injection", "Text from outside reaches a shell.";
    INJECTION = 5003, "injection", "Text from outside decides what the plan does.";
    CREDENTIALS = 5004, "credentials", "A password stands in the plan.";
    OLD_COMMA_CALL = 6001, "old-comma-call", "An application is written as App,arguments.";
    OLD_SEPARATOR = 6002, "old-separator", "Arguments are separated by | as before Asterisk 1.6.";
    REMOVED_APPLICATION = 6003, "removed-application", "Asterisk no longer has this application, nor has exten.";
    LEAVING_APPLICATION = 6004, "leaving-application", "Newer Asterisks no longer have this application.";
    LEAVING_FUNCTION = 6005, "leaving-function", "Newer Asterisks no longer have this function.";
    REMOVED_VARIABLE = 6006, "removed-variable", "Asterisk no longer sets this variable.";
    PRIORITY_JUMP = 6007, "priority-jump", "A step is meant to be reached by priority n+101.";
    BAD_FEATURE = 7001, "bad-feature", "A line of the applicationmap is not understood.";
    UNKNOWN_GENERAL = 7002, "unknown-general", "A setting of `[general]` that does not exist.";
    ENDPOINT_CONTEXT = 7003, "endpoint-context", "A phone's context is not there.";
    LOST_CONTEXT = 7004, "lost-context", "A file beside the plan names a context that is not there.";
    UNKNOWN_SETTING = 7101, "unknown-setting", "A setting that its file does not have.";
    WRONG_VALUE = 7102, "wrong-value", "A value is not of its setting's kind; the default stays.";
    UNKNOWN_CODEC = 7103, "unknown-codec", "A codec of a name that none has.";
    WRONG_TYPE = 7104, "wrong-type", "A section has no type or an unknown one and is passed over.";
    MISSING_SECTION = 7105, "missing-section", "A section that another one names is not there.";
    DUPLICATE_NAME = 7106, "duplicate-name", "A section or mailbox has the name of an earlier one.";
    WITHOUT_EFFECT = 7107, "without-effect", "A setting is understood and nothing comes of it.";
    STORY_LINE = 7201, "story-line", "A line of a story is not understood.";
    STORY_FAILED = 7202, "story-failed", "A story does not go as it is told.";
    STORY_TRACE = 7203, "story-trace", "A story's trace is not the accepted one.";
}

/// The entry of a code.
pub fn entry(code: Code) -> Option<&'static Entry> {
    TABLE.binary_search_by_key(&code, |entry| entry.code).ok().and_then(|index| TABLE.get(index))
}

/// The code of a name such as `unknown-template` or a number such as `X0004`.
pub fn find(name: &str) -> Option<Code> {
    let number = name.strip_prefix(['X', 'x']).and_then(|digits| digits.parse().ok()).map(Code);
    TABLE.iter().find(|entry| entry.name == name || Some(entry.code) == number).map(|entry| entry.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_names_are_unique() {
        assert!(TABLE.windows(2).all(|pair| pair[0].code < pair[1].code));
        let mut names: Vec<_> = TABLE.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_code_is_found_by_name_and_by_number() {
        assert_eq!(find("unknown-template"), Some(UNKNOWN_TEMPLATE));
        assert_eq!(find("X0004"), Some(UNKNOWN_TEMPLATE));
        assert_eq!(entry(Code(4)).map(|entry| entry.name), Some("unknown-template"));
        assert_eq!(find("nothing"), None);
    }
}
