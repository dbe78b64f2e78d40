//! What a start prints: phones, and what the numbers do.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Configuration;
use crate::dialplan::plan::{Context, Extension, Plan};
use crate::interpreter::ActivePlan;
use crate::sip::authentication::Password;
use crate::sip::endpoint::Endpoint;

/// More numbers than these are counted, not listed.
const MOST_NUMBERS: usize = 40;

/// The passwords of the example plans begin so; they are no secret.
const EXAMPLE: &str = "example-";

/// Phones with their passwords, and the numbers of the phones' contexts. Where `shows_secrets` is not set, as for a log,
/// real passwords are left out.
pub fn welcome(configuration: &Configuration, shows_secrets: bool) -> String {
    let mut text = String::new();
    phones(configuration, shows_secrets, &mut text);
    if let Some(active) = &configuration.plan {
        numbers(configuration, active, &mut text);
    }
    text
}

fn phones(configuration: &Configuration, shows_secrets: bool, text: &mut String) {
    let mut phones = configuration.endpoints.iter().filter(|endpoint| endpoint.login.is_some()).peekable();
    if phones.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "\n{:<16} {:<20} {:<20} calls into", "Phone", "user", "password");
    for phone in phones {
        let Endpoint { name, login, context, .. } = phone;
        let (user, password) = login.as_ref().map_or(("", ""), |login| {
            let password = match &login.password {
                Password::Plain(secret) if shows_secrets || secret.expose().starts_with(EXAMPLE) => secret.expose(),
                Password::Plain(_) => "(not shown)",
                Password::Md5(_) => "(kept as MD5)",
                Password::Unprovable => "(none)",
            };
            (login.username.as_str(), password)
        });
        let _ = writeln!(text, "{name:<16} {user:<20} {password:<20} {context}");
    }
}

fn numbers(configuration: &Configuration, active: &ActivePlan, text: &mut String) {
    let contexts: BTreeSet<&str> = configuration.endpoints.iter().map(|endpoint| endpoint.context.as_str()).collect();
    let mut seen = BTreeSet::new();
    for name in contexts {
        let mut lines = Vec::new();
        reachable(active, name, &mut seen, &mut lines);
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\nNumbers in {name}");
        for (number, does) in lines.iter().take(MOST_NUMBERS) {
            let _ = writeln!(text, "  {number:<14} {does}");
        }
        if lines.len() > MOST_NUMBERS {
            let _ = writeln!(text, "  and {} more", lines.len() - MOST_NUMBERS);
        }
    }
    text.push('\n');
}

/// The numbers of a context and of those that it includes, each context once.
fn reachable<'a>(
    active: &'a ActivePlan,
    name: &'a str,
    seen: &mut BTreeSet<&'a str>,
    lines: &mut Vec<(String, String)>,
) {
    let plan = &active.plan;
    let Some(context) = plan.context(name) else { return };
    if !seen.insert(&context.name) {
        return;
    }
    lines.extend(own(active, plan, context));
    for include in &context.includes {
        reachable(active, &include.name, seen, lines);
    }
}

fn own(active: &ActivePlan, plan: &Plan, context: &Context) -> Vec<(String, String)> {
    let extensions = context.extensions.iter().filter_map(|id| plan.extension(*id));
    extensions.filter_map(|extension| Some((extension.name.to_string(), does(active, extension)?))).collect()
}

/// The comment behind the extension's first step, or above it, or else the step itself.
fn does(active: &ActivePlan, extension: &Extension) -> Option<String> {
    let is_special = |name: &str| name.len() == 1 && name.chars().all(|letter| "stihoaTe".contains(letter));
    let first = active.plan.steps(extension).iter().find(|step| step.priority == 1)?;
    if is_special(&extension.name) {
        return None;
    }
    let source = active.sources.get(first.span.file)?;
    let (line, _) = source.position(first.span.start);
    let text = |number: usize| source.line(number).and_then(|(start, end)| source.text.get(start..end)).unwrap_or("");
    if let Some((_, comment)) = text(line).split_once(" ;") {
        return Some(comment.trim_start_matches([';', ' ', '-']).trim().to_owned());
    }
    let above = line.checked_sub(1).map_or("", text).trim();
    if let Some(comment) = above.strip_prefix(';') {
        return Some(comment.trim_start_matches([';', ' ', '-']).trim().to_owned());
    }
    let application = &active.plan.application(first).name;
    Some(format!("{application}({})", first.arguments.text()))
}
