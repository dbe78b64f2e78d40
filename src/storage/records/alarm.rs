//! A place that takes no more records, or takes them again.

use std::sync::Arc;

/// What happened to a place. It is told once when it begins and once when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The backend, such as `pgsql`, or `disk`.
    pub storage: String,
    /// What is kept there.
    pub kind: &'static str,
    /// Why it takes no more; nothing where it takes again.
    pub reason: Option<String>,
    /// How many records wait.
    pub waiting: usize,
}

/// Who is told.
pub type Alarms = Arc<dyn Fn(Alarm) + Send + Sync>;
