//! Pages of the codes that are told while the files are read: [`conf`](crate::conf), [`dialplan`](crate::dialplan) and
//! [`sip::endpoint`](crate::sip::endpoint) find them, and so does `exten test`.

mod names_told;
mod other_files_told;
mod reading;
mod stories;

use super::Rule;

/// Every page, by its code.
pub static PAGES: &[&Rule] = &[
    &reading::UNREADABLE_FILE,
    &reading::UNCLOSED_SECTION,
    &reading::UNCLOSED_OPTIONS,
    &reading::UNKNOWN_TEMPLATE,
    &reading::UNKNOWN_SECTION,
    &reading::NO_SECTION,
    &reading::INCLUDE_MISSING,
    &reading::INCLUDE_TOO_DEEP,
    &reading::INCLUDE_WITHOUT_NAME,
    &reading::UNKNOWN_DIRECTIVE,
    &reading::EXEC_REFUSED,
    &reading::NO_EQUALS,
    &reading::NO_KEY,
    &reading::LINE_TOO_LONG,
    &reading::UNCLOSED_COMMENT,
    &reading::STRAY_COMMENT_END,
    &reading::UNKNOWN_KEYWORD,
    &reading::BAD_PRIORITY,
    &reading::UNCLOSED_LABEL,
    &reading::FIRST_PRIORITY,
    &reading::SAME_WITHOUT_EXTEN,
    &reading::EMPTY_EXTENSION,
    &reading::AFTER_HINT,
    &reading::UNCLOSED_CALL,
    &reading::TEXT_AFTER_CALL,
    &reading::EMPTY_APPLICATION,
    &reading::IGNORED_ADDITION,
    &reading::BAD_PATTERN,
    &reading::LONG_NAME,
    &reading::BAD_TIMING,
    &reading::EMPTIED_PLAN,
    &names_told::DUPLICATE_PRIORITY,
    &names_told::ALIASED_EXTENSION,
    &names_told::DUPLICATE_LABEL,
    &names_told::UNKNOWN_INCLUDE,
    &names_told::UNKNOWN_SWITCH,
    &names_told::CATCH_ALL,
    &names_told::TRAILING_PATTERN,
    &names_told::OLD_COMMA_CALL,
    &names_told::OLD_SEPARATOR,
    &other_files_told::BAD_FEATURE,
    &other_files_told::UNKNOWN_SETTING,
    &other_files_told::WRONG_VALUE,
    &other_files_told::UNKNOWN_CODEC,
    &other_files_told::WRONG_TYPE,
    &other_files_told::MISSING_SECTION,
    &other_files_told::DUPLICATE_NAME,
    &other_files_told::WITHOUT_EFFECT,
    &stories::STORY_LINE,
    &stories::STORY_FAILED,
    &stories::STORY_TRACE,
];
