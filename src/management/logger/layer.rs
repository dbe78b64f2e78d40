//! Events of `tracing` become lines of the log.

use std::fmt::Write as _;
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::{Level, Logger};

/// Events of this target say who was let in and who was not.
const SECURITY: &str = "exten::security";

impl Logger {
    /// The layer that brings the events of `tracing` here. Debugging is left out unless `core set debug` asks for it.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(self: &Arc<Self>) -> impl Layer<S> + use<S> {
        let logger = Arc::clone(self);
        let wanted = dynamic_filter_fn(move |metadata, _| match *metadata.level() {
            tracing::Level::DEBUG => logger.debug() > 0 && metadata.target().starts_with("exten"),
            tracing::Level::TRACE => logger.debug() > 4 && metadata.target().starts_with("exten"),
            _ => true,
        });
        Lines(Arc::clone(self)).with_filter(wanted)
    }
}

struct Lines(Arc<Logger>);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let level = match *metadata.level() {
            _ if metadata.target() == SECURITY => Level::Security,
            tracing::Level::ERROR => Level::Error,
            tracing::Level::WARN => Level::Warning,
            tracing::Level::INFO => Level::Notice,
            _ => Level::Debug,
        };
        let mut words = Words::default();
        event.record(&mut words);
        let level = words.verbose.map_or(level, Level::Verbose);
        // Programs such as fail2ban take what stands before the first colon for the source.
        let source = match metadata.target() {
            SECURITY => "res_security_log.c".to_owned(),
            target => target.replace("::", "."),
        };
        let place = if words.place.is_empty() { &source } else { &words.place };
        let text = format!("{}{}", words.message, words.fields);
        self.0.log(level, place, &text);
    }
}

/// An event's message, then its other fields as `name=value`.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
    /// The place in the plan that a warning is about.
    place: String,
    /// The level of a line that the plan itself says.
    verbose: Option<u32>,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            "place" => write!(self.place, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match field.name() {
            "verbose" => self.verbose = Some(u32::try_from(value).unwrap_or(0)),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message.push_str(value),
            "place" => self.place.push_str(value),
            name => {
                let _ = write!(self.fields, " {name}={value}");
            }
        }
    }
}
