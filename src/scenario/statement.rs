//! What a line of a story says.

use std::ops::Range;
use std::time::Duration;

use jiff::civil::{Date, Time};

use crate::channel::Cause;

/// One line, and where it stands in its document.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub span: Range<usize>,
    pub statement: Statement,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// The date and time at the beginning; later, waits until then.
    At(Moment),
    /// Lets time pass.
    Wait(Duration),
    /// Sets a global variable, or writes a function that needs no call.
    Set(Assignment),
    /// Calls a phone that goes into the plan when it answers, as Originate and call files do.
    Originate { phone: String, dialling: Dialling },
    /// Phones do something.
    Act { parties: Parties, action: Action },
    /// Something is to be so, at the latest after a while.
    Expect { expectation: Expectation, within: Option<Duration> },
}

/// A date, a time of day, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub date: Option<Date>,
    pub time: Option<Time>,
}

/// Which phones a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parties {
    /// Every phone that is in a call.
    Everybody,
    Named(Vec<String>),
}

/// A variable and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub name: String,
    pub value: String,
}

/// What a phone does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Calls a number of the plan.
    Dials(Dialling),
    /// Answers the call that rings.
    Answers,
    /// Answers calls that come, after a while.
    AnswersAfter(Duration),
    /// Lets calls that come ring.
    LetsRing,
    /// Refuses the call that rings, and those that come.
    Rejects(Cause),
    /// Cannot be called.
    IsUnreachable,
    /// Presses keys; `w` waits half a second.
    Presses(String),
    /// Makes itself heard.
    Speaks(Duration),
    HangsUp,
}

/// A call that enters the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialling {
    pub extension: String,
    /// The context; without one that of the phone.
    pub context: Option<String>,
    /// The trunk through which a phone outside calls.
    pub through: Option<String>,
    /// Name and number of the caller, instead of the phone's.
    pub caller: Option<(String, String)>,
    /// Variables of the channel before the first step.
    pub variables: Vec<Assignment>,
}

/// What is to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    Party {
        parties: Parties,
        state: PartyState,
        negated: bool,
    },
    /// A step was run by any channel.
    Step {
        step: Step,
        order: Order,
    },
    /// So many are in a room.
    Members {
        room: String,
        count: usize,
    },
    /// A global variable has a value.
    Global(Assignment),
    /// The plan warned, in words that hold these.
    Warning(Option<String>),
}

/// What a phone is to be, hear or have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyState {
    Rings,
    StopsRinging,
    IsAnswered,
    IsHungUp(Option<Cause>),
    IsInRoom(String),
    /// Hears these and is heard by them; without names, all of the line's phones hear each other.
    Talks(Vec<String>),
    Hears(Heard),
    Runs(Step),
    /// The caller's name and number on the display of a phone that is called.
    Shows {
        name: Option<String>,
        number: Option<String>,
    },
    Has(Assignment),
}

/// What can be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Phones by their voice; what is no phone is a sound file.
    Names {
        names: Vec<String>,
        only: bool,
    },
    EachOther,
    Nobody,
    Nothing,
    Tone(String),
    Music(Option<String>),
    Sound(String),
}

/// A step of the plan as a story names it; what is left out may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `extension@context:priority`
    pub position: String,
    pub application: Option<String>,
    pub arguments: Option<String>,
}

/// Where a step is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Anywhere in the story.
    Anywhere,
    /// Behind the step that the line above found, in the same channel.
    Then,
    /// The very next step of the same channel.
    Next,
}

impl Step {
    /// Whether a step that was run is the one meant. `...` at the end of the arguments stands for any text.
    pub fn is(&self, position: &str, application: &str, arguments: &str) -> bool {
        self.position == position
            && self.application.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(application))
            && self.arguments.as_deref().is_none_or(|wanted| match wanted.strip_suffix("...") {
                Some(beginning) => arguments.starts_with(beginning),
                None => wanted == arguments,
            })
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.position)?;
        for part in [&self.application, &self.arguments].into_iter().flatten() {
            write!(formatter, " {part}")?;
        }
        Ok(())
    }
}
