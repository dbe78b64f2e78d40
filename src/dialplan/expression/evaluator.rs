//! The general evaluator: operands and pending operators on two stacks, so that no text can nest too deep for it.
//!
//! A syntax error ends the evaluation where it stands, as in Asterisk's table-driven parser: all pending operators
//! are applied first, and if that leaves one complete value, it is kept.

use std::ops::Range;

use super::functions;
use super::lexer::{Lexer, Token};
use super::operator::{Level, Operator};
use super::value::Value;
use super::{Outcome, Problem, arithmetic};
use crate::dialplan::template::Scope;

/// How many operators may wait for their operands.
const MAX_PENDING: usize = 10_000;

/// Something that waits for the operands behind it.
enum Pending<'a> {
    Binary(Operator),
    Negate,
    Not,
    /// `(`
    Group,
    /// `name(`, with the arguments read so far.
    Call {
        name: &'a str,
        arguments: Vec<Value<'a>>,
    },
    /// `a ?`
    Condition,
    /// `a ? b ::`
    Otherwise,
}

impl Pending<'_> {
    fn level(&self) -> Level {
        match self {
            Self::Binary(operator) => operator.level(),
            Self::Negate | Self::Not => Level::Prefix,
            Self::Otherwise => Level::Condition,
            Self::Group | Self::Call { .. } | Self::Condition => Level::Lowest,
        }
    }
}

/// Where the evaluation stops before the end of the text.
struct Stop;

pub(super) struct Evaluator<'a, 's> {
    lexer: Lexer<'a>,
    /// The token to look at and where it stands; None at the end.
    token: Option<(Token<'a>, Range<usize>)>,
    values: Vec<Value<'a>>,
    pending: Vec<Pending<'a>>,
    length: usize,
    scope: &'s mut dyn Scope,
    report: &'s mut dyn FnMut(&mut dyn Scope, Problem),
}

impl<'a, 's> Evaluator<'a, 's> {
    pub fn new(text: &'a str, scope: &'s mut dyn Scope, report: &'s mut dyn FnMut(&mut dyn Scope, Problem)) -> Self {
        let mut lexer = Lexer::new(text);
        let token = lexer.next();
        Self { lexer, token, values: Vec::new(), pending: Vec::new(), length: text.len(), scope, report }
    }

    /// Evaluates the text.
    pub fn run(mut self) -> Value<'a> {
        if self.token.is_none() {
            return Value::Text("".into());
        }
        match self.expression() {
            Ok(value) => value,
            Err(Stop) => Value::Number(super::Number::ZERO),
        }
    }

    fn expression(&mut self) -> Result<Value<'a>, Stop> {
        loop {
            if !self.operand()? {
                self.syntax_error(Outcome::Empty);
                return Ok(Value::Text("".into()));
            }
            if !self.operator()? {
                break;
            }
        }
        // Either the end, or a token that has no place behind a complete operand.
        self.reduce(Level::Condition);
        if !self.pending.is_empty() {
            return Err(self.syntax_error(Outcome::Zero));
        }
        if self.token.is_some() {
            self.syntax_error(Outcome::Kept);
        }
        self.values.pop().ok_or(Stop)
    }

    /// Reads prefix operators, parentheses and one operand; false if the expression has not even begun.
    fn operand(&mut self) -> Result<bool, Stop> {
        loop {
            match self.token.as_ref().map(|(token, _)| *token) {
                Some(Token::Minus) => self.push(Pending::Negate)?,
                Some(Token::Not) => self.push(Pending::Not)?,
                Some(Token::Open) => self.push(Pending::Group)?,
                Some(Token::Number(text)) => {
                    self.advance();
                    if !self.begins_call(text)? {
                        self.values.push(Value::Numeric(text.into()));
                        return Ok(true);
                    }
                }
                Some(Token::Word(text)) => {
                    self.advance();
                    if !self.begins_call(text)? {
                        self.values.push(Value::Text(text.into()));
                        return Ok(true);
                    }
                }
                // An argument may be left out, except the first.
                Some(Token::Comma | Token::Close) if self.awaits_argument() => {
                    self.values.push(Value::Text("".into()));
                    return Ok(true);
                }
                _ if self.pending.is_empty() && self.values.is_empty() => return Ok(false),
                _ => return Err(self.syntax_error(Outcome::Zero)),
            }
        }
    }

    /// Reads what stands behind a complete operand, up to where the next operand is expected; false if nothing fits.
    fn operator(&mut self) -> Result<bool, Stop> {
        loop {
            match self.token.as_ref().map(|(token, _)| *token) {
                Some(Token::Binary(operator)) => {
                    self.reduce(operator.level());
                    self.push(Pending::Binary(operator))?;
                    return Ok(true);
                }
                Some(Token::Minus) => {
                    self.reduce(Level::Sum);
                    self.push(Pending::Binary(Operator::Subtract))?;
                    return Ok(true);
                }
                Some(Token::Condition) => {
                    self.reduce(Level::Condition);
                    self.push(Pending::Condition)?;
                    return Ok(true);
                }
                Some(Token::Otherwise) => {
                    self.reduce(Level::Condition);
                    let Some(waiting @ Pending::Condition) = self.pending.last_mut() else { return Ok(false) };
                    *waiting = Pending::Otherwise;
                    self.advance();
                    return Ok(true);
                }
                Some(Token::Comma) => {
                    self.reduce(Level::Condition);
                    let Some(Pending::Call { arguments, .. }) = self.pending.last_mut() else { return Ok(false) };
                    arguments.extend(self.values.pop());
                    self.advance();
                    return Ok(true);
                }
                Some(Token::Close) => {
                    self.reduce(Level::Condition);
                    match self.pending.pop() {
                        Some(Pending::Group) => {}
                        Some(Pending::Call { name, mut arguments }) => {
                            arguments.extend(self.values.pop());
                            let result = self.call(name, arguments);
                            self.values.push(result);
                        }
                        Some(other) => {
                            self.pending.push(other);
                            return Ok(false);
                        }
                        None => return Ok(false),
                    }
                    self.advance();
                }
                _ => return Ok(false),
            }
        }
    }

    fn advance(&mut self) {
        self.token = self.lexer.next();
    }

    /// Puts `pending` on its stack and passes its token.
    fn push(&mut self, pending: Pending<'a>) -> Result<(), Stop> {
        if self.pending.len() >= MAX_PENDING {
            (self.report)(self.scope, Problem::TooDeep);
            return Err(Stop);
        }
        self.pending.push(pending);
        self.advance();
        Ok(())
    }

    fn begins_call(&mut self, name: &'a str) -> Result<bool, Stop> {
        let called = matches!(self.token, Some((Token::Open, _)));
        if called {
            self.push(Pending::Call { name, arguments: Vec::new() })?;
        }
        Ok(called)
    }

    fn awaits_argument(&self) -> bool {
        matches!(self.pending.last(), Some(Pending::Call { arguments, .. }) if !arguments.is_empty())
    }

    /// Applies the pending operators that bind at least as tight as `level`.
    fn reduce(&mut self, level: Level) {
        while self.pending.last().is_some_and(|pending| pending.level() >= level) {
            let (Some(pending), Some(last)) = (self.pending.pop(), self.values.pop()) else { return };
            let result = match pending {
                Pending::Binary(operator) => {
                    let Some(left) = self.values.pop() else { return };
                    let (scope, report) = (&mut *self.scope, &mut *self.report);
                    arithmetic::apply(operator, left, last, &mut |problem| report(scope, problem))
                }
                Pending::Negate => {
                    let (scope, report) = (&mut *self.scope, &mut *self.report);
                    arithmetic::negate(&last, &mut |problem| report(scope, problem))
                }
                Pending::Not => Value::truth(last.inverted()),
                Pending::Otherwise => {
                    let (Some(first), Some(condition)) = (self.values.pop(), self.values.pop()) else { return };
                    if condition.chooses_first() { first } else { last }
                }
                Pending::Group | Pending::Call { .. } | Pending::Condition => return,
            };
            self.values.push(result);
        }
    }

    fn call(&mut self, name: &str, arguments: Vec<Value<'a>>) -> Value<'a> {
        match functions::call(name, arguments, self.scope) {
            Ok(value) => value,
            Err(problem) => {
                (self.report)(self.scope, problem);
                Value::Number(super::Number::ZERO)
            }
        }
    }

    fn syntax_error(&mut self, outcome: Outcome) -> Stop {
        let problem = match &self.token {
            Some((token, at)) => Problem::Syntax { found: token.to_string(), at: at.clone(), outcome },
            None => Problem::Syntax { found: "end".to_owned(), at: self.length..self.length, outcome },
        };
        (self.report)(self.scope, problem);
        Stop
    }
}
