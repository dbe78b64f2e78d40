//! Diagnostics as text: a report for a terminal, one line for a log, JSON for a machine.

use super::{Applicability, Diagnostic, Severity, SourceFile, Sources, Span, codes};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceSpan};
use std::fmt;

/// The most steps of an include chain that are shown.
const LONGEST_CHAIN: usize = 16;

/// How a report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Appearance {
    pub colour: bool,
    pub width: usize,
}

impl Default for Appearance {
    fn default() -> Self {
        Self { colour: false, width: 120 }
    }
}

/// A report with the lines concerned, marks under them, and the remedy.
pub fn graphical(diagnostic: &Diagnostic, sources: &Sources, appearance: Appearance) -> String {
    let theme = if appearance.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let report = Report::new(diagnostic, sources);
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(appearance.width).with_context_lines(1);
    match handler.render_report(&mut text, &report) {
        Ok(()) => text,
        Err(_) => short(diagnostic, sources),
    }
}

/// `extensions.conf:12:5: warning[X0021]: "x" is no priority`
pub fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let severity = severity(diagnostic.severity);
    let place = diagnostic.labels.first().map(|label| sources.location(label.span));
    let place = place.filter(|place| !place.is_empty()).map(|place| format!("{place}: ")).unwrap_or_default();
    format!("{place}{severity}[{}]: {}", diagnostic.code, diagnostic.message)
}

/// The finding with every place as file, line and column from 1.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> serde_json::Value {
    let entry = codes::entry(diagnostic.code);
    let labels = diagnostic.labels.iter();
    serde_json::json!({
        "code": diagnostic.code.to_string(),
        "name": entry.map(|entry| entry.name),
        "severity": severity(diagnostic.severity),
        "message": diagnostic.message,
        "labels": labels.map(|label| {
            let mut place = place(label.span, sources);
            place["text"] = label.text.as_str().into();
            place
        }).collect::<Vec<_>>(),
        "help": diagnostic.help,
        "fix": diagnostic.fix.as_ref().map(|fix| serde_json::json!({
            "is_safe": fix.applicability == Applicability::Safe,
            "edits": fix.edits.iter().map(|(span, text)| {
                let mut edit = place(*span, sources);
                edit["text"] = text.as_str().into();
                edit
            }).collect::<Vec<_>>(),
        })),
        "included_from": include_chain(diagnostic, sources).into_iter().map(|span| place(span, sources)).collect::<Vec<_>>(),
    })
}

/// `2 errors, 1 warning`; nothing when there is nothing to tell.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity, one: &str, many: &str| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    };
    let parts = [
        count(Severity::Error, "error", "errors"),
        count(Severity::Warning, "warning", "warnings"),
        count(Severity::Advice, "piece of advice", "pieces of advice"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The word for a severity.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Advice => "advice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn place(span: Span, sources: &Sources) -> serde_json::Value {
    let file = sources.get(span.file);
    let position = |offset| file.map_or((0, 0), |file| file.position(offset));
    let ((line, column), (end_line, end_column)) = (position(span.start), position(span.end));
    serde_json::json!({
        "file": file.map(|file| file.path.display().to_string()),
        "line": line, "column": column, "end_line": end_line, "end_column": end_column,
        "start": span.start, "end": span.end,
    })
}

/// The include lines that led to the primary place, the nearest first.
pub fn include_chain(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Span> {
    let first = diagnostic.labels.first().map(|label| label.span);
    let outer = |span: &Span| sources.get(span.file).and_then(|file| file.included_from);
    std::iter::successors(first, outer).skip(1).take(LONGEST_CHAIN).collect()
}

/// A diagnostic beside its sources, as miette wants it.
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<Source<'a>>,
    /// The remedy, the places in other files, the way the file came in.
    help: Option<String>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let primary = diagnostic.labels.first().map(|label| label.span.file);
        let source = primary.and_then(|file| sources.get(file)).map(Source);
        let mut help: Vec<String> = diagnostic.help.iter().cloned().collect();
        for label in diagnostic.labels.iter().filter(|label| Some(label.span.file) != primary) {
            help.push(format!("{}: {}", sources.location(label.span), label.text));
        }
        for span in include_chain(diagnostic, sources) {
            help.push(format!("included from {}", sources.location(span)));
        }
        Self { diagnostic, source, help: (!help.is_empty()).then(|| help.join("\n")) }
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(formatter)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(match codes::entry(self.diagnostic.code) {
            Some(entry) => Box::new(format!("{} {}", self.diagnostic.code, entry.name)),
            None => Box::new(self.diagnostic.code),
        })
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Advice => miette::Severity::Advice,
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|source| source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = self.diagnostic.labels.first()?.span.file;
        let labels = self.diagnostic.labels.iter().filter(move |label| label.span.file == primary);
        Some(Box::new(labels.enumerate().map(|(index, label)| {
            let length = (label.span.end - label.span.start) as usize;
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            match index {
                0 => LabeledSpan::new_primary_with_span(text, (label.span.start as usize, length)),
                _ => LabeledSpan::new(text, label.span.start as usize, length),
            }
        })))
    }
}

/// A source that finds lines by its index. miette's own searches the text from its start for every label.
struct Source<'a>(&'a SourceFile);

impl miette::SourceCode for Source<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, MietteError> {
        let file = self.0;
        let position = |offset: usize| file.position(u32::try_from(offset).unwrap_or(u32::MAX));
        let first = position(span.offset()).0.saturating_sub(lines_before).max(1);
        let last = (position(span.offset() + span.len()).0 + lines_after).min(file.line_count());
        let (start, _) = file.line(first).ok_or(MietteError::OutOfBounds)?;
        let (_, end) = file.line(last).ok_or(MietteError::OutOfBounds)?;
        let end = (end + 1).min(file.text.len());
        let data = file.text.as_bytes().get(start..end).ok_or(MietteError::OutOfBounds)?;
        let name = file.path.display().to_string();
        let shown = SourceSpan::from((start, end - start));
        // Without lines around it the span is asked for to head the report with its place.
        let column = if lines_before == 0 { position(span.offset()).1 - 1 } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(name, data, shown, first - 1, column, last - first + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::{Config, Memory};
    use std::path::Path;

    fn read(files: Memory) -> (Config, Sources) {
        let (mut sources, mut files) = (Sources::default(), files);
        let config = Config::read(&mut files, Path::new("extensions.conf"), &mut sources);
        (config, sources)
    }

    #[test]
    fn a_report_shows_line_mark_code_and_remedy() {
        let (config, sources) = read(Memory::default().with("extensions.conf", "[a]\nx=1\n[b](tpl)\ny=2\n"));
        let report = graphical(&config.diagnostics[0], &sources, Appearance::default());
        for part in ["X0004 unknown-template", "extensions.conf:3:5", "[b](tpl)", "not written before", "help: write"] {
            assert!(report.contains(part), "{part} is missing in\n{report}");
        }
    }

    #[test]
    fn one_line_names_the_place() {
        let (config, sources) = read(Memory::default().with("extensions.conf", "[a]\n  what\n"));
        assert_eq!(short(&config.diagnostics[0], &sources), "extensions.conf:2:3: warning[X0012]: a line has no `=`");
    }

    #[test]
    fn the_include_chain_is_told() {
        let files = Memory::default()
            .with("extensions.conf", "[a]\n#include one.conf\n")
            .with("one.conf", "\n#include two.conf\n")
            .with("two.conf", "nothing\n");
        let (config, sources) = read(files);
        let report = graphical(&config.diagnostics[0], &sources, Appearance::default());
        assert!(report.contains("included from one.conf:2:1"), "{report}");
        assert!(report.contains("included from extensions.conf:2:1"), "{report}");
        let json = json(&config.diagnostics[0], &sources);
        assert_eq!(json["labels"][0]["line"], 1);
        assert_eq!(json["included_from"][1]["file"], "extensions.conf");
        assert_eq!(summary(&config.diagnostics), "1 warning");
    }
}
