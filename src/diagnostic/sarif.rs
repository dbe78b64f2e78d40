//! SARIF 2.1.0: findings for code hosts and editors.

use std::collections::BTreeSet;

use super::{Diagnostic, FileId, Fix, Severity, Sources, Span, codes};
use serde_json::{Value, json};

/// A log with one run.
pub fn log<'a>(findings: impl Iterator<Item = (&'a Diagnostic, &'a Sources)>) -> Value {
    let mut used = BTreeSet::new();
    let results: Vec<Value> = findings
        .map(|(found, sources)| {
            used.insert(found.code);
            result(found, sources)
        })
        .collect();
    let rules = used.into_iter().map(|code| {
        let entry = codes::entry(code);
        json!({
            "id": code.to_string(),
            "name": entry.map(|entry| entry.name),
            "shortDescription": { "text": entry.map_or("", |entry| entry.summary) },
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "exten",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(found: &Diagnostic, sources: &Sources) -> Value {
    let level = match found.severity {
        Severity::Advice => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let message = match &found.help {
        Some(help) => format!("{}; {help}", found.message),
        None => found.message.clone(),
    };
    let location = |span: Span, text: &str| {
        let mut location = json!({ "physicalLocation": place(span, sources) });
        if !text.is_empty() {
            location["message"] = json!({ "text": text });
        }
        location
    };
    let places =
        |labels: &[super::Label]| labels.iter().map(|label| location(label.span, &label.text)).collect::<Vec<_>>();
    let (first, others) = found.labels.split_at(found.labels.len().min(1));
    let mut result = json!({
        "ruleId": found.code.to_string(),
        "level": level,
        "message": { "text": message },
        "locations": places(first),
        "relatedLocations": places(others),
    });
    if let Some(fix) = &found.fix {
        result["fixes"] = json!([change(fix, found.help.as_deref().unwrap_or(&found.message), sources)]);
    }
    result
}

/// A change of the texts, file by file.
fn change(fix: &Fix, description: &str, sources: &Sources) -> Value {
    let mut files: Vec<(FileId, Vec<Value>)> = Vec::new();
    for (span, text) in &fix.edits {
        let replacement = json!({ "deletedRegion": region(*span, sources), "insertedContent": { "text": text } });
        match files.iter_mut().find(|(file, _)| *file == span.file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => files.push((span.file, vec![replacement])),
        }
    }
    let changes = files.into_iter().map(|(file, replacements)| {
        let uri = sources.get(file).map(|file| file.path.display().to_string());
        json!({ "artifactLocation": { "uri": uri }, "replacements": replacements })
    });
    json!({ "description": { "text": description }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn place(span: Span, sources: &Sources) -> Value {
    let uri = sources.get(span.file).map(|file| file.path.display().to_string());
    json!({ "artifactLocation": { "uri": uri }, "region": region(span, sources) })
}

fn region(span: Span, sources: &Sources) -> Value {
    let file = sources.get(span.file);
    let position = |offset| file.map_or((1, 1), |file| file.position(offset));
    let ((line, column), (end_line, end_column)) = (position(span.start), position(span.end));
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceFile;

    #[test]
    fn a_finding_has_its_rule_level_and_region() {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("extensions.conf".into(), "[a]\nwhat\n", None));
        assert_eq!(file, Some(FileId(0)));
        let found = Diagnostic::warning(codes::NO_EQUALS, "a line has no `=`").at(Span::new(FileId(0), 4, 8), "here");
        let log = log([(&found, &sources)].into_iter());
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "X0012");
        assert_eq!(result["level"], "warning");
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(
            (&region["startLine"], &region["startColumn"], &region["endColumn"]),
            (&json!(2), &json!(1), &json!(5))
        );
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["name"], "no-equals");
    }
}
