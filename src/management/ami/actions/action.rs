//! What an action declares about itself, and what it gets to work on.

use std::sync::Arc;

use crate::channel::{Channel, Position};
use crate::interpreter::{Exchange, Lookup, split};
use crate::management::ami::manager::Manager;
use crate::management::ami::message::Request;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;
use crate::management::ami::session::Session;

/// One action.
pub struct Action {
    /// The registered spelling; programs may write it in any case.
    pub name: &'static str,
    /// The classes of which a user must have one under `write`.
    pub privilege: Privilege,
    /// What it does, in one line.
    pub synopsis: &'static str,
    pub run: Run,
}

/// An answer, or the error that is one.
pub type Answer = Result<Reply, Reply>;

/// A running action.
pub type Answering<'a> = std::pin::Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// How an action runs.
pub enum Run {
    /// It answers at once.
    Compute(fn(&Asked<'_>) -> Answer),
    /// It takes time. The program's next action waits for it.
    Wait(for<'a> fn(&'a Asked<'a>) -> Answering<'a>),
}

impl Action {
    pub(super) const fn new(name: &'static str, privilege: Privilege, synopsis: &'static str, run: Run) -> Self {
        Self { name, privilege, synopsis, run }
    }

    /// Does it.
    pub async fn run(&self, asked: &Asked<'_>) -> Reply {
        let answer = match self.run {
            Run::Compute(run) => run(asked),
            Run::Wait(run) => run(asked).await,
        };
        answer.unwrap_or_else(|error| error)
    }
}

/// What an action works on.
pub struct Asked<'a> {
    pub manager: &'a Arc<Manager>,
    pub session: &'a Arc<Session>,
    pub request: &'a Request,
}

impl<'a> Asked<'a> {
    pub fn exchange(&self) -> &'a Arc<Exchange> {
        &self.manager.pbx.exchange
    }

    /// A value that is given and not empty.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.request.get(key)
    }

    /// A value that must be there.
    ///
    /// # Errors
    /// Where it is not: with this message.
    pub fn need(&self, key: &str, otherwise: &str) -> Result<&'a str, Reply> {
        self.get(key).ok_or_else(|| Reply::error(otherwise))
    }

    /// Whether a key says yes.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(crate::conf::is_true)
    }

    /// The channel that the key `Channel` names.
    ///
    /// # Errors
    /// Where none is named, or it is not there.
    pub fn channel(&self) -> Result<Arc<Channel>, Reply> {
        let name = self.need("Channel", "No channel specified")?;
        self.find(name).ok_or_else(|| Reply::error("No such channel"))
    }

    /// A channel by its whole name or its unique id.
    pub fn find(&self, name: &str) -> Option<Arc<Channel>> {
        let found = self.exchange().channels.find(name)?;
        // Unlike elsewhere, the counter belongs to the name.
        let is_meant = found.name().eq_ignore_ascii_case(name) || **found.unique_id() == *name;
        is_meant.then_some(found)
    }

    /// A place in the plan; the priority may be a label.
    ///
    /// # Errors
    /// Where the label is not there.
    pub fn place(&self, context: &str, extension: &str, priority: &str) -> Result<Position, Reply> {
        let number = match priority.parse() {
            Ok(number) if number > 0 => number,
            _ => {
                let plan = self.exchange().plan();
                let lookup = Lookup::new(&plan, &self.exchange().clock);
                let found = lookup.find_label(context, extension, priority, "");
                found.ok_or_else(|| Reply::error("Invalid priority"))?
            }
        };
        Ok(Position::new(context, extension, number))
    }

    /// Every `Variable: name=value`, several of which may stand in one line with commas between.
    pub fn variables(&self) -> Vec<(String, String)> {
        let lines = self.request.all("Variable").filter(|line| !line.is_empty());
        let pairs = lines.flat_map(|line| split(line, ','));
        let pair = |pair: String| match pair.split_once('=') {
            Some((name, value)) => (name.trim().to_owned(), value.to_owned()),
            None => (pair.trim().to_owned(), String::new()),
        };
        pairs.map(pair).filter(|(name, _)| !name.is_empty()).collect()
    }
}
