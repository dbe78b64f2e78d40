//! What a console and the server say to each other over the control socket: JSON, a line a message.

use serde::{Deserialize, Serialize};

/// What a console says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Carry out a command.
    Run(String),
    /// What may this line go on with?
    Complete(String),
    /// Show me from now on what is logged, calls at this verbosity.
    Watch(u32),
}

/// What the server says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tell {
    /// The first message.
    Hello { version: String, process: u32 },
    /// What a command answered.
    Answer { text: String, has_failed: bool },
    /// Whole lines.
    Completions(Vec<String>),
    /// Something was logged.
    Line(String),
}
