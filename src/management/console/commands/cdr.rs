//! `cdr`: the call records.

use crate::conf::{Config, Disk, is_true};
use crate::diagnostic::Sources;
use crate::management::console::{Answer, Command};

pub static SHOW_STATUS: Command = Command::now("cdr show status", "", "Shows how call records are made", |request| {
    let channels = &request.exchange().channels;
    let settings = channels.ledger().settings();
    let path = request.exchange().directories.etc.join("cdr.conf");
    let config = Config::read(&mut Disk::default(), &path, &mut Sources::default());
    let is_batched = config.section("general").and_then(|general| general.get("batch")).is_some_and(is_true);
    let switch = |is_on: bool| if is_on { "Yes" } else { "No" };
    Answer::line(format!(
        "\nCall Detail Record (CDR) settings\n----------------------------------\n  {:<27} {}\n  {:<27} {}\n  {:<27} {}\n  \
             {:<27} {}\n  {:<27} {}\n",
        "Logging:",
        if settings.is_enabled { "Enabled" } else { "Disabled" },
        "Mode:",
        if is_batched { "Batch" } else { "Simple" },
        "Log calls by default:",
        switch(settings.is_default),
        "Log unanswered calls:",
        switch(settings.tells_unanswered),
        "Log congestion:",
        switch(settings.tells_congestion),
    ))
});
