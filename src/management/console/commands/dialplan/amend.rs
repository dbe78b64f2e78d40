//! `dialplan add` and `dialplan remove`: changes that last until the next reload.

use crate::dialplan::amendment::Amendment;
use crate::dialplan::plan::{Context, HINT};
use crate::management::console::command::Answering;
use crate::management::console::{Answer, Command, Request};

pub static ADD_EXTENSION: Command = Command::later(
    "dialplan add extension",
    "<extension>,<priority>,<application>[(<arguments>)] into <context> [replace]",
    "Adds a step to the plan, until it is read again",
    |request| Box::pin(add_extension(request)),
);

async fn add_extension(request: &Request<'_>) -> Answer {
    let Some((line, context, more)) = parted(&request.words, "into") else { return request.usage() };
    let replaces = match more {
        [] => false,
        [word] if word == "replace" => true,
        _ => return request.usage(),
    };
    let mut fields = line.splitn(3, ',').map(str::trim);
    let (Some(extension), Some(priority), Some(call)) = (fields.next(), fields.next(), fields.next()) else {
        return request.usage();
    };
    let number = match priority {
        "hint" => None,
        number => match number.parse().ok().filter(|number: &i32| *number > 0) {
            Some(number) => Some(number),
            None => return Answer::failure(format!("Priority '{priority}' is invalid")),
        },
    };
    let plan = request.exchange().plan();
    let steps = plan.plan.written(context, extension).map_or(&[][..], |found| plan.plan.steps(found));
    let is_there = steps.iter().any(|step| step.priority == number.unwrap_or(HINT));
    if is_there && !replaces {
        return Answer::failure(format!("Extension {extension}@{context} with priority {priority} already exists"));
    }
    let said = match replaces {
        true => {
            format!(
                "Extension {extension}@{context} ({priority}) replace by '{extension},{priority},{}'",
                written(call)
            )
        }
        false => format!("Extension '{extension},{priority},{}' added into '{context}' context", written(call)),
    };
    let said = match plan.plan.context(context) {
        Some(_) => said,
        None => {
            format!("Context '{context}' did not exist prior to add extension - the context will be created.\n{said}")
        }
    };
    let [context, extension, priority, call] = [context, extension, priority, call].map(str::to_owned);
    let mut amendments = Vec::new();
    if is_there {
        let (context, extension) = (context.clone(), extension.clone());
        amendments.push(Amendment::RemoveExtension { context, extension, priority: number.or(Some(HINT)) });
    }
    amendments.push(Amendment::AddStep { context, extension, priority, call });
    amend(request, amendments, said).await
}

/// A call of an application with its parentheses.
fn written(call: &str) -> String {
    match call.split_once([',', '(']) {
        None => format!("{call}()"),
        Some((application, arguments)) => {
            format!("{application}({})", arguments.strip_suffix(')').unwrap_or(arguments))
        }
    }
}

pub static REMOVE_EXTENSION: Command = Command::later(
    "dialplan remove extension",
    "<extension>@<context> [priority]",
    "Takes an extension out of the plan, or one of its steps, until it is read again",
    |request| Box::pin(remove_extension(request)),
);

async fn remove_extension(request: &Request<'_>) -> Answer {
    let (place, priority) = match request.words.as_slice() {
        [place] => (place, None),
        [place, priority] => (place, Some(priority)),
        _ => return request.usage(),
    };
    let Some((extension, context)) = place.rsplit_once('@') else { return request.usage() };
    let number = match priority.map(|priority| priority.as_str()) {
        None => None,
        Some("hint") => Some(HINT),
        Some(priority) => match priority.parse() {
            Ok(number) => Some(number),
            Err(_) => return Answer::failure(format!("Priority '{priority}' is invalid")),
        },
    };
    if request.exchange().plan().plan.written(context, extension).is_none() {
        return Answer::failure(format!("Failed to remove extension {extension}@{context}"));
    }
    let said = match priority {
        None => format!("Whole extension {extension}@{context} removed"),
        Some(priority) => format!("Extension {extension}@{context} with priority {priority} removed"),
    };
    let (context, extension) = (context.to_owned(), extension.to_owned());
    amend(request, vec![Amendment::RemoveExtension { context, extension, priority: number }], said).await
}

pub static ADD_INCLUDE: Command = Command::later(
    "dialplan add include",
    "<context> into <context>",
    "Includes a context in another, until the plan is read again",
    |request| {
        change(request, "into", |include, context| match includes(context, include) {
            true => Err(format!("Context '{include}' already included in '{}' context", context.name)),
            false => Ok((
                Amendment::AddInclude { context: context.name.to_string(), include: include.to_owned() },
                format!("Context '{include}' included in '{}' context", context.name),
            )),
        })
    },
);

pub static REMOVE_INCLUDE: Command = Command::later(
    "dialplan remove include",
    "<context> from <context>",
    "Includes a context in another no more, until the plan is read again",
    |request| {
        change(request, "from", |include, context| match includes(context, include) {
            false => Err(format!("Failed to remove '{include}' include from '{}' context", context.name)),
            true => Ok((
                Amendment::RemoveInclude { context: context.name.to_string(), include: include.to_owned() },
                format!("The dialplan no longer includes '{include}' into '{}'", context.name),
            )),
        })
    },
);

fn includes(context: &Context, name: &str) -> bool {
    context.includes.iter().any(|include| *include.name == *name)
}

pub static ADD_IGNORE_PATTERN: Command = Command::later(
    "dialplan add ignorepat",
    "<pattern> into <context>",
    "Goes on with the dial tone after a pattern, until the plan is read again",
    |request| {
        change(request, "into", |pattern, context| match ignores(context, pattern) {
            true => Err(format!("Ignore pattern '{pattern}' already included in '{}' context", context.name)),
            false => Ok((
                Amendment::AddIgnorePattern { context: context.name.to_string(), pattern: pattern.to_owned() },
                format!("Ignore pattern '{pattern}' added into '{}' context", context.name),
            )),
        })
    },
);

pub static REMOVE_IGNORE_PATTERN: Command = Command::later(
    "dialplan remove ignorepat",
    "<pattern> from <context>",
    "Ends the dial tone after a pattern again, until the plan is read again",
    |request| {
        change(request, "from", |pattern, context| match ignores(context, pattern) {
            false => Err(format!("There is no existence of '{pattern}' ignore pattern in '{}' context", context.name)),
            true => Ok((
                Amendment::RemoveIgnorePattern { context: context.name.to_string(), pattern: pattern.to_owned() },
                format!("Ignore pattern '{pattern}' removed from '{}' context", context.name),
            )),
        })
    },
);

fn ignores(context: &Context, pattern: &str) -> bool {
    context.ignore_patterns.iter().any(|known| **known == *pattern)
}

/// A change of a context that is there: `<what> into|from <context>`; what to do and what to say of it, or why not.
fn change<'a>(
    request: &'a Request<'a>,
    between: &'static str,
    of: impl FnOnce(&str, &Context) -> Result<(Amendment, String), String> + Send + 'a,
) -> Answering<'a> {
    Box::pin(async move {
        let Some((what, name, [])) = parted(&request.words, between) else { return request.usage() };
        let plan = request.exchange().plan();
        let Some(context) = plan.plan.context(name) else {
            return Answer::failure(format!("There is no existence of '{name}' context"));
        };
        match of(&what, context) {
            Ok((amendment, said)) => amend(request, vec![amendment], said).await,
            Err(why) => Answer::failure(why),
        }
    })
}

/// What stands before a word, the context behind it, and what follows that.
fn parted<'a>(words: &'a [String], between: &str) -> Option<(String, &'a str, &'a [String])> {
    let at = words.iter().rposition(|word| word == between).filter(|at| *at > 0)?;
    let (before, behind) = words.split_at(at);
    let (context, more) = behind.get(1..)?.split_first()?;
    Some((before.join(" "), context, more))
}

async fn amend(request: &Request<'_>, amendments: Vec<Amendment>, said: String) -> Answer {
    match request.pbx.control.amend(amendments).await {
        Ok(()) => Answer::line(said),
        Err(error) => Answer::failure(error),
    }
}
