//! The plan against the files beside it.

use super::*;
use crate::conf::{is_false, is_true};

rule! {
    /// ## What it does
    /// Finds settings of `[general]` in extensions.conf that do not exist.
    ///
    /// ## Why is this bad
    /// They have no effect; an `exten` line there belongs to no context.
    ///
    /// ## Example
    /// ```conf
    /// [general]
    /// autofalltrough=yes
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [general]
    /// autofallthrough=yes
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    pub UNKNOWN_GENERAL: UNKNOWN_GENERAL, Check::Plan(general)
}

rule! {
    /// ## What it does
    /// Finds phones and trunks whose context the plan does not have.
    ///
    /// ## Why is this bad
    /// Every call from them is refused.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=ofice
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    /// ```sip.conf
    /// [200]
    /// type=friend
    /// host=dynamic
    /// secret=x
    /// context=default
    /// ```
    pub ENDPOINT_CONTEXT: ENDPOINT_CONTEXT, Check::Plan(endpoints)
}

rule! {
    /// ## What it does
    /// Finds names in `DYNAMIC_FEATURES` that features.conf does not define.
    ///
    /// ## Why is this bad
    /// The keys do nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(DYNAMIC_FEATURES=nway-strt)
    /// ```
    /// ```features.conf
    /// [applicationmap]
    /// nway-start => *0,self/caller,NoOp
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(DYNAMIC_FEATURES=nway-start)
    /// ```
    /// ```features.conf
    /// [applicationmap]
    /// nway-start => *0,self/caller,NoOp
    /// ```
    pub UNKNOWN_FEATURE: UNKNOWN_FEATURE, Check::Call(feature)
}

/// What `[general]` may hold.
const SETTINGS: [&str; 7] = [
    "autofallthrough",
    "clearglobalvars",
    "extenpatternmatchnew",
    "priorityjumping",
    "static",
    "userscontext",
    "writeprotect",
];

fn general(subject: &Subject<'_>, findings: &mut Findings) {
    let general = &subject.plan.general;
    for ((name, value), span) in general.all.iter().zip(&general.spans) {
        if SETTINGS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            if !name.eq_ignore_ascii_case("userscontext") && !is_true(value) && !is_false(value) {
                findings.tell(
                    Diagnostic::warning(codes::WRONG_VALUE, format!("{name} wants yes or no"))
                        .at(*span, "not understood")
                        .help("write yes or no; until then the default holds"),
                );
            }
            continue;
        }
        let (message, help) = match name.to_ascii_lowercase().as_str() {
            "exten" | "same" | "include" => (
                format!("`{name}` stands in [general]"),
                "write a section line such as `[default]` above it".to_owned(),
            ),
            lower => {
                let nearest = names::nearest(lower, SETTINGS.iter().copied());
                let help = nearest
                    .map_or_else(|| "remove the line".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
                (format!("[general] has no setting `{name}`"), help)
            }
        };
        findings.tell(Diagnostic::warning(codes::UNKNOWN_GENERAL, message).at(*span, "has no effect").help(help));
    }
}

fn endpoints(subject: &Subject<'_>, findings: &mut Findings) {
    for endpoint in subject.endpoints.iter() {
        let Some(span) = endpoint.span.filter(|_| subject.plan.context(&endpoint.context).is_none()) else { continue };
        let nearest = names::nearest(&endpoint.context, subject.plan.contexts().iter().map(|context| &*context.name));
        let help = nearest.map_or_else(
            || format!("write `[{}]` into extensions.conf, or correct the name", endpoint.context),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        let message =
            format!("calls of `{}` come into context `{}`, which is not there", endpoint.name, endpoint.context);
        findings.tell(
            Diagnostic::warning(codes::ENDPOINT_CONTEXT, message)
                .at(span, "every call from here is refused")
                .help(help),
        );
    }
}

fn feature(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    if call.key != "set" || !line.part(&call.arguments).contains("DYNAMIC_FEATURES") {
        return;
    }
    let features = line.subject.features;
    if features.applications.is_empty() && features.groups.is_empty() {
        return;
    }
    for assignment in crate::lint::values::assignments(line, call) {
        let is_features = crate::lint::values::plain(line.part(&assignment.name)) == "DYNAMIC_FEATURES";
        if !is_features || line.is_dynamic(&assignment.value) {
            continue;
        }
        let mut start = assignment.value.start;
        for name in line.part(&assignment.value).split('#') {
            let at = start..start + name.len();
            start = at.end + 1;
            let is_known = features.applications.iter().any(|feature| feature.name == name)
                || features.groups.iter().any(|group| group.name == name)
                || matches!(name, "blindxfer" | "atxfer" | "disconnect" | "automon" | "automixmon" | "parkcall");
            if is_known || name.is_empty() {
                continue;
            }
            let nearest = names::nearest(name, features.applications.iter().map(|feature| feature.name.as_str()));
            let found = Diagnostic::warning(codes::UNKNOWN_FEATURE, format!("features.conf has no `{name}`"))
                .at(line.span(at.clone()), "these keys do nothing");
            findings.tell(match nearest {
                Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(line.span(at), nearest),
                None => found.help("write it into [applicationmap] of features.conf"),
            });
        }
    }
}
