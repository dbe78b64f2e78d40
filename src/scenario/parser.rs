//! Reading the lines of a story.

use std::ops::Range;
use std::time::Duration;

use jiff::civil::{Date, Time};
use pest::Parser as _;
use pest::iterators::Pair;

use super::forms;
use super::statement::{
    Action, Assignment, Dialling, Expectation, Heard, Line, Moment, Order, Parties, PartyState, Statement, Step,
};
use crate::channel::Cause;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/scenario.pest"]
struct Grammar;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub span: Range<usize>,
    pub message: String,
    pub help: String,
}

/// Reads the lines of a story that begins at `offset` of its document. Lines that are wrong are told, the others read.
pub fn read(text: &str, offset: usize) -> (Vec<Line>, Vec<Fault>) {
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut at = offset;
    for text in text.split_inclusive('\n') {
        match read_line(text.trim_end()) {
            Ok(Some((span, statement))) => lines.push(Line { span: span.start + at..span.end + at, statement }),
            Ok(None) => {}
            Err(mut fault) => {
                fault.span = fault.span.start + at..fault.span.end + at;
                faults.push(fault);
            }
        }
        at += text.len();
    }
    (lines, faults)
}

/// Reads one line: where its statement stands in it, and what it says; `None` where it is empty or a comment.
pub fn read_line(text: &str) -> Result<Option<(Range<usize>, Statement)>, Fault> {
    let mut pairs = Grammar::parse(Rule::line, text).map_err(|error| {
        let at = match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
        };
        forms::explain(text, at)
    })?;
    let Some(line) = pairs.next() else { return Ok(None) };
    match line.into_inner().next() {
        Some(pair) if pair.as_rule() != Rule::EOI => {
            let span = pair.as_span();
            Ok(Some((span.start()..span.end(), statement(pair)?)))
        }
        _ => Ok(None),
    }
}

type Read<T> = Result<T, Fault>;

fn fault(pair: &Pair<'_, Rule>, message: impl Into<String>, help: impl Into<String>) -> Fault {
    let span = pair.as_span();
    Fault { span: span.start()..span.end(), message: message.into(), help: help.into() }
}

fn statement(pair: Pair<'_, Rule>) -> Read<Statement> {
    let expect = |expectation, within| Statement::Expect { expectation, within };
    let rule = pair.as_rule();
    let mut parts = pair.clone().into_inner().peekable();
    let mut part = || parts.next().ok_or_else(|| fault(&pair, "the line is not complete", forms::ALL));
    Ok(match rule {
        Rule::moment => {
            let mut moment = Moment { date: None, time: None };
            for part in pair.into_inner() {
                match part.as_rule() {
                    Rule::date => moment.date = Some(date(&part)?),
                    _ => moment.time = Some(time(&part)?),
                }
            }
            Statement::At(moment)
        }
        Rule::wait => Statement::Wait(duration(part()?)?),
        Rule::arrangement => Statement::Set(assignment(part()?)),
        Rule::incoming => {
            let name = part()?.as_str().to_owned();
            let dialling = dialling(parts)?;
            Statement::Act { parties: Parties::Named(vec![name]), action: Action::Dials(dialling) }
        }
        Rule::originate => {
            let phone = part()?.as_str().to_owned();
            Statement::Originate { phone, dialling: dialling(parts)? }
        }
        Rule::global => {
            let assigned = assignment(part()?);
            expect(Expectation::Global(assigned), limit(parts.next())?)
        }
        Rule::room => {
            let room = part()?.as_str().to_owned();
            let members = part()?;
            let count = match members.clone().into_inner().next() {
                Some(count) => count.as_str().parse().map_err(|_| fault(&count, "that is too many", ""))?,
                None => 0,
            };
            expect(Expectation::Members { room, count }, limit(parts.next())?)
        }
        Rule::warning => {
            let text = parts.next_if(|part| part.as_rule() == Rule::quoted).map(|part| quoted(&part));
            expect(Expectation::Warning(text), limit(parts.next())?)
        }
        Rule::step_line => {
            let order = parts.next_if(|part| part.as_rule() == Rule::order);
            let order = match order.and_then(|order| order.into_inner().next()).map(|order| order.as_rule()) {
                Some(Rule::then) => Order::Then,
                Some(_) => Order::Next,
                None => Order::Anywhere,
            };
            let step = parts.next().map(step).ok_or_else(|| fault(&pair, "no step is named", forms::ALL))?;
            expect(Expectation::Step { step, order }, limit(parts.next())?)
        }
        _ => {
            let subject = part()?;
            let deed = part()?;
            let within = parts.next();
            return parties_line(parties(subject), deed, within);
        }
    })
}

fn parties_line(parties: Parties, deed: Pair<'_, Rule>, within: Option<Pair<'_, Rule>>) -> Read<Statement> {
    if let Some(action) = action(&deed)? {
        return match within {
            Some(within) => Err(fault(
                &within,
                "a phone does this at once",
                "`within` goes with what is expected: 2002 rings within 5s",
            )),
            None => Ok(Statement::Act { parties, action }),
        };
    }
    let negated = deed.clone().into_inner().any(|part| part.as_rule() == Rule::negative);
    let state = party_state(&parties, deed)?;
    Ok(Statement::Expect { expectation: Expectation::Party { parties, state, negated }, within: limit(within)? })
}

fn parties(pair: Pair<'_, Rule>) -> Parties {
    match pair.into_inner().next() {
        Some(list) if list.as_rule() == Rule::names => Parties::Named(names(list)),
        _ => Parties::Everybody,
    }
}

fn names(pair: Pair<'_, Rule>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in pair.into_inner().map(|name| name.as_str().to_owned()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The deed as an action; `None` where it is an expectation.
fn action(deed: &Pair<'_, Rule>) -> Read<Option<Action>> {
    let mut parts = deed.clone().into_inner();
    Ok(Some(match deed.as_rule() {
        Rule::dials => Action::Dials(dialling(parts)?),
        Rule::answers => match parts.next() {
            Some(after) => Action::AnswersAfter(duration(after)?),
            None => Action::Answers,
        },
        Rule::lets_ring => Action::LetsRing,
        Rule::is_busy => Action::Rejects(Cause::BUSY),
        Rule::is_unreachable => Action::IsUnreachable,
        Rule::rejects => Action::Rejects(parts.next().map(cause).transpose()?.unwrap_or(Cause::REJECTED)),
        Rule::presses => Action::Presses(parts.next().map_or_else(String::new, |keys| keys.as_str().to_owned())),
        Rule::speaks => Action::Speaks(parts.next().map(duration).transpose()?.unwrap_or_default()),
        Rule::hangs_up => Action::HangsUp,
        _ => return Ok(None),
    }))
}

fn party_state(parties: &Parties, deed: Pair<'_, Rule>) -> Read<PartyState> {
    let whole = deed.clone();
    let rule = deed.as_rule();
    let part = deed.into_inner().find(|part| part.as_rule() != Rule::negative);
    Ok(match (rule, part) {
        (Rule::rings, _) => PartyState::Rings,
        (Rule::stops_ringing, _) => PartyState::StopsRinging,
        (Rule::is_answered, _) => PartyState::IsAnswered,
        (Rule::is_hung_up, clause) => PartyState::IsHungUp(clause.map(cause).transpose()?),
        (Rule::is_in_room, Some(room)) => PartyState::IsInRoom(room.as_str().to_owned()),
        (Rule::talks, Some(with)) => PartyState::Talks(names(with)),
        (Rule::talks, None) if has_several(parties) => PartyState::Talks(Vec::new()),
        (Rule::talks, None) => return Err(fault(&whole, "with whom?", "write 2001 talks with 2002")),
        (Rule::hears, Some(part)) => {
            let heard = heard(part);
            if heard == Heard::EachOther && !has_several(parties) {
                return Err(fault(&whole, "one phone has no other", "write 2001 and 2002 hear each other"));
            }
            PartyState::Hears(heard)
        }
        (Rule::runs, Some(part)) => PartyState::Runs(step(part)),
        (Rule::shows, Some(part)) => {
            let (name, number) = caller(part);
            PartyState::Shows { name, number }
        }
        (Rule::has, Some(part)) => PartyState::Has(assignment(part)),
        _ => return Err(fault(&whole, "the line is not complete", forms::ALL)),
    })
}

fn has_several(parties: &Parties) -> bool {
    match parties {
        Parties::Everybody => true,
        Parties::Named(names) => names.len() > 1,
    }
}

fn heard(pair: Pair<'_, Rule>) -> Heard {
    let mut only = false;
    for part in pair.into_inner() {
        let inner = part.clone().into_inner().next().map(|inner| inner.as_str().to_owned());
        match part.as_rule() {
            Rule::each_other => return Heard::EachOther,
            Rule::nobody => return Heard::Nobody,
            Rule::nothing => return Heard::Nothing,
            Rule::tone => return Heard::Tone(inner.unwrap_or_default()),
            Rule::music => return Heard::Music(inner),
            Rule::sound => return Heard::Sound(inner.unwrap_or_default()),
            Rule::only => only = true,
            _ => return Heard::Names { names: names(part), only },
        }
    }
    Heard::Nothing
}

fn step(pair: Pair<'_, Rule>) -> Step {
    let mut parts = pair.into_inner().map(|part| part.as_str().to_owned());
    Step { position: parts.next().unwrap_or_default(), application: parts.next(), arguments: parts.next() }
}

fn dialling<'i>(parts: impl Iterator<Item = Pair<'i, Rule>>) -> Read<Dialling> {
    let mut dialling = Dialling::default();
    for part in parts {
        match part.as_rule() {
            Rule::target => match part.as_str().rsplit_once('@') {
                Some((extension, context)) => {
                    dialling.extension = extension.to_owned();
                    dialling.context = Some(context.to_owned());
                }
                None => dialling.extension = part.as_str().to_owned(),
            },
            Rule::through => dialling.through = part.into_inner().next().map(|name| name.as_str().to_owned()),
            Rule::caller_clause => {
                if let Some(part) = part.into_inner().next() {
                    let (name, number) = caller(part);
                    dialling.caller = Some((name.unwrap_or_default(), number.unwrap_or_default()));
                }
            }
            _ => dialling.variables.extend(part.into_inner().map(assignment)),
        }
    }
    Ok(dialling)
}

/// Name and number.
fn caller(pair: Pair<'_, Rule>) -> (Option<String>, Option<String>) {
    let (mut name, mut number) = (None, None);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::quoted => name = Some(quoted(&part)),
            Rule::bracketed => number = part.into_inner().next().map(|number| number.as_str().to_owned()),
            _ => number = Some(part.as_str().to_owned()),
        }
    }
    (name, number)
}

fn assignment(pair: Pair<'_, Rule>) -> Assignment {
    let mut assignment = Assignment { name: String::new(), value: String::new() };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::variable => part.as_str().clone_into(&mut assignment.name),
            Rule::quoted => assignment.value = quoted(&part),
            Rule::value => match part.into_inner().next() {
                Some(part) if part.as_rule() == Rule::quoted => assignment.value = quoted(&part),
                Some(part) => part.as_str().clone_into(&mut assignment.value),
                None => {}
            },
            _ => part.as_str().clone_into(&mut assignment.value),
        }
    }
    assignment
}

fn quoted(pair: &Pair<'_, Rule>) -> String {
    pair.clone().into_inner().as_str().to_owned()
}

fn cause(pair: Pair<'_, Rule>) -> Read<Cause> {
    let named = pair.clone().into_inner().next().unwrap_or(pair);
    let help = "causes are numbers (16) or names (NORMAL_CLEARING, USER_BUSY), as Hangup takes them";
    Cause::parse(named.as_str()).ok_or_else(|| fault(&named, format!("there is no cause {}", named.as_str()), help))
}

fn limit(within: Option<Pair<'_, Rule>>) -> Read<Option<Duration>> {
    within.and_then(|within| within.into_inner().next()).map(duration).transpose()
}

fn duration(pair: Pair<'_, Rule>) -> Read<Duration> {
    let mut total = 0.0;
    for span in pair.clone().into_inner() {
        let mut parts = span.into_inner();
        let number = parts.next().and_then(|number| number.as_str().parse::<f64>().ok()).unwrap_or_default();
        let unit = parts.next().and_then(|unit| unit.into_inner().next()).map(|unit| unit.as_rule());
        total += number
            * match unit {
                Some(Rule::milliseconds) => 0.001,
                Some(Rule::minutes) => 60.0,
                Some(Rule::hours) => 3600.0,
                _ => 1.0,
            };
    }
    let longest = Duration::from_secs(400 * 24 * 3600);
    let duration = Duration::try_from_secs_f64(total).ok().filter(|duration| *duration <= longest);
    duration.ok_or_else(|| fault(&pair, "that is too long", "a story may wait for a year"))
}

fn date(pair: &Pair<'_, Rule>) -> Read<Date> {
    pair.as_str().parse().map_err(|_| fault(pair, "there is no such day", "days are written 2026-12-24"))
}

fn time(pair: &Pair<'_, Rule>) -> Read<Time> {
    let mut numbers = pair.as_str().split(':').map(|number| number.parse::<i8>().unwrap_or(-1));
    let mut number = || numbers.next().unwrap_or(0);
    let (hour, minute, second) = (number(), number(), number());
    Time::new(hour, minute, second, 0)
        .map_err(|_| fault(pair, "there is no such time of day", "times are written 18:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Statement {
        read_line(line).unwrap().unwrap().1
    }

    fn fault(line: &str) -> String {
        let fault = read_line(line).unwrap_err();
        format!("{} [{}] ({})", fault.message, &line[fault.span], fault.help)
    }

    fn expected(line: &str) -> (PartyState, bool) {
        match read(line) {
            Statement::Expect { expectation: Expectation::Party { state, negated, .. }, .. } => (state, negated),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn calls_carry_who_calls_and_variables() {
        let Statement::Act { parties, action: Action::Dials(dialling) } = read(
            "call from +493012345 to 100@from-trunk through provider as \"Ann B\" <17> with A = 1 and B = \"x y\" ; c",
        ) else {
            panic!("no call")
        };
        assert_eq!(parties, Parties::Named(vec!["+493012345".to_owned()]));
        assert_eq!((dialling.extension.as_str(), dialling.context.as_deref()), ("100", Some("from-trunk")));
        assert_eq!(dialling.through.as_deref(), Some("provider"));
        assert_eq!(dialling.caller, Some(("Ann B".to_owned(), "17".to_owned())));
        let variables: Vec<_> = dialling.variables.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
        assert_eq!(variables, [("A", "1"), ("B", "x y")]);
    }

    #[test]
    fn durations_add_up() {
        assert_eq!(read("wait 1m30s"), Statement::Wait(Duration::from_secs(90)));
        assert_eq!(read("wait 1.5 seconds"), Statement::Wait(Duration::from_millis(1500)));
        assert_eq!(
            read("wait 1h 2 minutes".replace(' ', "").replace("wait", "wait ").as_str()),
            Statement::Wait(Duration::from_secs(3720))
        );
        assert_eq!(read("wait 250ms"), Statement::Wait(Duration::from_millis(250)));
    }

    #[test]
    fn what_is_not_to_be_is_told_by_its_words() {
        assert_eq!(expected("2002 does not ring"), (PartyState::Rings, true));
        assert_eq!(expected("2001 and 2002 are not hung up"), (PartyState::IsHungUp(None), true));
        assert_eq!(expected("2001 is hung up with cause 16"), (PartyState::IsHungUp(Some(Cause::NORMAL)), false));
        assert!(matches!(read("2002 does not answer"), Statement::Act { action: Action::LetsRing, .. }));
    }

    #[test]
    fn steps_may_leave_out_what_does_not_matter() {
        let Statement::Expect { expectation: Expectation::Step { step, order }, within } =
            read("then 100@default:2 Playback hello&world within 2s")
        else {
            panic!("no step")
        };
        assert_eq!((order, within), (Order::Then, Some(Duration::from_secs(2))));
        assert!(step.is("100@default:2", "Playback", "hello&world"));
        assert!(!step.is("100@default:2", "Playback", "hello"));
        let (PartyState::Runs(step), true) = expected("2001 does not run s@macro-x:1") else { panic!("no step") };
        assert!(step.is("s@macro-x:1", "Set", "A=1"));
    }

    #[test]
    fn values_end_at_the_line_a_comment_or_a_limit() {
        let value = |line: &str| match expected(line).0 {
            PartyState::Has(assignment) => (assignment.name, assignment.value),
            other => panic!("{other:?}"),
        };
        assert_eq!(value("2001 has X = two words ; comment"), ("X".to_owned(), "two words".to_owned()));
        assert_eq!(value("2001 has CDR(x y)=\"a;b\" within 2s"), ("CDR(x y)".to_owned(), "a;b".to_owned()));
        assert_eq!(value("2001 has X ="), ("X".to_owned(), String::new()));
        assert_eq!(value("2001 has X = a;b within 2s"), ("X".to_owned(), "a;b".to_owned()));
    }

    #[test]
    fn several_are_heard_and_several_hear() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let heard = Heard::Names { names: names(&["2001", "2002", "conf-join"]), only: false };
        assert_eq!(expected("2003 hears 2001, 2002 and conf-join").0, PartyState::Hears(heard));
        let only = Heard::Names { names: names(&["2001"]), only: true };
        assert_eq!(expected("2003 hears only 2001").0, PartyState::Hears(only));
        assert_eq!(
            expected("2003 hears music of class quiet").0,
            PartyState::Hears(Heard::Music(Some("quiet".to_owned())))
        );
        assert_eq!(expected("a and b hear each other").0, PartyState::Hears(Heard::EachOther));
    }

    #[test]
    fn lines_that_are_wrong_say_what_would_be_right() {
        let lines = [
            "2001 anwsers",
            "2001 presses",
            "2001 presses 12x",
            "2001 is hung over",
            "2001 and 2002 dance",
            "wait",
            "wait 5 parsecs",
            "room 800 has many members",
            "2001 hears each other",
            "2001 is hung up with cause nonsense",
            "at 2026-13-24 18:00",
            "2001 dials 100 within 5s",
            "2001",
        ];
        let faults: Vec<String> = lines.iter().map(|line| fault(line)).collect();
        insta::assert_snapshot!(faults.join("\n"), @r"
        `anwsers` is nothing that a phone does [anwsers] (did you mean `answers`, as in: 2002 answers?)
        this is not how `presses` is written [presses] (for example: 2001 presses *0)
        `12x` is not understood behind `presses` [12x] (for example: 2001 presses *0)
        `hung over` is not understood behind `is` [hung over] (for example: 2002 is busy, is unreachable, is answered, is hung up with cause 16, is in room 800)
        `dance` is nothing that a phone does [dance] (behind the phones of a line stands one of: dials, answers, does, is, are, rejects, presses, speaks, hangs, rings, stops, talks, hears, runs, shows, has)
        a line that begins with `wait` reads otherwise [wait] (for example: wait 5s)
        `parsecs` is not understood behind `wait` [parsecs] (for example: wait 5s)
        `many members` is not understood behind `room` [many members] (for example: room 800 has 3 members)
        one phone has no other [hears each other] (write 2001 and 2002 hear each other)
        there is no cause nonsense [nonsense] (causes are numbers (16) or names (NORMAL_CLEARING, USER_BUSY), as Hangup takes them)
        there is no such day [2026-13-24] (days are written 2026-12-24)
        a phone does this at once [ within 5s] (`within` goes with what is expected: 2002 rings within 5s)
        `2001` does nothing here [2001] (a line says what a phone does or is to hear: 2001 dials 2002)
        ");
    }

    #[test]
    fn no_line_panics() {
        for line in
            ["", "  ; x", "é", "2001 é", ",", "and", "2001 and", "2001 , , rings", "@:1", "\u{1f600} rings", "then"]
        {
            let _ = read_line(line);
        }
        assert_eq!(read_line("  ; only a comment"), Ok(None));
    }
}
