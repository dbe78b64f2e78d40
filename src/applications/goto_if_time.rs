//! `GotoIfTime`

use jiff::tz::TimeZone;

use super::goto::branch;
use crate::dialplan::timing::Timing;
use crate::functions::time::testtime;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Goes on at one of two steps, by the time of day.
///
/// `GotoIfTime(times,weekdays,days,months[,zone]?target[:other])`. Each part may be `*`, a range or several joined by
/// `&`: `GotoIfTime(9:00-17:00,mon-fri,*,*?open:closed)`.
pub static GOTO_IF_TIME: Application = Application {
    name: "GotoIfTime",
    synopsis: "Goes on at one of two steps, by the time of day",
    arguments: &[Argument::required("times,weekdays,days,months[,zone]?target[:target]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(goto_if_time),
};

fn goto_if_time(context: &mut Context<'_>, text: &str) -> Outcome {
    if text.is_empty() {
        context.warn("GotoIfTime: it wants times and a place to go to");
        return Outcome::Hangup;
    }
    let (times, branches) = text.split_once('?').unwrap_or((text, ""));
    let (yes, no) = branches.split_once(':').unwrap_or((branches, ""));
    let is_now = is_now(context, times);
    branch(context, if is_now { yes } else { no })
}

/// Whether a time condition holds at this moment, or at the one that `TESTTIME()` pretends.
pub(super) fn is_now(context: &mut Context<'_>, times: &str) -> bool {
    let (timing, faults) = Timing::parse(times);
    for fault in faults {
        context.warn(&fault.message);
    }
    let now = match testtime::pretended(context) {
        Some(moment) => {
            let zone = timing.zone().and_then(|zone| TimeZone::get(zone).ok());
            zone.unwrap_or_else(|| context.exchange.clock.now().time_zone().clone()).to_datetime(moment)
        }
        None => context.exchange.clock.local(timing.zone()),
    };
    timing.includes(now)
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_clock_decides() {
        // Trials take place on Wednesday, 11 November 2026, at noon.
        let plan = |times| format!("exten => 1,1,GotoIfTime({times}?2:3)\nsame => n,Hangup\nsame => n,NoOp(closed)\n");
        assert_eq!(Trial::run(&plan("9:00-17:00,mon-fri,*,*")).last_step(), "1@default:2 Hangup");
        assert_eq!(Trial::run(&plan("9:00-17:00,sat&sun,*,*")).last_step(), "1@default:3 NoOp closed");
        assert_eq!(Trial::run(&plan("18:00-23:00,*,*,*,Asia/Tokyo")).last_step(), "1@default:2 Hangup");
    }
}
