//! Sections, templates and directives out of the lines of a file and the files it includes.

use super::lines::{Line, Lines, Oddity, trim};
use super::{Config, Entry, Files, Operator, Section, Text};
use crate::diagnostic::{Diagnostic, FileId, SourceFile, Sources, Span, codes};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep `#include` nests.
const DEEPEST_INCLUDE: usize = 10;
/// Bounds for hostile input: files read, entries kept (templates multiply them), findings reported.
const MOST_FILES: usize = 10_000;
const MOST_ENTRIES: usize = 20_000_000;
const MOST_DIAGNOSTICS: usize = 2_000;
/// How far back `+=` looks for the value to add to.
const APPEND_REACH: usize = 10_000;

/// A fault for which Asterisk refuses a file.
struct Fault(Diagnostic);

pub(super) struct Reader<'a> {
    files: &'a mut dyn Files,
    sources: &'a mut Sources,
    directory: PathBuf,
    sections: Vec<Section>,
    /// Sections by their name in small letters, in order.
    by_name: HashMap<String, Vec<usize>>,
    /// The section opened last in any file: where the lines of a further file go until it opens one itself.
    latest: Option<usize>,
    diagnostics: Vec<Diagnostic>,
    loaded: usize,
    entries: usize,
}

/// Where the reading of one file stands.
struct Place {
    file: FileId,
    text: Arc<str>,
    depth: usize,
    section: Option<usize>,
    /// Behind a fault of an included file: lines are looked at and dropped.
    lost: bool,
    /// A missing section was reported already.
    homeless: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(files: &'a mut dyn Files, path: &Path, sources: &'a mut Sources) -> Self {
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Self {
            files,
            sources,
            directory,
            sections: Vec::new(),
            by_name: HashMap::new(),
            latest: None,
            diagnostics: Vec::new(),
            loaded: 0,
            entries: 0,
        }
    }

    pub(super) fn read(mut self, path: &Path) -> Config {
        if !self.load(path, 0, None) {
            let message = format!("cannot read {}", path.display());
            self.report(
                Diagnostic::error(codes::UNREADABLE_FILE, message).help("check that it exists and is readable"),
            );
        }
        let (templates, sections) = self.sections.into_iter().partition(|section| section.is_template);
        Config { sections, templates, diagnostics: self.diagnostics }
    }

    /// Reads one file; false when there is none.
    fn load(&mut self, path: &Path, depth: usize, included_from: Option<Span>) -> bool {
        if self.loaded >= MOST_FILES {
            return false;
        }
        let Ok(bytes) = self.files.read(path) else { return false };
        self.loaded += 1;
        let source = SourceFile::new(path.to_owned(), decode(bytes), included_from);
        let text = source.text.clone();
        let Some(file) = self.sources.add(source) else { return false };
        let mut place =
            Place { file, text: Arc::clone(&text), depth, section: self.latest, lost: false, homeless: false };
        let mut lines = Lines::new(&text);
        for line in lines.by_ref() {
            if let Err(Fault(fault)) = self.line(&line, &mut place) {
                self.fault(fault, &mut place);
            }
        }
        for oddity in lines.into_oddities() {
            self.report(describe(oddity, file));
        }
        true
    }

    fn fault(&mut self, mut fault: Diagnostic, place: &mut Place) {
        if place.depth > 0 && !place.lost {
            fault.severity = crate::diagnostic::Severity::Warning;
            fault.help = Some(match fault.help {
                Some(help) => format!("{help}; what follows in this included file is lost"),
                None => "what follows in this included file is lost".to_owned(),
            });
        } else if place.depth > 0 {
            fault.severity = crate::diagnostic::Severity::Warning;
        }
        place.lost |= place.depth > 0;
        self.report(fault);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn line(&mut self, line: &Line<'_>, place: &mut Place) -> Result<(), Fault> {
        match line.text.as_bytes().first() {
            Some(b'[') => self.header(line, place),
            Some(b'#') => self.directive(line, place),
            _ => self.assignment(line, place),
        }
    }

    /// `[name]`, `[name](!,template,+)`. Text behind it is ignored.
    fn header(&mut self, line: &Line<'_>, place: &mut Place) -> Result<(), Fault> {
        let text = &*line.text;
        let span = |from: usize, to: usize| Span::new(place.file, line.origin(from), line.origin(to));
        let Some(close) = text.find(']') else {
            // The file is refused; to find what else is wrong in it, it is read on as if the name were closed.
            let name = text[1..].split(['(', ' ', '\t']).next().filter(|name| !name.is_empty() && place.depth == 0);
            place.homeless = name.is_none();
            place.section = name.map(|name| {
                let span = span(1, 1 + name.len());
                self.open(Section::new(name, span), None)
            });
            let fault = Diagnostic::error(codes::UNCLOSED_SECTION, "a section name is not closed")
                .at(span(0, text.len()), "no `]` on this line")
                .help("write `]` behind the section's name");
            return Err(Fault(fault));
        };
        let name = &text[1..close];
        let options = text[close + 1..].strip_prefix('(');
        let options_at = close + 2;
        let (options, fault) = match options.map(|options| (options, options.find(')'))) {
            None => (None, None),
            Some((options, Some(end))) => (Some(&options[..end]), None),
            Some((_, None)) => {
                let fault = Diagnostic::error(codes::UNCLOSED_OPTIONS, "the options of a section are not closed")
                    .at(span(close + 1, text.len()), "no `)` on this line")
                    .help("write `)` behind the section's options");
                (None, Some(Fault(fault)))
            }
        };
        let mut section = Section::new(name, span(1, close));
        let mut addition = None;
        let mut faults = Vec::from_iter(fault);
        let mut at = options_at;
        for option in options.into_iter().flat_map(|options| options.split(',')) {
            let option_span = span(at, at + option.len());
            at += option.len() + 1;
            if option == "!" {
                section.is_template = true;
            } else if option.starts_with('+') {
                addition = self.find(name, false);
                if addition.is_none() {
                    let message = format!("there is no section `{name}` to add to");
                    let fault = Diagnostic::error(codes::UNKNOWN_SECTION, message)
                        .at(option_span, "adds to a section written before; a template does not count")
                        .help("remove `(+)`, or move this below the section it adds to");
                    faults.push(Fault(fault));
                }
            } else if let Some(base) = self.find(option, true) {
                self.inherit(base, addition, &mut section);
            } else {
                let fault = Diagnostic::error(codes::UNKNOWN_TEMPLATE, format!("there is no template `{option}`"))
                    .at(option_span, "not written before this line")
                    .help(template_advice(option));
                faults.push(Fault(fault));
            }
        }
        if !place.lost {
            place.section = Some(self.open(section, addition));
        }
        place.homeless = false;
        let mut faults = faults.into_iter();
        let last = faults.next_back();
        for Fault(fault) in faults {
            self.fault(fault, place);
        }
        last.map_or(Ok(()), Err)
    }

    fn open(&mut self, mut section: Section, addition: Option<usize>) -> usize {
        let index = match addition {
            Some(index) => {
                if let Some(target) = self.sections.get_mut(index) {
                    target.is_template |= section.is_template;
                }
                index
            }
            None => {
                let index = self.sections.len();
                section.number = index;
                self.by_name.entry(section.name.to_ascii_lowercase()).or_default().push(index);
                self.sections.push(section);
                index
            }
        };
        self.latest = Some(index);
        index
    }

    fn find(&self, name: &str, templates: bool) -> Option<usize> {
        let candidates = self.by_name.get(&name.to_ascii_lowercase())?;
        let usable = |index: &&usize| templates || self.sections.get(**index).is_some_and(|found| !found.is_template);
        candidates.iter().find(usable).copied()
    }

    fn inherit(&mut self, base: usize, addition: Option<usize>, section: &mut Section) {
        let Some((name, lent)) = self.sections.get(base).map(|base| (base.name.clone(), base.entries.clone())) else {
            return;
        };
        if self.entries + lent.len() > MOST_ENTRIES {
            return;
        }
        self.entries += lent.len();
        match addition.and_then(|index| self.sections.get_mut(index)) {
            Some(target) => {
                target.bases.push(name);
                target.entries.extend(lent);
            }
            None => {
                section.bases.push(name);
                section.entries.extend(lent);
            }
        }
    }

    /// `#include`, `#tryinclude`, `#exec`. Any other word behind `#` is refused and costs only its line.
    fn directive(&mut self, line: &Line<'_>, place: &mut Place) -> Result<(), Fault> {
        let text = &*line.text;
        let span = Span::new(place.file, line.origin(0), line.origin(text.len()));
        let word = text[1..].split(super::is_blank).next().unwrap_or("");
        let argument = trim(&text[1 + word.len()..]);
        let optional = word.eq_ignore_ascii_case("tryinclude");
        if word.eq_ignore_ascii_case("exec") {
            let refused = Diagnostic::warning(codes::EXEC_REFUSED, "`#exec` is not run")
                .at(span, "this line is ignored")
                .help("write the program's output to a file and `#include` it");
            self.report(refused);
        } else if !optional && !word.eq_ignore_ascii_case("include") {
            let unknown = Diagnostic::warning(codes::UNKNOWN_DIRECTIVE, format!("unknown directive `#{word}`"))
                .at(span, "this line is ignored")
                .help("comments begin with `;`; a key that begins with `#` is written `\\#`");
            self.report(unknown);
        } else if argument.is_empty() {
            let empty = Diagnostic::warning(codes::INCLUDE_WITHOUT_NAME, format!("`#{word}` names no file"))
                .at(span, "this line is ignored")
                .help("name the file: `#include \"more.conf\"`");
            self.report(empty);
        } else if !place.lost {
            return self.include(unquote(argument), optional, span, place);
        }
        Ok(())
    }

    fn include(&mut self, name: &str, optional: bool, span: Span, place: &Place) -> Result<(), Fault> {
        let too_deep = place.depth >= DEEPEST_INCLUDE;
        let mut found = false;
        if !too_deep {
            for path in self.files.glob(&self.directory.join(name)) {
                found |= self.load(&path, place.depth + 1, Some(span));
            }
        }
        if found || optional {
            return Ok(());
        }
        let (code, message, help) = if too_deep {
            let help = "a file includes itself, directly or through others";
            (codes::INCLUDE_TOO_DEEP, format!("`{name}` is included more than {DEEPEST_INCLUDE} files deep"), help)
        } else {
            let help = "create the file, or use `#tryinclude` if it may be missing";
            (codes::INCLUDE_MISSING, format!("included file `{name}` does not exist"), help)
        };
        Err(Fault(Diagnostic::error(code, message).at(span, "included here").help(help)))
    }

    /// `key = value`, `key => value`, `key += value`; a first `\` takes its meaning from the next character.
    fn assignment(&mut self, line: &Line<'_>, place: &mut Place) -> Result<(), Fault> {
        let whole = &*line.text;
        let line_span = Span::new(place.file, line.start, line.end);
        let escaped = usize::from(whole.starts_with('\\'));
        let Some(section) = place.section else {
            if std::mem::replace(&mut place.homeless, true) {
                return Ok(());
            }
            let fault = Diagnostic::error(codes::NO_SECTION, "a line stands before any section")
                .at(Span::new(place.file, line.origin(0), line.origin(whole.len())), "belongs to no section")
                .help("write a section line such as `[general]` above it");
            return Err(Fault(fault));
        };
        let text = &whole[escaped..];
        let equals = text.char_indices().skip(escaped).find(|(_, letter)| *letter == '=').map(|(at, _)| at);
        let Some(equals) = equals else {
            let odd = Diagnostic::warning(codes::NO_EQUALS, "a line has no `=`")
                .at(Span::new(place.file, line.origin(0), line.origin(whole.len())), "this line is ignored")
                .help("write `key = value`, or `;` in front of a comment");
            self.report(odd);
            return Ok(());
        };
        let appends = equals > escaped && text.as_bytes().get(equals - 1) == Some(&b'+');
        let raw_key = &text[..if appends { equals - 1 } else { equals }];
        let arrow = !appends && text[equals + 1..].starts_with('>');
        let value_at = equals + if arrow { 2 } else { 1 };
        let (key, raw_value) = (trim(raw_key), &text[value_at..]);
        let value = trim(raw_value);
        let lead = raw_value.len() - raw_value.trim_start_matches(super::is_blank).len();
        let origin = |at: usize| line.origin(at + escaped);
        let key_lead = raw_key.len() - raw_key.trim_start_matches(super::is_blank).len();
        if key.is_empty() {
            let odd = Diagnostic::warning(codes::NO_KEY, "a line has nothing in front of its `=`")
                .at(Span::new(place.file, line.origin(0), origin(text.len())), "this line is ignored")
                .help("write `key = value`");
            self.report(odd);
            return Ok(());
        }
        if place.lost || self.entries >= MOST_ENTRIES {
            return Ok(());
        }
        let value_from = if value.is_empty() { value_at } else { value_at + lead };
        let (from, to) = (origin(value_from), origin(value_from + value.len()));
        let operator = match (appends, arrow) {
            (true, _) => Operator::Append,
            (_, true) => Operator::Arrow,
            _ => Operator::Equals,
        };
        let Some(section) = self.sections.get_mut(section) else { return Ok(()) };
        if appends && let Some(last) = section.entries.iter_mut().rev().take(APPEND_REACH).find(|last| last.key == key)
        {
            last.value.push_str(raw_value);
            last.is_verbatim = false;
            return Ok(());
        }
        self.entries += 1;
        let key_at = origin(key_lead)..origin(key_lead + key.len());
        let (key, value) = match line.is_verbatim() {
            true => (Text::piece(&place.text, key_at.clone()), Text::piece(&place.text, from..to)),
            false => (Text::from(key), Text::from(value)),
        };
        section.entries.push(Entry {
            key,
            operator,
            span: line_span,
            key_span: Span::new(place.file, key_at.start, key_at.end),
            value_span: Span::new(place.file, from, to),
            is_verbatim: line.is_verbatim() || to.saturating_sub(from) == value.len(),
            value,
        });
        Ok(())
    }
}

/// `"name"` and `<name>` without their marks.
fn unquote(name: &str) -> &str {
    let inner = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.or_else(|| name.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'))).unwrap_or(name)
}

fn template_advice(option: &str) -> String {
    let trimmed = trim(option);
    if trimmed == option {
        "write the template above the sections that use it".to_owned()
    } else {
        format!("blanks count inside the parentheses: write `{trimmed}` without them")
    }
}

fn describe(oddity: Oddity, file: FileId) -> Diagnostic {
    match oddity {
        Oddity::TooLong { start, end } => {
            Diagnostic::warning(codes::LINE_TOO_LONG, "a line is too long and is skipped")
                .at(Span::new(file, start, end.min(start + 32)), format!("{} bytes", end - start))
                .help(format!("keep lines under {} bytes", super::LONGEST_LINE))
        }
        Oddity::StrayCommentEnd { start, end } => {
            Diagnostic::warning(codes::STRAY_COMMENT_END, "a block comment ends that never began")
                .at(Span::new(file, start, end), "everything below this in the file is hidden")
                .help("remove `--;`, or begin the comment with `;--`")
        }
        Oddity::UnclosedComment { start, end } => {
            Diagnostic::warning(codes::UNCLOSED_COMMENT, "a block comment is never closed")
                .at(Span::new(file, start, end), "hides everything below it in the file")
                .help("end the comment with `--;`")
        }
    }
}

/// Text out of bytes; what is not UTF-8 becomes `?`, one for one.
fn decode(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let mut text = String::with_capacity(error.as_bytes().len());
        for chunk in error.as_bytes().utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
        text
    })
}
