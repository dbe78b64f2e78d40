//! Codes that are told while the files beside the plan are read.

use crate::lint::rule::{Check, rule};

rule! {
    /// ## What it does
    /// Finds lines in `[applicationmap]` of features.conf that are not understood.
    ///
    /// ## Why is this bad
    /// The keys do nothing.
    ///
    /// ## Example
    /// ```features.conf
    /// [applicationmap]
    /// start => *0
    /// ```
    ///
    /// ## Use instead
    /// ```features.conf
    /// [applicationmap]
    /// start => *0,self,NoOp
    /// ```
    pub BAD_FEATURE: BAD_FEATURE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds settings that no Asterisk has, in sip.conf, pjsip.conf, rtp.conf, voicemail.conf, meetme.conf, confbridge.conf,
    /// queues.conf, musiconhold.conf and features.conf.
    ///
    /// ## Why is this bad
    /// They have no effect.
    ///
    /// ## Example
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// secrt=y
    /// ```
    ///
    /// ## Use instead
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// ```
    pub UNKNOWN_SETTING: UNKNOWN_SETTING, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds values that are not of their setting's kind.
    ///
    /// ## Why is this bad
    /// The default stays.
    ///
    /// ## Example
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// port=many
    /// ```
    ///
    /// ## Use instead
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// port=5060
    /// ```
    pub WRONG_VALUE: WRONG_VALUE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds names of codecs that none has.
    ///
    /// ## Why is this bad
    /// The codec is not offered.
    ///
    /// ## Example
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// allow=alow
    /// ```
    ///
    /// ## Use instead
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// allow=alaw
    /// ```
    pub UNKNOWN_CODEC: UNKNOWN_CODEC, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds sections of sip.conf and pjsip.conf without a type, or with one that does not exist.
    ///
    /// ## Why is this bad
    /// The section is passed over.
    ///
    /// ## Example
    /// ```sip.conf
    /// [200]
    /// type=fiend
    /// host=dynamic
    /// ```
    ///
    /// ## Use instead
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// ```
    pub WRONG_TYPE: WRONG_TYPE, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds sections that another one names and that are not there, such as the `auth` of an endpoint.
    ///
    /// ## Why is this bad
    /// The phone cannot register or call.
    ///
    /// ## Example
    /// ```pjsip.conf
    /// [200]
    /// type=endpoint
    /// context=default
    /// auth=two
    /// ```
    ///
    /// ## Use instead
    /// ```pjsip.conf
    /// [200]
    /// type=endpoint
    /// context=default
    /// ```
    pub MISSING_SECTION: MISSING_SECTION, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds phones and trunks with the name of an earlier one.
    ///
    /// ## Why is this bad
    /// The later one is passed over.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Give each its own name.
    pub DUPLICATE_NAME: DUPLICATE_NAME, Check::Reading
}

rule! {
    /// ## What it does
    /// Finds settings that exten understands and does not act on.
    ///
    /// ## Why is this bad
    /// Nothing comes of them.
    ///
    /// ## Example
    /// None that fits a page.
    ///
    /// ## Use instead
    /// Nothing: the rest of the section works.
    pub WITHOUT_EFFECT: WITHOUT_EFFECT, Check::Reading
}
