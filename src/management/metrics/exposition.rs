//! The text format of Prometheus, version 0.0.4.
//!
//! The crates that write it keep their own counters under names of their own ending (`_total`); here values that others
//! count are written under Asterisk's names, which is two kinds of line.

use std::fmt::Display;

/// What a metric does over time.
#[derive(Clone, Copy)]
pub enum Kind {
    Counter,
    Gauge,
}

/// A text that grows metric by metric.
#[derive(Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// A metric with one value.
    pub fn one(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.text.push_str(&format!("{name} {value}\n"));
    }

    /// A metric with a value for each set of labels; nothing where there is none.
    pub fn many<'a, V: Display, const COUNT: usize>(
        &mut self,
        name: &str,
        kind: Kind,
        help: &str,
        values: impl IntoIterator<Item = (&'a [(&'static str, String); COUNT], V)>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.head(name, kind, help);
        }
        for (labels, value) in values {
            let labels = labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value)));
            self.text.push_str(&format!("{name}{{{}}} {value}\n", labels.collect::<Vec<_>>().join(",")));
        }
    }

    fn head(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        self.text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_empty_metrics_left_out() {
        let mut out = Exposition::default();
        out.one("calls", Kind::Gauge, "Calls.", 2);
        let labels = [("name", "a \"b\"\\c".to_owned())];
        out.many("states", Kind::Counter, "States.", [(&labels, 6)]);
        out.many("nothing", Kind::Gauge, "Nothing.", [] as [(&[(&str, String); 0], u8); 0]);
        assert_eq!(
            out.into_text(),
            "# HELP calls Calls.\n# TYPE calls gauge\ncalls 2\n# HELP states States.\n# TYPE states counter\n\
             states{name=\"a \\\"b\\\"\\\\c\"} 6\n"
        );
    }
}
