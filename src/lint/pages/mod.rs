//! Pages of the codes that are told while the files are read: [`conf`](crate::conf), [`dialplan`](crate::dialplan) and
//! [`sip::endpoint`](crate::sip::endpoint) find them, and so does `exten test`.

mod files_read;
mod lines_read;
mod names_told;
mod other_files_told;
mod stories;

use super::Rule;

/// Every page, by its code.
pub static PAGES: &[&Rule] = &[
    &files_read::UNREADABLE_FILE,
    &files_read::UNCLOSED_SECTION,
    &files_read::UNCLOSED_OPTIONS,
    &files_read::UNKNOWN_TEMPLATE,
    &files_read::UNKNOWN_SECTION,
    &files_read::NO_SECTION,
    &files_read::INCLUDE_MISSING,
    &files_read::INCLUDE_TOO_DEEP,
    &files_read::INCLUDE_WITHOUT_NAME,
    &files_read::UNKNOWN_DIRECTIVE,
    &files_read::EXEC_REFUSED,
    &files_read::NO_EQUALS,
    &files_read::NO_KEY,
    &files_read::LINE_TOO_LONG,
    &files_read::UNCLOSED_COMMENT,
    &files_read::STRAY_COMMENT_END,
    &lines_read::UNKNOWN_KEYWORD,
    &lines_read::BAD_PRIORITY,
    &lines_read::UNCLOSED_LABEL,
    &lines_read::FIRST_PRIORITY,
    &lines_read::SAME_WITHOUT_EXTEN,
    &lines_read::EMPTY_EXTENSION,
    &lines_read::AFTER_HINT,
    &lines_read::UNCLOSED_CALL,
    &lines_read::TEXT_AFTER_CALL,
    &lines_read::EMPTY_APPLICATION,
    &lines_read::IGNORED_ADDITION,
    &lines_read::BAD_PATTERN,
    &lines_read::LONG_NAME,
    &lines_read::BAD_TIMING,
    &lines_read::EMPTIED_PLAN,
    &lines_read::UNREADABLE_TABLE,
    &lines_read::BLANK_IN_EXTENSION,
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
