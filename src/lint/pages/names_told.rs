//! Codes about names and old forms that are told while the plan is compiled.

use crate::lint::rule::{Check, rule};

rule! {
    /// ## What it does
    /// Finds priorities that an extension is given twice.
    ///
    /// ## Why is this bad
    /// The second line is dropped; a following `n` counts on all the same.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,1,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// exten => 100,2,Hangup()
    /// ```
    pub DUPLICATE_PRIORITY: DUPLICATE_PRIORITY, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds two spellings of one extension, such as `_N` and `_[2-9]`, that both give a priority.
    ///
    /// ## Why is this bad
    /// The second is dropped.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _NXX,1,Answer()
    /// exten => _[2-9]XX,1,Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _NXX,1,Answer()
    /// exten => _[2-9]XX,2,Hangup()
    /// ```
    pub ALIASED_EXTENSION: ALIASED_EXTENSION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds labels that an extension is given twice.
    ///
    /// ## Why is this bad
    /// A jump always leads to the first.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1(a),Answer()
    ///  same => n(a),Hangup()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1(a),Answer()
    ///  same => n(b),Hangup()
    /// ```
    pub DUPLICATE_LABEL: DUPLICATE_LABEL, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds includes of contexts that are not there. `parkedcalls` is excepted: Asterisk's parking fills it.
    ///
    /// ## Why is this bad
    /// Nothing is included.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// include => offce
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// include => office
    /// [office]
    /// exten => 200,1,Answer()
    /// ```
    pub UNKNOWN_INCLUDE: UNKNOWN_INCLUDE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds switches that exten does not have; Asterisk has some more, such as `IAX2` and `Lua`.
    ///
    /// ## Why is this bad
    /// The line has no effect.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// switch => Lua/
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// switch => Loopback/${EXTEN}@other
    /// [other]
    /// exten => 200,1,Answer()
    /// ```
    pub UNKNOWN_SWITCH: UNKNOWN_SWITCH, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds the patterns `_.` and `_!`.
    ///
    /// ## Why is this bad
    /// They catch `h`, `i`, `t` and `s` as well, so that a call runs through them again when it ends.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _.,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _X.,1,Answer()
    /// ```
    pub CATCH_ALL: CATCH_ALL, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds characters behind the `.` or `!` of a pattern.
    ///
    /// ## Why is this bad
    /// They are not looked at.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _9.5,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _9.,1,Answer()
    /// ```
    pub TRAILING_PATTERN: TRAILING_PATTERN, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds applications written `App,arguments`, as in the first Asterisks.
    ///
    /// ## Why is this bad
    /// There is no application of that name; a call that comes there ends.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial,SIP/100
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100)
    /// ```
    pub OLD_COMMA_CALL: OLD_COMMA_CALL, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds plans that separate arguments by `|`.
    ///
    /// ## Why is this bad
    /// exten reads them as commas where the whole plan is from before Asterisk 1.6. In any other plan, as in Asterisk since
    /// 1.6, `|` is a part of the argument: then each such place is told.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100|20|t)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Dial(SIP/100,20,t)
    /// ```
    pub OLD_SEPARATOR: OLD_SEPARATOR, Check::Reading
}
