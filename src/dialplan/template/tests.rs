use std::collections::HashMap;

use proptest::prelude::*;

use super::reference::Reference;
use super::*;
use crate::dialplan::expression;

/// Variables, a function `UP` for capitals, and the warnings.
#[derive(Default)]
struct Call {
    variables: HashMap<&'static str, String>,
    warnings: Vec<Warning>,
}

impl Call {
    fn with(variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|&(name, value)| (name, value.to_owned())).collect();
        Self { variables, warnings: Vec::new() }
    }
}

impl Scope for Call {
    fn variable(&mut self, name: &str, out: &mut String) -> bool {
        self.variables.get(name).map(|value| out.push_str(value)).is_some()
    }

    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        out.push_str(&arguments.to_ascii_uppercase());
        name == "UP"
    }

    fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }
}

fn expanded(text: &str, call: &mut Call) -> String {
    let mut out = String::new();
    Template::parse(text).expand(call, &mut out);
    out
}

#[test]
fn text_without_substitution_stands_for_itself() {
    for text in ["", "plain", "cost $5", "$", "$$", "{a} [b]", "é$"] {
        assert_eq!(Template::parse(text).as_literal(), Some(text));
    }
    assert_eq!(Template::parse("${A}").as_literal(), None);
    assert_eq!(Template::parse("x${A}y").text(), "x${A}y");
}

#[test]
fn values_become_part_of_the_notation_around_them() {
    let mut call = Call::with(&[("N", "A"), ("A", "abcdef"), ("S", ":2"), ("F", "UP(x"), ("D", "${A}")]);
    assert_eq!(expanded("${${N}:1:-1}", &mut call), "bcde");
    assert_eq!(expanded("${A${S}}", &mut call), "cdef");
    assert_eq!(expanded("${${F})}", &mut call), "X");
    assert_eq!(expanded("${D}", &mut call), "${A}");
    assert_eq!(expanded("${A:$[1 + 3]}", &mut call), "ef");
    assert_eq!(expanded("${UP(${A:0:2})${S}}", &mut call), "");
}

#[test]
fn what_is_never_closed_reaches_to_the_end() {
    let mut call = Call::with(&[("A", "1")]);
    assert_eq!(expanded("<${A", &mut call), "<1");
    assert_eq!(call.warnings, [Warning { at: 1..4, kind: WarningKind::MissingBrace }]);
    assert_eq!(expanded("<$[1+${A}", &mut call), "<2");
    assert_eq!(call.warnings[1], Warning { at: 1..9, kind: WarningKind::MissingBracket });
    assert_eq!(expanded("${A$[1}2]}", &mut call), "2]}");
    assert_eq!(expanded("${{A}}x", &mut call), "x");
}

#[test]
fn warnings_tell_what_and_where() {
    let mut call = Call::default();
    assert_eq!(expanded("a${up(b)}${UP(c}", &mut call), "aC");
    let kinds = [
        Warning { at: 1..9, kind: WarningKind::UnknownFunction { name: "up".into() } },
        Warning { at: 9..16, kind: WarningKind::MissingParenthesis { name: "UP".into() } },
    ];
    assert_eq!(call.warnings, kinds);
    let mut call = Call::default();
    expanded("x$[ + ]", &mut call);
    assert!(matches!(&call.warnings[..], [Warning { at, kind: WarningKind::Expression { .. } }] if *at == (1..7)));
}

#[test]
fn depth_and_length_are_bounded() {
    let mut call = Call::with(&[("A", "A"), ("LONG", &"é".repeat(5_000))]);
    let nest = |depth: usize| format!("{}A{}", "${".repeat(depth), "}".repeat(depth));
    assert_eq!(expanded(&nest(MAX_DEPTH), &mut call), "A");
    assert_eq!(expanded(&nest(MAX_DEPTH + 1), &mut call), "");
    assert_eq!(call.warnings[0].kind, WarningKind::TooDeep);
    assert_eq!(expanded(&"${".repeat(50_000), &mut call), "");
    assert_eq!(expanded("${LONG}", &mut call).len(), MAX_VALUE - 1);
}

#[test]
fn faults_of_the_notation_are_known_beforehand() {
    let faults = Template::parse("${A$[1}").faults();
    assert_eq!(faults, [Warning { at: 3..6, kind: WarningKind::MissingBracket }]);
    assert_eq!(Template::parse("${A} $[1]").faults(), []);
}

/// A second opinion: substitution as the Asterisk documentation describes it, without parts or grammar.
fn substituted(text: &str, call: &mut Call) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (open, close) = match rest.as_bytes().get(at + 1) {
            Some(b'{') => ('{', '}'),
            Some(b'[') => ('[', ']'),
            _ => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
                continue;
            }
        };
        out.push_str(&rest[..at]);
        let body = &rest[at + 2..];
        let mut depth = 1;
        let end = body.find(|character| {
            depth += i32::from(character == open) - i32::from(character == close);
            depth == 0
        });
        rest = end.map_or("", |end| &body[end + 1..]);
        let inner = substituted(&body[..end.unwrap_or(body.len())], call);
        let start = out.len();
        if open == '[' {
            expression::evaluate(&inner, call, &mut out);
            continue;
        }
        let reference = Reference::read(&inner);
        let known = match &reference.arguments {
            Some(arguments) => call.function(reference.name, arguments.text, &mut out),
            None => call.variable(reference.name, &mut out),
        };
        match reference.slice {
            _ if !known => out.truncate(start),
            Some(slice) => slice.apply(&mut out, start),
            None => {}
        }
    }
    out + rest
}

fn likely() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "${", "$[", "}", "]", "{", "[", "$", "A", "B", "UP(", ")", ":", "1", "-1", "+", "=", "\"", "\\", " ", "é", ",",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_expands(text in "\\PC{0,60}") {
        expanded(&text, &mut Call::default());
    }

    #[test]
    fn templates_agree_with_plain_substitution(text in likely()) {
        let variables = [("A", "B"), ("B", "é1:2"), ("A1", "${A}"), ("", "nothing")];
        let (mut call, mut plain) = (Call::with(&variables), Call::with(&variables));
        prop_assume!(text.matches("${").count() + text.matches("$[").count() < MAX_DEPTH);
        prop_assert_eq!(expanded(&text, &mut call), substituted(&text, &mut plain), "{}", text);
    }
}

proptest! {
    #[test]
    fn a_variable_beside_an_operator_and_a_number_is_worked_out_as_the_substituted_text(
        value in r" ?-?[0-9]{0,19}|[a-z$.]{0,3}|[0-9]{1,3}[a-z. ]",
        right in r" ?(=|==|!=|<|<=|>|>=|[+]|-|[*]|/|%|&) ?-?[0-9]{1,20} ?",
    ) {
        let (mut by_plan, mut by_text) = (String::new(), String::new());
        let mut call = Values { value: value.clone() };
        Template::parse(&format!("$[${{V}}{right}]")).expand(&mut call, &mut by_plan);
        expression::evaluate(&format!("{value}{right}"), &mut call, &mut by_text);
        prop_assert_eq!(by_plan, by_text);
    }
}

/// A call in which every variable has this value.
struct Values {
    value: String,
}

impl Scope for Values {
    fn variable(&mut self, _: &str, out: &mut String) -> bool {
        out.push_str(&self.value);
        true
    }

    fn function(&mut self, _: &str, _: &str, _: &mut String) -> bool {
        false
    }

    fn warn(&mut self, _: Warning) {}
}
