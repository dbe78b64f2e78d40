//! Conditions of `GotoIf`, `ExecIf`, `While` and their relatives. They are texts, not expressions.

use super::leading_integer;

/// Whether a condition holds: a text that begins with a whole number is false when that number is 0, an empty text is
/// false, any other text (a blank, `false`, `"0"` with its quotes) is true.
pub fn holds(condition: &str) -> bool {
    !condition.is_empty() && leading_integer(condition) != Some(0)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn only_nothing_and_zero_are_false() {
        for text in ["", "0", "000", "0x", "0.5", "+0", "-0", " 0"] {
            assert!(!holds(text), "{text:?}");
        }
        for text in ["1", "-1", " ", "abc", "false", "\"0\"", "\"\"", ".5", "- 0"] {
            assert!(holds(text), "{text:?}");
        }
    }
}
