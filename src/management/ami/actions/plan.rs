//! The plan, modules and the log.

use super::{Action, Answer, Answering, Asked, Run};
use crate::dialplan::amendment::Amendment;
use crate::dialplan::plan::{Context, Extension, HINT};
use crate::interpreter::ActivePlan;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::management::console;

/// Lists the plan, a context of it, or an extension.
pub static SHOW_DIAL_PLAN: Action = Action::new(
    "ShowDialPlan",
    Privilege::CONFIG.or(Privilege::REPORTING),
    "Show dialplan contexts and extensions",
    Run::Compute(show),
);

fn show(asked: &Asked<'_>) -> Answer {
    let plan = asked.exchange().plan();
    let (wanted_context, wanted_extension) = (asked.get("Context"), asked.get("Extension"));
    let mut reply = Reply::list("DialPlan list will follow", "ShowDialPlanComplete");
    let (mut contexts, mut extensions, mut priorities) = (0, 0, 0);
    for context in
        plan.plan.contexts().iter().filter(|context| wanted_context.is_none_or(|name| name == &*context.name))
    {
        contexts += 1;
        for extension in context.extensions.iter().filter_map(|id| plan.plan.extension(*id)) {
            if wanted_extension.is_some_and(|wanted| wanted != extension.written() && wanted != &*extension.name) {
                continue;
            }
            extensions += 1;
            for fields in steps(&plan, context, extension) {
                priorities += 1;
                reply.event("ListDialplan", fields);
            }
        }
        if wanted_extension.is_none() {
            for fields in others(context) {
                reply.event("ListDialplan", fields);
            }
        }
    }
    if contexts == 0 {
        return Err(Reply::error(format_args!("Did not find context {}", wanted_context.unwrap_or(""))));
    }
    if let Some(extension) = wanted_extension.filter(|_| extensions == 0) {
        return Err(Reply::error(format_args!("Did not find extension {extension}@{}", wanted_context.unwrap_or(""))));
    }
    Ok(reply
        .ending_with("ListExtensions", extensions)
        .ending_with("ListPriorities", priorities)
        .ending_with("ListContexts", contexts))
}

fn steps(active: &ActivePlan, context: &Context, extension: &Extension) -> Vec<Fields> {
    let plan = &active.plan;
    let lines = plan.steps(extension).iter().map(|step| {
        let mut fields = Fields::new().with("Context", &context.name).with("Extension", extension.written());
        if step.priority == HINT {
            fields.push("Priority", "hint");
            fields.push("Application", plan.hint_devices(step));
        } else {
            if let Some(label) = plan.label(step) {
                fields.push("ExtensionLabel", label);
            }
            fields.push("Priority", step.priority);
            fields.push("Application", &plan.application(step).name);
            fields.push("AppData", step.arguments.text());
        }
        fields.push("Registrar", "pbx_config");
        fields
    });
    lines.collect()
}

/// What a context leads to besides its own extensions.
fn others(context: &Context) -> Vec<Fields> {
    let line = |name: &str, value: String| {
        Fields::new().with("Context", &context.name).with(name, value).with("Registrar", "pbx_config")
    };
    let includes = context.includes.iter().map(|include| line("IncludeContext", include.name.to_string()));
    let switches = context.switches.iter().map(|switch| line("Switch", format!("{}/{}", switch.driver, switch.data)));
    let ignored = context.ignore_patterns.iter().map(|pattern| line("IgnorePattern", pattern.to_string()));
    includes.chain(switches).chain(ignored).collect()
}

/// Adds a step to the plan, until it is read again.
pub static DIALPLAN_EXTENSION_ADD: Action = Action::new(
    "DialplanExtensionAdd",
    Privilege::SYSTEM,
    "Add an extension to the dialplan",
    Run::Wait(|asked| add(asked)),
);

fn add<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let given = ["Context", "Extension", "Priority", "Application"].map(|key| asked.get(key));
        let [Some(context), Some(extension), Some(priority), Some(application)] = given else {
            return Err(Reply::error(
                "Context, Extension, Priority, and Application must be defined for DialplanExtensionAdd.",
            ));
        };
        let number = priority_of(priority)?;
        let call = match asked.get("ApplicationData") {
            Some(data) => format!("{application}({data})"),
            None => application.to_owned(),
        };
        let plan = asked.exchange().plan();
        let steps = plan.plan.written(context, extension).map_or(&[][..], |found| plan.plan.steps(found));
        let is_there = steps.iter().any(|step| step.priority == number);
        if is_there && !asked.is_true("Replace") {
            return Err(Reply::error("That extension and priority already exist at that context"));
        }
        let removed = Amendment::RemoveExtension {
            context: context.to_owned(),
            extension: extension.to_owned(),
            priority: Some(number),
        };
        let [context, extension, priority] = [context, extension, priority].map(str::to_owned);
        let added = Amendment::AddStep { context, extension, priority, call };
        let amendments = if is_there { vec![removed, added] } else { vec![added] };
        let amended = asked.manager.pbx.control.amend(amendments).await;
        amended.map(|()| Reply::done("Added requested extension")).map_err(Reply::error)
    })
}

/// Takes an extension out of the plan, or one of its steps, until it is read again.
pub static DIALPLAN_EXTENSION_REMOVE: Action = Action::new(
    "DialplanExtensionRemove",
    Privilege::SYSTEM,
    "Remove an extension from the dialplan",
    Run::Wait(|asked| remove(asked)),
);

fn remove<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let both = asked.get("Context").zip(asked.get("Extension"));
        let (context, extension) =
            both.ok_or_else(|| Reply::error("Context and Extension must be provided for DialplanExtensionRemove"))?;
        let priority = asked.get("Priority").map(priority_of).transpose()?;
        let plan = asked.exchange().plan();
        let steps = plan.plan.written(context, extension).map_or(&[][..], |found| plan.plan.steps(found));
        if !steps.iter().any(|step| priority.is_none_or(|priority| step.priority == priority)) {
            return Err(Reply::error("Failed to remove requested extension"));
        }
        let (context, extension) = (context.to_owned(), extension.to_owned());
        let removed = vec![Amendment::RemoveExtension { context, extension, priority }];
        let amended = asked.manager.pbx.control.amend(removed).await;
        let done = match priority {
            Some(_) => "Removed the requested priority from the extension",
            None => "Removed the requested extension",
        };
        amended.map(|()| Reply::done(done)).map_err(Reply::error)
    })
}

fn priority_of(text: &str) -> Result<i32, Reply> {
    if text == "hint" {
        return Ok(HINT);
    }
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Reply::error("The priority specified was invalid."))
}

/// Tells whether exten does the work of one of Asterisk's modules.
pub static MODULE_CHECK: Action =
    Action::new("ModuleCheck", Privilege::SYSTEM, "Check if module is loaded.", Run::Wait(|asked| module_check(asked)));

fn module_check<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let module = asked.get("Module").unwrap_or("");
        let stem = module.strip_suffix(".so").unwrap_or(module);
        match is_there(asked, stem).await {
            true => Ok(Reply::success().with("Version", "")),
            false => Err(Reply::error("Module not loaded")),
        }
    })
}

/// Parts of the server that can be read again by name and are no modules.
const PARTS: [&str; 17] = [
    "acl",
    "ccss",
    "cdr",
    "cel",
    "dnsmgr",
    "dsp",
    "enum",
    "extconfig",
    "features",
    "http",
    "indications",
    "logger",
    "manager",
    "plc",
    "rtp",
    "sounds",
    "udptl",
];

/// Whether there is a module or part of this name to read again.
pub(super) async fn is_module(asked: &Asked<'_>, name: &str) -> bool {
    let stem = name.strip_suffix(".so").unwrap_or(name);
    PARTS.iter().any(|part| part.eq_ignore_ascii_case(stem)) || is_there(asked, stem).await
}

async fn is_there(asked: &Asked<'_>, stem: &str) -> bool {
    let line = format!("module show like {stem}.so");
    let answer = console::execute(&asked.manager.pbx, &console::Session::new(0), &line).await;
    answer.text().lines().any(|line| line.split_whitespace().next() == Some(&format!("{stem}.so")))
}

/// exten has no modules to load or unload: a reload reads the configuration again.
pub static MODULE_LOAD: Action =
    Action::new("ModuleLoad", Privilege::SYSTEM, "Module management.", Run::Wait(|asked| module_load(asked)));

fn module_load<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let kind = asked.need("LoadType", "Incomplete ModuleLoad action.")?;
        let module = asked.get("Module").unwrap_or("");
        let stem = module.strip_suffix(".so").unwrap_or(module);
        match kind.to_ascii_lowercase().as_str() {
            "load" | "unload" if module.is_empty() => Err(Reply::error("Need module name")),
            // What is there is loaded already, which Asterisk refuses as well.
            "load" => Err(Reply::error("Could not load module.")),
            "unload" => Err(Reply::error("Could not unload module.")),
            "reload" if !module.is_empty() && !is_there(asked, stem).await => Err(Reply::error("No such module.")),
            "reload" => match asked.manager.pbx.control.reload().await {
                Some(done) if done.is_in_service && module.is_empty() => Ok(Reply::done("All modules reloaded")),
                Some(done) if done.is_in_service => Ok(Reply::done("Module reloaded.")),
                _ => Err(Reply::error("An unknown error occurred")),
            },
            _ => Err(Reply::error("Incomplete ModuleLoad action.")),
        }
    })
}

/// Begins new log files.
pub static LOGGER_ROTATE: Action = Action::new(
    "LoggerRotate",
    Privilege::SYSTEM.or(Privilege::REPORTING),
    "Reload and rotate the Asterisk logger.",
    Run::Compute(rotate),
);

fn rotate(asked: &Asked<'_>) -> Answer {
    match asked.manager.pbx.logger.rotate().first() {
        None => Ok(Reply::done("Reloaded the logger and rotated log files")),
        Some((path, error)) => Err(Reply::error(format_args!("{} was not rotated: {error}", path.display()))),
    }
}
