//! Functions and what stands in their parentheses.

use super::*;
use crate::interpreter::{Function, Kind};
use crate::lint::values;

rule! {
    /// ## What it does
    /// Finds functions without an argument that they need, or with more than they take.
    ///
    /// ## Why is this bad
    /// The function gives nothing, or passes the rest over.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _X.,1,NoOp(${FILTER(${EXTEN})})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _X.,1,NoOp(${FILTER(0-9,${EXTEN})})
    /// ```
    pub FUNCTION_ARGUMENTS: FUNCTION_ARGUMENTS, Check::Line(count)
}

rule! {
    /// ## What it does
    /// Finds functions that are set and can only be read, and functions that are read and can only be set.
    ///
    /// ## Why is this bad
    /// Nothing is set, and nothing is read.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(LEN(NAME)=3)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(LENGTH=${LEN(${CALLERID(name)})})
    /// ```
    pub ONE_WAY_FUNCTION: ONE_WAY_FUNCTION, Check::Line(direction)
}

rule! {
    /// ## What it does
    /// Finds items that a function does not have, such as a misspelt field of `CALLERID`, `CHANNEL`, `CDR` or `TIMEOUT`.
    ///
    /// ## Why is this bad
    /// The function gives nothing, and sets nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(CALLERID(nmae)=Front desk)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Set(CALLERID(name)=Front desk)
    /// ```
    pub UNKNOWN_ITEM: UNKNOWN_ITEM, Check::Line(item)
}

/// A function that a line reads or sets.
struct Used<'l> {
    function: &'l Function,
    /// Its name in the line's text.
    name: Range<usize>,
    /// What stands in its parentheses.
    arguments: Range<usize>,
    is_set: bool,
}

fn used<'l>(line: &'l Line<'_>) -> Vec<Used<'l>> {
    let library = line.subject.library;
    let mut all = Vec::new();
    for found in &line.substitutions {
        let Some(arguments) = found.arguments(line.text).filter(|_| found.is_closed) else { continue };
        let name = found.name(line.text);
        let name_at = found.inner.start..found.inner.start + name.len();
        all.extend(library.function(name).map(|function| Used { function, name: name_at, arguments, is_set: false }));
    }
    if !matches!(line.key, "set" | "mset" | "execif" | "exec" | "tryexec" | "execiftime") {
        return all;
    }
    for call in crate::lint::call::calls(line) {
        for set in values::assignments(line, &call).into_iter().filter(|set| !set.is_result) {
            let at = fields::trim(line.text, set.name);
            let Some((name, _)) = line.part(&at).split_once('(').filter(|_| line.part(&at).ends_with(')')) else {
                continue;
            };
            let (name_at, arguments) = (at.start..at.start + name.len(), at.start + name.len() + 1..at.end - 1);
            all.extend(library.function(name).map(|function| Used {
                function,
                name: name_at,
                arguments,
                is_set: true,
            }));
        }
    }
    all
}

fn count(line: &Line<'_>, findings: &mut Findings) {
    for used in used(line) {
        let (name, declared) = (used.function.name, used.function.arguments);
        // A substitution may bring commas along.
        if line.within(&used.arguments).next().is_some() && name != "FILTER" || declared.is_empty() {
            continue;
        }
        let given = fields::split(line.text, used.arguments.clone(), b',');
        let is_given = |index: usize| given.get(index).is_some_and(|at| !line.part(at).is_empty());
        let missing = declared.iter().enumerate().find(|(index, argument)| argument.is_required && !is_given(*index));
        let takes_all = declared.last().is_none_or(|last| matches!(last.kind, Kind::Text | Kind::Target));
        let span = line.span(used.name.start..used.arguments.end);
        let usage = || {
            let names: Vec<&str> = declared.iter().map(|argument| argument.name).collect();
            format!("write `{name}({})`", names.join(","))
        };
        if let Some((_, argument)) = missing {
            let message = format!("the function `{name}` needs its argument `{}`", argument.name);
            findings
                .tell(Diagnostic::warning(codes::FUNCTION_ARGUMENTS, message).at(span, "gives nothing").help(usage()));
        } else if name == "DB" && !line.part(&used.arguments).contains('/') {
            let message = "the function `DB` needs a family and a key";
            let found = Diagnostic::warning(codes::FUNCTION_ARGUMENTS, message).at(span, "gives nothing");
            findings.tell(found.help("write `DB(family/key)`"));
        } else if !takes_all && given.len() > declared.len() {
            let message = format!("the function `{name}` takes {} arguments at most", declared.len());
            let found = Diagnostic::warning(codes::FUNCTION_ARGUMENTS, message).at(span, "the rest is passed over");
            findings.tell(found.help(usage()));
        }
    }
}

fn direction(line: &Line<'_>, findings: &mut Findings) {
    for used in used(line) {
        let name = used.function.name;
        let (message, what) = match (used.is_set, used.function.read.is_some(), used.function.write.is_some()) {
            (true, true, false) => (format!("the function `{name}` can only be read"), "nothing is set"),
            (false, false, true) => (format!("the function `{name}` can only be set"), "gives nothing"),
            _ => continue,
        };
        let help = match used.is_set {
            true => format!("read it: `${{{name}(…)}}`"),
            false => format!("set it: `Set({name}(…)=…)`"),
        };
        findings.tell(Diagnostic::warning(codes::ONE_WAY_FUNCTION, message).at(line.span(used.name), what).help(help));
    }
}

/// What stands in front of the first `-` of an item of `CALLERID`.
const CALLER: &str = "all name num number ani ani2 dnid rdnis pres ton tns subaddr tag priv";

/// Items of `CHANNEL`, of all technologies.
const CHANNEL: &str = "accountcode after_bridge_goto amaflags audionativeformat audioreadformat audiowriteformat buffers \
                       call-id callgroup callid caller_url channeltype checkhangup contact context dtmf_features \
                       echocan_mode endpoint exten from hangup_handler_pop hangup_handler_push hangup_handler_wipe \
                       hangupsource keypad_digits language linkedid local_addr local_tag local_uri max_forwards musicclass \
                       name namedcallgroup namedpickupgroup no_media_path onhold osptoken parkinglot peer peerip peername \
                       pickupgroup pjsip recvip remote_addr remote_tag remote_uri request_uri reversecharge rtcp rtp rtpdest \
                       rtpqos rtpsource rxgain secure secure_bridge_media secure_bridge_signaling sipuri state \
                       t38passthrough t38state tech_hangupcause tonezone topology trace transfercapability txgain type \
                       uniqueid uri useragent userfield videonativeformat videoreadformat videowriteformat";

/// What every call record has; others may be added.
const RECORD: &str = "accountcode amaflags answer billsec channel clid dcontext disposition dst dstchannel duration end \
                      lastapp lastdata linkedid peeraccount sequence src start uniqueid userfield";

fn item(line: &Line<'_>, findings: &mut Findings) {
    for used in used(line) {
        let Some(at) = fields::split(line.text, used.arguments.clone(), b',').into_iter().next() else { continue };
        let at = fields::trim(line.text, at);
        if at.is_empty() || line.within(&at).next().is_some() {
            continue;
        }
        let written = line.part(&at).to_ascii_lowercase();
        let is_among = |item: &str, items: &str| items.split_whitespace().any(|known| known == item);
        let near = |items: &'static str| names::nearest(&written, items.split_whitespace());
        let (is_wrong, near) = match used.function.name {
            "CALLERID" => {
                let head = written.split('-').next().unwrap_or("");
                (!is_among(head, CALLER), near(CALLER))
            }
            "TIMEOUT" => (!written.starts_with(['a', 'd', 'r']), near("absolute digit response")),
            "CHANNEL" => (!is_among(&written, CHANNEL) && near(CHANNEL).is_some(), near(CHANNEL)),
            // Short names of one's own may well be like others.
            "CDR" => (!is_among(&written, RECORD) && written.len() > 5 && near(RECORD).is_some(), near(RECORD)),
            _ => continue,
        };
        if !is_wrong {
            continue;
        }
        let message = format!("the function `{}` has no item `{}`", used.function.name, line.part(&at));
        let span = line.span(at);
        let found = Diagnostic::warning(codes::UNKNOWN_ITEM, message)
            .at(span, if used.is_set { "nothing is set" } else { "gives nothing" });
        findings.tell(match near {
            Some(near) => found.help(format!("did you mean `{near}`?")).suggest(span, near),
            None => found.help("check its spelling"),
        });
    }
}
