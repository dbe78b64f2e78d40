//! The call detail record that a channel gathers.

use tokio::time::Instant;

/// How a call ended, in the words of the CDR's `disposition`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disposition {
    #[default]
    NoAnswer,
    Failed,
    Busy,
    Answered,
    Congestion,
}

impl Disposition {
    /// What a Dial that ended with this DIALSTATUS makes of the call.
    pub fn of_dial(status: &str) -> Self {
        match status {
            "ANSWER" => Disposition::Answered,
            "BUSY" => Disposition::Busy,
            "CONGESTION" => Disposition::Congestion,
            "CHANUNAVAIL" => Disposition::Failed,
            _ => Disposition::NoAnswer,
        }
    }

    /// The word in the record.
    pub fn word(self) -> &'static str {
        match self {
            Disposition::NoAnswer => "NO ANSWER",
            Disposition::Failed => "FAILED",
            Disposition::Busy => "BUSY",
            Disposition::Answered => "ANSWERED",
            Disposition::Congestion => "CONGESTION",
        }
    }

    /// The number that `CDR(disposition,u)` gives.
    pub fn number(self) -> u8 {
        match self {
            Disposition::NoAnswer => 0,
            Disposition::Failed => 2,
            Disposition::Busy => 4,
            Disposition::Answered => 8,
            Disposition::Congestion => 16,
        }
    }
}

/// Times, parties and the plan's own fields of one call.
#[derive(Clone, Debug)]
pub struct CallRecord {
    pub start: Instant,
    pub answer: Option<Instant>,
    pub end: Option<Instant>,
    pub disposition: Disposition,
    /// How the last Dial of the channel ended: what `CDR(disposition)` shows while the call lasts.
    pub dialed: Option<Disposition>,
    /// The application that ran last, and its arguments.
    pub last_application: String,
    pub last_arguments: String,
    /// The other channel's name, where there was one.
    pub destination_channel: String,
    /// The context and extension where the call began.
    pub context: String,
    pub extension: String,
    /// Fields that the plan set with `CDR(name)=`.
    pub fields: super::Variables,
    /// The plan asked for no record.
    pub is_disabled: bool,
}

impl CallRecord {
    pub fn new(start: Instant) -> Self {
        Self {
            start,
            answer: None,
            end: None,
            disposition: Disposition::default(),
            dialed: None,
            last_application: String::new(),
            last_arguments: String::new(),
            destination_channel: String::new(),
            context: String::new(),
            extension: String::new(),
            fields: super::Variables::default(),
            is_disabled: false,
        }
    }

    pub fn answer(&mut self, now: Instant) {
        if self.answer.is_none() {
            self.answer = Some(now);
            self.disposition = Disposition::Answered;
        }
    }

    pub fn end(&mut self, now: Instant) {
        self.end.get_or_insert(now);
    }

    /// Seconds from the start to the end, or to now.
    pub fn duration(&self, now: Instant) -> u64 {
        self.end.unwrap_or(now).saturating_duration_since(self.start).as_secs()
    }

    /// Seconds from the answer to the end, or to now; 0 if unanswered.
    pub fn billed(&self, now: Instant) -> u64 {
        self.answer.map_or(0, |answer| self.end.unwrap_or(now).saturating_duration_since(answer).as_secs())
    }
}
