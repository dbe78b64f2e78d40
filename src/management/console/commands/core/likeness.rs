//! The choice among many by `like TEXT` and `describing TEXT`.

/// What `like TEXT` and `describing TEXT` leave.
pub struct Likeness {
    text: String,
    in_synopsis: bool,
}

impl Likeness {
    pub fn takes(&self, name: &str, synopsis: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.text);
        has(name) || (self.in_synopsis && has(synopsis))
    }
}

/// Reads `like TEXT` or `describing TEXT`; nothing takes all.
pub fn likeness(words: &[String]) -> Option<Likeness> {
    match words {
        [] => Some(Likeness { text: String::new(), in_synopsis: false }),
        [how, text @ ..] if !text.is_empty() => {
            let in_synopsis = match how.to_ascii_lowercase().as_str() {
                "like" => false,
                "describing" => true,
                _ => return None,
            };
            Some(Likeness { text: text.join(" ").to_lowercase(), in_synopsis })
        }
        _ => None,
    }
}
