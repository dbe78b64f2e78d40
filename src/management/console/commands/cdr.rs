//! `cdr`: the call records.

use crate::management::console::{Answer, Command};

pub static SHOW_STATUS: Command = Command::now("cdr show status", "", "Shows how call records are made", |request| {
    let channels = &request.exchange().channels;
    let settings = channels.ledger().settings();
    let backends = settings.backends.iter().map(|name| format!("    {name}\n"));
    let switch = |is_on: bool| if is_on { "Yes" } else { "No" };
    Answer::lines(format!(
        "\nCall Detail Record (CDR) settings\n----------------------------------\n  {:<27} {}\n  {:<27} {}\n  {:<27} {}\n  \
             {:<27} {}\n  {:<27} {}\n\n  {:<27} No\n\n  {:<27} No\n\n* Registered Backends\n  -------------------\n{}\n\n",
        "Logging:",
        if settings.is_enabled { "Enabled" } else { "Disabled" },
        "Mode:",
        if settings.is_batched { "Batch" } else { "Simple" },
        "Log calls by default:",
        switch(settings.is_default),
        "Log unanswered calls:",
        switch(settings.tells_unanswered),
        "Log congestion:",
        switch(settings.tells_congestion),
        "Ignore bridging changes:",
        "Ignore dial state changes:",
        backends.collect::<String>(),
    ))
});
