//! The words of a command line.

/// Words beyond these are left out, as Asterisk does.
const MOST: usize = 127;

/// What stands behind the name of a command, word by word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Parts a line at blanks. A word in double quotes may hold blanks and be empty; a backslash takes the meaning of the
    /// character behind it away. A single quote is a character like any other.
    pub fn parse(line: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let (mut is_between, mut is_quoted, mut is_escaped) = (true, false, false);
        for character in line.chars() {
            let means_itself = match character {
                '"' if !is_escaped => {
                    is_quoted = !is_quoted;
                    if is_quoted && is_between && words.len() < MOST {
                        words.push(String::new());
                        is_between = false;
                    }
                    false
                }
                ' ' | '\t' if !is_quoted && !is_escaped => {
                    is_between = true;
                    false
                }
                '\\' if !is_escaped => {
                    is_escaped = true;
                    continue;
                }
                _ => true,
            };
            is_escaped = false;
            if !means_itself {
                continue;
            }
            if is_between {
                if words.len() == MOST {
                    break;
                }
                words.push(String::new());
                is_between = false;
            }
            if let Some(word) = words.last_mut() {
                word.push(character);
            }
        }
        Self(words)
    }

    /// Takes the words of a command's name away from the front; `None` where others stand there.
    pub fn behind(&self, name: &str) -> Option<Self> {
        let mut rest = self.0.iter();
        for part in name.split(' ') {
            rest.next().filter(|word| word.eq_ignore_ascii_case(part))?;
        }
        Some(Self(rest.cloned().collect()))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The word at this place, empty if it is not there.
    pub fn get(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }

    /// The word, if it is there and not empty.
    pub fn given(&self, index: usize) -> Option<&str> {
        Some(self.get(index)).filter(|word| !word.is_empty())
    }

    /// The whole number that the word begins with, if it begins with one.
    pub fn number(&self, index: usize) -> Option<i32> {
        crate::interpreter::leading_integer(self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        Words::parse(line).0
    }

    #[test]
    fn blanks_part_and_double_quotes_hold_together() {
        assert_eq!(words("SET  VARIABLE\tX \"two words\""), ["SET", "VARIABLE", "X", "two words"]);
        assert_eq!(words("STREAM FILE beep \"\""), ["STREAM", "FILE", "beep", ""]);
        assert_eq!(words("a\"b c\"d"), ["ab cd"]);
        assert_eq!(words("SAY 'a b'"), ["SAY", "'a", "b'"]);
        assert!(words("  ").is_empty());
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        assert_eq!(words(r#"VERBOSE "say \"hi\" \\" a\ b"#), ["VERBOSE", r#"say "hi" \"#, "a b"]);
    }

    #[test]
    fn a_flood_of_words_is_cut() {
        assert_eq!(words(&"x ".repeat(1000)).len(), MOST);
        assert_eq!(words(&"\"x\" ".repeat(1000)).len(), MOST);
    }

    #[test]
    fn the_name_may_be_in_any_case() {
        let rest = Words::parse("get Full variable ${X}").behind("GET FULL VARIABLE").unwrap();
        assert_eq!((rest.len(), rest.get(0)), (1, "${X}"));
        assert_eq!(Words::parse("GET VARIABLE X").behind("GET FULL VARIABLE"), None);
    }
}
