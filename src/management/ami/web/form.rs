//! How an answer is written: as the manager writes it, as XML, or as a page for people.

use std::fmt::Write as _;

/// A way to write an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Raw,
    Xml,
    Html,
}

/// Where the script of a web page wants its answer.
#[derive(Debug, Default)]
pub struct Target {
    /// `ajaxdest`
    id: String,
    /// `ajaxobjtype`
    object: String,
}

impl Target {
    pub fn of(fields: &[(String, String)]) -> Self {
        let get = |wanted: &str, otherwise: &str| {
            let found = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
            found.map_or(otherwise, |(_, value)| value).to_owned()
        };
        Self { id: get("ajaxdest", "unknown"), object: get("ajaxobjtype", "generic") }
    }
}

impl Form {
    /// The type of the body.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Raw => "text/plain",
            Self::Xml => "text/xml",
            Self::Html => "text/html",
        }
    }

    /// Writes an answer of the manager.
    pub fn render(self, answer: &str, target: &Target) -> String {
        match self {
            Self::Raw => answer.to_owned(),
            Self::Xml => xml(answer, target),
            Self::Html => html(answer),
        }
    }
}

/// The parts of an answer, each with its lines taken apart. A name that comes again gets a number.
fn parts(answer: &str) -> impl Iterator<Item = Vec<(String, &str)>> {
    let parts = answer.split("\r\n\r\n").filter(|part| !part.is_empty());
    parts.map(|part| {
        let mut names: Vec<&str> = Vec::new();
        let lines = part.split("\r\n").filter(|line| !line.is_empty());
        let taken_apart = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            names.push(name);
            let name = match names.iter().filter(|known| known.eq_ignore_ascii_case(name)).count() {
                0 | 1 => name.to_owned(),
                count => format!("{name}-{count}"),
            };
            (name, value.trim_start())
        });
        taken_apart.collect()
    })
}

/// Each part is an element whose attributes are its lines.
fn xml(answer: &str, target: &Target) -> String {
    let mut text = "<ajax-response>\n".to_owned();
    let object: String = target.object.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    for part in parts(answer) {
        let _ = write!(text, "<response type='object' id='{}'><{object}", escaped(&target.id));
        for (name, value) in part {
            let _ = write!(text, " {}='{}'", attribute(&name), escaped(value));
        }
        text.push_str(" /></response>\n");
    }
    text + "</ajax-response>\n"
}

/// A name as an attribute: small letters, and no others than it may have.
fn attribute(name: &str) -> String {
    let letter = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => letter.to_ascii_lowercase(),
        _ => '_',
    };
    let name: String = name.chars().map(letter).collect();
    if name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') { name } else { format!("_{name}") }
}

fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&apos;"),
            // XML has no way to write them.
            other if other.is_control() && other != '\t' => written.push(' '),
            other => written.push(other),
        }
    }
    written
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Manager</title></head><body>\n\
                    <h1>Manager</h1>\n<form method=\"post\">\n<p>Action <input name=\"action\" value=\"Login\">\n\
                    Username <input name=\"username\" autocomplete=\"username\">\n\
                    Secret <input name=\"secret\" type=\"password\" autocomplete=\"current-password\">\n\
                    <button>Send</button></p>\n</form>\n<table>\n";

fn html(answer: &str) -> String {
    let mut text = PAGE.to_owned();
    for part in parts(answer) {
        for (name, value) in part {
            let _ = writeln!(text, "<tr><td>{}</td><td>{}</td></tr>", escaped(&name), escaped(value));
        }
        text.push_str("<tr><td colspan=\"2\"><hr></td></tr>\n");
    }
    text + "</table>\n</body></html>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "Response: Success\r\nOutput: a<b\r\nOutput: 'c'\r\n\r\nEvent: End\r\nCause-txt: \r\n\r\n";

    #[test]
    fn xml_has_an_element_for_each_part_and_numbers_what_comes_again() {
        assert_eq!(
            Form::Xml.render(ANSWER, &Target::of(&[])),
            "<ajax-response>\n<response type='object' id='unknown'><generic response='Success' output='a&lt;b' \
             output-2='&apos;c&apos;' /></response>\n<response type='object' id='unknown'><generic event='End' \
             cause-txt='' /></response>\n</ajax-response>\n"
        );
        let target = Target::of(&[("ajaxdest".into(), "it".into()), ("ajaxobjtype".into(), "thing".into())]);
        assert!(Form::Xml.render(ANSWER, &target).contains("id='it'><thing response='Success'"));
    }

    #[test]
    fn what_an_answer_says_is_no_part_of_the_page() {
        let page = Form::Html.render("Message: <script>\r\n\r\n", &Target::default());
        assert!(page.contains("<td>Message</td><td>&lt;script&gt;</td>"), "{page}");
        assert_eq!(Form::Raw.render(ANSWER, &Target::default()), ANSWER);
    }
}
