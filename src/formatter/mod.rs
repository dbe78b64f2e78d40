//! One layout for `.conf` files, as `exten fmt` writes it. It changes blanks and nothing else.
//!
//! - Sections stand at the margin with one blank line in front of them and of the comments right above them; more than
//!   one blank line elsewhere becomes one.
//! - `exten => name,priority,Application(…)` stands at the margin, ` same => …` one blank in, so that their arrows meet.
//! - One blank stands on both sides of `=` and `=>`, none around the first two commas. Arguments stay byte for byte.
//! - Comments behind neighbouring lines begin in one column: where they do, they stay there; where they do not, it is two
//!   blanks behind the longest of these lines. A line longer than [`LONGEST_ALIGNED`] does not count.
//! - Lines end as the first one does.
//! - What lies in a block comment, or shares a line with one, stays as it is.

mod meaning;

use crate::conf::{LONGEST_LINE, Lines, RawLine, is_blank, trim};
use crate::dialplan::syntax;

pub use meaning::{Meaning, meaning};

/// The widest line that comments align with.
pub const LONGEST_ALIGNED: usize = 72;

/// How many blanks stand in front of a comment that is moved, at the least.
const GAP: usize = 2;

const TAB: usize = 8;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text in this layout.
pub fn format(text: &str) -> String {
    let line_end =
        if text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { "" };
    let mut layout = Layout::default();
    let mut lines = Lines::new(text);
    let mut section = Section::Unknown;
    while let Some(raw) = lines.next_raw() {
        layout.push(piece(text, &raw, &mut section));
    }
    let laid_out = layout.written(line_end);
    // A mark further on is text; it must not become the first of the file.
    let guard = if mark.is_empty() && laid_out.starts_with(BYTE_ORDER_MARK) { line_end } else { "" };
    format!("{mark}{guard}{laid_out}")
}

/// What kind of lines follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// In front of the first section of a file: what they are is decided by the file that includes this one.
    Unknown,
    Settings,
    Context,
}

/// A line of the file.
enum Piece<'text> {
    Blank,
    /// `is_indented`: it did not stand at the margin.
    Comment {
        text: &'text str,
        is_indented: bool,
    },
    Code {
        code: String,
        comment: &'text str,
        /// Where the comment begins in the file.
        column: usize,
        is_same: bool,
        opens_section: bool,
        /// As it stands in the file, for where the layout would make it too long to be read.
        raw: &'text str,
    },
    /// Stays as it is.
    Raw(&'text str),
}

fn piece<'text>(text: &'text str, raw: &RawLine<'text>, section: &mut Section) -> Piece<'text> {
    let whole = text.get(raw.start..raw.end).unwrap_or("");
    let has_block = has_block_comment(whole);
    let Some(line) = &raw.line else {
        let trimmed = trim(whole);
        return match trimmed.chars().next() {
            _ if raw.is_within_comment || has_block => Piece::Raw(whole),
            None => Piece::Blank,
            Some(';') => Piece::Comment { text: trimmed, is_indented: whole.starts_with([' ', '\t']) },
            Some(_) => Piece::Raw(whole),
        };
    };
    let opens_section = line.text.starts_with('[');
    if opens_section {
        *section = opened(&line.text);
    }
    if has_block {
        return Piece::Raw(whole);
    }
    let last = line.text.char_indices().next_back().map_or(0, |(at, _)| at);
    let to = line.origin(last) + line.text.len() - last;
    // A backslash in front of the first character went with the comments.
    let from = if whole.trim_start_matches(is_blank).starts_with('\\') { raw.start } else { line.origin(0) };
    let code = trim(text.get(from..to).unwrap_or(""));
    let comment = trim(text.get(to..raw.end).unwrap_or(""));
    let column = column_behind(0, whole.trim_end_matches(is_blank).strip_suffix(comment).unwrap_or(""));
    let is_same = *section == Section::Context && syntax::is_same(code);
    Piece::Code { code: arranged(code, *section), comment, column, is_same, opens_section, raw: whole }
}

/// The column behind a text that begins at a column.
fn column_behind(column: usize, text: &str) -> usize {
    text.chars().fold(column, |column, character| match character {
        '\t' => (column / TAB + 1) * TAB,
        _ => column + 1,
    })
}

/// Whether a line has a part in a block comment, or looks as if.
fn has_block_comment(line: &str) -> bool {
    line.contains(";--") || line.contains("--;")
}

fn opened(header: &str) -> Section {
    let name = header.get(1..).and_then(|rest| rest.split(']').next()).unwrap_or("");
    match ["general", "globals"].iter().any(|settings| name.eq_ignore_ascii_case(settings)) {
        true => Section::Settings,
        false => Section::Context,
    }
}

/// The code of a line with its blanks in place.
fn arranged(code: &str, section: Section) -> String {
    if code.starts_with(['[', '#', '\\']) {
        return code.to_owned();
    }
    let Some((left, right)) = code.split_once('=') else { return code.to_owned() };
    // What `+=` appends begins right behind it.
    if left.ends_with('+') || trim(left).is_empty() {
        return code.to_owned();
    }
    let (operator, value) = right.strip_prefix('>').map_or(("=", right), |value| ("=>", value));
    let (key, value) = (trim(left), trim(value));
    let named = key.eq_ignore_ascii_case("exten");
    let value = match section {
        Section::Context if named || syntax::is_same(key) => extension(value, named),
        _ => value.to_owned(),
    };
    format!("{key} {operator} {value}").trim_end_matches(is_blank).to_owned()
}

/// `name,priority,call` without blanks around the commas.
fn extension(value: &str, named: bool) -> String {
    let (name, priority, call) = syntax::fields(value, named);
    // A line that lacks fields is dropped on loading; it stays as its writer left it.
    let Some(call) = call else { return value.to_owned() };
    match name {
        Some(name) => format!("{name},{priority},{call}"),
        None => format!("{priority},{call}"),
    }
}

/// The lines put down so far, and what decides about the next.
#[derive(Default)]
struct Layout<'text> {
    pieces: Vec<Piece<'text>>,
}

impl<'text> Layout<'text> {
    fn push(&mut self, piece: Piece<'text>) {
        match piece {
            Piece::Blank if matches!(self.pieces.last(), None | Some(Piece::Blank)) => {}
            Piece::Code { opens_section: true, .. } => {
                self.part();
                self.pieces.push(piece);
            }
            piece => self.pieces.push(piece),
        }
    }

    /// Puts a blank line in front of the comments that belong to the section that opens now.
    fn part(&mut self) {
        let comments = self.pieces.iter().rev().take_while(|piece| matches!(piece, Piece::Comment { .. })).count();
        let at = self.pieces.len() - comments;
        let before = at.checked_sub(1).and_then(|at| self.pieces.get(at));
        if !matches!(before, None | Some(Piece::Blank)) {
            self.pieces.insert(at, Piece::Blank);
        }
    }

    fn written(mut self, line_end: &str) -> String {
        while matches!(self.pieces.last(), Some(Piece::Blank)) {
            self.pieces.pop();
        }
        let mut out = String::new();
        let places = self.columns().into_iter().zip(self.belonging());
        for (piece, (column, belongs_to_same)) in self.pieces.iter().zip(places) {
            match piece {
                Piece::Blank => {}
                Piece::Raw(text) => out.push_str(text.trim_end_matches('\r')),
                Piece::Comment { text, is_indented } => {
                    out.push_str(if *is_indented && belongs_to_same { " " } else { "" });
                    out.push_str(text);
                }
                Piece::Code { code, comment, is_same, raw, .. } => {
                    let mut line = format!("{}{code}", if *is_same { " " } else { "" });
                    if !comment.is_empty() {
                        let width = width(code, *is_same);
                        line.extend(std::iter::repeat_n(' ', column.saturating_sub(width)));
                        line.push_str(comment);
                    }
                    let is_readable = line.len() + 1 < LONGEST_LINE;
                    out.push_str(if is_readable { &line } else { raw });
                }
            }
            out.push_str(line_end);
        }
        out
    }

    /// Where the comment behind each line begins.
    fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::with_capacity(self.pieces.len());
        let mut run: Vec<&Piece<'_>> = Vec::new();
        for piece in &self.pieces {
            run.push(piece);
            if !matches!(piece, Piece::Code { opens_section: false, .. }) {
                columns.extend(aligned(&run));
                run.clear();
            }
        }
        columns.extend(aligned(&run));
        columns
    }

    /// For each line, whether the next line of code goes on with an extension, so that an indented comment belongs to it.
    fn belonging(&self) -> Vec<bool> {
        let mut belongs = false;
        let mut told: Vec<bool> = self
            .pieces
            .iter()
            .rev()
            .map(|piece| {
                belongs = match piece {
                    Piece::Comment { .. } => belongs,
                    Piece::Code { is_same, .. } => *is_same,
                    Piece::Blank | Piece::Raw(_) => false,
                };
                belongs
            })
            .collect();
        told.reverse();
        told
    }
}

/// Where the comments behind the lines of a run begin.
fn aligned(run: &[&Piece<'_>]) -> Vec<usize> {
    let commented = |piece: &&Piece<'_>| match piece {
        Piece::Code { code, comment, column, is_same, opens_section: false, .. } if !comment.is_empty() => {
            Some((width(code, *is_same), *column))
        }
        _ => None,
    };
    let counted = || run.iter().filter_map(commented).filter(|(width, _)| *width <= LONGEST_ALIGNED);
    let first = counted().next().map_or(0, |(_, column)| column);
    let agrees = counted().all(|(width, column)| column == first && column > width);
    let common = if agrees { first } else { counted().map(|(width, _)| width + GAP).max().unwrap_or(0) };
    let place = |piece: &&Piece<'_>| match commented(piece) {
        Some((width, _)) if width <= LONGEST_ALIGNED => common,
        Some((width, column)) if column > width => column,
        Some((width, _)) => width + GAP,
        None => match piece {
            Piece::Code { code, column, is_same, .. } => {
                let width = width(code, *is_same);
                if *column > width { *column } else { width + GAP }
            }
            _ => 0,
        },
    };
    run.iter().map(place).collect()
}

fn width(code: &str, is_same: bool) -> usize {
    column_behind(usize::from(is_same), code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_stand_with_their_arrows_below_each_other() {
        let text =
            "[office]\nexten=>100 , 1,Dial(SIP/1, 20)   \n\tsame =>n( busy ),Busy( 5 )\nexten => 100,hint, SIP/1\n";
        let wanted =
            "[office]\nexten => 100,1,Dial(SIP/1, 20)\n same => n( busy ),Busy( 5 )\nexten => 100,hint,SIP/1\n";
        assert_eq!(format(text), wanted);
    }

    #[test]
    fn settings_keep_their_commas() {
        let text = "[general]\nstatic=yes\n[globals]\nexten=a , b\nTRUNK=>SIP/x\n";
        assert_eq!(format(text), "[general]\nstatic = yes\n\n[globals]\nexten = a , b\nTRUNK => SIP/x\n");
    }

    #[test]
    fn lines_in_front_of_the_first_section_are_of_an_unknown_kind() {
        assert_eq!(format("exten=>1 , 1,NoOp()\n"), "exten => 1 , 1,NoOp()\n");
    }

    #[test]
    fn sections_are_parted_with_their_comments() {
        let text = "[a]\nexten => 1,1,NoOp()\n; the next\n; is b\n[b]\n\n\n\ninclude=>a\n\n\n";
        let wanted = "[a]\nexten => 1,1,NoOp()\n\n; the next\n; is b\n[b]\n\ninclude => a\n";
        assert_eq!(format(text), wanted);
    }

    #[test]
    fn comments_begin_in_one_column() {
        let text =
            "[a]   ; a\nexten => 1,1,NoOp() ; one\n same => n,Hangup()   ;two\n same => n,Wait(1)\n\ninclude => b;c\n";
        let wanted = "[a]   ; a\nexten => 1,1,NoOp()  ; one\n same => n,Hangup()  ;two\n same => n,Wait(1)\n\ninclude => b  ;c\n";
        assert_eq!(format(text), wanted);
        let by_hand =
            "[a]\nexten => 1,1,NoOp()    ; one\n same => n,Wait(1)     ; two\n\nexten => 2,1,NoOp() ; three\n";
        assert_eq!(format(by_hand), by_hand);
    }

    #[test]
    fn a_tab_counts_as_far_as_it_reaches() {
        let text = "[a]\nexten => 1,1,NoOp(\tx) ; one\n same => n,Wait(1)\t; two\n";
        let wanted = "[a]\nexten => 1,1,NoOp(\tx)  ; one\n same => n,Wait(1)          ; two\n";
        assert_eq!(format(text), wanted);
        assert_eq!(format(wanted), wanted);
    }

    #[test]
    fn a_long_line_does_not_push_the_comments_of_others() {
        let long = format!("exten => 1,1,NoOp({})", "x".repeat(LONGEST_ALIGNED));
        let text = format!("[a]\n{long} ; long\n same => n,Wait(1) ; short\n");
        assert_eq!(format(&text), format!("[a]\n{long} ; long\n same => n,Wait(1) ; short\n"));
    }

    #[test]
    fn comment_lines_follow_what_they_are_about() {
        let text = "[a]\n   ; about one\nexten => 1,1,NoOp()\n\t; about two\n; at the margin\n same => n,Hangup()\n";
        let wanted = "[a]\n; about one\nexten => 1,1,NoOp()\n ; about two\n; at the margin\n same => n,Hangup()\n";
        assert_eq!(format(text), wanted);
    }

    #[test]
    fn block_comments_stay_as_they_are() {
        let text = "[a]\n;--  all\n\n\n   of this --;\nexten=>1,1,NoOp() ;-- x --;\nexten=>2,1,NoOp(a\\;b)  ; c\n";
        let wanted = "[a]\n;--  all\n\n\n   of this --;\nexten=>1,1,NoOp() ;-- x --;\nexten => 2,1,NoOp(a\\;b)  ; c\n";
        assert_eq!(format(text), wanted);
    }

    #[test]
    fn what_cannot_be_read_stays() {
        let text = "[a\nnothing\nexten => 1,1\n#include  \"b.conf\" ; b\n=x\n\\;y = 1\n";
        assert_eq!(format(text), "[a\nnothing\nexten => 1,1\n#include  \"b.conf\" ; b\n=x\n\\;y = 1\n");
    }

    #[test]
    fn line_ends_and_the_byte_order_mark_stay() {
        assert_eq!(format("\u{feff}[a]  \r\nb=1\r\n;--\r\n--;\n"), "\u{feff}[a]\r\nb = 1\r\n;--\r\n--;\r\n");
    }

    #[test]
    fn a_byte_order_mark_further_on_does_not_come_first() {
        let text = "\n\u{feff}\n[a]\n";
        assert_eq!(meaning(&format(text)), meaning(text));
        assert_eq!(format(&format(text)), format(text));
    }

    #[test]
    fn a_line_that_is_skipped_does_not_become_one_that_is_read() {
        let long = format!("exten  =>  1,1,NoOp({})", "x".repeat(LONGEST_LINE - 25));
        for text in [format!("[a]\n{long}     \n"), format!("[a]\n{}\n", long.trim_end_matches('x'))] {
            assert_eq!(meaning(&format(&text)), meaning(&text));
        }
    }
}
