use pest::Parser;
use pest_derive::Parser;
use proptest::prelude::*;

use super::*;

#[derive(Parser)]
#[grammar = "../grammar/expression.pest"]
struct Notation;

/// A call whose only function is `JOIN`, which gives its arguments back; keeps the problems that were reported.
#[derive(Default)]
struct Call {
    problems: Vec<Problem>,
}

impl Scope for Call {
    fn variable(&mut self, _: &str, _: &mut String) -> bool {
        false
    }

    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        out.push_str(arguments);
        name == "JOIN"
    }

    fn warn(&mut self, warning: Warning) {
        if let WarningKind::Expression { problem, .. } = warning.kind {
            self.problems.push(problem);
        }
    }
}

fn worked_out(text: &str) -> (String, Vec<Problem>) {
    let (mut call, mut out) = (Call::default(), String::new());
    evaluate(text, &mut call, &mut out);
    (out, call.problems)
}

fn result(text: &str) -> String {
    worked_out(text).0
}

fn outcome(text: &str) -> Option<Outcome> {
    worked_out(text).1.into_iter().find_map(|problem| match problem {
        Problem::Syntax { outcome, .. } => Some(outcome),
        _ => None,
    })
}

#[test]
fn conditions_group_from_the_left() {
    assert_eq!(result("1 ? a :: 0 ? b :: c"), "b");
    assert_eq!(result("1 ? 1 ? a :: b :: c"), "a");
    assert_eq!(result("0 ? a :: 5 | 6"), "5");
}

#[test]
fn prefixes_bind_tighter_than_products_and_looser_than_matches() {
    assert_eq!(result("-2 * 3"), "-6");
    assert_eq!(result("!\"ab\" : \"b\""), "1");
    assert_eq!(result("- 12 : 1"), "-1");
    assert_eq!(result("!-!5"), "1");
}

#[test]
fn errors_leave_what_the_place_allows() {
    assert_eq!((result("+5"), outcome("+5")), (String::new(), Some(Outcome::Empty)));
    assert_eq!((result("5 5 + +"), outcome("5 5 + +")), ("5".into(), Some(Outcome::Kept)));
    assert_eq!((result("2 + 3 * 4)"), outcome("2 + 3 * 4)")), ("14".into(), Some(Outcome::Kept)));
    assert_eq!((result("1 + * 2"), outcome("1 + * 2")), ("0".into(), Some(Outcome::Zero)));
    assert_eq!((result("1 ? 2 | 3"), outcome("1 ? 2 | 3")), ("0".into(), Some(Outcome::Zero)));
    assert_eq!((result("(1 :: 2)"), outcome("(1 :: 2)")), ("0".into(), Some(Outcome::Zero)));
    assert_eq!((result(""), outcome("")), (String::new(), None));
}

#[test]
fn a_syntax_error_knows_its_place() {
    let problem = worked_out("12 = = 3").1.remove(0);
    assert_eq!(problem, Problem::Syntax { found: "'='".into(), at: 5..6, outcome: Outcome::Zero });
}

#[test]
fn values_keep_their_spelling_until_something_computes() {
    assert_eq!(result("(007)"), "007");
    assert_eq!(result("0 | 007"), "007");
    assert_eq!(result("007 | 0"), "7");
    assert_eq!(result("a + 007"), "7");
    assert_eq!(result("1 ? 1.50 :: 2"), "1.50");
}

#[test]
fn functions_take_and_give_values() {
    assert_eq!(result("JOIN(a, 1 + 1 ,, \"x y\")"), "a,2,,\"x y\"");
    assert_eq!(result("JOIN(1.50) + 1"), "2.5");
    assert_eq!(result("JOIN (a) ~~ b"), "ab");
    assert_eq!(result("POW(2, JOIN(3))"), "8");
    assert_eq!(result("NOSUCH(1) + 1"), "1");
    assert_eq!(worked_out("join(1)").1, [Problem::NotAFunction { name: "join".into() }]);
    assert_eq!(worked_out("SQRT(1,2)").1, [Problem::WrongArguments { function: "SQRT".into() }]);
}

#[test]
fn mathematics() {
    assert_eq!(result("SQRT(2)"), "1.41421356237309505");
    assert_eq!(result("SQRT(-1)"), "-nan");
    assert_eq!(result("ATAN(1) * 4"), "3.14159265358979324");
    assert_eq!(result("ATAN2(-1, -1)"), "-2.35619449019234493");
    assert_eq!(result("ACOS(-1)"), "3.14159265358979324");
    assert_eq!(result("EXP(1)"), "2.71828182845904524");
    assert_eq!(result("LOG(10)"), "2.30258509299404568");
    assert_eq!(result("SIN(1)"), "0.841470984807896507");
    assert_eq!(result("TAN(2)"), "-2.18503986326151899");
    assert_eq!(result("POW(2, 0.5)"), "1.41421356237309505");
    assert_eq!(result("POW(-2, 3)"), "-8");
    assert_eq!(result("POW(0, -1)"), "inf");
    assert_eq!(result("LOG(0)"), "-inf");
    assert_eq!(result("EXP10(-3)"), "0.001");
    assert_eq!(result("ABS(-1.5)"), "1.5");
}

#[test]
fn deep_nesting_is_worked_out_without_recursion() {
    let deep = 5_000;
    assert_eq!(result(&format!("{}1{}", "(".repeat(deep), ")".repeat(deep))), "1");
    assert_eq!(result(&"(".repeat(20_000)), "0");
    assert_eq!(result(&format!("{}1", "-".repeat(20_000))), "0");
}

/// Texts that look like expressions more often than not.
fn likely() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "1", "0", "25", "-3", "1.5", "007", "abc", "\"abc\"", "\"\"", "\"a b\"", "+", "-", "*", "/", "%", "=", "!=",
        "<", ">=", "&", "||", "!", "?", "::", ":", "=~", "~~", "(", ")", ",", "JOIN(", "POW(", " ", "~", "é", "$x",
        "\"", "[",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn any_text_has_a_result(text in "\\PC{0,80}") {
        worked_out(&text);
    }

    #[test]
    fn any_likely_text_has_a_result_that_fits(text in likely()) {
        prop_assert!(result(&text).len() <= 6_000);
    }

    #[test]
    fn common_forms_agree_with_the_general_evaluator(
        left in "[ \t]?(-?[0-9]{1,20}|-?[0-9]{1,3}|[a-z]{1,3}|\"[a-z0-9 ]{0,3}\"|[0-9.a-f]{1,4})[ \t]?",
        operator in "=|==|!=|<|<=|>|>=|[+]|-|[*]|/|%|&|~|:",
        right in "[ \t]?(-?[0-9]{1,20}|-?[0-9]{1,3}|[a-z]{1,3}|\"[a-z0-9 ]{0,3}\"|[0-9.a-f]{1,4})[ \t]?",
    ) {
        let text = format!("{left}{operator}{right}");
        let (mut quickly, mut generally) = (text.clone(), String::new());
        if replace_common_form(0, &mut quickly) {
            evaluate_generally(&text, 0..text.len(), &mut Call::default(), &mut generally);
            prop_assert_eq!(quickly, generally);
        }
    }

    #[test]
    fn the_grammar_takes_what_the_evaluator_takes(text in likely()) {
        let read = Notation::parse(Rule::expression, &text).is_ok();
        prop_assert_eq!(read, outcome(&text).is_none(), "{}", text);
    }
}
