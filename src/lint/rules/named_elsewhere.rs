//! What the plan names and the files beside it define.

use super::*;

rule! {
    /// ## What it does
    /// Finds mailboxes that voicemail.conf does not have. Without that file nothing is looked at.
    ///
    /// ## Why is this bad
    /// `VMSTATUS` is `FAILED`; the caller cannot leave a message.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,VoiceMail(301@default,u)
    /// ```
    /// ```voicemail.conf
    /// [default]
    /// 300 => 1234,Ann
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,VoiceMail(300@default,u)
    /// ```
    /// ```voicemail.conf
    /// [default]
    /// 300 => 1234,Ann
    /// ```
    pub UNKNOWN_MAILBOX: UNKNOWN_MAILBOX, Check::Line(mailboxes)
}

rule! {
    /// ## What it does
    /// Finds rooms of `MeetMe` that meetme.conf does not have, where no option makes a room on the way.
    ///
    /// ## Why is this bad
    /// The caller hears that the number is invalid.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,MeetMe(801,M)
    /// ```
    /// ```meetme.conf
    /// [rooms]
    /// conf => 800
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,MeetMe(801,Md)
    /// exten => 101,1,MeetMe(800,M)
    /// ```
    /// ```meetme.conf
    /// [rooms]
    /// conf => 800
    /// ```
    pub UNKNOWN_ROOM: UNKNOWN_ROOM, Check::Call(room)
}

rule! {
    /// ## What it does
    /// Finds profiles of `ConfBridge` that confbridge.conf does not have, or that are of another type.
    ///
    /// ## Why is this bad
    /// ConfBridge warns and ends the call.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,ConfBridge(800,,chair)
    /// ```
    /// ```confbridge.conf
    /// [admin]
    /// type=user
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,ConfBridge(800,,admin)
    /// ```
    /// ```confbridge.conf
    /// [admin]
    /// type=user
    /// ```
    pub UNKNOWN_PROFILE: UNKNOWN_PROFILE, Check::Call(profiles)
}

rule! {
    /// ## What it does
    /// Finds queues that queues.conf does not have.
    ///
    /// ## Why is this bad
    /// `QUEUESTATUS` is `UNKNOWN`; the caller never waits for anybody.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Queue(suport)
    /// ```
    /// ```queues.conf
    /// [support]
    /// strategy=ringall
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Queue(support)
    /// ```
    /// ```queues.conf
    /// [support]
    /// strategy=ringall
    /// ```
    pub UNKNOWN_QUEUE: UNKNOWN_QUEUE, Check::Line(queues)
}

rule! {
    /// ## What it does
    /// Finds classes of music that musiconhold.conf does not have.
    ///
    /// ## Why is this bad
    /// Who waits hears silence, or the class `default`.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,MusicOnHold(clasical)
    /// ```
    /// ```musiconhold.conf
    /// [classical]
    /// mode=files
    /// directory=moh
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,MusicOnHold(classical)
    /// ```
    /// ```musiconhold.conf
    /// [classical]
    /// mode=files
    /// directory=moh
    /// ```
    pub UNKNOWN_MUSIC_CLASS: UNKNOWN_MUSIC_CLASS, Check::Line(music)
}

/// A name in a line with its place: one that no variable is part of, and that is not empty.
fn fixed<'t>(line: &'t Line<'_>, at: &Range<usize>) -> Option<(&'t str, Range<usize>)> {
    let at = fields::trim(line.text, at.clone());
    let text = line.part(&at);
    (!text.is_empty() && !line.is_dynamic(&at) && !text.contains('$')).then_some((text, at))
}

/// The first arguments of the functions of these names in a line.
fn first_arguments<'l>(line: &'l Line<'_>, names: &'l [&str]) -> impl Iterator<Item = Range<usize>> + 'l {
    let functions = line.substitutions.iter().filter(|found| names.contains(&found.name(line.text)));
    functions.filter_map(|found| {
        let arguments = found.arguments(line.text)?;
        fields::split(line.text, arguments, b',').into_iter().next()
    })
}

fn tell(found: Diagnostic, span: Span, nearest: Option<&str>, otherwise: &str, findings: &mut Findings) {
    findings.tell(match nearest {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(span, nearest),
        None => found.help(otherwise),
    });
}

fn mailboxes(line: &Line<'_>, findings: &mut Findings) {
    let beside = &line.subject.beside;
    if !beside.has("voicemail.conf") {
        return;
    }
    let mut named: Vec<Range<usize>> = first_arguments(line, &["VM_INFO", "VMCOUNT", "MAILBOX_EXISTS"]).collect();
    for call in crate::lint::call::calls(line) {
        let is_naming = matches!(
            call.key.as_str(),
            "voicemail" | "voicemailmain" | "vmauthenticate" | "mailboxexists" | "vmsayname" | "voicemailplaymsg"
        );
        named.extend(call.fields.first().filter(|_| is_naming).cloned());
    }
    for at in named {
        let mut start = at.start;
        for written in line.part(&at).split('&') {
            let here = start..start + written.len();
            start = here.end + 1;
            // Letters in front of the number are the options of Asterisk 1.4.
            let Some((name, here)) = fixed(line, &here) else { continue };
            if name.starts_with('@')
                || beside.has_mailbox(name)
                || beside.has_mailbox(name.trim_start_matches(['u', 'b', 's']))
            {
                continue;
            }
            let found = Diagnostic::warning(codes::UNKNOWN_MAILBOX, format!("voicemail.conf has no mailbox `{name}`"))
                .at(line.span(here.clone()), "nobody has this mailbox");
            let (number, _) = name.split_once('@').unwrap_or((name, ""));
            let nearest = names::nearest(number, beside.mailboxes()).map(str::to_owned);
            let span = line.span(here.start..here.start + number.len());
            tell(
                found,
                span,
                nearest.as_deref(),
                "write it into its context in voicemail.conf, or correct the number",
                findings,
            );
        }
    }
}

fn room(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let beside = &line.subject.beside;
    let Some((name, at)) = call.fields.first().and_then(|at| fixed(line, at)) else { return };
    if call.key != "meetme" || !beside.has("meetme.conf") {
        return;
    }
    let is_made = call.fields.get(1).is_some_and(|options| {
        line.is_dynamic(options) || letters(line, options).iter().any(|letter| "dDeE".contains(letter.letter))
    });
    if is_made || beside.rooms().any(|room| room == name) {
        return;
    }
    findings.tell(
        Diagnostic::warning(codes::UNKNOWN_ROOM, format!("meetme.conf has no room `{name}`"))
            .at(line.span(at), "this number is invalid")
            .help("write `conf => NUMBER` into [rooms] of meetme.conf, or let option `d` make the room"),
    );
}

fn profiles(line: &Line<'_>, call: &Call<'_>, findings: &mut Findings) {
    let beside = &line.subject.beside;
    if call.key != "confbridge" || !beside.has("confbridge.conf") {
        return;
    }
    for (kind, at) in ["bridge", "user", "menu"].into_iter().zip(call.fields.iter().skip(1)) {
        let Some((name, at)) = fixed(line, at) else { continue };
        if beside.profiles(kind).any(|known| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        let message = format!("confbridge.conf has no profile `{name}` of type `{kind}`");
        let found = Diagnostic::warning(codes::UNKNOWN_PROFILE, message)
            .at(line.span(at.clone()), "ConfBridge ends the call here");
        let nearest = names::nearest(name, beside.profiles(kind));
        tell(found, line.span(at), nearest, "write its section into confbridge.conf", findings);
    }
}

fn queues(line: &Line<'_>, findings: &mut Findings) {
    const APPLICATIONS: [&str; 9] = [
        "addqueuemember",
        "pausequeuemember",
        "queue",
        "queuelog",
        "queueupdate",
        "removequeuemember",
        "unpausequeuemember",
        "changequeuemember",
        "queuereset",
    ];
    const FUNCTIONS: [&str; 7] = [
        "QUEUE_EXISTS",
        "QUEUE_MEMBER",
        "QUEUE_MEMBER_COUNT",
        "QUEUE_MEMBER_LIST",
        "QUEUE_MEMBER_PENALTY",
        "QUEUE_VARIABLES",
        "QUEUE_WAITING_COUNT",
    ];
    let beside = &line.subject.beside;
    if !beside.has("queues.conf") {
        return;
    }
    // Whether a queue exists may well be asked.
    let mut named: Vec<Range<usize>> = first_arguments(line, FUNCTIONS.get(1..).unwrap_or_default()).collect();
    for call in crate::lint::call::calls(line) {
        named.extend(call.fields.first().filter(|_| APPLICATIONS.contains(&call.key.as_str())).cloned());
    }
    for (name, at) in named.iter().filter_map(|at| fixed(line, at)) {
        if name.eq_ignore_ascii_case("none") || beside.queue_names().any(|queue| queue.eq_ignore_ascii_case(name)) {
            continue;
        }
        let found = Diagnostic::warning(codes::UNKNOWN_QUEUE, format!("queues.conf has no queue `{name}`"))
            .at(line.span(at.clone()), "there is no such queue");
        let nearest = names::nearest(name, beside.queue_names());
        tell(found, line.span(at), nearest, "write its section into queues.conf", findings);
    }
}

fn music(line: &Line<'_>, findings: &mut Findings) {
    let beside = &line.subject.beside;
    if !beside.has("musiconhold.conf") {
        return;
    }
    let mut named = Vec::new();
    for call in crate::lint::call::calls(line) {
        match call.key.as_str() {
            "musiconhold" | "startmusiconhold" | "setmusiconhold" | "waitmusiconhold" => {
                named.extend(call.fields.first().cloned());
            }
            "dial" => {
                let options = call.fields.get(2).map(|options| letters(line, options)).unwrap_or_default();
                named.extend(
                    options.into_iter().filter(|option| option.letter == 'm').filter_map(|option| option.argument),
                );
            }
            "set" | "mset" => {
                let assignments = crate::lint::values::assignments(line, &call);
                let is_class =
                    |name: &str| matches!(name.to_ascii_lowercase().as_str(), "channel(musicclass)" | "musicclass()");
                named.extend(
                    assignments.into_iter().filter(|set| is_class(line.part(&set.name).trim())).map(|set| set.value),
                );
            }
            _ => {}
        }
    }
    for (name, at) in named.iter().filter_map(|at| fixed(line, at)) {
        if beside.music_classes().any(|class| class.eq_ignore_ascii_case(name)) {
            continue;
        }
        let found = Diagnostic::warning(codes::UNKNOWN_MUSIC_CLASS, format!("musiconhold.conf has no class `{name}`"))
            .at(line.span(at.clone()), "there is no such music");
        let nearest = names::nearest(name, beside.music_classes());
        tell(found, line.span(at), nearest, "write its section into musiconhold.conf", findings);
    }
}
