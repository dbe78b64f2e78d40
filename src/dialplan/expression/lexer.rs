//! The words, numbers and operators of an expression.

use std::fmt;
use std::ops::Range;

use super::operator::Operator;

/// A token of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `digits[.digits]`.
    Number(&'a str),
    /// Anything else that stands for a value: words and quoted text, whose quotes belong to it.
    Word(&'a str),
    Binary(Operator),
    Minus,
    Not,
    /// `?`
    Condition,
    /// `::`
    Otherwise,
    Open,
    Close,
    Comma,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self {
            Self::Number(text) | Self::Word(text) => text,
            Self::Binary(operator) => operator.sign(),
            Self::Minus => "-",
            Self::Not => "!",
            Self::Condition => "?",
            Self::Otherwise => "::",
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
        };
        write!(formatter, "'{sign}'")
    }
}

/// Splits an expression into tokens. Characters that begin no token are skipped, as Asterisk skips them.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and its place, or None at the end.
    pub fn next(&mut self) -> Option<(Token<'a>, Range<usize>)> {
        loop {
            let start = self.at;
            let &byte = self.text.as_bytes().get(start)?;
            let token = match byte {
                b'"' => self.quoted(),
                _ if is_word(byte) || byte == b'$' => self.word(),
                _ => self.operator(byte),
            };
            match token {
                Some(token) => return Some((token, start..self.at)),
                // What begins no token is skipped; what is skipped is one byte, never the first of a longer character.
                None if self.at == start => self.at += 1,
                None => {}
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn quoted(&mut self) -> Option<Token<'a>> {
        let start = self.at;
        let length = self.text[start + 1..].find('"')? + 2;
        self.at += length;
        Some(Token::Word(&self.text[start..self.at]))
    }

    fn operator(&mut self, byte: u8) -> Option<Token<'a>> {
        let next = self.peek(1);
        let (token, length) = match (byte, next) {
            (b'|', Some(b'|')) => (Token::Binary(Operator::Or), 2),
            (b'|', _) => (Token::Binary(Operator::Or), 1),
            (b'&', Some(b'&')) => (Token::Binary(Operator::And), 2),
            (b'&', _) => (Token::Binary(Operator::And), 1),
            (b'=', Some(b'=')) => (Token::Binary(Operator::Equal), 2),
            (b'=', Some(b'~')) => (Token::Binary(Operator::Search), 2),
            (b'=', _) => (Token::Binary(Operator::Equal), 1),
            (b'~', Some(b'~')) => (Token::Binary(Operator::Join), 2),
            (b'>', Some(b'=')) => (Token::Binary(Operator::GreaterOrEqual), 2),
            (b'>', _) => (Token::Binary(Operator::Greater), 1),
            (b'<', Some(b'=')) => (Token::Binary(Operator::LessOrEqual), 2),
            (b'<', _) => (Token::Binary(Operator::Less), 1),
            (b'!', Some(b'=')) => (Token::Binary(Operator::NotEqual), 2),
            (b'!', _) => (Token::Not, 1),
            (b':', Some(b':')) => (Token::Otherwise, 2),
            (b':', _) => (Token::Binary(Operator::Match), 1),
            (b'+', _) => (Token::Binary(Operator::Add), 1),
            (b'-', _) => (Token::Minus, 1),
            (b'*', _) => (Token::Binary(Operator::Multiply), 1),
            (b'/', _) => (Token::Binary(Operator::Divide), 1),
            (b'%', _) => (Token::Binary(Operator::Remainder), 1),
            (b'?', _) => (Token::Condition, 1),
            (b'(', _) => (Token::Open, 1),
            (b')', _) => (Token::Close, 1),
            (b',', _) => (Token::Comma, 1),
            _ => return None,
        };
        self.at += length;
        Some(token)
    }

    /// A word or a number, or a word that holds `${}` which a value brought along.
    fn word(&mut self) -> Option<Token<'a>> {
        let start = self.at;
        self.pass_word();
        if self.peek(0) == Some(b'$') && self.peek(1) == Some(b'{') {
            return self.reference(start);
        }
        let word = &self.text[start..self.at];
        match word {
            "" => None,
            _ if is_number(word) => Some(Token::Number(word)),
            _ => Some(Token::Word(word)),
        }
    }

    /// Passes the characters of a word; a dollar sign takes the character after it along, whatever it is.
    fn pass_word(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(byte), _) if is_word(byte) => self.at += 1,
                (Some(b'$'), Some(next)) if next != b'{' => {
                    let length = self.text[self.at + 1..].chars().next().map_or(0, char::len_utf8);
                    self.at += 1 + length;
                }
                _ => return,
            }
        }
    }

    /// `${…}` in a value belongs to the word with all that stands before it and, up to the next operator, behind it.
    fn reference(&mut self, start: usize) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        while self.peek(0) == Some(b'$') && self.peek(1) == Some(b'{') {
            self.at += 2;
            let mut open = 1_usize;
            while open > 0 {
                match self.peek(0) {
                    Some(b'{') => open += 1,
                    Some(b'}') => open -= 1,
                    Some(_) => {}
                    // Never closed: nothing of it is a token.
                    None => return None,
                }
                self.at += 1;
            }
            let trail = bytes[self.at..].iter().take_while(|&&byte| !ends_trail(byte)).count();
            if trail == 0 && self.peek(0).is_some_and(|byte| byte != b'$' || self.peek(1) != Some(b'{')) {
                // The reference's scanner takes all that follows into this word, and still goes on behind the brace.
                return Some(Token::Word(&self.text[start..]));
            }
            self.at += trail;
        }
        Some(Token::Word(&self.text[start..self.at]))
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(byte, b'.' | b'\'' | b';' | b'\\' | b'_' | b'^' | b'#' | b'@')
}

/// Whether a word is `digits[.digits]`.
pub(super) fn is_number(word: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(word),
    }
}

fn ends_trail(byte: u8) -> bool {
    b"-\t\r \n$():?%/+=*<>!|&".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut lexer = Lexer::new(text);
        std::iter::from_fn(|| lexer.next()).map(|(_, at)| &text[at]).collect()
    }

    #[test]
    fn words_end_at_operators_and_blanks() {
        assert_eq!(words("foo-bar=1.2.3 10.0.0.1"), ["foo", "-", "bar", "=", "1.2.3", "10.0.0.1"]);
        assert_eq!(words("a@b#c;d'e\\f^g été"), ["a@b#c;d'e\\f^g", "été"]);
        assert_eq!(words("1>=2!=3::4=~5~~6"), ["1", ">=", "2", "!=", "3", "::", "4", "=~", "5", "~~", "6"]);
    }

    #[test]
    fn what_begins_no_token_is_skipped() {
        assert_eq!(words("1 + ~ 2"), ["1", "+", "2"]);
        assert_eq!(words("{1} = [1]`"), ["1", "=", "1"]);
        assert_eq!(words("\"abc = abc"), ["abc", "=", "abc"]);
        assert_eq!(words("5$"), ["5"]);
    }

    #[test]
    fn quotes_belong_to_the_word_and_hide_everything() {
        assert_eq!(words("\"a + b\"c"), ["\"a + b\"", "c"]);
    }

    #[test]
    fn a_dollar_sign_takes_the_next_character_along() {
        assert_eq!(words("5$ + 1"), ["5$ ", "+", "1"]);
        assert_eq!(words("$é$$x"), ["$é$$x"]);
    }

    #[test]
    fn a_reference_brought_along_by_a_value_is_one_word() {
        assert_eq!(words("x${A B}y z"), ["x${A B}y", "z"]);
        assert_eq!(words("${A{B}C}${D}"), ["${A{B}C}${D}"]);
        assert_eq!(words("1 + ${A"), ["1", "+"]);
        assert_eq!(Lexer::new("${B} + 1").next().map(|(token, _)| token), Some(Token::Word("${B} + 1")));
    }
}
