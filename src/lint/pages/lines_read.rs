//! Codes that are told while the lines of a plan are taken apart.

use crate::lint::rule::{Check, rule};

rule! {
    /// ## What it does
    /// Finds lines of a context that are none of its statements.
    ///
    /// ## Why is this bad
    /// The line is passed over.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// extn => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub UNKNOWN_KEYWORD: UNKNOWN_KEYWORD, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds priorities that are neither a number above 0, `n`, `s`, `hint` nor a label above.
    ///
    /// ## Why is this bad
    /// The line is dropped, and the next `n` takes its number.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,m,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,n,Hangup()
    /// ```
    pub BAD_PRIORITY: BAD_PRIORITY, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds labels without `)`.
    ///
    /// ## Why is this bad
    /// The line is dropped.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,n(end,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,n(end),Hangup()
    /// ```
    pub UNCLOSED_LABEL: UNCLOSED_LABEL, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds contexts whose first line has priority `n`.
    ///
    /// ## Why is this bad
    /// There is nothing to count on from: the line is dropped.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,n,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub FIRST_PRIORITY: FIRST_PRIORITY, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `same` before any `exten` of the context.
    ///
    /// ## Why is this bad
    /// The line is dropped.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// same => 1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub SAME_WITHOUT_EXTEN: SAME_WITHOUT_EXTEN, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines without the name of an extension.
    ///
    /// ## Why is this bad
    /// The line is dropped.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => ,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => s,1,Answer()
    /// ```
    pub EMPTY_EXTENSION: EMPTY_EXTENSION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds `n` behind a hint.
    ///
    /// ## Why is this bad
    /// A hint counts as priority -1, so that the line is lost.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,hint,SIP/100
    /// exten => 100,n,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,hint,SIP/100
    /// exten => 100,1,Answer()
    /// ```
    pub AFTER_HINT: AFTER_HINT, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds applications without their `)`.
    ///
    /// ## Why is this bad
    /// The arguments reach to the end of the line; a bracket in the wrong place is often the reason.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,20
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,20)
    /// ```
    pub UNCLOSED_CALL: UNCLOSED_CALL, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds text behind the last `)` of an application.
    ///
    /// ## Why is this bad
    /// It is dropped.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer() now
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer() ; now
    /// ```
    pub TEXT_AFTER_CALL: TEXT_AFTER_CALL, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds lines without an application.
    ///
    /// ## Why is this bad
    /// A call that comes there ends.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,NoOp()
    /// ```
    pub EMPTY_APPLICATION: EMPTY_APPLICATION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds text behind a label, such as `n(end)+10`.
    ///
    /// ## Why is this bad
    /// It has no effect.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,n(end)+10,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,n+10(end),Hangup()
    /// ```
    pub IGNORED_ADDITION: IGNORED_ADDITION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds patterns whose classes are not well formed.
    ///
    /// ## Why is this bad
    /// The pattern matches nothing, or something else.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _[5-2]X,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _[2-5]X,1,Answer()
    /// ```
    pub BAD_PATTERN: BAD_PATTERN, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds names of extensions with more than 255 bytes.
    ///
    /// ## Why is this bad
    /// The name is cut.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Shorten it; a pattern matches numbers of any length with `.`.
    pub LONG_NAME: LONG_NAME, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds parts of time conditions that are not understood.
    ///
    /// ## Why is this bad
    /// The part is left out, so that the condition holds at other times than meant.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// include => night,25:00-26:00,*,*,*
    /// [night]
    /// exten => 101,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// include => night,22:00-6:00,*,*,*
    /// [night]
    /// exten => 101,1,Answer()
    /// ```
    pub BAD_TIMING: BAD_TIMING, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds, when the files are read again while exten runs, a plan without any step where the one in service has some.
    ///
    /// ## Why is this bad
    /// The file was probably saved half written. The plan in service stays.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Save the whole file; to take all numbers out of service, leave one extension in it.
    pub EMPTIED_PLAN: EMPTIED_PLAN, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds, when the files are read again while exten runs, tables of `extconfig.conf` whose database is away or refuses.
    ///
    /// ## Why is this bad
    /// Phones, mailboxes or contexts that the table brings would be gone. What is in service stays.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Start the database, or correct its login in `res_odbc.conf`, `res_pgsql.conf` or `res_config_mysql.conf`.
    pub UNREADABLE_TABLE: UNREADABLE_TABLE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds names of extensions with a blank in them. Blanks within the classes of a pattern count, and are not told.
    ///
    /// ## Why is this bad
    /// Asterisk leaves the blank out: `1 00` is the number 100.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 1 00,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub BLANK_IN_EXTENSION: BLANK_IN_EXTENSION, Check::Reading
}
