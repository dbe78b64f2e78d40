//! What single files have of their own: mailboxes, rooms, menus, members, statements.

use super::keys::{Value, wrong};
use super::known::MAILBOX_OPTIONS;
use super::{Beside, Named, is_settings, parts};
use crate::applications::conference::confbridge::menu::{self, Action, Menu};
use crate::conf::{Entry, Section};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::lint::names;
use crate::lint::substitution;
use crate::media::sound::is_written;

pub(super) fn tell(beside: &Beside, told: &mut Vec<Diagnostic>) {
    for section in beside.sections("voicemail.conf") {
        if section.name.eq_ignore_ascii_case("general") {
            section.all("format").for_each(|entry| told.extend(formats(entry)));
        } else if !is_settings(&section.name) {
            mailboxes(section, told);
        }
    }
    for section in beside.sections("meetme.conf").filter(|section| section.name.eq_ignore_ascii_case("rooms")) {
        section.all("conf").for_each(|entry| told.extend(room(entry)));
    }
    for section in beside.sections("confbridge.conf").filter(|section| is_menu(section)) {
        section.entries.iter().for_each(|entry| told.extend(menu_entry(entry)));
    }
    for section in beside.sections("queues.conf") {
        section.all("member").for_each(|entry| told.extend(member(entry)));
        for key in ["joinempty", "leavewhenempty"] {
            section.all(key).for_each(|entry| told.extend(words(entry, EMPTINESS)));
        }
    }
    for section in beside.sections("features.conf").filter(|section| section.name.eq_ignore_ascii_case("featuremap")) {
        section.entries.iter().for_each(|entry| told.extend(keys(entry)));
    }
    for section in beside.sections("cel.conf") {
        section.all("events").for_each(|entry| told.extend(words(entry, EVENTS)));
    }
    for section in beside.sections("followme.conf") {
        section.all("number").for_each(|entry| told.extend(number(entry)));
    }
    for file in ["cdr_custom.conf", "cel_custom.conf", "func_odbc.conf"] {
        let entries = beside.sections(file).flat_map(|section| &section.entries);
        entries.for_each(|entry| told.extend(unclosed(entry)));
    }
    databases(beside, told);
    for file in ["cdr_beanstalkd.conf", "cdr_tds.conf", "cel_beanstalkd.conf", "cel_tds.conf"] {
        told.extend(beside.sections(file).take(1).map(|section| {
            Diagnostic::warning(codes::WITHOUT_EFFECT, format!("exten does not read {file}: no record goes there"))
                .at(section.span, "passed over")
                .help("cdr_pgsql.conf, cdr_mysql.conf and cdr_adaptive_odbc.conf bring records into databases")
        }));
    }
    for section in beside.sections("pjsip_wizard.conf").filter(|section| section.get("type").is_some()) {
        let message = format!("exten does not read pjsip_wizard.conf: there is no phone `{}`", section.name);
        told.push(
            Diagnostic::warning(codes::WITHOUT_EFFECT, message)
                .at(section.span, "passed over")
                .help("write its endpoint, aor and auth into pjsip.conf"),
        );
    }
}

/// Where menus of confbridge.conf lead to.
pub(super) fn contexts_of_menus(beside: &Beside) -> impl Iterator<Item = (Named<'_>, Span)> {
    let menus = beside.sections("confbridge.conf").filter(|section| is_menu(section));
    menus.flat_map(|section| &section.entries).filter_map(|entry| {
        let (_, rest) = entry.value.split_once("dialplan_exec(")?;
        let context = rest.split([',', ')']).next()?.trim();
        let mut menu = Menu::default();
        menu.add(&entry.key, &entry.value).ok()?;
        let leads = |action: &Action| matches!(action, Action::Dialplan { .. });
        let is_there = menu.entries.iter().flat_map(|(_, actions)| actions).any(leads);
        is_there.then_some((Named::Context(context), entry.value_span))
    })
}

fn is_menu(section: &Section) -> bool {
    section.get("type").is_some_and(|kind| kind.eq_ignore_ascii_case("menu"))
}

fn wrong_value(at: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::warning(codes::WRONG_VALUE, message).at(at, "here").help(help)
}

/// Kinds of sound files that a message may be kept in.
const FORMATS: &str = "wav wav49 wav16 gsm ulaw alaw al pcm mu ul au g722 g723 g723sf g726-16 g726-24 g726-32 g726-40 g729 \
                       ilbc ogg ogg_vorbis ogg_speex opus siren7 siren14 sln sln8 sln12 sln16 sln24 sln32 sln44 sln48 \
                       sln96 sln192 slin vox mp3 h263 h264";

fn formats(entry: &Entry) -> Vec<Diagnostic> {
    let unwritten = parts(entry, &['|', ',']).filter(|(_, format)| is_one_of(format, FORMATS) && !is_written(format));
    let unwritten = unwritten.map(|(at, format)| {
        wrong_value(at, format!("exten writes no `{format}`"), "messages are kept in the other formats, or as wav")
    });
    let unknown = parts(entry, &['|', ',']).filter(|(_, format)| !is_one_of(format, FORMATS));
    let told = unknown.map(|(at, format)| {
        let found = Diagnostic::warning(codes::WRONG_VALUE, format!("`{format}` is no kind of sound file"))
            .at(at, "no message is kept in it");
        match names::nearest(format, FORMATS.split_whitespace()) {
            Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(at, nearest),
            None => found.help("write kinds such as wav or ulaw, parted by `|`"),
        }
    });
    unwritten.chain(told).collect()
}

fn is_one_of(word: &str, words: &str) -> bool {
    words.split_whitespace().any(|known| known.eq_ignore_ascii_case(word))
}

/// `300 => 1234,Name,e-mail,pager,options`
fn mailboxes(section: &Section, told: &mut Vec<Diagnostic>) {
    let mut seen: Vec<&Entry> = Vec::new();
    for entry in &section.entries {
        if let Some(first) = seen.iter().find(|other| other.key == entry.key) {
            let message = format!("a second mailbox `{}` in [{}]", entry.key, section.name);
            told.push(
                Diagnostic::warning(codes::DUPLICATE_NAME, message)
                    .at(entry.key_span, "the later line counts")
                    .at(first.key_span, "the first")
                    .help("give each its own number"),
            );
        }
        seen.push(entry);
        let password = entry.value.split(',').next().unwrap_or("").trim();
        let can_be_keyed = |key: char| key.is_ascii_digit() || "*#".contains(key);
        if !password.trim_start_matches('-').chars().all(can_be_keyed) {
            let at = entry.part(0, entry.value.split(',').next().map_or(0, str::len));
            told.push(wrong_value(at, format!("no telephone can key `{password}`"), "write a password of digits"));
        }
        mailbox_options(entry, told);
    }
}

fn mailbox_options(entry: &Entry, told: &mut Vec<Diagnostic>) {
    let mut start = 0;
    for (number, field) in entry.value.split(',').enumerate() {
        let mut from = start;
        start += field.len() + 1;
        for option in field.split('|').filter(|_| number >= 4) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let lead = name.len() - name.trim_start().len();
            let at = entry.part(from + lead, from + lead + name.trim().len());
            let of_value = entry.part(from + name.len() + 1, from + option.len().max(name.len() + 1));
            from += option.len() + 1;
            match MAILBOX_OPTIONS.value(name.trim()) {
                _ if name.trim().is_empty() => {}
                None => told.push(MAILBOX_OPTIONS.unknown(name.trim(), at, "a mailbox")),
                Some(kind) => told.extend(wrong(kind, name.trim(), value, of_value)),
            }
            told.extend(MAILBOX_OPTIONS.idle(name.trim(), value, at));
        }
    }
}

/// `conf => number,pin,adminpin`
fn room(entry: &Entry) -> Option<Diagnostic> {
    let fields: Vec<&str> = entry.value.split(',').map(str::trim).collect();
    let is_keyed = |pin: &&str| pin.chars().all(|key| key.is_ascii_digit() || "*#ABCD".contains(key));
    match fields.as_slice() {
        [] | [""] => Some(wrong_value(entry.span, "a room without a number", "write `conf => NUMBER`")),
        [_, pins @ ..] if pins.len() > 2 => Some(wrong_value(
            entry.value_span,
            "a room has a number, a PIN and an administrator's PIN",
            "remove the rest",
        )),
        [_, pins @ ..] => {
            let pin = pins.iter().find(|pin| !is_keyed(pin))?;
            Some(wrong_value(entry.value_span, format!("no telephone can key `{pin}`"), "write a PIN of digits"))
        }
    }
}

/// `1 = toggle_mute`
fn menu_entry(entry: &Entry) -> Option<Diagnostic> {
    if ["type", "template"].iter().any(|name| entry.key.eq_ignore_ascii_case(name)) {
        return None;
    }
    if !menu::is_sequence(&entry.key.to_ascii_uppercase()) {
        let message = format!("`{}` are no keys of a telephone", entry.key);
        let found = Diagnostic::warning(codes::UNKNOWN_SETTING, message).at(entry.key_span, "has no effect");
        return Some(found.help("a menu holds keys and what they do: `1 = toggle_mute`"));
    }
    let problem = Menu::default().add(&entry.key, &entry.value).err()?;
    let words = menu::words().chain(["playback", "playback_and_continue", "dialplan_exec"]);
    let word = problem.strip_prefix("there is no action ").unwrap_or_default();
    let help = match names::nearest(word, words) {
        Some(nearest) if !word.is_empty() => format!("did you mean `{nearest}`?"),
        _ => "these keys do nothing until then".to_owned(),
    };
    Some(wrong_value(entry.value_span, problem, help))
}

/// What an empty queue is.
const EMPTINESS: &str = "yes no true false on off 0 1 strict loose paused penalty inuse ringing unavailable invalid unknown \
                         wrapup";

/// The events of the channel event log.
const EVENTS: &str = "ALL CHAN_START CHAN_END ANSWER HANGUP APP_START APP_END PARK_START PARK_END USER_DEFINED BRIDGE_START \
                      BRIDGE_END BRIDGE_ENTER BRIDGE_EXIT CONF_ENTER CONF_EXIT CONF_START CONF_END BLINDTRANSFER \
                      ATTENDEDTRANSFER TRANSFER HOOKFLASH PICKUP FORWARD 3WAY_START 3WAY_END LINKEDID_END LOCAL_OPTIMIZE \
                      LOCAL_OPTIMIZE_BEGIN LOCAL_OPTIMIZE_END STREAM_BEGIN STREAM_END DTMF";

fn words(entry: &Entry, known: &'static str) -> Vec<Diagnostic> {
    parts(entry, &[',']).filter_map(|(at, word)| wrong(Value::Words(known), &entry.key, word, at)).collect()
}

/// `SIP/200,penalty,name,state interface`
fn member(entry: &Entry) -> Option<Diagnostic> {
    let mut fields = entry.value.split(',').map(str::trim);
    let (interface, penalty) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
    if !interface.contains('/') {
        let message = format!("`{interface}` has no technology");
        return Some(wrong_value(entry.value_span, message, "write technology/resource, as in `SIP/200`"));
    }
    let is_number = penalty.is_empty() || penalty.parse::<u32>().is_ok();
    let message = format!("`{penalty}` is no penalty");
    (!is_number).then(|| wrong_value(entry.value_span, message, "the number behind the first comma is the penalty"))
}

/// `blindxfer = #1`
fn keys(entry: &Entry) -> Option<Diagnostic> {
    let is_key = |key: char| key.is_ascii_digit() || "*#ABCDabcd".contains(key);
    let is_right = entry.value.trim().chars().all(is_key);
    let message = format!("`{}` are no keys of a telephone", entry.value);
    (!is_right).then(|| wrong_value(entry.value_span, message, "write keys such as `*1`"))
}

/// `number => 200&201,20,1`
fn number(entry: &Entry) -> Option<Diagnostic> {
    let mut fields = entry.value.split(',').map(str::trim);
    let is_empty = fields.next().is_none_or(str::is_empty);
    let wrong = fields.take(2).find(|field| !field.is_empty() && field.parse::<u32>().is_err());
    match (is_empty, wrong) {
        (true, _) => {
            Some(wrong_value(entry.span, "a step of followme.conf without a number", "write `number => 200,20`"))
        }
        (_, Some(wrong)) => {
            let help = "behind the numbers stand seconds and the step's place: `number => 200&201,20,1`";
            Some(wrong_value(entry.value_span, format!("`{wrong}` is no number"), help))
        }
        _ => None,
    }
}

/// A template or statement whose `${` is not closed.
fn unclosed(entry: &Entry) -> Option<Diagnostic> {
    let open = substitution::scan(&entry.value).into_iter().rfind(|found| !found.is_closed)?;
    let at = entry.part(open.at.start, open.at.start + 2);
    let found = Diagnostic::warning(codes::WRONG_VALUE, "`${` is not closed").at(at, "opened here");
    Some(found.help("write `}` where it ends"))
}

/// The databases that func_odbc.conf and extconfig.conf ask, against those of res_odbc.conf.
fn databases(beside: &Beside, told: &mut Vec<Diagnostic>) {
    let has_databases = beside.has("res_odbc.conf");
    let is_there = |name: &str| beside.sections("res_odbc.conf").any(|section| section.name.eq_ignore_ascii_case(name));
    let missing = |name: &str, at: Span| {
        Diagnostic::warning(codes::MISSING_SECTION, format!("there is no [{name}] in res_odbc.conf"))
            .at(at, "no database of this name")
            .help("write its section into res_odbc.conf, or correct the name")
    };
    for section in beside.sections("func_odbc.conf").filter(|section| !section.name.eq_ignore_ascii_case("general")) {
        for entry in ["dsn", "readhandle", "writehandle"].into_iter().flat_map(|key| section.all(key)) {
            let named = parts(entry, &[',']).filter(|(_, name)| has_databases && !is_there(name));
            told.extend(named.map(|(at, name)| missing(name, at)));
        }
        let statements = ["readsql", "writesql", "read", "write"];
        if !statements.iter().any(|key| section.get(key).is_some()) {
            let message = format!("the function `{}` has no statement", section.name);
            told.push(wrong_value(section.span, message, "write `readsql = SELECT …`"));
        }
    }
    for section in beside.sections("extconfig.conf").filter(|section| section.name.eq_ignore_ascii_case("settings")) {
        for entry in &section.entries {
            let fields: Vec<(Span, &str)> = parts(entry, &[',']).collect();
            match fields.as_slice() {
                [] | [_] => told.push(wrong_value(
                    entry.value_span,
                    format!("`{}` needs a driver and a database", entry.key),
                    "write `driver,database,table`",
                )),
                [(_, driver), (at, database), ..]
                    if driver.eq_ignore_ascii_case("odbc") && has_databases && !is_there(database) =>
                {
                    told.push(missing(database, *at));
                }
                _ => {}
            }
        }
    }
}
