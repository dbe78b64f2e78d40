//! Configuration files: reading and editing them.

use std::path::PathBuf;

use regex::Regex;

use super::{Action, Answer, Answering, Asked, Run};
use crate::conf::{Config, Disk, Section};
use crate::diagnostic::Sources;
use crate::management::ami::edit::{Edit, EditError, Text};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

const READ: Privilege = Privilege::SYSTEM.or(Privilege::CONFIG);

pub static GET_CONFIG: Action = Action::new("GetConfig", READ, "Retrieve configuration.", Run::Compute(get));

fn get(asked: &Asked<'_>) -> Answer {
    let config = read(asked)?;
    let mut fields = Fields::new();
    for (at, section) in wanted(asked, &config)?.into_iter().enumerate() {
        fields.push(format_args!("Category-{at:06}"), &section.name);
        if section.is_template() {
            fields.push(format_args!("IsTemplate-{at:06}"), 1);
        }
        if !section.bases.is_empty() {
            fields.push(format_args!("Templates-{at:06}"), section.bases.join(","));
        }
        for (line, entry) in section.entries.iter().enumerate() {
            fields.push(format_args!("Line-{at:06}-{line:06}"), format_args!("{}={}", entry.key, entry.value));
        }
    }
    if fields.as_str().is_empty() && asked.get("Category").is_some() {
        // Asterisk says so in a line without a key, of an answer that is a success.
        fields.append("No categories found\r\n");
    }
    Ok(Reply::success().with_lines(&fields))
}

/// The sections that are asked for: by name, and by a filter over their lines.
fn wanted<'a>(asked: &Asked<'_>, config: &'a Config) -> Result<Vec<&'a Section>, Reply> {
    let name = asked.get("Category");
    let filter = Filter::read(asked.get("Filter").unwrap_or(""))?;
    let mut sections = config.in_order();
    sections.retain(|section| name.is_none_or(|name| name == section.name) && filter.lets_through(section));
    Ok(sections)
}

/// `name=value` in regular expressions, with commas between: a section has a line for each.
#[derive(Default)]
struct Filter {
    lines: Vec<(Regex, Regex)>,
    with_templates: bool,
    without_others: bool,
}

impl Filter {
    fn read(text: &str) -> Result<Self, Reply> {
        let invalid = |_| Reply::error("Filter did not compile.  Check the syntax of the filter given.");
        let mut filter = Self::default();
        for expression in text.split(',').filter(|expression| !expression.trim().is_empty()) {
            let (name, value) = expression.split_once('=').unwrap_or((expression, "^$"));
            if name.eq_ignore_ascii_case("TEMPLATES") {
                filter.with_templates = true;
                filter.without_others = value.eq_ignore_ascii_case("restrict");
                continue;
            }
            let name = Regex::new(&format!("^(?:{name})$")).map_err(invalid)?;
            filter.lines.push((name, Regex::new(value).map_err(invalid)?));
        }
        Ok(filter)
    }

    fn lets_through(&self, section: &Section) -> bool {
        let is_meant = if section.is_template() { self.with_templates } else { !self.without_others };
        let has = |(name, value): &(Regex, Regex)| {
            section.entries.iter().any(|entry| name.is_match(&entry.key) && value.is_match(&entry.value))
        };
        is_meant && self.lines.iter().all(has)
    }
}

pub static GET_CONFIG_JSON: Action =
    Action::new("GetConfigJSON", READ, "Retrieve configuration (JSON format).", Run::Compute(get_json));

fn get_json(asked: &Asked<'_>) -> Answer {
    let config = read(asked)?;
    let sections: Vec<String> = wanted(asked, &config)?.into_iter().map(json).collect();
    Ok(Reply::success().with("JSON", format_args!("{{{}}}", sections.join(","))))
}

/// A section in JSON: in the order of its lines, and with every line of a key that stands there twice.
fn json(section: &Section) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let pair = |key: &str, value: &str| format!("{}:{}", text(key), text(value));
    let is_template = section.is_template().then(|| "\"istemplate\":1".to_owned());
    let bases = (!section.bases.is_empty()).then(|| pair("templates", &section.bases.join(",")));
    let lines = section.entries.iter().map(|entry| pair(&entry.key, &entry.value));
    let all: Vec<String> = is_template.into_iter().chain(bases).chain(lines).collect();
    format!("{}:{{{}}}", text(&section.name), all.join(","))
}

pub static LIST_CATEGORIES: Action = Action::new(
    "ListCategories",
    Privilege::CONFIG,
    "List categories in configuration file.",
    Run::Compute(categories),
);

fn categories(asked: &Asked<'_>) -> Answer {
    let config = read(asked)?;
    if config.sections.is_empty() {
        return Err(Reply::error("Error: no categories found"));
    }
    let names = config.sections.iter().enumerate();
    Ok(names.fold(Reply::success(), |reply, (at, section)| reply.with(&format!("Category-{at:06}"), &section.name)))
}

fn read(asked: &Asked<'_>) -> Result<Config, Reply> {
    let path = path(asked, "Filename")?;
    if !path.is_file() {
        return Err(Reply::error("Config file not found"));
    }
    let config = Config::read(&mut Disk::default(), &path, &mut Sources::default());
    if config.is_refused() { Err(Reply::error("Config file has invalid format")) } else { Ok(config) }
}

/// A file of the configuration folder. Other places are no business of programs, unless `live_dangerously` says so.
fn path(asked: &Asked<'_>, key: &str) -> Result<PathBuf, Reply> {
    let name = asked.need(key, "Filename not specified")?;
    let folder = &asked.exchange().folder;
    let path = folder.join(name);
    // A file that is to be made has no real path yet.
    let real = path.canonicalize().or_else(|_| path.parent().unwrap_or(folder).canonicalize());
    let is_inside = real.ok().zip(folder.canonicalize().ok()).is_some_and(|(real, folder)| real.starts_with(folder));
    match is_inside || asked.manager.settings().lives_dangerously {
        true => Ok(path),
        false => Err(Reply::error("File requires escalated priveledges")),
    }
}

pub static CREATE_CONFIG: Action = Action::new(
    "CreateConfig",
    Privilege::CONFIG,
    "Creates an empty file in the configuration directory.",
    Run::Compute(create),
);

fn create(asked: &Asked<'_>) -> Answer {
    let path = path(asked, "Filename")?;
    let created = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    created.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Reply::error("File exists"),
        std::io::ErrorKind::IsADirectory => Reply::error("Is a directory"),
        std::io::ErrorKind::NotFound => Reply::error("No such file or directory"),
        kind => Reply::error(kind),
    })?;
    Ok(Reply::done("New configuration file created successfully"))
}

pub static UPDATE_CONFIG: Action =
    Action::new("UpdateConfig", Privilege::CONFIG, "Update basic configuration.", Run::Wait(|asked| update(asked)));

fn update<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let both = asked.get("SrcFilename").zip(asked.get("DstFilename"));
        both.ok_or_else(|| Reply::error("Filename not specified"))?;
        let (source, destination) = (path(asked, "SrcFilename")?, path(asked, "DstFilename")?);
        let text = std::fs::read_to_string(&source).map_err(|_| Reply::error("Config file not found"))?;
        let mut text = Text::parse(&text);
        let failed = |error: EditError| Reply::error(error);
        for at in 0.. {
            let get = |name: &str| asked.get(&format!("{name}-{at:06}"));
            let Some(action) = get("Action") else { break };
            let edit = Edit {
                category: get("Cat"),
                variable: get("Var"),
                value: get("Value"),
                matching: get("Match"),
                line: get("Line"),
                options: get("Options"),
            };
            text.edit(action, &edit).map_err(failed)?;
        }
        write(&destination, &text.to_string())
            .map_err(|error| Reply::error(format_args!("Save of config failed: {}", error.kind())))?;
        let wants_reload = asked.get("Reload").is_some_and(|reload| !crate::conf::is_false(reload));
        if wants_reload
            && let Some(done) = asked.manager.pbx.control.reload().await
            && !done.is_in_service
        {
            return Err(Reply::error("The file was written; the configuration has an error and was not reloaded"));
        }
        Ok(Reply::success())
    })
}

/// Writes beside and renames, so that nobody reads half a file.
fn write(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}
