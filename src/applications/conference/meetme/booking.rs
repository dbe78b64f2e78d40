//! Rooms that stand in a table: the family `meetme` of `extconfig.conf`, always open or, with `schedule = yes` in
//! `meetme.conf`, booked from `starttime` to `endtime`.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use tokio::time::Instant;

use super::rooms;
use crate::applications::{playing, saying};
use crate::bridging::room::{Booking, Opening, Room};
use crate::conf::is_true;
use crate::interpreter::{Call, Exchange, leading_integer};
use crate::storage::realtime::Row;

/// The family of `extconfig.conf`.
const FAMILY: &str = "meetme";
/// As the columns have times.
const FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// What `[general]` of `meetme.conf` says of bookings; lengths in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Settings {
    /// Rooms are open only while they are booked.
    is_scheduled: bool,
    /// The column `members` is to say how many are there.
    counts_members: bool,
    /// So long before its time a room is open already.
    fuzzy_start: i64,
    /// So long before its time a party hears that it has not begun.
    early_alert: i64,
    /// So long before the end its members hear of it.
    end_alert: i64,
    /// So much longer an admin makes it at a time.
    extend_by: i64,
}

impl Settings {
    fn of(exchange: &Exchange) -> Self {
        let config = rooms::file(&exchange.folder);
        let general = config.as_ref().and_then(|config| config.section("general"));
        let get = |key: &str| general.and_then(|section| section.get(key));
        let seconds = |key: &str| get(key).and_then(leading_integer).map_or(0, i64::from);
        Self {
            is_scheduled: get("schedule").is_some_and(is_true),
            counts_members: get("logmembercount").is_none_or(is_true),
            fuzzy_start: seconds("fuzzystart"),
            early_alert: seconds("earlyalert"),
            end_alert: seconds("endalert"),
            extend_by: seconds("extendby"),
        }
    }
}

/// The room of this number as its table has it now. A party that comes too early hears so, and is not let in.
pub(super) async fn find(call: &mut Call, number: &str) -> Option<Opening> {
    if !call.exchange.has_table(FAMILY) {
        return None;
    }
    let exchange = call.exchange.clone();
    let settings = Settings::of(&exchange);
    if !settings.is_scheduled {
        return row(&exchange, number, None).await.map(|row| opening(&row, settings));
    }
    let now = now(&exchange);
    for begins_by in [now, later(now, settings.fuzzy_start)] {
        if let Some(row) = row(&exchange, number, Some((begins_by, begins_by))).await {
            return Some(opening(&row, settings));
        }
    }
    let is_soon = settings.early_alert > 0
        && row(&exchange, number, Some((later(now, settings.early_alert), now))).await.is_some();
    if is_soon {
        playing::play(call, "conf-has-not-started").await;
    }
    None
}

/// The numbers of the rooms of the table, those with a PIN left out where that is wanted.
pub(super) async fn numbers(exchange: &Exchange, without_pin: bool) -> Vec<String> {
    let rows = exchange.rows(FAMILY, &[("confno LIKE", "%")]).await;
    let fitting = rows.iter().filter(|row| !without_pin || field(row, "pin").is_empty());
    fitting.map(|row| field(row, "confno").to_owned()).filter(|number| !number.is_empty()).collect()
}

/// When a booked room ends by its table, which others may have changed.
async fn end(exchange: &Exchange, number: &str) -> Option<DateTime> {
    let now = now(exchange);
    row(exchange, number, Some((now, now))).await.and_then(|row| time(field(&row, "endtime")))
}

/// When a booked room is over, as one of its members minds it.
pub(super) struct Ending {
    time: DateTime,
    end: Instant,
    /// The members are to hear of it then.
    alert: Option<Instant>,
}

impl Ending {
    /// Nothing for a room that is not booked for a time.
    pub async fn of(exchange: &Exchange, room: &Room) -> Option<Self> {
        let booked = room.opening().booking.as_ref()?.end?;
        // An admin or another program may have made it longer.
        let time = end(exchange, room.name()).await.map_or(booked, |time| time.max(booked));
        let end = Instant::now() + until(exchange, time);
        let before = Settings::of(exchange).end_alert;
        let before = u64::try_from(before).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs);
        let alert = before.map(|before| end.checked_sub(before).unwrap_or(end));
        Some(Self { time, end, alert })
    }

    /// When something is due next.
    pub fn next(&self) -> Instant {
        self.alert.unwrap_or(self.end)
    }

    /// Looks at the table again when something is due, and gives the sounds that tell of the end, if it is time for them.
    ///
    /// # Errors
    /// Where the room's time is over.
    pub async fn look_again(&mut self, exchange: &Exchange, room: &Room) -> Result<Vec<String>, Over> {
        let told = self.alert.is_none().then_some(self.time);
        if let Some(ending) = Self::of(exchange, room).await {
            *self = ending;
        }
        let now = Instant::now();
        if told == Some(self.time) {
            self.alert = None;
        }
        if now >= self.end {
            return Err(Over);
        }
        if self.alert.is_none_or(|alert| alert > now) {
            return Ok(Vec::new());
        }
        self.alert = None;
        let minutes = self.end.saturating_duration_since(now).as_secs() / 60;
        let mut sounds = vec!["conf-will-end-in".to_owned()];
        sounds.extend(saying::digits(&minutes.to_string()));
        sounds.push("minutes".to_owned());
        Ok(sounds)
    }
}

/// A booked room's time is over.
pub(super) struct Over;

/// Makes a booked room last longer, unless it is booked by others then; false where it cannot be.
pub(super) async fn extend(exchange: &Exchange, number: &str) -> bool {
    let settings = Settings::of(exchange);
    let now = now(exchange);
    if settings.extend_by == 0 {
        return true;
    }
    let Some(booked) = row(exchange, number, Some((now, now))).await else { return false };
    let Some(end) = time(field(&booked, "endtime")) else { return false };
    let end = later(end, settings.extend_by);
    if row(exchange, number, Some((end, end))).await.is_some() {
        return false;
    }
    let id = field(&booked, "bookid").to_owned();
    exchange.change_rows(FAMILY, &[("bookid", &id)], &[("endtime", &text(end))]).await;
    true
}

/// Writes into the table how many are in a room.
pub(super) async fn count_members(exchange: &Exchange, room: &Room) {
    if Settings::of(exchange).counts_members {
        let members = room.census().members.to_string();
        exchange.change_rows(FAMILY, &[("confno", room.name())], &[("members", &members)]).await;
    }
}

/// How long it is until a time of the table; zero where it is over.
fn until(exchange: &Exchange, time: DateTime) -> Duration {
    Duration::try_from(time.duration_since(now(exchange))).unwrap_or_default()
}

/// The room's row; with times, one that begins by the first and ends after the second.
async fn row(exchange: &Exchange, number: &str, times: Option<(DateTime, DateTime)>) -> Option<Row> {
    let times = times.map(|(begin, end)| (text(begin), text(end)));
    let mut conditions = vec![("confno", number)];
    if let Some((begin, end)) = &times {
        conditions.extend([("starttime <=", begin.as_str()), ("endtime >=", end.as_str())]);
    }
    exchange.rows(FAMILY, &conditions).await.into_iter().next()
}

fn opening(row: &Row, settings: Settings) -> Opening {
    let get = |name: &str| field(row, name).to_owned();
    let limit = leading_integer(field(row, "maxusers")).and_then(|limit| usize::try_from(limit).ok());
    Opening {
        pin: get("pin"),
        admin_pin: get("adminpin"),
        limit: limit.filter(|limit| *limit > 0 && settings.is_scheduled),
        booking: Some(Booking {
            id: get("bookid"),
            end: time(field(row, "endtime")).filter(|_| settings.is_scheduled),
            options: [get("opts"), get("adminopts")],
            recording: [get("recordingfilename"), get("recordingformat")],
        }),
        ..Opening::default()
    }
}

fn field<'a>(row: &'a Row, name: &str) -> &'a str {
    row.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.as_str())
}

fn now(exchange: &Exchange) -> DateTime {
    exchange.clock.local(None)
}

fn later(time: DateTime, seconds: i64) -> DateTime {
    time.saturating_add(SignedDuration::from_secs(seconds))
}

fn text(time: DateTime) -> String {
    time.strftime(FORMAT).to_string()
}

/// A time of the table; fractions of a second are left out.
fn time(text: &str) -> Option<DateTime> {
    text.get(..19).and_then(|text| DateTime::strptime(FORMAT, text).ok())
}
