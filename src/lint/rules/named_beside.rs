//! What the files beside the plan name of each other and of the plan.

use super::*;
use crate::lint::beside::Named;

rule! {
    /// ## What it does
    /// Finds contexts that a file beside the plan names and the plan does not have: `exitcontext` of a mailbox, the context
    /// of a queue, of a phone of iax.conf or pjsip_wizard.conf, `dialplan_exec` of a conference's menu.
    ///
    /// ## Why is this bad
    /// A call that is sent there ends, or the key does nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// ```
    /// ```queues.conf
    /// [sales]
    /// context = sale-menu
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [sales-menu]
    /// exten => 1,1,Answer()
    /// ```
    /// ```queues.conf
    /// [sales]
    /// context = sales-menu
    /// ```
    pub LOST_CONTEXT: LOST_CONTEXT, Check::Plan(named)
}

fn named(subject: &Subject<'_>, findings: &mut Findings) {
    for (named, span) in subject.beside.named() {
        findings.found.extend(match named {
            Named::Context(name) => context(subject, name, span),
            Named::MusicClass(name) => music(subject, name, span),
            Named::Mailbox(name) => mailbox(subject, name, span),
            Named::Phone(name) => phone(subject, name, span),
        });
    }
}

fn remedy(found: Diagnostic, span: Span, nearest: Option<&str>, otherwise: &str) -> Diagnostic {
    match nearest {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(span, nearest),
        None => found.help(otherwise),
    }
}

fn context(subject: &Subject<'_>, name: &str, span: Span) -> Option<Diagnostic> {
    if subject.plan.context(name).is_some() {
        return None;
    }
    let found = Diagnostic::warning(codes::LOST_CONTEXT, format!("extensions.conf has no context `{name}`"))
        .at(span, "leads nowhere");
    let nearest = names::nearest(name, subject.plan.contexts().iter().map(|context| &*context.name));
    Some(remedy(found, span, nearest, "write its section into extensions.conf, or correct the name"))
}

fn music(subject: &Subject<'_>, name: &str, span: Span) -> Option<Diagnostic> {
    let beside = &subject.beside;
    if !beside.has("musiconhold.conf") || beside.music_classes().any(|class| class.eq_ignore_ascii_case(name)) {
        return None;
    }
    let found = Diagnostic::warning(codes::UNKNOWN_MUSIC_CLASS, format!("musiconhold.conf has no class `{name}`"))
        .at(span, "the default class is heard");
    let nearest = names::nearest(name, beside.music_classes());
    Some(remedy(found, span, nearest, "write its section into musiconhold.conf, or correct the name"))
}

fn mailbox(subject: &Subject<'_>, name: &str, span: Span) -> Option<Diagnostic> {
    let beside = &subject.beside;
    // Mailboxes may be kept by a program outside.
    if beside.has_mailbox(name) || name.contains('$') {
        return None;
    }
    let found = Diagnostic::warning(codes::UNKNOWN_MAILBOX, format!("voicemail.conf has no mailbox `{name}`"))
        .at(span, "nobody has this mailbox");
    let (number, context) = name.split_once('@').unwrap_or((name, ""));
    let nearest = names::nearest(number, beside.mailboxes()).map(|near| match context {
        "" => near.to_owned(),
        context => format!("{near}@{context}"),
    });
    let otherwise = "write it into its context in voicemail.conf, or correct the number";
    Some(remedy(found, span, nearest.as_deref(), otherwise))
}

fn phone(subject: &Subject<'_>, name: &str, span: Span) -> Option<Diagnostic> {
    let (technology, resource) = name.split_once('/')?;
    let is_sip = technology.eq_ignore_ascii_case("SIP") || technology.eq_ignore_ascii_case("PJSIP");
    if !is_sip || resource.is_empty() || resource.contains(['/', '@', '.', ':', '$']) {
        return None;
    }
    let mut phones = subject.endpoints.iter().map(|endpoint| endpoint.name.as_str()).peekable();
    phones.peek()?;
    if subject.beside.is_wizards(resource) || phones.any(|phone| phone.eq_ignore_ascii_case(resource)) {
        return None;
    }
    let found = Diagnostic::warning(codes::UNKNOWN_ENDPOINT, format!("there is no phone `{resource}`"))
        .at(span, "nobody is called");
    let nearest = names::nearest(resource, subject.endpoints.iter().map(|endpoint| endpoint.name.as_str()));
    let nearest = nearest.map(|near| format!("{technology}/{near}"));
    Some(remedy(found, span, nearest.as_deref(), "write its section into sip.conf or pjsip.conf, or correct the name"))
}
