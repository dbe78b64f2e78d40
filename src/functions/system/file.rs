//! `FILE`, `FILE_COUNT_LINE`, `FILE_FORMAT`

use std::ops::Range;

use super::lines::Ends;
use crate::dialplan::template::text_from_bytes;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets the content of a file, or a part of it.
///
/// Offset and length count bytes, or lines with option `l`; negative ones count from the end. Setting without an offset
/// replaces the whole file, with one that part of it; option `a` appends. Lines that are set get a line end unless
/// option `d` says not. The format `u`, `d` or `m` says how lines end, as Unix, DOS or old Macintosh write them: option `l`
/// needs it where the file does not show it, as one that is not there yet.
pub static FILE: Function = Function::new(
    "FILE",
    "The content of a file",
    &[
        Argument::required("path", Kind::Text),
        Argument::optional("offset", Kind::Number),
        Argument::optional("length", Kind::Number),
        Argument::optional("options", Kind::Options),
        Argument::optional("format", Kind::Text),
    ],
)
.reads(read)
.writes(write)
.dangerous();

/// Counts the line ends in a file; -1 if it cannot be read.
pub static FILE_COUNT_LINE: Function = Function::new(
    "FILE_COUNT_LINE",
    "How many lines a file has",
    &[Argument::required("path", Kind::Text), Argument::optional("format", Kind::Text)],
)
.reads(count_lines)
.dangerous();

/// Tells how the lines of a file end: `u`, `d`, `m`, or `x` if it cannot be told.
pub static FILE_FORMAT: Function =
    Function::new("FILE_FORMAT", "How a file's lines end", &[Argument::required("path", Kind::Text)])
        .reads(format)
        .dangerous();

/// Larger files are not read.
const MOST: u64 = 16 << 20;

fn load(path: &str) -> Result<Vec<u8>, FunctionError> {
    let failed = |error| FunctionError::io(path, error);
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MOST {
        return Err(FunctionError::value(format!("{path} is larger than {MOST} bytes")));
    }
    std::fs::read(path).map_err(failed)
}

/// The arguments, read.
struct Request {
    path: String,
    offset: Option<i64>,
    length: Option<i64>,
    options: String,
    ends: Option<Ends>,
}

impl Request {
    fn parse(arguments: &str) -> Result<Self, FunctionError> {
        let [path, offset, length, options, ends] = fields::standard(arguments);
        let path = path.filter(|path| !path.is_empty());
        let number = |text: Option<String>| text.as_deref().and_then(fields::integer).map(|(number, _)| number);
        Ok(Self {
            path: path.ok_or_else(|| FunctionError::arguments("a path is needed"))?,
            offset: number(offset),
            length: number(length),
            options: options.unwrap_or_default(),
            ends: ends.as_deref().and_then(Ends::parse),
        })
    }

    fn counts_lines(&self) -> bool {
        self.options.contains('l')
    }

    fn ends(&self, content: &[u8]) -> Ends {
        self.ends.or_else(|| Ends::of(content)).unwrap_or(Ends::Unix)
    }

    /// Lines can be counted only where it is told how they end, or the file shows it.
    fn check_lines(&self, content: &[u8]) -> Result<(), FunctionError> {
        if self.counts_lines() && self.ends.is_none() && Ends::of(content).is_none() {
            let text = format!("{} has no lines; a format, as in FILE(name,,,al,u), says how they end", self.path);
            return Err(FunctionError::value(text));
        }
        Ok(())
    }

    /// The bytes that offset and length mean.
    fn range(&self, content: &[u8]) -> Range<usize> {
        let (offset, length) = (self.offset.unwrap_or(0), self.length);
        if self.counts_lines() {
            let bounds = self.ends(content).bounds(content);
            let lines = part(bounds.len() - 1, offset, length);
            let bound = |line: usize| bounds.get(line).copied().unwrap_or(content.len());
            return bound(lines.start)..bound(lines.end);
        }
        part(content.len(), offset, length)
    }
}

/// The part of `total` things; negative numbers count from the end.
fn part(total: usize, offset: i64, length: Option<i64>) -> Range<usize> {
    let whole = i64::try_from(total).unwrap_or(i64::MAX);
    let start = if offset < 0 { whole.saturating_add(offset).max(0) } else { offset.min(whole) };
    let end = match length {
        None => whole,
        Some(length) if length < 0 => whole.saturating_add(length),
        Some(length) => start.saturating_add(length).min(whole),
    };
    let place = |number: i64| usize::try_from(number).unwrap_or(0);
    place(start)..place(end.max(start))
}

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let request = Request::parse(arguments)?;
    let content = load(&request.path)?;
    request.check_lines(&content)?;
    let range = request.range(&content);
    out.push_str(&text_from_bytes(content.get(range).unwrap_or_default()));
    Ok(())
}

fn write(_: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let request = Request::parse(arguments)?;
    let appends = request.options.contains('a');
    let is_whole = request.offset.is_none() && !appends;
    let mut content = match load(&request.path) {
        Ok(content) if !is_whole => content,
        Ok(_) | Err(FunctionError::Io { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    request.check_lines(&content)?;
    let mut text = value.as_bytes().to_vec();
    if request.counts_lines() && !request.options.contains('d') {
        text.extend_from_slice(request.ends(&content).bytes());
    }
    if appends {
        content.extend_from_slice(&text);
    } else {
        let range = request.range(&content);
        content.splice(range, text);
    }
    std::fs::write(&request.path, content).map_err(|error| FunctionError::io(request.path, error))
}

fn count_lines(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [path, ends] = fields::standard(arguments);
    let Ok(content) = load(path.as_deref().unwrap_or("")) else {
        out.push_str("-1");
        return Ok(());
    };
    let ends = ends.as_deref().and_then(Ends::parse).or_else(|| Ends::of(&content)).unwrap_or(Ends::Unix);
    out.push_str(&ends.count(&content).to_string());
    Ok(())
}

fn format(_: &mut Context<'_>, path: &str, out: &mut String) -> Result<(), FunctionError> {
    let ends = load(path).ok().and_then(|content| Ends::of(&content));
    out.push(ends.map_or('x', Ends::letter));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn parts_of_a_file() {
        let bench = Bench::new("");
        bench.set("F", &bench.folder().join("f").to_string_lossy());
        let file = |rest: &str| bench.value(&format!("${{FILE(${{F}}{rest})}}"));
        bench.set(&bench.value("FILE(${F})"), "abcdefgh");
        assert_eq!(
            [file(""), file(",2,3"), file(",-3"), file(",-4,2"), file(",0,-2")],
            ["abcdefgh", "cde", "fgh", "ef", "abcdef"]
        );
        bench.set(&bench.value("FILE(${F},1,2)"), "XYZ");
        bench.set(&bench.value("FILE(${F},,,a)"), "!");
        assert_eq!(file(""), "aXYZdefgh!");
        assert_eq!(
            bench.value("[${FILE(/no/such/file)}] ${FILE_COUNT_LINE(/no/such/file)} ${FILE_FORMAT(/no)}"),
            "[] -1 x"
        );
    }

    #[tokio::test]
    async fn lines_of_a_file() {
        let bench = Bench::new("");
        bench.set("F", &bench.folder().join("f").to_string_lossy());
        bench.set(&bench.value("FILE(${F},,,al)"), "without a format");
        for line in ["one", "two", "three"] {
            bench.set(&bench.value("FILE(${F},,,al,u)"), line);
        }
        assert_eq!(bench.value("${FILE(${F},1,1,l)}|${FILE_COUNT_LINE(${F})}${FILE_FORMAT(${F})}"), "two\n|3u");
        bench.set(&bench.value("FILE(${F},-1,1,l)"), "four");
        assert_eq!(bench.value("${FILE(${F})}"), "one\ntwo\nfour\n");
    }
}
