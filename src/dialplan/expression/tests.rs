use super::*;

struct Nothing;

impl Scope for Nothing {
    fn variable(&mut self, _: &str, _: &mut String) -> bool {
        false
    }
    fn function(&mut self, _: &str, _: &str, _: &mut String) -> bool {
        false
    }
    fn warn(&mut self, _: Warning) {}
}

fn result(text: &str) -> String {
    let mut out = String::new();
    evaluate(text, &mut Nothing, &mut out);
    out
}

#[test]
fn conditions_group_from_the_left() {
    assert_eq!(result("1 ? a :: 0 ? b :: c"), "b");
    assert_eq!(result("1 ? 1 ? a :: b :: c"), "a");
}
