//! What monitoring programs scrape: the counters and gauges of the PBX in Prometheus' text format.
//!
//! Names and labels of what Asterisk has, too, are Asterisk's (res_prometheus), so its dashboards go on working; what only
//! exten counts begins with `exten_`.

mod exposition;
mod settings;

use std::time::Instant;

use exposition::{Exposition, Kind};
pub use settings::{Settings, read};

use crate::management::pbx::{Pbx, VERSION};
use crate::sip::endpoint::Technology;

/// What is counted, as it stands now.
pub fn text(pbx: &Pbx, settings: &Settings) -> String {
    let begin = Instant::now();
    let mut out = Exposition::default();
    channels(pbx, &mut out);
    endpoints(pbx, &mut out);
    bridges(pbx, &mut out);
    registrations(pbx, &mut out);
    own(pbx, &mut out);
    if settings.has_core {
        core(pbx, begin, &mut out);
    }
    out.into_text()
}

fn channels(pbx: &Pbx, out: &mut Exposition) {
    let all = pbx.exchange.channels.all();
    let calls = &pbx.exchange.calls;
    out.one("asterisk_channels_count", Kind::Gauge, "Current channel count.", all.len());
    out.one("asterisk_calls_sum", Kind::Counter, "Total call count.", calls.processed());
    out.one("asterisk_calls_count", Kind::Gauge, "Current call count.", calls.active());
    let states = "Individual channel states. 0=down; 1=reserved; 2=offhook; 3=dialing; 4=ring; 5=ringing; 6=up; 7=busy; \
                  8=dialing_offhook; 9=prering.";
    let ages = "Individual channel durations (in seconds).";
    let labels: Vec<_> = all
        .iter()
        .map(|channel| {
            [
                ("name", channel.name().to_string()),
                ("id", channel.unique_id().to_string()),
                ("type", channel.leg().technology().to_owned()),
                ("linkedid", channel.linked_id().to_string()),
            ]
        })
        .collect();
    let now = tokio::time::Instant::now();
    let state = all.iter().map(|channel| u64::from(channel.phase().number()));
    let age = all.iter().map(|channel| now.saturating_duration_since(channel.created()).as_secs());
    out.many("asterisk_channels_state", Kind::Gauge, states, labels.iter().zip(state));
    out.many("asterisk_channels_duration_seconds", Kind::Gauge, ages, labels.iter().zip(age));
}

fn endpoints(pbx: &Pbx, out: &mut Exposition) {
    let all = pbx.agent.iter().flat_map(|agent| agent.endpoints()).collect::<Vec<_>>();
    out.one("asterisk_endpoints_count", Kind::Gauge, "Current endpoint count.", all.len());
    let labels: Vec<_> = all
        .iter()
        .map(|endpoint| {
            let technology = match endpoint.technology {
                Technology::Sip => "SIP",
                Technology::Pjsip => "PJSIP",
            };
            let id = format!("{technology}/{}", endpoint.name);
            [("id", id), ("tech", technology.to_owned()), ("resource", endpoint.name.clone())]
        })
        .collect();
    let states = "Individual endpoint states. 0=unknown; 1=offline; 2=online.";
    let counts = "Count of the number of channels currently existing that are associated with the endpoint.";
    let state = all.iter().map(|endpoint| if endpoint.is_reachable() { 2 } else { 1 });
    let count = all.iter().map(|endpoint| u64::from(endpoint.calls));
    out.many("asterisk_endpoints_state", Kind::Gauge, states, labels.iter().zip(state));
    out.many("asterisk_endpoints_channels_count", Kind::Gauge, counts, labels.iter().zip(count));
}

fn bridges(pbx: &Pbx, out: &mut Exposition) {
    let all = pbx.exchange.channels.bridges();
    out.one("asterisk_bridges_count", Kind::Gauge, "Current bridge count.", all.len());
    let labels: Vec<_> = all
        .iter()
        .map(|bridge| {
            [
                ("id", bridge.unique_id().to_string()),
                ("tech", bridge.kind().technology().to_owned()),
                ("subclass", bridge.kind().word().to_owned()),
                ("creator", bridge.creator().to_owned()),
                ("name", bridge.name().to_owned()),
            ]
        })
        .collect();
    let count = all.iter().map(|bridge| u64::try_from(bridge.count()).unwrap_or(u64::MAX));
    let help = "Number of channels in the bridge.";
    out.many("asterisk_bridges_channels_count", Kind::Gauge, help, labels.iter().zip(count));
}

fn registrations(pbx: &Pbx, out: &mut Exposition) {
    let all = pbx.agent.iter().flat_map(|agent| agent.registrations()).collect::<Vec<_>>();
    let labels: Vec<_> = all
        .iter()
        .map(|one| {
            let kind = if one.technology == Technology::Sip { "sip" } else { "pjsip" };
            [("type", kind.to_owned()), ("username", one.name.clone()), ("domain", one.server.clone())]
        })
        .collect();
    let state = all.iter().map(|one| u64::from(one.is_registered));
    let help = "Whether a registration of ours stands. 0=unregistered; 1=registered.";
    out.many("asterisk_pjsip_outbound_registration_status", Kind::Gauge, help, labels.iter().zip(state));
}

/// What Asterisk does not tell.
fn own(pbx: &Pbx, out: &mut Exposition) {
    if let Some(agent) = &pbx.agent {
        let counters = agent.counters();
        for (name, help, value) in [
            ("exten_sip_received_total", "SIP messages received and understood.", counters.received),
            ("exten_sip_sent_total", "SIP messages sent.", counters.sent),
            ("exten_sip_lost_total", "SIP messages that could not be sent.", counters.lost),
            ("exten_sip_malformed_total", "SIP messages that were malformed.", counters.malformed),
            ("exten_sip_overload_total", "SIP requests answered with 503 for want of time.", counters.overload),
        ] {
            out.one(name, Kind::Counter, help, value);
        }
    }
    let programs = pbx.manager().map_or(0, |manager| manager.hub.sessions().len());
    out.one("exten_manager_sessions", Kind::Gauge, "Manager programs that are connected.", programs);
}

fn core(pbx: &Pbx, begin: Instant, out: &mut Exposition) {
    let labels = [("version", VERSION.to_owned()), ("build_os", std::env::consts::OS.to_owned())];
    let help = "Asterisk instance properties. The value of this will always be 1.";
    out.many("asterisk_core_properties", Kind::Counter, help, std::iter::once((&labels, 1)));
    let now = pbx.exchange.clock.now().timestamp().as_second();
    let since = |then: &jiff::Zoned| now.saturating_sub(then.timestamp().as_second()).max(0);
    let uptime = "Asterisk instance uptime in seconds.";
    let reload = "Time since last Asterisk reload in seconds.";
    let scrape = "Total time taken to collect metrics, in milliseconds";
    out.one("asterisk_core_uptime_seconds", Kind::Counter, uptime, since(&pbx.started));
    let last = pbx.reloaded.lock().clone();
    out.one("asterisk_core_last_reload_seconds", Kind::Counter, reload, since(&last));
    out.one("asterisk_core_scrape_time_ms", Kind::Counter, scrape, begin.elapsed().as_millis());
}

/// What a monitoring program is answered, or why it is not.
pub enum Answer {
    Text(String),
    /// It has to say who it is; the realm.
    Unauthorized(String),
}

/// Answers a request with the value of its `Authorization` header.
pub fn answer(pbx: &Pbx, settings: &Settings, authorization: Option<&str>) -> Answer {
    match settings.admits(authorization) {
        true => Answer::Text(text(pbx, settings)),
        false => Answer::Unauthorized(settings.realm.clone()),
    }
}
