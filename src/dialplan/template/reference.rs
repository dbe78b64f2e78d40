//! What stands between the braces: a name, perhaps arguments, perhaps `:offset:length`.

/// The `:offset:length` behind a name. Both count bytes; negative ones count from the end of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    pub offset: i32,
    pub length: i32,
}

/// The inside of a `${}` after substitution, taken apart.
#[derive(Debug, PartialEq)]
pub(super) struct Reference<'a> {
    pub name: &'a str,
    /// None for a variable.
    pub arguments: Option<Arguments<'a>>,
    pub slice: Option<Slice>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Arguments<'a> {
    pub text: &'a str,
    /// Whether a closing parenthesis was there.
    pub closed: bool,
}

impl<'a> Reference<'a> {
    /// Takes `inner` apart at the first colon outside parentheses, then at the first and last parenthesis.
    pub fn read(inner: &'a str) -> Self {
        let mut open = 0_i32;
        let mut is_function = false;
        let mut end = None;
        for (at, byte) in inner.bytes().enumerate() {
            match byte {
                b'(' => {
                    is_function = true;
                    open += 1;
                }
                b')' => open -= 1,
                b':' if open == 0 => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let (body, slice) = match end {
            Some(at) => (&inner[..at], Some(Slice::read(&inner[at + 1..]))),
            None => (inner, None),
        };
        if !is_function {
            return Self { name: body, arguments: None, slice };
        }
        let (name, rest) = body.split_once('(').unwrap_or((body, ""));
        let arguments = match rest.rfind(')') {
            Some(at) => Arguments { text: &rest[..at], closed: true },
            None => Arguments { text: rest, closed: false },
        };
        Self { name, arguments: Some(arguments), slice }
    }
}

impl Slice {
    /// The whole value.
    const WHOLE: Self = Self { offset: 0, length: i32::MAX };

    /// Reads `offset[:length]` as C's `scanf("%d:%d")` does: reading stops at the first thing that is no number,
    /// and what has not been read by then stays as it is for the whole value.
    pub(super) fn read(text: &str) -> Self {
        let mut slice = Self::WHOLE;
        if let Some((offset, rest)) = integer(text) {
            slice.offset = offset;
            if let Some((length, _)) = rest.strip_prefix(':').and_then(integer) {
                slice.length = length;
            }
        }
        slice
    }

    /// Cuts the part of `text` behind `start` down to the slice.
    pub(super) fn apply(self, text: &mut String, start: usize) {
        let (first, last) = self.bounds(text.len() - start);
        let (first, last) = (start + first, start + last);
        if text.is_char_boundary(first) && text.is_char_boundary(last) {
            text.truncate(last);
            text.replace_range(start..first, "");
        } else {
            let cut = text_from_bytes(&text.as_bytes()[first..last]);
            text.truncate(start);
            text.push_str(&cut);
        }
    }

    /// The first and the last byte to keep of `total` bytes.
    fn bounds(self, total: usize) -> (usize, usize) {
        let whole = i64::try_from(total).unwrap_or(i64::MAX);
        let (offset, length) = (i64::from(self.offset), i64::from(self.length));
        let first = if offset < 0 { (whole + offset).max(0) } else { offset.min(whole) };
        let last = if length < 0 { whole + length } else { (first + length).min(whole) };
        let last = last.max(first);
        (usize::try_from(first).unwrap_or(0), usize::try_from(last).unwrap_or(0))
    }
}

/// Text from bytes that may have been cut inside a character: bytes that are no text become `?`, one for one.
pub fn text_from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Reads a number as `%30d` does, with what follows it.
fn integer(text: &str) -> Option<(i32, &str)> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text[sign..].bytes().take(30 - sign).take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let (number, rest) = text.split_at(sign + digits);
    let saturated = if number.starts_with('-') { i64::MIN } else { i64::MAX };
    let number = number.parse::<i64>().unwrap_or(saturated);
    // C stores the low half of a number that does not fit.
    #[expect(clippy::cast_possible_truncation)]
    Some((number as i32, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sliced(text: &str, slice: &str) -> String {
        let mut value = text.to_owned();
        Slice::read(slice).apply(&mut value, 0);
        value
    }

    #[test]
    fn offsets_and_lengths_count_from_both_ends() {
        assert_eq!(sliced("0123456789", "3"), "3456789");
        assert_eq!(sliced("0123456789", "-3:2"), "78");
        assert_eq!(sliced("0123456789", "3:-3"), "3456");
        assert_eq!(sliced("0123456789", "-2:-5"), "");
        assert_eq!(sliced("abc", "-9"), "abc");
        assert_eq!(sliced("abc", "9"), "");
    }

    #[test]
    fn odd_numbers_are_read_as_c_reads_them() {
        assert_eq!(sliced("abcdef", ""), "abcdef");
        assert_eq!(sliced("abcdef", ":2"), "abcdef");
        assert_eq!(sliced("abcdef", "x"), "abcdef");
        assert_eq!(sliced("abcdef", " +2: 2.9"), "cd");
        assert_eq!(sliced("abcdef", "1 :2"), "bcdef");
        assert_eq!(sliced("abcdef", "99999999999"), "");
        assert_eq!(sliced("abcdef", "999999999999999999999"), "f");
    }

    #[test]
    fn a_cut_inside_a_character_leaves_its_bytes_as_question_marks() {
        assert_eq!(sliced("é1", "1"), "?1");
        assert_eq!(sliced("é1", "2"), "1");
    }

    #[test]
    fn a_colon_within_parentheses_belongs_to_the_arguments() {
        let reference = Reference::read("TOUPPER(a:2):1");
        assert_eq!(reference.name, "TOUPPER");
        assert_eq!(reference.arguments, Some(Arguments { text: "a:2", closed: true }));
        assert_eq!(reference.slice, Some(Slice { offset: 1, length: i32::MAX }));
        assert_eq!(Reference::read("LEN(abc").arguments, Some(Arguments { text: "abc", closed: false }));
        assert_eq!(Reference::read("A):1").name, "A):1");
        assert_eq!(Reference::read("A:1(").arguments, None);
    }
}
