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
    pair.as_str().parse().map_err(|error: jiff::Error| fault(pair, error.to_string(), "write 2026-12-24"))
}

fn time(pair: &Pair<'_, Rule>) -> Read<Time> {
    let mut numbers = pair.as_str().split(':').map(|number| number.parse::<i8>().unwrap_or(-1));
    let mut number = || numbers.next().unwrap_or(0);
    let (hour, minute, second) = (number(), number(), number());
    Time::new(hour, minute, second, 0).map_err(|error| fault(pair, error.to_string(), "write 18:00"))
}
