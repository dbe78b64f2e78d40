//! What a section of `pjsip.conf` says, setting by setting, as the console and the manager show it.

use super::fields::{self, Field, Form};
use crate::channel::caller_id;
use crate::conf::{Section, is_true};

/// One section.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its type: `endpoint`, `aor`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    settings: Vec<(String, String)>,
}

impl Written {
    pub(super) fn new(kind: &str, section: &Section) -> Self {
        let is_shown = |key: &str| {
            let fields = fields::of(kind).iter();
            fields.clone().any(|field| field.name == key && field.form != Form::Secret)
        };
        let entries =
            section.entries.iter().map(|entry| (entry.key.to_ascii_lowercase(), entry.value.trim().to_owned()));
        let settings = entries.filter(|(key, _)| is_shown(key)).collect();
        Self { kind: kind.to_owned(), name: section.name.clone(), settings }
    }

    /// A section that is not written: every setting at its default.
    pub fn nothing(kind: &str) -> Self {
        Self { kind: kind.to_owned(), name: kind.to_owned(), settings: Vec::new() }
    }

    /// One setting as Asterisk shows it; `None` where there is none of this name.
    pub fn get(&self, name: &str) -> Option<String> {
        let field = fields::of(&self.kind).iter().find(|field| field.name == name)?;
        Some(self.shown(field))
    }

    /// Every setting and its value or default, in the order of Asterisk's documents.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, String)> {
        fields::of(&self.kind).iter().map(|field| (field.name, self.shown(field)))
    }

    /// The same without secrets.
    pub fn all_but_secrets(&self) -> impl Iterator<Item = (&'static str, String)> {
        let open = fields::of(&self.kind).iter().filter(|field| field.form != Form::Secret);
        open.map(|field| (field.name, self.shown(field)))
    }

    fn shown(&self, field: &Field) -> String {
        let mut values = self.settings.iter().filter(|(key, _)| key == field.name).map(|(_, value)| value.as_str());
        let value = match field.form {
            Form::List => values.collect::<Vec<_>>().join(","),
            _ => values.next_back().unwrap_or(field.default).to_owned(),
        };
        let of_two = |yes: &str, no: &str| if is_true(&value) { yes } else { no }.to_owned();
        match field.form {
            Form::Truth => of_two("true", "false"),
            Form::Yes => of_two("yes", "no"),
            Form::Capital => of_two("Yes", "No"),
            Form::Secret => String::new(),
            Form::Text if field.name == "callerid" && value != field.default => caller(&value),
            Form::Text if field.name == "qualify_timeout" => {
                value.parse::<f64>().map_or(value, |seconds| format!("{seconds:.6}"))
            }
            Form::Text | Form::List => value,
        }
    }
}

/// `"Ann" <2001>`
fn caller(text: &str) -> String {
    match caller_id::parse(text) {
        (name, number) if name.is_empty() => format!("<{number}>"),
        (name, number) if number.is_empty() => format!("\"{name}\" <>"),
        (name, number) => format!("\"{name}\" <{number}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::{Config, Memory};
    use crate::diagnostic::Sources;

    #[test]
    fn a_section_shows_what_it_says_and_the_defaults_of_the_rest() {
        let text = "[ann]\ntype=endpoint\nrtp_symmetric=on\nset_var=A=1\nset_var=B=2\ncallerid=Ann <2001>\n[ann]\n\
                    type=auth\npassword=sesame\n";
        let mut files = Memory::default().with("pjsip.conf", text);
        let config = Config::read(&mut files, std::path::Path::new("pjsip.conf"), &mut Sources::default());
        let ann = Written::new("endpoint", &config.sections[0]);
        let shown = |name: &str| ann.get(name).unwrap();
        assert_eq!((shown("rtp_symmetric"), shown("force_rport")), ("true".to_owned(), "true".to_owned()));
        assert_eq!((shown("set_var"), shown("callerid")), ("A=1,B=2".to_owned(), "\"Ann\" <2001>".to_owned()));
        assert!(ann.all().count() > 110);
        let login = Written::new("auth", &config.sections[1]);
        assert!(!format!("{login:?}").contains("sesame"), "a password is not kept here");
        assert_eq!(login.get("password").as_deref(), Some(""));
    }
}
