//! What databases bring in the place of files, and into them: as text of the files, so that all that reads files reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Realtime, Row, Table};
use crate::storage::sql::SqlError;

/// The texts that databases bring, by the names of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// In the place of a file.
    pub instead: BTreeMap<String, String>,
    /// Behind what the file says itself.
    pub behind: BTreeMap<String, String>,
    /// What is missing because a database is away, and why.
    pub missing: Vec<String>,
    /// What a database refuses, and why.
    pub refused: Vec<String>,
}

/// Families whose rows are sections of a file: the file, and the type that a row without one has.
const SECTIONS: [(&str, &str, &str); 9] = [
    ("sippeers", "sip.conf", "friend"),
    ("sipusers", "sip.conf", "user"),
    ("ps_auths", "pjsip.conf", "auth"),
    ("ps_aors", "pjsip.conf", "aor"),
    ("ps_endpoints", "pjsip.conf", "endpoint"),
    ("ps_endpoint_id_ips", "pjsip.conf", "identify"),
    ("ps_domain_aliases", "pjsip.conf", "domain_alias"),
    ("ps_registrations", "pjsip.conf", "registration"),
    ("musiconhold", "musiconhold.conf", ""),
];

/// Columns that Asterisk keeps for itself.
const STATE: [&str; 10] = [
    "id",
    "uniqueid",
    "regseconds",
    "ipaddr",
    "port",
    "fullcontact",
    "useragent",
    "lastms",
    "regserver",
    "customer_id",
];

impl Realtime {
    /// Asks the databases for all that stands in files otherwise.
    pub async fn bring(&self) -> Brought {
        let mut brought = Brought::default();
        for (file, table) in &self.files {
            match whole_file(table, file).await {
                Ok(text) => _ = brought.instead.insert(file.clone(), text),
                Err(error) => brought.lacks(file, &error),
            }
        }
        let mut names = Vec::new();
        for (family, file, kind) in SECTIONS {
            brought.add(file, family, self.rows(family).await, |rows| sections(rows, kind, &mut names));
        }
        brought.add("voicemail.conf", "voicemail", self.rows("voicemail").await, mailboxes);
        for (family, tables) in &self.families {
            match steps_of(family, tables).await {
                Ok(text) => brought.append("extensions.conf", &text),
                // The table of a family that functions ask may be made later.
                Err(SqlError::Refused(_)) => {}
                Err(error) => brought.lacks(family, &error),
            }
        }
        brought
    }

    async fn rows(&self, family: &str) -> Result<Vec<Row>, SqlError> {
        let mut rows = Vec::new();
        for table in self.families.get(family).into_iter().flatten() {
            rows.extend(table.select("1 = 1", "").await?);
        }
        Ok(rows)
    }
}

impl Brought {
    fn append(&mut self, file: &str, text: &str) {
        if !text.is_empty() {
            self.behind.entry(file.to_owned()).or_default().push_str(text);
        }
    }

    fn lacks(&mut self, name: &str, error: &SqlError) {
        let list = match error {
            SqlError::Unavailable(_) => &mut self.missing,
            SqlError::Refused(_) => &mut self.refused,
        };
        list.push(format!("extconfig.conf: {name}: {error}"));
    }

    fn add(&mut self, file: &str, family: &str, rows: Result<Vec<Row>, SqlError>, text: impl FnOnce(&[Row]) -> String) {
        match rows {
            Ok(rows) => self.append(file, &text(&rows)),
            Err(error) => self.lacks(family, &error),
        }
    }
}

fn field<'a>(row: &'a Row, name: &str) -> &'a str {
    row.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.as_str())
}

/// A value as it stands in a file: one line, in which `;` begins no comment.
fn plain(value: &str) -> String {
    value.replace(['\n', '\r'], " ").replace(';', "\\;")
}

/// A file that stands in a table line by line, with Asterisk's columns.
async fn whole_file(table: &Table, file: &str) -> Result<String, SqlError> {
    let condition = format!("filename = {} AND commented = 0", table.database().quote(file));
    let order = "ORDER BY cat_metric DESC, var_metric, category, var_name, var_val, id";
    let (mut text, mut section) = (String::new(), None);
    for row in table.select(&condition, order).await? {
        let now = (field(&row, "cat_metric").to_owned(), field(&row, "category").to_owned());
        let (name, value) = (field(&row, "var_name"), field(&row, "var_val"));
        // Writing to a text cannot fail.
        if section.as_ref() != Some(&now) {
            let _ = writeln!(text, "[{}]", now.1);
            section = Some(now);
        }
        let _ = match name.starts_with('#') {
            true => writeln!(text, "{name} {value}"),
            false => writeln!(text, "{name} => {}", plain(value)),
        };
    }
    Ok(text)
}

/// A section a row. `names` are those that earlier families had.
fn sections(rows: &[Row], kind: &str, names: &mut Vec<String>) -> String {
    let mut text = String::new();
    for row in rows {
        // Rows of pjsip have their name in `id`, others a number there.
        let name = match field(row, "name") {
            "" => field(row, "id"),
            name => name,
        };
        let key = format!("{kind} {name}");
        // A table of sippeers is mostly that of sipusers, too.
        let is_double = kind == "user" && names.contains(&format!("friend {name}"));
        if name.is_empty() || is_double || names.contains(&key) {
            continue;
        }
        names.push(key);
        let _ = writeln!(text, "[{}]", plain(name));
        if field(row, "type").is_empty() && !kind.is_empty() {
            let _ = writeln!(text, "type={kind}");
        }
        for (column, value) in row {
            let column = column.to_ascii_lowercase();
            if !value.is_empty() && column != "name" && !STATE.contains(&column.as_str()) {
                let _ = writeln!(text, "{column}={}", plain(value));
            }
        }
    }
    text
}

/// Lines of `voicemail.conf`.
fn mailboxes(rows: &[Row]) -> String {
    const OWN: [&str; 6] = ["context", "mailbox", "password", "fullname", "email", "pager"];
    let mut text = String::new();
    for row in rows.iter().filter(|row| !field(row, "mailbox").is_empty()) {
        let context = Some(field(row, "context")).filter(|context| !context.is_empty()).unwrap_or("default");
        let options: Vec<String> = row
            .iter()
            .map(|(column, value)| (column.to_ascii_lowercase(), plain(value)))
            .filter(|(column, value)| !value.is_empty() && !OWN.contains(&column.as_str()))
            .filter(|(column, value)| !STATE.contains(&column.as_str()) && column != "stamp" && !value.contains('|'))
            .map(|(column, value)| match column.as_str() {
                "deletevoicemail" => format!("delete={value}"),
                column => format!("{column}={value}"),
            })
            .collect();
        let [mailbox, password, name, email, pager] =
            ["mailbox", "password", "fullname", "email", "pager"].map(|column| plain(field(row, column)));
        let _ = writeln!(text, "[{context}]\n{mailbox} => {password},{name},{email},{pager},{}", options.join("|"));
    }
    text
}

/// The steps of a family of `switch => Realtime/context@family`: contexts of the name `context@family`.
async fn steps_of(family: &str, tables: &[Table]) -> Result<String, SqlError> {
    let mut text = String::new();
    for table in tables {
        let columns = table.database().columns(&table.name).await?;
        let has = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        if !["context", "exten", "priority", "app", "appdata"].iter().all(|name| has(name)) {
            continue;
        }
        let mut context = None;
        for row in table.select("1 = 1", "ORDER BY context, exten, priority").await? {
            let now = field(&row, "context").to_owned();
            if context.as_ref() != Some(&now) {
                let _ = writeln!(text, "[{now}@{family}]");
                context = Some(now);
            }
            let (number, priority) = (field(&row, "exten"), field(&row, "priority"));
            let (application, data) = (field(&row, "app"), plain(field(&row, "appdata")));
            let _ = writeln!(text, "exten => {number},{priority},{application}({data})");
        }
    }
    Ok(text)
}
