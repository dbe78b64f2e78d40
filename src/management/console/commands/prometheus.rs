//! `prometheus`: what monitoring programs are told.

use crate::management::console::{Answer, Command};
use crate::management::metrics;

pub static SHOW_METRICS: Command =
    Command::now("prometheus show metrics", "", "Shows what monitoring programs are told", |request| {
        let settings = request.pbx.http().map(|http| http.settings().metrics.clone()).unwrap_or_default();
        Answer::lines(metrics::text(request.pbx, &settings))
    });

pub static SHOW_STATUS: Command =
    Command::now("prometheus show status", "", "Shows whether and where monitoring programs may ask", |request| {
        let settings = request.pbx.http().map(|http| http.settings().metrics.clone()).unwrap_or_default();
        let yes = |is_so: bool| if is_so { "Yes" } else { "No" };
        Answer::line(format!(
            "Prometheus Metrics Status:\n\tEnabled: {}\n\tURI: {}\n\tBasic Auth: {}",
            yes(settings.is_enabled),
            settings.path,
            yes(settings.asks_for_login()),
        ))
    });
