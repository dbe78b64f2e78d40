//! Codes that `exten test` tells about stories.

use crate::lint::rule::{Check, rule};

rule! {
    /// ## What it does
    /// Finds lines of a story that are not understood.
    ///
    /// ## Why is this bad
    /// The story is not played.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// The words that `exten test --help` names, or a line without its arrow to make it plain text.
    pub STORY_LINE: STORY_LINE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds what a story expects and a call on the plan does not do.
    ///
    /// ## Why is this bad
    /// The plan, or the story, has changed.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Mend whichever of the two is wrong.
    pub STORY_FAILED: STORY_FAILED, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds traces that differ from the accepted one.
    ///
    /// ## Why is this bad
    /// The plan does something else than it did when the trace was accepted.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Mend the plan, or accept the new trace.
    pub STORY_TRACE: STORY_TRACE, Check::Reading
}
