//! Codes that are told while files are read: sections, includes, comments.

use crate::lint::rule::{Check, rule};

rule! {
    /// ## What it does
    /// Finds configuration files that cannot be read.
    ///
    /// ## Why is this bad
    /// The file counts as empty, and a plan without its extensions.conf is not put into service.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Make the file readable for the user that exten runs as.
    pub UNREADABLE_FILE: UNREADABLE_FILE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds section lines without `]`.
    ///
    /// ## Why is this bad
    /// Asterisk refuses the whole file: the old plan stays, and the console still says that it was reloaded.
    ///
    /// ## Example
    /// ```conf
    /// [default
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub UNCLOSED_SECTION: UNCLOSED_SECTION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds section lines whose options, such as `(!)`, lack their `)`.
    ///
    /// ## Why is this bad
    /// Asterisk refuses the whole file.
    ///
    /// ## Example
    /// ```conf
    /// [default](!
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default](!)
    /// exten => 100,1,Answer()
    /// ```
    pub UNCLOSED_OPTIONS: UNCLOSED_OPTIONS, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds sections that build on a template that was not written before them.
    ///
    /// ## Why is this bad
    /// Asterisk refuses the whole file.
    ///
    /// ## Example
    /// ```conf
    /// [default](phone)
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [phone](!)
    /// exten => 101,1,Answer()
    /// [default](phone)
    /// exten => 100,1,Answer()
    /// ```
    pub UNKNOWN_TEMPLATE: UNKNOWN_TEMPLATE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `(+)` on a section that was not written before.
    ///
    /// ## Why is this bad
    /// Asterisk refuses the whole file.
    ///
    /// ## Example
    /// ```conf
    /// [default](+)
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub UNKNOWN_SECTION: UNKNOWN_SECTION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines before the first section line.
    ///
    /// ## Why is this bad
    /// Asterisk refuses the whole file.
    ///
    /// ## Example
    /// ```conf
    /// exten => 100,1,Answer()
    /// [default]
    /// exten => 101,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub NO_SECTION: NO_SECTION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `#include` of a file that does not exist.
    ///
    /// ## Why is this bad
    /// Asterisk refuses the whole file.
    ///
    /// ## Example
    /// ```conf
    /// #include missing.conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// #tryinclude missing.conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub INCLUDE_MISSING: INCLUDE_MISSING, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds files that include each other, or that are included deeper than anybody means.
    ///
    /// ## Why is this bad
    /// What stands deeper is not read.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Let no file include one that includes it.
    pub INCLUDE_TOO_DEEP: INCLUDE_TOO_DEEP, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `#include` without a file name.
    ///
    /// ## Why is this bad
    /// Nothing is included.
    ///
    /// ## Example
    /// ```conf
    /// #include
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// #tryinclude more.conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub INCLUDE_WITHOUT_NAME: INCLUDE_WITHOUT_NAME, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines that begin with `#` and are no directive.
    ///
    /// ## Why is this bad
    /// `#` begins no comment. The line is passed over, with a warning at every load.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// #exten => 100,1,Answer()
    /// exten => 101,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// ;exten => 100,1,Answer()
    /// exten => 101,1,Answer()
    /// ```
    pub UNKNOWN_DIRECTIVE: UNKNOWN_DIRECTIVE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `#exec`, which runs a program while a file is read.
    ///
    /// ## Why is this bad
    /// exten does not run programs to read its files.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// #exec /usr/bin/plan
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// #tryinclude plan.conf
    /// exten => 100,1,Answer()
    /// ```
    pub EXEC_REFUSED: EXEC_REFUSED, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines without `=`.
    ///
    /// ## Why is this bad
    /// The line is passed over. Comments begin with `;`, not with `//` or `**`.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// // sales
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// ; sales
    /// exten => 100,1,Answer()
    /// ```
    pub NO_EQUALS: NO_EQUALS, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines with nothing in front of their `=`.
    ///
    /// ## Why is this bad
    /// The line is passed over.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub NO_KEY: NO_KEY, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines of 8,191 bytes and more.
    ///
    /// ## Why is this bad
    /// Asterisk does not read them.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Split the line.
    pub LINE_TOO_LONG: LINE_TOO_LONG, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `;--` without `--;`.
    ///
    /// ## Why is this bad
    /// The rest of the file is a comment.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ;-- old
    /// exten => 101,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ;-- old --;
    /// exten => 101,1,Answer()
    /// ```
    pub UNCLOSED_COMMENT: UNCLOSED_COMMENT, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `--;` without `;--`.
    ///
    /// ## Why is this bad
    /// Asterisk loses the rest of the file.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// old --;
    /// exten => 101,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 101,1,Answer()
    /// ```
    pub STRAY_COMMENT_END: STRAY_COMMENT_END, Check::Reading
}
