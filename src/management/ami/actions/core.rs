//! The server itself.

use super::{Action, Answer, Answering, Asked, Run};
use crate::management::ami;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::management::console::{self, Outcome};
use crate::management::pbx::VERSION;

/// Tells when the server started, and how many calls there are.
pub static CORE_STATUS: Action = Action::new(
    "CoreStatus",
    Privilege::SYSTEM.or(Privilege::REPORTING),
    "Show PBX core status variables.",
    Run::Compute(core_status),
);

fn core_status(asked: &Asked<'_>) -> Answer {
    let pbx = &asked.manager.pbx;
    let reloaded = pbx.reloaded.lock().clone();
    let date = |moment: &jiff::Zoned| moment.strftime("%Y-%m-%d").to_string();
    let time = |moment: &jiff::Zoned| moment.strftime("%H:%M:%S").to_string();
    Ok(Reply::success()
        .with("CoreStartupDate", date(&pbx.started))
        .with("CoreStartupTime", time(&pbx.started))
        .with("CoreReloadDate", date(&reloaded))
        .with("CoreReloadTime", time(&reloaded))
        .with("CoreCurrentCalls", pbx.exchange.channels.count()))
}

/// Tells versions and limits.
pub static CORE_SETTINGS: Action = Action::new(
    "CoreSettings",
    Privilege::SYSTEM.or(Privilege::REPORTING),
    "Show PBX core settings (version etc).",
    Run::Compute(core_settings),
);

fn core_settings(asked: &Asked<'_>) -> Answer {
    let is_on_web = asked.manager.pbx.http().is_some_and(|http| !http.addresses().is_empty());
    let limits = asked.manager.pbx.exchange.limits.load();
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(0);
    Ok(Reply::success()
        .with("AMIversion", ami::VERSION)
        .with("AsteriskVersion", VERSION)
        .with("SystemName", asked.manager.settings().system_name.as_str())
        .with("CoreMaxCalls", limits.most_calls)
        .with("CoreMaxLoadAvg", format!("{:.6}", limits.most_load))
        .with("CoreRunUser", "")
        .with("CoreRunGroup", "")
        .with("CoreMaxFilehandles", files)
        .with("CoreRealTimeEnabled", "No")
        .with("CoreCDRenabled", "Yes")
        .with("CoreHTTPenabled", if is_on_web { "Yes" } else { "No" })
        .with("SoundsSearchCustomDir", "No"))
}

/// Carries out a line of the console.
pub static COMMAND: Action =
    Action::new("Command", Privilege::COMMAND, "Execute Asterisk CLI Command.", Run::Wait(|asked| command(asked)));

/// What manager programs may not run.
const FORBIDDEN: [[&str; 2]; 3] = [["module", "load"], ["module", "unload"], ["restart", "gracefully"]];

fn command<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let line = asked.need("Command", "No command provided")?;
        let begins = |forbidden: &[&str; 2]| {
            let mut words = line.split_whitespace();
            forbidden.iter().all(|word| words.next().is_some_and(|given| given.eq_ignore_ascii_case(word)))
        };
        if FORBIDDEN.iter().any(begins) {
            return Err(Reply::error("Command blacklisted"));
        }
        let answer = console::execute(&asked.manager.pbx, &console::Session::new(0), line).await;
        let reply = match answer.outcome {
            Outcome::Success | Outcome::Refused => Reply::done("Command output follows"),
            Outcome::Failed | Outcome::NotUnderstood => Reply::error("Command output follows"),
        };
        let text = answer.text();
        // A command that says nothing has one empty line.
        let lines = text.strip_suffix('\n').unwrap_or(&text).split('\n');
        Ok(lines.fold(reply, |reply, line| reply.with("Output", line)))
    })
}

/// Reads the configuration again: all of it, also where one module is named.
pub static RELOAD: Action = Action::new(
    "Reload",
    Privilege::CONFIG.or(Privilege::SYSTEM),
    "Send a reload event.",
    Run::Wait(|asked| reload(asked)),
);

fn reload<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        if let Some(module) = asked.get("Module")
            && !super::plan::is_module(asked, module).await
        {
            let fields = Fields::new().with("Module", module).with("Status", 2);
            asked.manager.hub.raise("Reload", Privilege::SYSTEM, &fields);
            return Err(Reply::error("No such module"));
        }
        match asked.manager.pbx.control.reload().await {
            Some(done) if done.is_in_service => Ok(Reply::done("Module Reloaded")),
            Some(done) => {
                let reply = Reply::error("The configuration was not reloaded: the last good one goes on serving");
                Err(done.findings.iter().fold(reply, |reply, finding| reply.with("Output", finding)))
            }
            None => Err(Reply::error("There is no server to reload the configuration")),
        }
    })
}
