//! Calling until somebody answers.

use std::sync::Arc;

use super::report::Report;
use super::{Destination, Wish};
use crate::applications::talk::{Called, Callee, News, adopt, first_news, outgoing, prepare, show_callee};
use crate::applications::{music, send_dtmf};
use crate::bridging::holding::Holding;
use crate::bridging::two_party::early_media;
use crate::channel::caller_id::{self, Party, Presentation};
use crate::channel::{Cause, Channel, Event, Indication, Listening, State};
use crate::interpreter::Call;

/// How the ringing ended.
pub(super) enum Rung {
    Answered(Callee),
    /// Nobody answered: `DIALSTATUS` says why.
    Failed,
    /// Option `d`: the caller pressed a key that leads elsewhere.
    Keyed,
}

/// A called leg, with the resource that it was called by.
type Leg = Called<String>;

/// How many legs failed, and how.
#[derive(Default)]
struct Tally {
    busy: usize,
    congested: usize,
    unavailable: usize,
}

impl Tally {
    /// Counts a leg that ended with this cause, as Asterisk's `handle_cause` does.
    fn count(&mut self, cause: Cause) {
        match cause {
            Cause::BUSY => self.busy += 1,
            Cause::CONGESTION => self.congested += 1,
            Cause::NORMAL | Cause::NO_ANSWER => {}
            _ => self.unavailable += 1,
        }
    }

    fn status(&self) -> &'static str {
        if self.busy > 0 {
            "BUSY"
        } else if self.congested > 0 {
            "CONGESTION"
        } else if self.unavailable > 0 {
            "CHANUNAVAIL"
        } else {
            "NOANSWER"
        }
    }
}

/// What the caller hears while it rings.
#[derive(Default)]
struct Waiter {
    holding: Option<Holding>,
    early: Option<Listening>,
    is_ringing: bool,
}

pub(super) async fn ring(call: &mut Call, wish: &Wish, report: &mut Report) -> Rung {
    let mut tally = Tally::default();
    let mut legs = place(call, wish, report, &mut tally).await;
    if legs.is_empty() {
        report.set_status(if wish.destinations.is_empty() { "CHANUNAVAIL" } else { tally.status() });
        return Rung::Failed;
    }
    let tells_caller = !wish.options.has('I');
    if let [leg] = legs.as_slice()
        && tells_caller
    {
        show_callee(call, leg.channel());
    }
    let mut waiter = Waiter::default();
    if let Some(class) = wish.options.has('m').then(|| wish.options.argument('m').unwrap_or("")) {
        waiter.holding = Some(music::hold(call, &call.channel, class));
        // Without it a telephone that is not answered yet does not expect audio.
        call.channel.indicate(Indication::Progress);
    } else if let Some(tone) = wish.options.argument('r').filter(|tone| !tone.is_empty()) {
        call.channel.indicate(Indication::Progress);
        (waiter.is_ringing, waiter.holding) = (true, Some(music::tone(call, &call.channel, tone)));
    } else if wish.options.has('r') || wish.options.has('R') {
        ringing(call, &mut waiter);
    }
    let progress_keys = wish.options.argument('D').and_then(|keys| keys.split(':').nth(2)).unwrap_or("");
    let mut deadline = wish.timeout.map(|timeout| tokio::time::Instant::now() + timeout);
    loop {
        let timeout = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let caller = Arc::clone(&call.channel);
        let (index, news) = tokio::select! {
            biased;
            news = first_news(&mut legs) => news,
            event = caller.event() => {
                if let Event::Digit(digit) = event && wish.options.has('d') && jump_to_key(call, digit) {
                    report.set_status("CANCEL");
                    return Rung::Keyed;
                }
                continue;
            }
            () = timeout => {
                if wish.options.has('z') && legs.iter().any(Leg::was_forwarded) {
                    deadline = None;
                    continue;
                }
                report.set_status("NOANSWER");
                let cause = if wish.options.has('c') { Cause::ANSWERED_ELSEWHERE } else { Cause::NONE };
                for leg in &mut legs {
                    leg.callee.set_cause(cause);
                    leg.callee.dial_ends("NOANSWER");
                }
                return Rung::Failed;
            }
        };
        let Some(leg) = legs.get_mut(index) else { continue };
        match news {
            News::Event(Event::Answered) => {
                let leg = legs.swap_remove(index);
                if tells_caller {
                    show_callee(call, leg.channel());
                }
                let cause = wish.options.argument('Q').and_then(Cause::parse).unwrap_or(Cause::ANSWERED_ELSEWHERE);
                for loser in &mut legs {
                    loser.callee.set_cause(cause);
                    loser.callee.dial_ends("CANCEL");
                }
                report.answered(leg.channel(), &leg.about);
                return Rung::Answered(leg.callee);
            }
            News::Event(Event::Busy) => {
                tally.busy += 1;
                let cause = cause_said(leg, Cause::BUSY);
                fail(call, &mut legs, index, "BUSY", cause);
            }
            News::Event(Event::Congestion) => {
                tally.congested += 1;
                let cause = cause_said(leg, Cause::CONGESTION);
                fail(call, &mut legs, index, "CONGESTION", cause);
            }
            News::Event(event) => {
                leg.listen_again();
                report.goes_on(leg.channel(), &event);
                leg.callee.dial_goes_on(&event);
                if event == Event::Progress && !progress_keys.is_empty() {
                    let (channel, keys) = (Arc::clone(leg.channel()), progress_keys.to_owned());
                    tokio::spawn(async move { send_dtmf::send_usually(&channel, &keys).await });
                }
                match event {
                    Event::Connected if legs.len() == 1 && tells_caller => {
                        legs.iter().for_each(|leg| show_callee(call, leg.channel()));
                    }
                    Event::Ringing if !wish.options.has('m') => ringing(call, &mut waiter),
                    Event::Progress if legs.len() == 1 && !wish.options.has('r') && !wish.options.has('m') => {
                        waiter.holding = None;
                        call.channel.indicate(Indication::Progress);
                        waiter.early = legs.first().map(|leg| early_media(leg.callee.channel(), &call.channel));
                    }
                    _ => {}
                }
            }
            News::Gone(cause) => {
                if let Some(position) = leg.callee.channel().take_redirect() {
                    legs.swap_remove(index).callee.send_to(&position);
                } else {
                    tally.count(cause);
                    fail(call, &mut legs, index, status_of(cause), Some(cause));
                }
            }
        }
        if legs.is_empty() {
            report.set_status(tally.status());
            return Rung::Failed;
        }
    }
}

/// The cause that a leg gave with its word; it hangs up with `usual` where it gave none.
fn cause_said(leg: &mut Leg, usual: Cause) -> Option<Cause> {
    let said = leg.channel().state().hangup_cause;
    if said == Cause::NONE {
        leg.callee.set_cause(usual);
        return None;
    }
    leg.callee.set_cause(said);
    Some(said)
}

fn fail(call: &Call, legs: &mut Vec<Leg>, index: usize, status: &str, cause: Option<Cause>) {
    let mut leg = legs.remove(index);
    if let Some(cause) = cause {
        call.channel.state().hangup_cause = cause;
    }
    leg.callee.dial_ends(status);
}

/// What everybody is told of one leg that ended with this cause. DIALSTATUS counts causes otherwise.
fn status_of(cause: Cause) -> &'static str {
    match cause {
        Cause::BUSY => "BUSY",
        Cause::CONGESTION => "CONGESTION",
        Cause(3 | 20) => "CHANUNAVAIL",
        _ => "NOANSWER",
    }
}

/// Lets the caller know that it rings: a signal before the answer, a tone after it.
fn ringing(call: &Call, waiter: &mut Waiter) {
    if std::mem::replace(&mut waiter.is_ringing, true) {
        return;
    }
    if call.channel.is_up() {
        waiter.holding = Some(music::tone(call, &call.channel, "ring"));
    } else {
        call.channel.indicate(Indication::Ringing);
    }
}

/// Option `d`: an extension of one digit in `EXITCONTEXT` or here.
pub(super) fn jump_to_key(call: &Call, digit: char) -> bool {
    let mut context = call.context();
    let exit = context.get("EXITCONTEXT").filter(|exit| !exit.is_empty());
    let place = exit.unwrap_or_else(|| context.state.position.context.clone());
    let caller = context.state.caller.number().to_owned();
    let digit = digit.to_string();
    let exists = call.lookup(|lookup| lookup.exists(&place, &digit, 1, &caller));
    if exists {
        context.state.jump(&place, &digit, 1);
    }
    exists
}

/// Makes and calls a channel for each destination that can be reached.
async fn place(call: &mut Call, wish: &Wish, report: &Report, tally: &mut Tally) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    let shown = shown_party(call, wish);
    for Destination { technology, resource } in &wish.destinations {
        let channels = {
            let caller = &call.channel;
            let prepare = |state: &mut State| {
                state.variables.set("DIALEDPEERNUMBER", resource);
                prepare(caller, state);
                state.peer_account = caller.state().account_code.clone();
            };
            call.exchange.channels.request(technology, resource, &prepare)
        };
        let channels = match channels {
            Ok(channels) => channels,
            Err(error) => {
                let cause = if technology.eq_ignore_ascii_case("Local") { Cause::NONE } else { error.cause() };
                call.context().warn(&format!("Dial cannot call {technology}/{resource}: {error}"));
                call.channel.state().hangup_cause = cause;
                tally.unavailable += 1;
                continue;
            }
        };
        for channel in channels {
            let own = wish.options.has('o').then(|| own_party(&call.channel, wish));
            adopt(&call.channel, &channel, &shown, own, "AppDial");
            let callee = Callee::new(&call.exchange, channel);
            if let Some(routine) = report.preparation()
                && !super::screening::run_on(call, &callee, routine).await
            {
                let cause = callee.channel().state().hangup_cause;
                tally.count(cause);
                call.channel.state().hangup_cause = cause;
                continue;
            }
            legs.push(Called::new(callee, resource.clone()).ignoring_forwarding(wish.options.has('i')));
        }
    }
    for leg in &mut legs {
        leg.channel().call(&outgoing(&call.channel, &shown));
        let name = format!("{}/{}", leg.channel().leg().technology(), leg.about);
        leg.callee.dial_begins(Some(&call.channel), &name);
    }
    call.channel.state().headers.clear();
    legs
}

/// Option `o`: the called channel's own party.
fn own_party(caller: &Channel, wish: &Wish) -> Party {
    match wish.options.argument('o').filter(|text| !text.is_empty()) {
        Some(text) => {
            let (name, number) = caller_id::parse(text);
            Party::new(&name, &number)
        }
        None => caller.state().caller.clone(),
    }
}

/// The party that the called phone shows: the caller, or what the options `f`, `u` and `s` say.
fn shown_party(call: &Call, wish: &Wish) -> Party {
    let mut shown = match wish.options.argument('f') {
        Some(text) if !text.is_empty() => {
            let (name, number) = caller_id::parse(text);
            let presentation = wish.options.argument('u').and_then(Presentation::parse).unwrap_or_default();
            Party { number_presentation: presentation, name_presentation: presentation, ..Party::new(&name, &number) }
        }
        _ => call.channel.state().caller.clone(),
    };
    if let Some(tag) = wish.options.argument('s') {
        tag.clone_into(&mut shown.tag);
    }
    shown
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn who_is_not_answered_yet_is_told_of_the_music() {
        let told = Trial::of("Dial(Local/200@default/n,5)\nexten => 200,1,Dial(SIP/bob,2,m(jazz))").run();
        assert!(told.has("music jazz") && told.has("indicates Progress"), "{:?}", told.lines);
    }

    #[test]
    fn what_is_shown_and_the_cause_of_who_is_given_up() {
        let told = Trial::of(
            "Dial(Local/200@default&Local/300@default,5,f(Desk <9>)u(prohib)s(blue)Q(NO_ANSWER))
             exten => 200,1,NoOp(${CALLERID(all)} ${CALLERID(pres)} ${CALLERID(tag)})
             exten => 200,2,Answer()
             exten => 300,1,Wait(9)
             exten => h,1,NoOp(${EXTEN} ${HANGUPCAUSE})",
        )
        .run();
        assert!(told.has("200@default:1 NoOp \"Desk\" <9> prohib blue"), "{:#?}", told.lines);
        assert!(told.has("h@default:1 NoOp h 19"), "{:#?}", told.lines);
    }

    #[test]
    fn the_plan_knows_how_long_it_took() {
        let told = Trial::of(
            "Answer()
             Wait(3)
             Dial(Local/200@default/n,20,g)
             NoOp(${DIALEDTIME} ${DIALEDTIME_MS} ${ANSWEREDTIME} ${ANSWEREDTIME_MS})
             NoOp(${RINGTIME} ${RINGTIME_MS} ${PROGRESSTIME} ${PROGRESSTIME_MS})
             Dial(SIP/nobody,1)
             NoOp([${DIALEDTIME}${ANSWEREDTIME_MS}${RINGTIME}${PROGRESSTIME_MS}])
             exten => 200,1,Wait(1.25)
             exten => 200,2,Ringing()
             exten => 200,3,Wait(1)
             exten => 200,4,Progress()
             exten => 200,5,Wait(1)
             exten => 200,6,Answer()
             exten => 200,7,Wait(2)",
        )
        .run();
        // Answer waits up to half a second for sound.
        assert!(told.has("100@default:5 NoOp 5 5730 2 2480"), "{:#?}", told.lines);
        assert!(told.has("100@default:6 NoOp 1 1250 2 2250"), "{:#?}", told.lines);
        assert!(told.has("100@default:8 NoOp []"), "{:#?}", told.lines);
    }

    #[test]
    fn a_failure_jumps_by_101_where_an_option_asks_for_it() {
        let told = Trial::of("Dial(SIP/nobody,5,j)\nexten => 100,103,NoOp(jumped)").run();
        assert!(told.has("100@default:103 NoOp jumped"), "{:#?}", told.lines);
        let told = Trial::of("Dial(SIP/nobody,5)\nNoOp(next)\nexten => 100,103,NoOp(jumped)").run();
        assert!(told.has("100@default:3 NoOp next"), "{:#?}", told.lines);
        let told = Trial::of("Dial(SIP/nobody,5)\nexten => 100,103,NoOp(jumped)\n[general]\npriorityjumping=yes").run();
        assert!(told.has("100@default:103 NoOp jumped"), "{:#?}", told.lines);
    }

    #[test]
    fn a_forwarded_call_may_ring_longer_and_goes_to_the_context_that_the_plan_wants() {
        let plan = |options: &str| {
            Trial::of(&format!(
                "Set(__FORWARD_CONTEXT=there)
                 Dial(SIP/carol,2,{options}g)
                 NoOp(${{DIALSTATUS}})
                 [there]
                 exten => 300,1,Wait(4)
                 exten => 300,2,Answer()"
            ))
            .forwards("carol", "300@default")
            .run()
        };
        let told = plan("z");
        assert!(told.has("300@there:1 Wait 4") && told.has("100@default:4 NoOp ANSWER"), "{:#?}", told.lines);
        assert!(plan("").has("100@default:4 NoOp NOANSWER"));
    }
}
