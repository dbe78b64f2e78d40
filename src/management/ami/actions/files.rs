//! Configuration files: reading and editing them.

use std::path::PathBuf;

use super::{Action, Answer, Answering, Asked, Run};
use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::management::ami::edit::{Edit, EditError, Text};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

const READ: Privilege = Privilege::SYSTEM.or(Privilege::CONFIG);

pub static GET_CONFIG: Action = Action::new("GetConfig", READ, "Retrieve configuration.", Run::Compute(get));

fn get(asked: &Asked<'_>) -> Answer {
    let config = read(asked)?;
    let wanted = asked.get("Category");
    let mut fields = Fields::new();
    let sections = config.templates.iter().map(|section| (section, true));
    let sections = sections.chain(config.sections.iter().map(|section| (section, false)));
    let sections = sections.filter(|(section, _)| wanted.is_none_or(|name| name == section.name));
    for (at, (section, is_template)) in sections.enumerate() {
        fields.push(format_args!("Category-{at:06}"), &section.name);
        if is_template {
            fields.push(format_args!("IsTemplate-{at:06}"), 1);
        }
        for (line, entry) in section.entries.iter().enumerate() {
            fields.push(format_args!("Line-{at:06}-{line:06}"), format_args!("{}={}", entry.key, entry.value));
        }
    }
    if fields.as_str().is_empty() && wanted.is_some() {
        return Err(Reply::error("No categories found"));
    }
    Ok(Reply::success().with_lines(&fields))
}

pub static GET_CONFIG_JSON: Action =
    Action::new("GetConfigJSON", READ, "Retrieve configuration (JSON format).", Run::Compute(get_json));

fn get_json(asked: &Asked<'_>) -> Answer {
    let config = read(asked)?;
    let wanted = asked.get("Category");
    let sections = config.sections.iter().filter(|section| wanted.is_none_or(|name| name == section.name));
    let object: serde_json::Map<String, serde_json::Value> = sections
        .map(|section| {
            let entries = section.entries.iter().map(|entry| (entry.key.to_string(), entry.value.as_str().into()));
            (section.name.clone(), serde_json::Value::Object(entries.collect()))
        })
        .collect();
    Ok(Reply::success().with("JSON", serde_json::Value::Object(object)))
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
    let is_inside = !name.contains('/') && name != "." && name != "..";
    match is_inside || asked.manager.settings().lives_dangerously {
        true => Ok(asked.exchange().folder.join(name)),
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
    created.map_err(|error| Reply::error(error.kind()))?;
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
