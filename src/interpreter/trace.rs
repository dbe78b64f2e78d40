//! The steps that channels took, as text.

use std::fmt::Write as _;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::channel::{Cause, Happening, Observer};

/// One channel's steps.
#[derive(Clone, Debug, Default)]
pub struct ChannelTrace {
    pub channel: Arc<str>,
    /// A line a step: `100@default:1 Answer`.
    pub steps: String,
    /// The cause it ended with, once it has.
    pub cause: Option<Cause>,
}

/// Collects the steps of every channel, in order of creation.
#[derive(Default)]
pub struct Trace {
    channels: Mutex<Vec<ChannelTrace>>,
}

impl Trace {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// What was collected.
    pub fn channels(&self) -> Vec<ChannelTrace> {
        self.channels.lock().clone()
    }
}

impl Observer for Trace {
    fn happened(&self, happening: &Happening<'_>) {
        let mut channels = self.channels.lock();
        match happening {
            Happening::Created { channel } => {
                channels.push(ChannelTrace { channel: Arc::clone(channel.name()), ..ChannelTrace::default() });
            }
            Happening::Step { channel, position, application, arguments, .. } => {
                if let Some(trace) = channels.iter_mut().find(|trace| trace.channel == *channel.name()) {
                    let blank = if arguments.is_empty() { "" } else { " " };
                    // Writing to a String cannot fail.
                    let _ = writeln!(trace.steps, "{position} {application}{blank}{arguments}");
                }
            }
            Happening::Hangup { channel, cause } => {
                if let Some(trace) = channels.iter_mut().find(|trace| trace.channel == *channel.name()) {
                    trace.cause = Some(*cause);
                }
            }
            _ => {}
        }
    }
}
