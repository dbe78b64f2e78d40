//! What an application declares about itself, and how it runs.
//!
//! The declaration is the single source of its name, manual, argument parser and checks.

use std::future::Future;
use std::pin::Pin;

use super::{Arguments, Call, Context};

/// One application of the dialplan.
pub struct Application {
    /// The registered spelling; the plan may write it in any case.
    pub name: &'static str,
    /// What it does, in one line.
    pub synopsis: &'static str,
    /// Its arguments, in order.
    pub arguments: &'static [Argument],
    /// The letters of its options argument.
    pub options: &'static [Letter],
    /// The variables it sets.
    pub sets: &'static [Sets],
    /// How it runs.
    pub run: Run,
}

impl Application {
    /// Whether it reaches beyond the telephone system: it runs programs, writes files, or runs what it is given. Its
    /// arguments say so.
    pub fn reaches_outside(&self) -> bool {
        self.arguments.iter().any(|argument| argument.kind.reaches_outside())
    }
}

/// One argument.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    pub name: &'static str,
    pub kind: Kind,
    pub is_required: bool,
}

impl Argument {
    /// An argument that must be there.
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: true }
    }

    /// An argument that may be left out.
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false }
    }
}

/// What an argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Free text, commas included when it is the last argument.
    Text,
    /// A number of seconds, with a fraction where the application allows one.
    Seconds,
    /// A whole number.
    Number,
    /// The name of a variable to set.
    Variable,
    /// Option letters, some with an argument in parentheses.
    Options,
    /// A place in the plan: `[[context,]extension,]priority`.
    Target,
    /// The name of a channel.
    Channel,
    /// `technology/resource`, several joined by `&`.
    Destinations,
    /// Names of sound files without extension, joined by `&`.
    Sounds,
    /// A conference room.
    Room,
    /// A program to be run.
    Program,
    /// An application of the plan to be run, with its arguments.
    Application,
    /// A file to be written.
    File,
}

impl Kind {
    /// Whether who chooses such an argument reaches beyond the telephone system.
    pub fn reaches_outside(self) -> bool {
        matches!(self, Kind::Program | Kind::Application | Kind::File)
    }
}

/// One option letter.
#[derive(Clone, Copy, Debug)]
pub struct Letter {
    pub letter: char,
    /// What stands in its parentheses, if it takes an argument.
    pub argument: Option<&'static str>,
    /// What it does, in one line.
    pub meaning: &'static str,
}

impl Letter {
    /// A letter without an argument.
    pub const fn plain(letter: char, meaning: &'static str) -> Self {
        Self { letter, argument: None, meaning }
    }

    /// A letter with an argument in parentheses.
    pub const fn with(letter: char, argument: &'static str, meaning: &'static str) -> Self {
        Self { letter, argument: Some(argument), meaning }
    }
}

/// A variable that an application or the end of one sets.
#[derive(Clone, Copy, Debug)]
pub struct Sets {
    pub variable: &'static str,
    /// The values it can take; empty when it is free text.
    pub values: &'static [&'static str],
}

/// How an application runs.
pub enum Run {
    /// It only computes: it runs inside the step loop, without allocation, await or lock of its own.
    Compute(fn(&mut Context<'_>, &str) -> Outcome),
    /// It waits: for a party, for time, for another call. Dropping the future ends it and releases what it holds. Once
    /// the party is gone it can wait for nothing: in `h`, what it does not do at once ends the plan.
    Wait(for<'a> fn(&'a mut Call, Arguments) -> Waiting<'a>),
    /// It takes time, but needs no party for it (a program outside, a database): in `h` it runs to its end.
    Work(for<'a> fn(&'a mut Call, Arguments) -> Waiting<'a>),
    /// It outlasts the party: a program outside is to learn of a hang-up or redirect, and has more to do afterwards. It
    /// watches for them itself, with [`Call::unless_interrupted`], and is done soon after.
    Outlast(for<'a> fn(&'a mut Call, Arguments) -> Waiting<'a>),
}

/// A running application.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// How an application ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next step follows, or the one jumped to.
    Continue,
    /// Keys were pressed that wait in the channel's state to become an extension.
    Collect,
    /// Another application is to run in place of this one: see [`Context::hand_over`].
    Execute,
    /// The call is to end.
    Hangup,
}
