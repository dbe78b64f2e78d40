//! A text as lines with their comments removed.
//!
//! `;` begins a comment, `\;` is a plain semicolon, `;--` and `--;` enclose a block that may span lines and
//! nest. Comments do not know quotes. Everything here is a scan over bytes that never fails.

use std::borrow::Cow;

/// A line this long, its line end included, is skipped, as Asterisk's buffer demands.
pub const LONGEST_LINE: usize = 8191;

/// How deep block comments nest before a further beginning is ignored.
const DEEPEST_COMMENT: i32 = 128;

/// One line without comments and without blanks at its ends; never empty.
#[derive(Debug)]
pub struct Line<'text> {
    pub text: Cow<'text, str>,
    /// Where the raw line stands in the file.
    pub start: usize,
    pub end: usize,
    /// Pairs of an offset in `text` and the offset in the file it stems from, ascending; the first is for 0.
    origins: Origins,
}

#[derive(Clone, Debug)]
enum Origins {
    Straight(usize),
    Pieces(Vec<(usize, usize)>),
}

impl Line<'_> {
    /// The offset in the file of an offset in `text`.
    pub fn origin(&self, offset: usize) -> usize {
        match &self.origins {
            Origins::Straight(start) => start + offset,
            Origins::Pieces(pieces) => {
                let index = pieces.partition_point(|(at, _)| *at <= offset).saturating_sub(1);
                pieces.get(index).map_or(self.start, |(at, origin)| origin + (offset - at))
            }
        }
    }

    /// Whether `text` stands in the file exactly so.
    pub fn is_verbatim(&self) -> bool {
        matches!(self.origins, Origins::Straight(_))
    }
}

/// Something odd about the lines of a file, with the byte range it concerns.
#[derive(Debug, PartialEq, Eq)]
pub enum Oddity {
    TooLong {
        start: usize,
        end: usize,
    },
    /// A `--;` that closes nothing: it hides the rest of the file.
    StrayCommentEnd {
        start: usize,
        end: usize,
    },
    UnclosedComment {
        start: usize,
        end: usize,
    },
}

/// The lines of one file.
pub struct Lines<'text> {
    text: &'text str,
    at: usize,
    /// Open block comments; below zero after a stray end, as Asterisk counts.
    depth: i32,
    opened: Vec<(usize, usize)>,
    oddities: Vec<Oddity>,
}

impl<'text> Lines<'text> {
    pub fn new(text: &'text str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, depth: 0, opened: Vec::new(), oddities: Vec::new() }
    }

    /// What was odd, to be asked for after the last line.
    pub fn into_oddities(mut self) -> Vec<Oddity> {
        if self.depth > 0
            && let Some((start, end)) = self.opened.last().copied()
        {
            self.oddities.push(Oddity::UnclosedComment { start, end });
        }
        self.oddities
    }

    /// Removes the comments of the line at `start..end`; the ranges that stay visible, in order.
    fn strip(&mut self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let at = |offset: usize| if offset < end { bytes.get(offset).copied().unwrap_or(0) } else { 0 };
        let mut visible = Vec::new();
        let mut open = (self.depth == 0).then_some(start);
        let mut scan = start;
        while let Some(mark) = bytes.get(scan..end).and_then(|rest| rest.iter().position(|byte| *byte == b';')) {
            let mark = scan + mark;
            if mark > scan && at(mark - 1) == b'\\' {
                if let Some(from) = open {
                    visible.push((from, mark - 1));
                    open = Some(mark);
                }
                scan = mark + 1;
            } else if at(mark + 1) == b'-' && at(mark + 2) == b'-' && at(mark + 3) != b'-' {
                scan = mark + 3;
                if self.depth < DEEPEST_COMMENT {
                    visible.extend(open.take().map(|from| (from, mark)));
                    self.depth += 1;
                    self.opened.push((mark, mark + 3));
                }
            } else if mark >= scan + 2 && at(mark - 1) == b'-' && at(mark - 2) == b'-' {
                self.depth -= 1;
                self.opened.pop();
                scan = mark + 1;
                if self.depth == 0 {
                    open = Some(mark + 1);
                } else if self.depth < 0 {
                    self.oddities.push(Oddity::StrayCommentEnd { start: mark - 2, end: mark + 1 });
                }
            } else if self.depth == 0 {
                visible.extend(open.take().map(|from| (from, mark)));
                return visible;
            } else {
                scan = mark + 1;
            }
        }
        visible.extend(open.map(|from| (from, end)));
        visible
    }

    fn join(&self, pieces: &[(usize, usize)], start: usize, end: usize) -> Option<Line<'text>> {
        if let [(from, to)] = pieces {
            let piece = self.text.get(*from..*to)?;
            let trimmed = trim(piece);
            let lead = piece.len() - piece.trim_start_matches(is_blank).len();
            let line = Line { text: Cow::Borrowed(trimmed), start, end, origins: Origins::Straight(from + lead) };
            return (!trimmed.is_empty()).then_some(line);
        }
        let (mut text, mut origins) = (String::new(), Vec::with_capacity(pieces.len()));
        for (from, to) in pieces {
            origins.push((text.len(), *from));
            text.push_str(self.text.get(*from..*to)?);
        }
        let lead = text.len() - text.trim_start_matches(is_blank).len();
        let text = trim(&text).to_owned();
        for (at, origin) in &mut origins {
            let cut = lead.saturating_sub(*at);
            *origin += cut;
            *at = (*at + cut).saturating_sub(lead);
        }
        (!text.is_empty()).then_some(Line { text: Cow::Owned(text), start, end, origins: Origins::Pieces(origins) })
    }
}

/// One line of the file as it stands there, its line end left out.
#[derive(Debug)]
pub struct RawLine<'text> {
    pub start: usize,
    pub end: usize,
    /// It begins inside of a block comment.
    pub is_within_comment: bool,
    /// What Asterisk sees of it, if anything.
    pub line: Option<Line<'text>>,
}

impl<'text> Lines<'text> {
    /// The next line, also one that is blank, a comment, or skipped.
    pub fn next_raw(&mut self) -> Option<RawLine<'text>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let rest = self.text.as_bytes().get(start..)?;
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |length| start + length);
        self.at = end + 1;
        let is_within_comment = self.depth != 0;
        let line = if end - start + 1 >= LONGEST_LINE {
            self.oddities.push(Oddity::TooLong { start, end });
            None
        } else if !is_within_comment && !rest.get(..end - start)?.contains(&b';') {
            self.join(&[(start, end)], start, end)
        } else {
            let pieces = self.strip(start, end);
            self.join(&pieces, start, end)
        };
        Some(RawLine { start, end, is_within_comment, line })
    }
}

impl<'text> Iterator for Lines<'text> {
    type Item = Line<'text>;

    fn next(&mut self) -> Option<Line<'text>> {
        loop {
            let raw = self.next_raw()?;
            if raw.line.is_some() {
                return raw.line;
            }
        }
    }
}

/// What Asterisk takes for a blank: every byte up to the space.
pub fn is_blank(character: char) -> bool {
    character <= ' '
}

/// Without blanks at both ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        Lines::new(text).map(|line| line.text.into_owned()).collect()
    }

    #[test]
    fn comments_go_and_escaped_semicolons_stay() {
        assert_eq!(read("a ; b\n; c\n d\\;e ; f \\; g\n"), ["a", "d;e"]);
        assert_eq!(read("\u{feff}a\r\n\tb\r\n"), ["a", "b"]);
    }

    #[test]
    fn block_comments_nest_and_may_stand_inside_a_line() {
        assert_eq!(read("a;-- x --;b\n;-- 1\n;-- 2\n--;\nhidden\n--;\nc\n;--- plain\nd"), ["ab", "c", "d"]);
        assert_eq!(read(";-- x\n--; y\nz"), ["y", "z"]);
    }

    #[test]
    fn a_stray_end_hides_the_rest_and_is_reported() {
        let mut lines = Lines::new("a\n--;\nb\n");
        let read: Vec<_> = lines.by_ref().map(|line| line.text.into_owned()).collect();
        assert_eq!(read, ["a", "--;"]);
        assert_eq!(lines.into_oddities(), [Oddity::StrayCommentEnd { start: 2, end: 5 }]);
    }

    #[test]
    fn offsets_lead_back_to_the_file() {
        let text = "  x\\;y;-- c --;z";
        let line = Lines::new(text).next().unwrap();
        assert_eq!(line.text, "x;yz");
        let origins: Vec<_> = (0..4).map(|at| &text[line.origin(at)..=line.origin(at)]).collect();
        assert_eq!(origins, ["x", ";", "y", "z"]);
    }

    #[test]
    fn a_line_too_long_is_skipped() {
        let text = format!("a\n{}\nb", "x".repeat(LONGEST_LINE));
        let mut lines = Lines::new(&text);
        assert_eq!(lines.by_ref().count(), 2);
        assert!(matches!(lines.into_oddities()[..], [Oddity::TooLong { start: 2, .. }]));
    }
}
