//! The global variables while a plan is loaded.

use super::Resolver;
use crate::dialplan::plan::Global;
use crate::dialplan::syntax::Assignment;
use crate::dialplan::template::{self, Scope, Warning};
use std::collections::HashMap;

/// The variables set so far; nothing but they and the functions without a channel can be substituted.
pub(super) struct Globals<'a> {
    resolver: &'a mut dyn Resolver,
    values: HashMap<String, String>,
    /// The extension, while its hint is substituted.
    extension: Option<String>,
}

impl<'a> Globals<'a> {
    pub fn new(resolver: &'a mut dyn Resolver) -> Self {
        Self { resolver, values: HashMap::new(), extension: None }
    }

    pub fn resolver(&mut self) -> &mut dyn Resolver {
        self.resolver
    }

    /// Takes over a line of `[globals]`, its value substituted with what was set before it.
    pub fn assign(&mut self, tree: &Assignment) -> Global {
        let value = self.substitute(&tree.value.text);
        self.values.insert(plain_name(&tree.name.text).to_owned(), value.clone());
        Global { name: tree.name.text.as_str().into(), value: value.into(), span: tree.value.span }
    }

    /// The text with its substitutions filled in.
    pub fn substitute(&mut self, text: &str) -> String {
        if !text.contains('$') {
            return text.to_owned();
        }
        let mut out = String::new();
        template::expand_text(text, self, &mut out);
        out
    }

    /// The same for a hint, which knows its extension.
    pub fn substitute_hint(&mut self, text: &str, extension: &str) -> String {
        self.extension = Some(extension.to_owned());
        let out = self.substitute(text);
        self.extension = None;
        out
    }
}

/// A name without the underscores that make a variable inherited.
fn plain_name(name: &str) -> &str {
    let name = name.strip_prefix('_').unwrap_or(name);
    name.strip_prefix('_').unwrap_or(name)
}

impl Scope for Globals<'_> {
    fn variable(&mut self, name: &str, out: &mut String) -> bool {
        if let Some(extension) = self.extension.as_deref().filter(|_| name == "EXTEN") {
            out.push_str(extension);
            return true;
        }
        match self.values.get(name) {
            Some(value) => out.push_str(value),
            None => return self.resolver.global(name, out),
        }
        true
    }

    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        self.resolver.function(name, arguments, out)
    }

    fn warn(&mut self, _: Warning) {}
}
