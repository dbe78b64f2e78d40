//! `features show`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::dialplan::features::Activator;
use crate::management::console::{Answer, Command};

pub static SHOW: Command = Command::now("features show", "", "Shows what keys do during a call", |request| {
    let plan = request.exchange().plan();
    let map = &plan.features.map;
    let pickup = plan.features.setting("pickupexten").to_owned();
    let builtin = [
        ("Pickup", &pickup),
        ("Blind Transfer", &map.blindxfer),
        ("Attended Transfer", &map.atxfer),
        ("One Touch Monitor", &map.automon),
        ("Disconnect Call", &map.disconnect),
        ("Park Call", &map.parkcall),
        ("One Touch MixMonitor", &map.automixmon),
    ];
    let dynamic = plan.features.applications.iter().map(|feature| Dynamic {
        name: feature.name.clone(),
        keys: feature.keys.clone(),
        activated_by: match feature.activator {
            Activator::Caller => "caller",
            Activator::Callee => "callee",
            Activator::Both => "both",
        },
        application: feature.application.clone(),
        arguments: feature.arguments.clone(),
    });
    let groups = plan.features.groups.iter();
    let groups = groups.map(|group| (group.name.clone(), group.features.clone()));
    Answer::of(Features {
        builtin: builtin.map(|(name, keys)| (name, keys.clone())).to_vec(),
        dynamic: dynamic.collect(),
        groups: groups.collect(),
    })
});

#[derive(Serialize)]
struct Dynamic {
    name: String,
    keys: String,
    activated_by: &'static str,
    application: String,
    arguments: String,
}

/// Features of a group, with other keys than their own where given.
type Named = Vec<(String, Option<String>)>;

#[derive(Serialize)]
struct Features {
    builtin: Vec<(&'static str, String)>,
    dynamic: Vec<Dynamic>,
    groups: Vec<(String, Named)>,
}

impl Display for Features {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |name: &str, usual: &str, now: &str| writeln!(formatter, "{name:<25} {usual:<7} {now:<7}");
        row("Builtin Feature", "Default", "Current")?;
        row("---------------", "-------", "-------")?;
        for (name, keys) in &self.builtin {
            let usual = match *name {
                "Pickup" => "*8",
                "Blind Transfer" => "#",
                "Disconnect Call" => "*",
                _ => "",
            };
            row(name, usual, keys)?;
        }
        writeln!(formatter, "\n{:<25} {:<7} {:<7}", "Dynamic Feature", "Default", "Current")?;
        writeln!(formatter, "{:<25} {:<7} {:<7}", "---------------", "-------", "-------")?;
        if self.dynamic.is_empty() {
            writeln!(formatter, "(none)")?;
        }
        for Dynamic { name, keys, .. } in &self.dynamic {
            writeln!(formatter, "{name:<25} {:<7} {keys:<7}", "no def")?;
        }
        writeln!(formatter, "\nFeature Groups:\n---------------")?;
        if self.groups.is_empty() {
            writeln!(formatter, "(none)")?;
        }
        for (group, features) in &self.groups {
            writeln!(formatter, "===> Group: {group}")?;
            for (feature, keys) in features {
                writeln!(formatter, "===> --> {feature} ({})", keys.as_deref().unwrap_or("no def"))?;
            }
        }
        Ok(())
    }
}
