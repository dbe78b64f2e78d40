//! How a call ended, in the words of the CDR's `disposition`.

use crate::channel::Cause;

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    NoAnswer,
    Failed,
    Busy,
    Answered,
    Congestion,
}

impl Disposition {
    /// What a dialled leg that ended with this DIALSTATUS makes of the call. Congestion is a failure unless `cdr.conf`
    /// wants to know.
    pub fn of_dial(status: &str, tells_congestion: bool) -> Self {
        match status {
            "ANSWER" => Self::Answered,
            "BUSY" => Self::Busy,
            "CANCEL" | "NOANSWER" => Self::NoAnswer,
            "CONGESTION" if tells_congestion => Self::Congestion,
            _ => Self::Failed,
        }
    }

    /// What the cause of the hang-up makes of a call that nobody answered; nothing for causes that do not say.
    pub fn of_cause(cause: Cause, tells_congestion: bool) -> Option<Self> {
        Some(match cause {
            Cause::BUSY => Self::Busy,
            Cause::CONGESTION if tells_congestion => Self::Congestion,
            Cause::CONGESTION | Cause(3 | 20) | Cause::NONE => Self::Failed,
            Cause::NORMAL | Cause::NO_ANSWER => Self::NoAnswer,
            _ => return None,
        })
    }

    /// The word in the record; a call whose end is not known yet counts as unanswered.
    pub fn word(of: Option<Self>) -> &'static str {
        match of {
            None | Some(Self::NoAnswer) => "NO ANSWER",
            Some(Self::Failed) => "FAILED",
            Some(Self::Busy) => "BUSY",
            Some(Self::Answered) => "ANSWERED",
            Some(Self::Congestion) => "CONGESTION",
        }
    }

    /// The number that `CDR(disposition,u)` gives.
    pub fn number(of: Option<Self>) -> u8 {
        match of {
            Some(Self::NoAnswer) => 0,
            None => 1,
            Some(Self::Failed) => 2,
            Some(Self::Busy) => 4,
            Some(Self::Answered) => 8,
            Some(Self::Congestion) => 16,
        }
    }
}
